import { Alert, Input, Text } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Link } from "react-router-dom"
import type { AdminRetailerIdEffects } from "../../../api/admin/meta-catalog/retailer-id-types"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { useFormatters } from "../../hooks/use-formatters"
import { useModalSave } from "../../hooks/use-modal-save"
import { useSwitchEffects, useSwitchRetailerIds } from "../../hooks/use-retailer-ids"
import { errorText } from "../../lib/api-error"
import { Field } from "../field"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { ModalForm } from "../modal-form"

export type SwitchIdsModalProps = { catalog: AdminCatalog; from: AdminCatalog["retailer_id_scheme"]; close: () => void }

/** Shows what another id for every item would do, and does it once a person has typed which catalogue is meant. */
export function SwitchIdsModal({ catalog, from, close }: SwitchIdsModalProps) {
  const { t } = useTranslation()
  const to = from === "sku" ? "variant_id" : "sku"
  const effects = useSwitchEffects(catalog.id, to)
  const [typed, setTyped] = useState("")
  const save = useModalSave(useSwitchRetailerIds(catalog.id), { close, report: t("metaCatalog.ids.started") })
  const changes = effects.data?.counts.changes ?? 0
  return (
    <ModalForm
      as="window"
      title={t("metaCatalog.ids.modal.title", { scheme: t(`metaCatalog.retailerIdScheme.${to}`) })}
      text={t("metaCatalog.ids.modal.text")}
      isChanged={false}
      close={close}
      submit={() => save.run(to)}
      submitText={t("metaCatalog.ids.switch")}
      isReady={changes > 0 && typed.trim() === catalog.meta_catalog_id}
      isPending={save.isPending}
      isDangerous
      error={save.error ? errorText(save.error) : undefined}
    >
      {!effects.data && (effects.error ? <LoadError error={effects.error} retry={effects.refetch} /> : <LoadingRows rows={4} />)}
      {effects.data && <Effects effects={effects.data} />}
      <Alert variant="warning">{t("metaCatalog.ids.modal.consequence")}</Alert>
      {changes > 0 && (
        <Field id="confirm_switch" label={t("metaCatalog.ids.modal.confirm", { id: catalog.meta_catalog_id })}>
          {(control) => <Input {...control} autoComplete="off" inputMode="numeric" value={typed} onChange={(event) => setTyped(event.target.value)} />}
        </Field>
      )}
    </ModalForm>
  )
}

const verdicts = ["changes", "same", "too_long", "duplicate", "taken"] as const

function Effects({ effects }: { effects: AdminRetailerIdEffects["effects"] }) {
  const { t } = useTranslation()
  const format = useFormatters()
  return (
    <div className="flex min-w-0 flex-col gap-y-4" data-testid="switch-effects">
      <dl className="flex flex-col gap-y-1">
        {verdicts.map((verdict) => (
          <div key={verdict} className="flex items-baseline justify-between gap-x-4" data-verdict={verdict}>
            <dt className="txt-small text-ui-fg-subtle">{t(`metaCatalog.ids.verdict.${verdict}`)}</dt>
            <dd className="txt-small font-medium tabular-nums">{format.number(effects.counts[verdict])}</dd>
          </div>
        ))}
      </dl>
      {effects.samples.length > 0 && (
        <div className="flex min-w-0 flex-col gap-y-2">
          <Text size="small" leading="compact" weight="plus">
            {t("metaCatalog.diff.samples")}
          </Text>
          <ul className="flex flex-col gap-y-1">
            {effects.samples.map(({ item_id, product_id, from, to, verdict }) => (
              <li key={item_id} className="txt-small min-w-0 break-all">
                <Link to={`/products/${product_id}`} className="text-ui-fg-interactive hover:text-ui-fg-interactive-hover">
                  {from}
                </Link>{" "}
                → {to}
                {verdict !== "changes" && <span className="text-ui-fg-muted"> · {t(`metaCatalog.ids.verdict.${verdict}`)}</span>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
