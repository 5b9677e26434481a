import { Alert, RadioGroup, Text, toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminFeed, AdminMove } from "../../../api/admin/meta-catalog/feed-types"
import { useMoveItems } from "../../hooks/use-catalog-status"
import { useFormatters } from "../../hooks/use-formatters"
import { useModalSave } from "../../hooks/use-modal-save"
import { errorText } from "../../lib/api-error"
import type { Part } from "../../lib/stock-draft"
import { ModalForm } from "../modal-form"
import { PartPicker } from "../stock/part-picker"
import { Check } from "../stock/stock-field"

const extents = ["parts", "feed"] as const
type Extent = (typeof extents)[number]

export type MoveItemsProps = { from: AdminFeed; to: AdminFeed; close: () => void }

/** Moves chosen items, or all of them, from one feed to the other; a person has to tick that the consequence is meant. */
export function MoveItems({ from, to, close }: MoveItemsProps) {
  const { t } = useTranslation()
  const move = useModalSave(useMoveItems(from.catalog_id), { close, report: useMoveReport() })
  const [extent, setExtent] = useState<Extent>("parts")
  const [parts, setParts] = useState<readonly Part[]>([])
  const [isMeant, setMeant] = useState(false)

  function submit() {
    const which = extent === "feed" ? { from_feed_id: from.id } : { scopes: parts.map(({ scope, reference_id }) => ({ scope, reference_id })) }
    move.run({ to_feed_id: to.id, confirm: true, ...which })
  }

  return (
    <ModalForm
      as="window"
      title={t(`metaCatalog.move.title.${to.strategy}`)}
      text={t("metaCatalog.move.text")}
      isChanged={parts.length > 0}
      close={close}
      submit={submit}
      submitText={t("metaCatalog.action.move")}
      isReady={isMeant && (extent === "feed" || parts.length > 0)}
      isPending={move.isPending}
      isDangerous={extent === "parts"}
      error={move.error ? errorText(move.error) : undefined}
    >
      <ExtentField extent={extent} choose={(chosen) => (setExtent(chosen), setMeant(false))} />
      <div hidden={extent !== "parts"}>
        <PartPicker chosen={parts} choose={setParts} scopeLabel={t("metaCatalog.move.scope")} scopeHint={t("metaCatalog.move.scopeHint")} />
      </div>
      <Consequence extent={extent} isMeant={isMeant} setMeant={setMeant} />
    </ModalForm>
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
