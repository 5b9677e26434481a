import { Hint, Label, RadioGroup, Switch } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { CatalogFormState } from "../hooks/use-catalog-form"
import { Field } from "./field"

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
  const error = form.errors[field]
  return (
    <div className="flex items-start gap-x-3">
      <Switch
        id={field}
        className="mt-0.5 shrink-0"
        checked={form.values[field]}
        onCheckedChange={(on) => form.set(field, on)}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${field}-hint ${field}-error` : `${field}-hint`}
      />
      <div className="flex min-w-0 flex-col gap-y-1">
        <Label size="small" weight="plus" htmlFor={field}>
          {t(`metaCatalog.field.${field}`)}
        </Label>
        <Hint id={`${field}-hint`}>{t(`metaCatalog.form.hint.${field}`)}</Hint>
        {error && (
          <Hint id={`${field}-error`} variant="error" role="alert">
            {error}
          </Hint>
        )}
      </div>
    </div>
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
