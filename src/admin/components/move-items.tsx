import { Alert, Button, FocusModal, Heading, RadioGroup, Text, toast } from "@medusajs/ui"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminFeed, AdminMove } from "../../api/admin/meta-catalog/types"
import { useMoveItems } from "../hooks/use-catalog-status"
import { useFormatters } from "../hooks/use-formatters"
import { useGuardedClose } from "../hooks/use-guarded-close"
import { errorText } from "../lib/api-error"
import type { Part } from "../lib/stock-draft"
import { DiscardPrompt } from "./discard-prompt"
import { PartPicker } from "./part-picker"
import { Check } from "./stock-field"

const extents = ["parts", "feed"] as const
type Extent = (typeof extents)[number]

export type MoveItemsProps = { from: AdminFeed; to: AdminFeed; close: () => void }

/** Moves chosen items, or all of them, from one feed to the other; a person has to tick that the consequence is meant. */
export function MoveItems({ from, to, close }: MoveItemsProps) {
  const { t } = useTranslation()
  const move = useMoveItems(from.catalog_id)
  const report = useMoveReport()
  const [extent, setExtent] = useState<Extent>("parts")
  const [parts, setParts] = useState<readonly Part[]>([])
  const [isMeant, setMeant] = useState(false)
  const guard = useGuardedClose(parts.length > 0, close)
  const isReady = isMeant && (extent === "feed" || parts.length > 0)

  function submit(event: FormEvent) {
    event.preventDefault()
    if (!isReady) {
      return
    }
    const which = extent === "feed" ? { from_feed_id: from.id } : { scopes: parts.map(({ scope, reference_id }) => ({ scope, reference_id })) }
    move.mutate(
      { to_feed_id: to.id, confirm: true, ...which },
      {
        onSuccess: (moved) => {
          report(moved)
          close()
        },
      }
    )
  }

  return (
    <FocusModal open onOpenChange={guard.onOpenChange}>
      <FocusModal.Content>
        <form onSubmit={submit} noValidate className="flex h-full flex-col overflow-hidden">
          <FocusModal.Header />
          <FocusModal.Body className="flex flex-1 flex-col items-center overflow-y-auto">
            <div className="flex w-full max-w-[720px] flex-col gap-y-8 px-4 py-8 sm:py-16">
              <div>
                <FocusModal.Title asChild>
                  <Heading>{t(`metaCatalog.move.title.${to.strategy}`)}</Heading>
                </FocusModal.Title>
                <FocusModal.Description asChild>
                  <Text size="small" className="text-ui-fg-subtle">
                    {t("metaCatalog.move.text")}
                  </Text>
                </FocusModal.Description>
              </div>
              <ExtentField extent={extent} choose={(chosen) => (setExtent(chosen), setMeant(false))} />
              <div hidden={extent !== "parts"}>
                <PartPicker chosen={parts} choose={setParts} scopeLabel={t("metaCatalog.move.scope")} scopeHint={t("metaCatalog.move.scopeHint")} />
              </div>
              <Consequence extent={extent} isMeant={isMeant} setMeant={setMeant} />
              {move.error && (
                <Text size="small" className="text-ui-fg-error break-words" role="alert">
                  {errorText(move.error)}
                </Text>
              )}
            </div>
          </FocusModal.Body>
          <FocusModal.Footer>
            <Button type="button" size="small" variant="secondary" onClick={() => guard.onOpenChange(false)}>
              {t("metaCatalog.action.cancel")}
            </Button>
            <Button type="submit" size="small" variant={extent === "parts" ? "danger" : "primary"} disabled={!isReady} isLoading={move.isPending}>
              {t("metaCatalog.action.move")}
            </Button>
          </FocusModal.Footer>
        </form>
        <DiscardPrompt guard={guard} />
      </FocusModal.Content>
    </FocusModal>
  )
}

function ExtentField({ extent, choose }: { extent: Extent; choose: (extent: Extent) => void }) {
  const { t } = useTranslation()
  return (
    <RadioGroup aria-label={t("metaCatalog.move.which")} value={extent} onValueChange={(chosen) => choose(chosen === "feed" ? "feed" : "parts")}>
      {extents.map((value) => (
        <RadioGroup.ChoiceBox key={value} value={value} label={t(`metaCatalog.move.${value}.label`)} description={t(`metaCatalog.move.${value}.text`)} />
      ))}
    </RadioGroup>
  )
}

function Consequence({ extent, isMeant, setMeant }: { extent: Extent; isMeant: boolean; setMeant: (isMeant: boolean) => void }) {
  const { t } = useTranslation()
  return (
    <Alert variant={extent === "parts" ? "warning" : "info"} data-testid="move-consequence" data-extent={extent}>
      <div className="flex flex-col gap-y-3">
        <Text size="small">{t(`metaCatalog.move.${extent}.consequence`)}</Text>
        <Check label={t(`metaCatalog.move.${extent}.confirm`)} checked={isMeant} onChange={setMeant} />
      </div>
    </Alert>
  )
}

/** Says how many items move, or that none did and why; what becomes of them is shown with the feed. */
function useMoveReport() {
  const { t } = useTranslation()
  const format = useFormatters()
  return ({ moved, stayed }: AdminMove) => {
    const items = moved.reduce((sum, feed) => sum + feed.items, 0)
    const left = stayed > 0 ? ` ${t("metaCatalog.move.stayed", { count: stayed, number: format.number(stayed) })}` : ""
    const say = items > 0 ? toast.success : toast.warning
    say(`${t("metaCatalog.move.moved", { count: items, number: format.number(items) })}${left}`)
  }
}
