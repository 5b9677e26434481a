import type { AdminCatalog, AdminCatalogInput } from "../../api/admin/meta-catalog/catalog-types"

/** What the connect form holds while a person types; texts are empty where nothing was given. */
export type CatalogFormValues = {
  name: string
  meta_catalog_id: string
  access_token: string
  app_secret: string
  sales_channel_id: string
  region_id: string
  currency_code: string
  country_code: string
  price_tax: AdminCatalog["price_tax"]
  product_url_template: string
  default_brand: string
  retailer_id_scheme: "sku" | "variant_id"
  transport: "items_batch" | "item_node"
  pushes_stock: boolean
  pushes_prices: boolean
  sells_on_meta: boolean
} & MeasureValues

/** What a stored catalogue can be told besides; numbers as typed. A new one begins with what is usual. */
type MeasureValues = {
  discontinued_months: string
  velocity_days: string
  medium_from: string
  fast_from: string
  velocity_hysteresis_percent: string
}

const measuredNumbers = ["discontinued_months", "velocity_days", "medium_from", "fast_from", "velocity_hysteresis_percent"] as const

/** The request body for a stored catalogue. */
export type CatalogUpdate = Partial<AdminCatalogInput> & Partial<Pick<AdminCatalog, (typeof measuredNumbers)[number]>>

export type CatalogFormErrors = Partial<Record<keyof CatalogFormValues | "form", string>>

/** The form's fields in the order they stand on the page; the first with an error receives the focus. */
export const catalogFormFields = [
  "name",
  "meta_catalog_id",
  "access_token",
  "app_secret",
  "sales_channel_id",
  "region_id",
  "currency_code",
  "country_code",
  "price_tax",
  "product_url_template",
  "default_brand",
  "retailer_id_scheme",
  "transport",
  "pushes_stock",
  "pushes_prices",
  "sells_on_meta",
  ...measuredNumbers,
] as const satisfies readonly (keyof CatalogFormValues)[]

/** A new form, or the stored values of a catalogue; secrets never come back from the server and start empty. */
export function initialValues(catalog?: AdminCatalog): CatalogFormValues {
  return {
    name: catalog?.name ?? "",
    meta_catalog_id: catalog?.meta_catalog_id ?? "",
    access_token: "",
    app_secret: "",
    sales_channel_id: catalog?.sales_channel_id ?? "",
    region_id: catalog?.region_id ?? "",
    currency_code: catalog?.currency_code ?? "",
    country_code: catalog?.country_code ?? "",
    price_tax: catalog?.price_tax ?? "as_stored",
    product_url_template: catalog?.product_url_template ?? "",
    default_brand: catalog?.default_brand ?? "",
    retailer_id_scheme: catalog?.retailer_id_scheme ?? "sku",
    transport: catalog?.transport ?? "items_batch",
    pushes_stock: catalog?.pushes_stock ?? true,
    pushes_prices: catalog?.pushes_prices ?? false,
    sells_on_meta: catalog?.sells_on_meta ?? false,
    discontinued_months: String(catalog?.discontinued_months ?? ""),
    velocity_days: String(catalog?.velocity_days ?? ""),
    medium_from: String(catalog?.medium_from ?? ""),
    fast_from: String(catalog?.fast_from ?? ""),
    velocity_hysteresis_percent: String(catalog?.velocity_hysteresis_percent ?? ""),
  }
}

/** The request body for a new catalogue. An empty name becomes none, so the server chooses one. */
export function toInput(values: CatalogFormValues): AdminCatalogInput {
  return {
    name: values.name.trim() || undefined,
    meta_catalog_id: values.meta_catalog_id.trim(),
    access_token: values.access_token.trim(),
    app_secret: values.app_secret.trim() || undefined,
    sales_channel_id: values.sales_channel_id,
    region_id: values.region_id || null,
    currency_code: values.region_id ? undefined : values.currency_code || undefined,
    country_code: values.country_code.trim().toLowerCase() || null,
    price_tax: values.price_tax,
    product_url_template: values.product_url_template.trim(),
    default_brand: values.default_brand.trim() || null,
    retailer_id_scheme: values.retailer_id_scheme,
    transport: values.transport,
    pushes_stock: values.pushes_stock,
    pushes_prices: values.pushes_prices,
    sells_on_meta: values.sells_on_meta,
  }
}

/**
 * The request body for a stored catalogue: only what differs from it, and secrets only when something was typed. The
 * catalogue id and the retailer id scheme are fixed when a catalogue is connected.
 */
export function toUpdate(values: CatalogFormValues, catalog: AdminCatalog): CatalogUpdate {
  const input = { ...toInput(values), ...toMeasures(values) }
  const { access_token, app_secret, meta_catalog_id: _fixed, retailer_id_scheme: _fixedToo, ...rest } = input
  const stored: Record<string, unknown> = catalog
  const changed = Object.entries(rest).filter(([key, value]) => value !== undefined && value !== (stored[key] ?? null))
  return {
    ...(Object.fromEntries(changed) as CatalogUpdate),
    ...(access_token ? { access_token } : {}),
    ...(app_secret ? { app_secret } : {}),
  }
}

/** A number that is none goes as it was typed, so that the API says which are allowed. */
function toMeasures(values: CatalogFormValues): Record<string, string | number> {
  const numbers = measuredNumbers.map((field) => {
    // Three of the four languages write a decimal comma.
    const number = Number(values[field].replace(",", "."))
    return [field, values[field].trim() !== "" && Number.isFinite(number) ? number : values[field]]
  })
  return Object.fromEntries(numbers) as Record<string, string | number>
}

/** Whether the values that *Test connection* looks at are still those of an earlier test. */
export function isSameConnection(values: CatalogFormValues, tested: Partial<AdminCatalogInput> | undefined): boolean {
  const now = toInput(values)
  return (["meta_catalog_id", "access_token", "app_secret"] as const).every((field) => tested?.[field] === now[field])
}

/** Whether the form differs from what it started with. */
export function isDirty(values: CatalogFormValues, start: CatalogFormValues): boolean {
  return catalogFormFields.some((field) => values[field] !== start[field])
}
