import { Input } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { CatalogFormState } from "../../hooks/use-catalog-form"
import { useCurrencies, useRegions, useSalesChannels } from "../../hooks/use-store-choices"
import { ChoiceSelect } from "../choice-select"
import { Field } from "../field"

/** What of the store goes to this catalogue: sales channel, prices (by region or by currency) and country. */
export function MarketFields({ form }: { form: CatalogFormState }) {
  return (
    <>
      <SalesChannelField form={form} />
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <RegionField form={form} />
        <CurrencyField form={form} />
      </div>
      <CountryField form={form} />
      <PriceTaxField form={form} />
    </>
  )
}

function SalesChannelField({ form }: { form: CatalogFormState }) {
  const { t } = useTranslation()
  const { data } = useSalesChannels()
  return (
    <Field
      id="sales_channel_id"
      label={t("metaCatalog.field.sales_channel_id")}
      hint={t("metaCatalog.form.hint.sales_channel_id")}
      error={form.errors.sales_channel_id}
    >
      {(control) => (
        <ChoiceSelect
          control={control}
          value={form.values.sales_channel_id}
          choices={(data?.sales_channels ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          placeholder={t("metaCatalog.form.choose")}
          onChange={(id) => form.set("sales_channel_id", id)}
        />
      )}
    </Field>
  )
}

function RegionField({ form }: { form: CatalogFormState }) {
  const { t } = useTranslation()
  const { data } = useRegions()
  const regions = data?.regions ?? []

  function choose(id: string) {
    form.set("region_id", id)
    const region = regions.find((candidate) => candidate.id === id)
    const countries = (region?.countries ?? []).flatMap((country) => country.iso_2 ?? [])
    if (region && !countries.includes(form.values.country_code)) {
      form.set("country_code", countries.length === 1 ? countries[0]! : "")
    }
    form.set("currency_code", region?.currency_code ?? "")
  }

  return (
    <Field id="region_id" label={t("metaCatalog.field.region_id")} error={form.errors.region_id}>
      {(control) => (
        <ChoiceSelect
          control={control}
          value={form.values.region_id}
          choices={regions.map((region) => ({ value: region.id, label: `${region.name} (${region.currency_code.toUpperCase()})` }))}
          none={t("metaCatalog.form.noRegion")}
          onChange={choose}
        />
      )}
    </Field>
  )
}

function CurrencyField({ form }: { form: CatalogFormState }) {
  const { t } = useTranslation()
  const { data: currencies = [] } = useCurrencies()
  const byRegion = form.values.region_id !== ""
  const codes = byRegion ? [form.values.currency_code] : currencies
  return (
    <Field
      id="currency_code"
      label={t("metaCatalog.field.currency_code")}
      hint={byRegion ? t("metaCatalog.form.hint.currencyByRegion") : undefined}
      error={form.errors.currency_code}
    >
      {(control) => (
        <ChoiceSelect
          control={control}
          value={form.values.currency_code}
          choices={codes.filter(Boolean).map((code) => ({ value: code, label: code.toUpperCase() }))}
          placeholder={t("metaCatalog.form.choose")}
          disabled={byRegion}
          onChange={(code) => form.set("currency_code", code)}
        />
      )}
    </Field>
  )
}

const priceTaxes = ["as_stored", "with_tax", "without_tax"] as const satisfies readonly CatalogFormState["values"]["price_tax"][]

/** Meta wants the price a buyer sees in the shop; what the store keeps may be another. */
function PriceTaxField({ form }: { form: CatalogFormState }) {
  const { t } = useTranslation()
  return (
    <Field id="price_tax" label={t("metaCatalog.field.price_tax")} hint={t(`metaCatalog.priceTax.hint.${form.values.price_tax}`)} error={form.errors.price_tax}>
      {(control) => (
        <ChoiceSelect
          control={control}
          value={form.values.price_tax}
          choices={priceTaxes.map((value) => ({ value, label: t(`metaCatalog.priceTax.${value}`) }))}
          onChange={(chosen) => form.set("price_tax", priceTaxes.find((known) => known === chosen) ?? "as_stored")}
        />
      )}
    </Field>
  )
}

function CountryField({ form }: { form: CatalogFormState }) {
  const { t } = useTranslation()
  const { data } = useRegions()
  const region = data?.regions.find((candidate) => candidate.id === form.values.region_id)
  return (
    <Field
      id="country_code"
      label={t("metaCatalog.field.country_code")}
      hint={t("metaCatalog.form.hint.country_code")}
      error={form.errors.country_code}
      optional
    >
      {(control) =>
        region?.countries?.length ? (
          <ChoiceSelect
            control={control}
            value={form.values.country_code}
            choices={region.countries.flatMap(({ iso_2, display_name }) => (iso_2 ? { value: iso_2, label: display_name ?? iso_2 } : []))}
            none={t("metaCatalog.form.noCountry")}
            onChange={(code) => form.set("country_code", code)}
          />
        ) : (
          <Input
            {...control}
            maxLength={2}
            autoComplete="off"
            value={form.values.country_code}
            onChange={(event) => form.set("country_code", event.target.value)}
          />
        )
      }
    </Field>
  )
}
