import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { ItemSettings } from "../catalog/item-settings"
import { readCurrencyDecimals } from "../catalog/prices"
import { productUrl } from "../catalog/product-url"
import type { CatalogRow } from "./open-catalog"

/** What a catalogue's settings decide about every row. */
export async function itemSettingsOf(sql: Knex, catalog: CatalogRow): Promise<ItemSettings> {
  return {
    currency: { code: catalog.currency_code, decimals: await readCurrencyDecimals(sql, catalog.currency_code) },
    productUrl: productUrl(catalog.product_url_template),
    countryCode: catalog.country_code,
    locale: catalog.locale,
    brand: catalog.default_brand,
    condition: catalog.default_condition,
    googleProductCategory: catalog.google_product_category,
  }
}
