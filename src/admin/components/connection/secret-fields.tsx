import { Input } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { CatalogFormState } from "../../hooks/use-catalog-form"
import { Field } from "../field"

/** Access token and app secret. They can be replaced but never read back, so an empty field keeps the stored one. */
export function SecretFields({ form, catalog }: { form: CatalogFormState; catalog?: AdminCatalog }) {
  return (
    <>
      <SecretField form={form} field="access_token" stored={catalog?.has_access_token ?? false} />
      <SecretField form={form} field="app_secret" stored={catalog?.has_app_secret ?? false} optional />
    </>
  )
}

type SecretFieldProps = {
  form: CatalogFormState
  field: "access_token" | "app_secret"
  stored: boolean
  optional?: boolean
}

function SecretField({ form, field, stored, optional }: SecretFieldProps) {
  const { t } = useTranslation()
  return (
    <Field
      id={field}
      label={t(`metaCatalog.field.${field}`)}
      hint={t(stored ? "metaCatalog.form.hint.secretStored" : `metaCatalog.form.hint.${field}`)}
      error={form.errors[field]}
      optional={optional}
    >
      {(control) => (
        <Input
          {...control}
          type="password"
          autoComplete="new-password"
          placeholder={stored ? "••••••••" : undefined}
          value={form.values[field]}
          onChange={(event) => form.set(field, event.target.value)}
        />
      )}
    </Field>
  )
}
