import { Heading } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { FieldMessages } from "../../lib/api-error"
import { fieldsInUse, type StockField, type StockValues } from "../../lib/stock-form"
import { Section } from "../section"
import { StockFieldControl, type StockFieldProps } from "./stock-field"

const groups = {
  counts: ["location_ids"],
  howMuch: ["allocation", "share_percent", "fixed_quantity", "fixed_refill", "cap"],
  keptBack: ["threshold_mode", "threshold", "threshold_medium", "threshold_fast", "latency_safety", "service_level", "floor"],
  noStock: ["unmanaged", "backorder", "unmanaged_quantity", "backorder_days"],
  feeds: ["strategy"],
} as const satisfies Record<string, readonly StockField[]>

const groupNames = Object.keys(groups) as (keyof typeof groups)[]

export type StockSettingsFormProps = Pick<StockFieldProps, "salesChannelId" | "set"> & { values: StockValues; errors: FieldMessages }

/** The settings for the whole catalogue, by the question they answer. Those that mean nothing beside the others are left out. */
export function StockSettingsForm({ values, errors, ...rest }: StockSettingsFormProps) {
  const { t } = useTranslation()
  const inUse = fieldsInUse(values)
  return (
    <Section title={t("metaCatalog.stock.wholeCatalog")}>
      {groupNames.map((group) => (
        <section key={group} className="flex flex-col gap-y-4 px-6 py-4" data-group={group}>
          <Heading level="h3">{t(`metaCatalog.stock.group.${group}`)}</Heading>
          {groups[group]
            .filter((field) => inUse.includes(field))
            .map((field) => (
              <StockFieldControl key={field} field={field} values={values} error={errors[field]} {...rest} />
            ))}
        </section>
      ))}
    </Section>
  )
}
