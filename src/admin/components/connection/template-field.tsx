import { Input } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { CatalogFormState } from "../../hooks/use-catalog-form"
import { useExampleProduct } from "../../hooks/use-store-choices"
import { exampleUrl } from "../../lib/example-url"
import { Field } from "../field"

/** The product URL template with a live example made from a product of the store. */
export function TemplateField({ form }: { form: CatalogFormState }) {
  const { t } = useTranslation()
  const product = useExampleProduct()
  const example = exampleUrl(form.values.product_url_template, {
    ...product,
    country: form.values.country_code.trim().toLowerCase() || null,
    locale: null,
  })
  return (
    <Field
      id="product_url_template"
      label={t("metaCatalog.field.product_url_template")}
      hint={
        <>
          {t("metaCatalog.form.hint.product_url_template")}
          <span className="mt-1 block" data-testid="example-url" aria-live="polite">
            {example.ok ? `${t("metaCatalog.form.example")} ${example.url}` : t(`metaCatalog.form.exampleMissing.${example.reason}`)}
          </span>
        </>
      }
      error={form.errors.product_url_template}
    >
      {(control) => (
        <Input
          {...control}
          autoComplete="off"
          spellCheck={false}
          placeholder="https://shop.example/{country}/products/{handle}?variant={variant_id}"
          value={form.values.product_url_template}
          onChange={(event) => form.set("product_url_template", event.target.value)}
        />
      )}
    </Field>
  )
}
