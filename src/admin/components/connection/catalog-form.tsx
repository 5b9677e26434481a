import { Alert, Heading, Input } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { CatalogFormState } from "../../hooks/use-catalog-form"
import { Field } from "../field"
import { MarketFields } from "./market-fields"
import { MeasureFields } from "./measure-fields"
import { PushFields } from "./push-fields"
import { SecretFields } from "./secret-fields"
import { TemplateField } from "./template-field"
import { RetailerIdField } from "./retailer-id-field"

export type CatalogFormProps = {
  form: CatalogFormState
  /** The stored catalogue when it is edited; none when a new one is connected. */
  catalog?: AdminCatalog
  /** The *Test connection* button with its result, below the values it tests. */
  test: ReactNode
}

/** The fields of a catalogue connection, for connecting and for editing. */
export function CatalogForm({ form, catalog, test }: CatalogFormProps) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-y-8">
      {form.errors.form && (
        <Alert variant="error" role="alert">
          {form.errors.form}
        </Alert>
      )}
      <FormPart title={t("metaCatalog.form.part.meta")}>
        <IdentityFields form={form} fixed={catalog !== undefined} />
        <SecretFields form={form} catalog={catalog} />
        {test}
      </FormPart>
      <FormPart title={t("metaCatalog.form.part.store")}>
        <MarketFields form={form} />
      </FormPart>
      <FormPart title={t("metaCatalog.form.part.items")}>
        <TemplateField form={form} />
        <BrandField form={form} />
        <RetailerIdField form={form} fixed={catalog !== undefined} />
      </FormPart>
      <FormPart title={t("metaCatalog.form.part.push")}>
        <PushFields form={form} />
      </FormPart>
      {catalog && (
        <FormPart title={t("metaCatalog.form.part.measures")}>
          <MeasureFields form={form} />
        </FormPart>
      )}
    </div>
  )
}

function FormPart({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-y-4">
      <Heading level="h3">{title}</Heading>
      {children}
    </section>
  )
}

function IdentityFields({ form, fixed }: { form: CatalogFormState; fixed: boolean }) {
  const { t } = useTranslation()
  return (
    <>
      <Field id="name" label={t("metaCatalog.field.name")} hint={t("metaCatalog.form.hint.name")} error={form.errors.name} optional>
        {(control) => <Input {...control} value={form.values.name} onChange={(event) => form.set("name", event.target.value)} />}
      </Field>
      <Field
        id="meta_catalog_id"
        label={t("metaCatalog.field.meta_catalog_id")}
        hint={t(fixed ? "metaCatalog.form.hint.fixed" : "metaCatalog.form.hint.meta_catalog_id")}
        error={form.errors.meta_catalog_id}
      >
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            disabled={fixed}
            autoComplete="off"
            value={form.values.meta_catalog_id}
            onChange={(event) => form.set("meta_catalog_id", event.target.value)}
          />
        )}
      </Field>
    </>
  )
}

function BrandField({ form }: { form: CatalogFormState }) {
  const { t } = useTranslation()
  return (
    <Field
      id="default_brand"
      label={t("metaCatalog.field.default_brand")}
      hint={t("metaCatalog.form.hint.default_brand")}
      error={form.errors.default_brand}
      optional
    >
      {(control) => (
        <Input {...control} value={form.values.default_brand} onChange={(event) => form.set("default_brand", event.target.value)} />
      )}
    </Field>
  )
}
