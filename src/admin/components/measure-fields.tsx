import { Input } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { CatalogFormState } from "../hooks/use-catalog-form"
import { ChoiceSelect } from "./choice-select"
import { Field } from "./field"

const numbers = ["velocity_days", "medium_from", "fast_from", "velocity_hysteresis_percent", "discontinued_months"] as const
const orderModes = ["off", "seller", "platform"] as const

/** How sales are measured, and how long what is no longer offered is kept. */
export function MeasureFields({ form }: { form: CatalogFormState }) {
  return numbers.map((field) => <TextField key={field} form={form} field={field} isNumber />)
}

/** Who subtracts orders at Meta from the stock, and where they are found. */
export function OrderFields({ form }: { form: CatalogFormState }) {
  const { t } = useTranslation()
  const mode = form.values.orders_mode
  return (
    <>
      <Field id="orders_mode" label={t("metaCatalog.field.orders_mode")} hint={t(`metaCatalog.form.hint.ordersMode.${mode}`)} error={form.errors.orders_mode}>
        {(control) => (
          <ChoiceSelect
            control={control}
            value={mode}
            choices={orderModes.map((value) => ({ value, label: t(`metaCatalog.ordersMode.${value}`) }))}
            onChange={(chosen) => form.set("orders_mode", orderModes.find((known) => known === chosen) ?? "off")}
          />
        )}
      </Field>
      {mode !== "off" && (
        <>
          <TextField form={form} field="orders_owner_id" isNumber />
          <TextField form={form} field="orders_key" />
        </>
      )}
    </>
  )
}

type TextFieldProps = { form: CatalogFormState; field: (typeof numbers)[number] | "orders_owner_id" | "orders_key"; isNumber?: boolean }

function TextField({ form, field, isNumber }: TextFieldProps) {
  const { t } = useTranslation()
  return (
    <Field id={field} label={t(`metaCatalog.field.${field}`)} hint={t(`metaCatalog.form.hint.${field}`)} error={form.errors[field]}>
      {(control) => (
        <Input
          {...control}
          inputMode={isNumber ? "decimal" : "text"}
          autoComplete="off"
          value={form.values[field]}
          onChange={(event) => form.set(field, event.target.value)}
        />
      )}
    </Field>
  )
}
