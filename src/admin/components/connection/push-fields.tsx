import { RadioGroup } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { CatalogFormState } from "../../hooks/use-catalog-form"
import { Field } from "../field"
import { SwitchRow } from "../retailer-ids/switch-row"

const switches = ["pushes_stock", "pushes_prices", "sells_on_meta"] as const
const transports = ["items_batch", "item_node"] as const

/** What is sent between two feeds and how, and whether Meta sells on its own. */
export function PushFields({ form }: { form: CatalogFormState }) {
  return (
    <>
      {switches.map((field) => (
        <SwitchField key={field} form={form} field={field} />
      ))}
      <TransportField form={form} />
    </>
  )
}

type SwitchFieldProps = { form: CatalogFormState; field: (typeof switches)[number] }

function SwitchField({ form, field }: SwitchFieldProps) {
  const { t } = useTranslation()
  return (
    <SwitchRow
      id={field}
      label={t(`metaCatalog.field.${field}`)}
      hint={t(`metaCatalog.form.hint.${field}`)}
      error={form.errors[field]}
      checked={form.values[field]}
      onChange={(on) => form.set(field, on)}
    />
  )
}

function TransportField({ form }: { form: CatalogFormState }) {
  const { t } = useTranslation()
  return (
    <Field id="transport" label={t("metaCatalog.field.transport")} error={form.errors.transport}>
      {({ id, ...described }) => (
        <RadioGroup
          id={id}
          tabIndex={-1}
          aria-label={t("metaCatalog.field.transport")}
          {...described}
          value={form.values.transport}
          onValueChange={(value) => form.set("transport", value === "item_node" ? "item_node" : "items_batch")}
        >
          {transports.map((transport) => (
            <RadioGroup.ChoiceBox
              key={transport}
              value={transport}
              label={t(`metaCatalog.transport.${transport}`)}
              description={t(`metaCatalog.form.hint.transport.${transport}`)}
            />
          ))}
        </RadioGroup>
      )}
    </Field>
  )
}
