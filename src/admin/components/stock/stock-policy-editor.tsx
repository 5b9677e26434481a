import { Alert, Button, toast } from "@medusajs/ui"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminStockPolicy } from "../../../api/admin/meta-catalog/stock-types"
import { useGuardedLeave } from "../../hooks/use-guarded-leave"
import { useStockDraft, type StockDraftState } from "../../hooks/use-stock-draft"
import { placeOf, type Part, type RuleLine } from "../../lib/stock-draft"
import type { StockValues } from "../../lib/stock-form"
import { DiscardPrompt } from "../discard-prompt"
import { SettingsHead } from "../settings-head"
import { StockPreview } from "./stock-preview"
import { StockRuleModal } from "./stock-rule-modal"
import { StockRules } from "./stock-rules"
import { StockSettingsForm } from "./stock-settings-form"

export type StockPolicyEditorProps = { catalog: AdminCatalog; policy: AdminStockPolicy }

/** The catalogue's settings and the rules for parts of it, with what changing them would do, and one button that saves all of it. */
export function StockPolicyEditor({ catalog, policy }: StockPolicyEditorProps) {
  const { t } = useTranslation()
  const draft = useStockDraft(catalog.id, policy)
  const guard = useGuardedLeave(draft.isChanged)

  function save(event: FormEvent) {
    event.preventDefault()
    draft.save(() => toast.success(t("metaCatalog.stock.saved")))
  }

  return (
    <div className="flex min-w-0 flex-col gap-y-3">
      <SettingsHead catalog={catalog} title={t("metaCatalog.stock.title")} text={t("metaCatalog.stock.text")} />
      {draft.errors.form && (
        <Alert variant="error" role="alert">
          {draft.errors.form}
        </Alert>
      )}
      <div className="flex flex-col items-start gap-x-4 gap-y-3 xl:grid xl:grid-cols-[minmax(0,1fr)_400px]">
        <div className="flex w-full min-w-0 flex-col gap-y-3">
          <StockSettingsForm values={draft.values} errors={draft.errors.catalog} set={draft.set} salesChannelId={catalog.sales_channel_id} />
          <Rules draft={draft} salesChannelId={catalog.sales_channel_id} />
        </div>
        <form onSubmit={save} className="flex w-full flex-col gap-y-3 xl:sticky xl:top-3">
          <StockPreview {...draft.preview} />
          <SaveButtons draft={draft} />
        </form>
      </div>
      <DiscardPrompt guard={guard} />
    </div>
  )
}

/** The list of rules, and the modal that writes one of them or many at once. */
function Rules({ draft, salesChannelId }: { draft: StockDraftState; salesChannelId: string }) {
  const [edited, setEdited] = useState<RuleLine | "new" | null>(null)
  const rule = edited === "new" || edited === null ? undefined : edited

  function apply(parts: readonly Part[], values: StockValues) {
    if (rule) {
      draft.put(rule, values)
    } else {
      draft.setForAll(parts, values)
    }
    setEdited(null)
  }

  return (
    <>
      <StockRules
        lines={draft.lines}
        errors={draft.errors.rules}
        add={() => setEdited("new")}
        edit={setEdited}
        remove={(line) => draft.put(line, {})}
        restore={draft.restore}
      />
      {edited && (
        <StockRuleModal
          rule={rule}
          errors={(rule && draft.errors.rules[placeOf(rule)]) ?? {}}
          catalog={draft.values}
          salesChannelId={salesChannelId}
          apply={apply}
          close={() => setEdited(null)}
        />
      )}
    </>
  )
}

function SaveButtons({ draft }: { draft: StockDraftState }) {
  const { t } = useTranslation()
  return (
    <div className="flex items-center justify-end gap-x-2">
      <Button type="button" size="small" variant="secondary" disabled={!draft.isChanged} onClick={draft.discard}>
        {t("metaCatalog.stock.discard")}
      </Button>
      <Button type="submit" size="small" disabled={!draft.isChanged} isLoading={draft.isSaving}>
        {t("metaCatalog.action.save")}
      </Button>
    </div>
  )
}
