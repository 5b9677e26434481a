import { useTranslation } from "react-i18next"
import type { CatalogFormState } from "../../hooks/use-catalog-form"
import { ChoiceSelect } from "../choice-select"
import { Field } from "../field"

/** Which of a variant's values becomes its retailer id at Meta. Fixed once the catalogue is connected. */
export function RetailerIdField({ form, fixed }: { form: CatalogFormState; fixed: boolean }) {
  const { t } = useTranslation()
  const schemes = ["sku", "variant_id"] as const
  return (
    <Field
      id="retailer_id_scheme"
      label={t("metaCatalog.field.retailer_id_scheme")}
      hint={t(fixed ? "metaCatalog.form.hint.idsSwitched" : "metaCatalog.form.hint.retailer_id_scheme")}
      error={form.errors.retailer_id_scheme}
    >
      {(control) => (
        <ChoiceSelect
          control={control}
          value={form.values.retailer_id_scheme}
          disabled={fixed}
          choices={schemes.map((scheme) => ({ value: scheme, label: t(`metaCatalog.retailerIdScheme.${scheme}`) }))}
          onChange={(scheme) => form.set("retailer_id_scheme", scheme === "variant_id" ? "variant_id" : "sku")}
        />
      )}
    </Field>
  )
}
