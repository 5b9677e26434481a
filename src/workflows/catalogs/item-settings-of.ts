import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { compileColumns, type ColumnMapping } from "../../catalog/columns/column-mapping"
import { columnSources, type ColumnSettings } from "../../catalog/columns/column-source"
import type { ItemSettings } from "../../catalog/items/item-settings"
import type { MapItemHook } from "../../catalog/map-item-hook"
import type { Currency } from "../../catalog/prices/price-text"
import { readCurrencyDecimals } from "../../catalog/prices/prices"
import { productUrl } from "../../catalog/items/product-url"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import type { CatalogRow } from "../open-catalog"

/** What a catalogue's settings decide about every row; with `feedId` as a supplementary feed's columns are set. */
export async function itemSettingsOf(
  { sql, module, decimalsOf }: { sql: Knex; module: MetaCatalogModuleService; decimalsOf?: (currencyCode: string) => Promise<number> },
  catalog: CatalogRow,
  { feedId }: { feedId?: string } = {}
): Promise<ItemSettings> {
  const code = catalog.currency_code
  const currency: Currency = { code, decimals: await (decimalsOf ? decimalsOf(code) : readCurrencyDecimals(sql, code)) }
  const columns = columnsOf({ module, catalog, currency }, await columnSettingsOf(module, { catalogId: catalog.id, feedId }))
  return {
    currency,
    productUrl: productUrl(catalog.product_url_template),
    countryCode: catalog.country_code,
    locale: catalog.locale,
    brand: catalog.default_brand,
    condition: catalog.default_condition,
    googleProductCategory: catalog.google_product_category,
    columns,
  }
}

/** The stored sources of columns. One that a later release no longer reads is passed over, as if it were not set. */
export async function columnSettingsOf(module: MetaCatalogModuleService, place: { catalogId: string; feedId?: string }): Promise<ColumnSettings> {
  const stored = await module.columns.readColumns(place)
  return new Map(
    [...stored].flatMap(([field, source]) => {
      const parsed = columnSources.safeParse(source)
      return parsed.success ? [[field, parsed.data]] : []
    })
  )
}

/** The mapping of a catalogue under these settings, with the store's own code. */
export function columnsOf(
  { module, catalog, currency }: { module: MetaCatalogModuleService; catalog: CatalogRow; currency: Currency },
  sources: ColumnSettings
): ColumnMapping | null {
  return compileColumns({
    sources,
    // Its columns are checked where they are used, its answers column by column.
    hook: (module.options.mapItem as MapItemHook | undefined) ?? null,
    currency,
    catalog: {
      id: catalog.id,
      name: catalog.name,
      metaCatalogId: catalog.meta_catalog_id,
      currencyCode: catalog.currency_code,
      countryCode: catalog.country_code,
      locale: catalog.locale,
    },
  })
}
