import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError, Modules } from "@medusajs/framework/utils"
import { isKnownCategory } from "../../catalog/categories/google-taxonomy"
import type { PriceTax } from "../../catalog/store/scope"
import { checkOrderSettings, type OrderSettings } from "../orders/check-order-settings"
import { checkTransport } from "./check-transport"
import { metaCatalog, type CatalogRow } from "../open-catalog"

/** Settings of a catalogue beside its connection. */
export type CatalogSettings = {
  name?: string
  sales_channel_id: string
  region_id?: string | null
  currency_code?: string | null
  country_code?: string | null
  price_tax?: PriceTax
  locale?: string | null
  product_url_template: string
  default_brand?: string | null
  default_condition?: "new" | "refurbished" | "used"
  google_product_category?: string | null
  retailer_id_scheme?: "sku" | "variant_id"
  sells_on_meta?: boolean
  discontinued_months?: number
  slow_sell_outs_by_push?: boolean
  transport?: "items_batch" | "item_node"
} & OrderSettings

/** Any part of the settings, and the brake's. What is left out stays as it is. */
export type SettingsChange = Partial<CatalogSettings> & {
  pushes_stock?: boolean
  pushes_prices?: boolean
  brake_share_percent?: number
  brake_minimum_items?: number
} & Partial<VelocitySettings>

/** What sales velocity goes by; see `../catalog/velocity.ts`. */
type VelocitySettings = { velocity_days: number; medium_from: number; fast_from: number; velocity_hysteresis_percent: number }

type CheckedSettings = Omit<SettingsChange, "currency_code"> & { currency_code?: string }
type Market = { currency_code?: string; country_code?: string | null }

/**
 * Checks the settings against this store and, together with what is stored already, against each other; fills currency and
 * country from the region.
 *
 * @param stored the catalogue that is changed, null for a new one
 * @throws MedusaError whose message starts with the field it is about.
 */
export async function checkSettings(container: MedusaContainer, input: SettingsChange, stored: CatalogRow | null): Promise<CheckedSettings> {
  if (input.sales_channel_id) {
    const [channel] = await container.resolve(Modules.SALES_CHANNEL).listSalesChannels({ id: input.sales_channel_id }, { take: 1 })
    refuseUnless(channel, "sales_channel_id: there is no such sales channel")
  }
  if (input.google_product_category) {
    const isKnown = isKnownCategory(input.google_product_category)
    refuseUnless(isKnown, "google_product_category: must be an id or an English path of at least two levels in Google's product taxonomy")
  }
  const { currency_code, ...others } = input
  const settings: CheckedSettings = { ...others, ...(await checkMarket(container, input, stored)), ...checkOrderSettings(input, stored) }
  const template = settings.product_url_template ?? stored?.product_url_template ?? ""
  for (const name of ["country", "locale"] as const) {
    const field = name === "country" ? "country_code" : "locale"
    const value = settings[field] === undefined ? stored?.[field] : settings[field]
    refuseUnless(value || !template.includes(`{${name}}`), `${field}: the product URL template holds {${name}}, so a ${name} is needed`)
  }
  await checkPriceTax(container, settings, stored)
  if (stored) {
    checkBuckets(settings, stored)
  }
  await checkTransport(container, settings, stored)
  if (stored && settings.pushes_stock === false) {
    const [fast] = await metaCatalog(container).listFeeds({ catalog_id: stored.id, strategy: "fast" }, { select: ["id"], take: 1 })
    refuseUnless(!fast, "pushes_stock: the catalogue has a fast feed, whose quantities only the push brings to Meta; change its strategy first")
  }
  return settings
}

/** Of the two limits one may be changed alone, and is judged with the other as it is stored. */
function checkBuckets(input: Partial<VelocitySettings>, stored: VelocitySettings): void {
  const mediumFrom = input.medium_from ?? stored.medium_from
  const fastFrom = input.fast_from ?? stored.fast_from
  const field = input.fast_from === undefined ? "medium_from" : "fast_from"
  const word = field === "fast_from" ? `above medium_from, which is ${mediumFrom}` : `below fast_from, which is ${fastFrom}`
  refuseUnless(mediumFrom < fastFrom, `${field}: must be ${word} units a day`)
}

/** Region, currency and country belong together: a change of one is judged with the others as they are stored. */
async function checkMarket(container: MedusaContainer, input: SettingsChange, stored: CatalogRow | null): Promise<Market> {
  const country = input.country_code?.toLowerCase() ?? input.country_code
  if (stored && input.region_id === undefined && input.currency_code === undefined) {
    return country === undefined ? {} : { country_code: country }
  }
  const regionId = input.region_id === undefined ? stored?.region_id : input.region_id
  if (!regionId) {
    const currency = (input.currency_code === undefined ? stored?.currency_code : input.currency_code)?.toLowerCase()
    refuseUnless(currency, "currency_code: choose a region or a currency")
    await refuseCurrencyWithoutPrices(container, currency)
    return { currency_code: currency, ...(country === undefined ? {} : { country_code: country }) }
  }
  const [region] = await container.resolve(Modules.REGION).listRegions({ id: regionId }, { take: 1, relations: ["countries"] })
  refuseUnless(region, "region_id: there is no such region")
  const agrees = !input.currency_code || input.currency_code.toLowerCase() === region.currency_code
  refuseUnless(agrees, `currency_code: the region sells in ${region.currency_code.toUpperCase()}`)
  await refuseCurrencyWithoutPrices(container, region.currency_code)
  const countries = region.countries.map(({ iso_2 }) => iso_2)
  const kept = stored?.country_code && countries.includes(stored.country_code) ? stored.country_code : countries[0]
  return { currency_code: region.currency_code, country_code: country || kept || null }
}

/** Tax depends on a country, and Medusa calculates it by itself only in regions that say so. */
async function checkPriceTax(container: MedusaContainer, settings: CheckedSettings, stored: CatalogRow | null): Promise<void> {
  const priceTax = settings.price_tax ?? stored?.price_tax ?? "as_stored"
  if (priceTax === "as_stored") {
    return
  }
  const regionId = settings.region_id === undefined ? stored?.region_id : settings.region_id
  const country = settings.country_code === undefined ? stored?.country_code : settings.country_code
  refuseUnless(regionId && country, "price_tax: choose a region and a country, because taxes depend on both; or leave prices as they are stored")
  const [region] = await container.resolve(Modules.REGION).listRegions({ id: regionId }, { take: 1 })
  const word = `price_tax: the region ${region?.name} does not calculate taxes automatically, so its storefront shows prices as they are stored`
  refuseUnless(region?.automatic_taxes || settings.price_tax === undefined, word)
}

export async function refuseCurrencyWithoutPrices(container: MedusaContainer, currencyCode: string): Promise<void> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const [price] = await sql("price").select("id").where({ currency_code: currencyCode, deleted_at: null }).limit(1)
  refuseUnless(price, `currency_code: no variant has a price in ${currencyCode.toUpperCase()}`)
}

function refuseUnless(found: unknown, message: string): asserts found {
  if (!found) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
}
