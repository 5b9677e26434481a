import { Input } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { CatalogFormState } from "../../hooks/use-catalog-form"
import { Field } from "../field"

const numbers = ["velocity_days", "medium_from", "fast_from", "velocity_hysteresis_percent", "discontinued_months"] as const

/** How sales are measured, and how long what is no longer offered is kept. */
export function MeasureFields({ form }: { form: CatalogFormState }) {
  return numbers.map((field) => <NumberField key={field} form={form} field={field} />)
}

type NumberFieldProps = { form: CatalogFormState; field: (typeof numbers)[number] }

function NumberField({ form, field }: NumberFieldProps) {
  const { t } = useTranslation()
  return (
    <Field id={field} label={t(`metaCatalog.field.${field}`)} hint={t(`metaCatalog.form.hint.${field}`)} error={form.errors[field]}>
      {(control) => (
        <Input
          {...control}
          inputMode="decimal"
          autoComplete="off"
          value={form.values[field]}
          onChange={(event) => form.set(field, event.target.value)}
        />
      )}
    </Field>
  )
}
