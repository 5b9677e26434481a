import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { FeedFieldName } from "../../catalog/columns/field-table"
import type { ItemSettings } from "../../catalog/items/item-settings"
import { countryColumns, languageColumns, supplementaryProblem } from "../../catalog/items/overlay-rows"
import type { CatalogScope } from "../../catalog/store/scope"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import { columnSettingsOf, columnsOf, itemSettingsOf } from "../catalogs/item-settings-of"
import { scopeOf, type CatalogRow } from "../open-catalog"

export type FeedRow = Awaited<ReturnType<MetaCatalogModuleService["retrieveFeed"]>>

/** What decides about every line of a file that puts values over the items of other feeds. */
export type OverlayPlan = {
  scope: CatalogScope
  settings: ItemSettings
  /** Beside `id`, and in an override file `override` and `delete`. */
  columns: readonly FeedFieldName[]
  /** Null for a supplementary feed. */
  override: { type: "country" | "language"; value: string } | null
  /** Our ids of the feeds whose items count; null for all of the catalogue. */
  primaryFeedIds: ReadonlySet<string> | null
  /** Why a complete file should be looked at first; `said` are the lines that hide nothing. */
  holdReason(file: { lines: number; said: number }): string | null
}

type Input = { module: MetaCatalogModuleService; sql: Knex; catalog: CatalogRow; feed: FeedRow }

/** Works out what a supplementary or override feed holds, from its row and its catalogue's settings. */
export async function overlayPlan(input: Input): Promise<OverlayPlan> {
  const { feed } = input
  if (feed.kind === "supplementary") return await supplementaryPlan(input)
  return feed.override_type === "language" ? await languagePlan(input) : await countryPlan(input)
}

async function countryPlan({ module, sql, catalog, feed }: Input): Promise<OverlayPlan> {
  const value = feed.override_value ?? ""
  const code = feed.currency_code ?? catalog.currency_code
  const country = value.toLowerCase()
  const settings = await itemSettingsOf({ sql, module }, { ...catalog, currency_code: code, country_code: country, locale: feed.locale ?? catalog.locale })
  return {
    scope: { ...scopeOf(catalog), currencyCode: code, regionId: feed.region_id, countryCode: country },
    settings,
    columns: countryColumns(catalog.product_url_template),
    override: { type: "country", value },
    primaryFeedIds: null,
    holdReason: ({ said }) => (said > 0 ? null : `No item has a price for ${value} in ${code.toUpperCase()}; all of them would be hidden there.`),
  }
}

async function languagePlan({ module, sql, catalog, feed }: Input): Promise<OverlayPlan> {
  const locale = feed.locale ?? ""
  return {
    scope: scopeOf(catalog),
    // The store's own code for rows is told the language as well.
    settings: await itemSettingsOf({ sql, module }, { ...catalog, locale }),
    columns: languageColumns(catalog.product_url_template),
    override: { type: "language", value: feed.override_value ?? "" },
    primaryFeedIds: null,
    holdReason: ({ lines }) => (lines > 0 ? null : `No product that Meta holds has a translation into ${locale} yet.`),
  }
}

/** What is set for the feed's own columns goes before what the catalogue says of them. */
async function supplementaryPlan({ module, sql, catalog, feed }: Input): Promise<OverlayPlan> {
  const settings = await itemSettingsOf({ sql, module }, catalog)
  const [general, own] = await Promise.all([columnSettingsOf(module, { catalogId: catalog.id }), columnSettingsOf(module, { catalogId: catalog.id, feedId: feed.id })])
  const columns = columnsOf({ module, catalog, currency: settings.currency }, new Map([...general, ...own]))
  const named = [...new Set([...(feed.columns as unknown as string[] | null ?? []), ...own.keys()])]
  return {
    scope: scopeOf(catalog),
    settings: { ...settings, columns },
    columns: named.filter((column): column is FeedFieldName => supplementaryProblem(column, { pushesPrices: catalog.pushes_prices }) === null),
    override: null,
    primaryFeedIds: new Set((feed.primary_feed_ids ?? []) as unknown as string[]),
    holdReason: ({ lines }) => (lines > 0 ? null : "Meta holds no item of the feeds it is attached to yet."),
  }
}
