import { Heading, IconButton } from "@medusajs/ui"
import { XMark } from "@medusajs/icons"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { FieldMessages } from "../../lib/api-error"
import type { Part, RuleLine } from "../../lib/stock-draft"
import { stockFieldNames, type StockField, type StockValues } from "../../lib/stock-form"
import { ChoiceSelect } from "../choice-select"
import { ModalForm } from "../modal-form"
import { PartPicker } from "./part-picker"
import { StockFieldControl } from "./stock-field"

export type StockRuleModalProps = {
  /** The rule that is edited; without one, parts are chosen and get the same settings. */
  rule?: RuleLine
  errors: FieldMessages
  /** What a setting begins with when it is added: the catalogue's. */
  catalog: StockValues
  salesChannelId: string
  apply: (parts: readonly Part[], values: StockValues) => void
  close: () => void
}

/** Writes one rule, or the same settings for many parts at once. Nothing is saved yet: it becomes part of the draft. */
export function StockRuleModal({ rule, errors, catalog, salesChannelId, apply, close }: StockRuleModalProps) {
  const { t } = useTranslation()
  const [parts, setParts] = useState<readonly Part[]>(rule ? [rule] : [])
  const [values, setValues] = useState<StockValues>(rule?.values ?? {})
  return (
    <ModalForm
      as="window"
      title={rule ? t("metaCatalog.stock.rule.edit", { name: rule.name ?? rule.reference_id }) : t("metaCatalog.stock.rule.add")}
      text={t("metaCatalog.stock.rule.text")}
      isChanged={rule ? values !== rule.values : parts.length > 0 || hasValues(values)}
      close={close}
      submit={() => apply(parts, values)}
      submitText={t("metaCatalog.stock.rule.apply")}
      isReady={parts.length > 0 && hasValues(values)}
    >
      {!rule && (
        <section className="flex flex-col gap-y-4">
          <Heading level="h3">{t("metaCatalog.stock.rule.parts")}</Heading>
          <PartPicker
            chosen={parts}
            choose={setParts}
            scopeLabel={t("metaCatalog.stock.part.scope")}
            scopeHint={t("metaCatalog.stock.part.order")}
          />
        </section>
      )}
      <section className="flex flex-col gap-y-4">
        <Heading level="h3">{t("metaCatalog.stock.rule.settings")}</Heading>
        <RuleFields values={values} setValues={setValues} errors={errors} catalog={catalog} salesChannelId={salesChannelId} />
      </section>
    </ModalForm>
  )
}

function hasValues(values: StockValues): boolean {
  return stockFieldNames.some((field) => values[field] !== undefined)
}

type RuleFieldsProps = Pick<StockRuleModalProps, "errors" | "catalog" | "salesChannelId"> & {
  values: StockValues
  setValues: (change: (current: StockValues) => StockValues) => void
}

/** Only the settings the rule makes; everything else stays as the wider rules and the catalogue say. */
function RuleFields({ values, setValues, errors, catalog, salesChannelId }: RuleFieldsProps) {
  const { t } = useTranslation()
  const made = stockFieldNames.filter((field) => values[field] !== undefined)
  const left = stockFieldNames.filter((field) => values[field] === undefined)
  const set = (field: StockField, value: string | boolean | string[]) => setValues((current) => ({ ...current, [field]: value }))
  const remove = (field: StockField) => setValues(({ [field]: _gone, ...rest }) => rest)
  return (
    <>
      {made.map((field) => (
        <div key={field} className="flex items-start gap-x-3" data-field={field}>
          <div className="min-w-0 flex-1">
            <StockFieldControl field={field} values={values} set={set} error={errors[field]} salesChannelId={salesChannelId} prefix="rule-" />
          </div>
          <IconButton
            type="button"
            size="small"
            variant="transparent"
            aria-label={t("metaCatalog.stock.rule.removeSetting", { name: t(`metaCatalog.stock.field.${field}`) })}
            onClick={() => remove(field)}
          >
            <XMark />
          </IconButton>
        </div>
      ))}
      {left.length > 0 && (
        <div className="max-w-96">
          <ChoiceSelect
            control={{ "aria-label": t("metaCatalog.stock.rule.addSetting") }}
            value=""
            choices={left.map((field) => ({ value: field, label: t(`metaCatalog.stock.field.${field}`) }))}
            placeholder={t("metaCatalog.stock.rule.addSetting")}
            onChange={(field) => field && set(field as StockField, catalog[field as StockField] ?? "")}
          />
        </div>
      )}
    </>
  )
}
