import { randomUUID } from "node:crypto"
import { feedUrl } from "../../src/modules/meta-catalog/feeds/feed-url"
import type { LightDatabase } from "./light-database"
import type { LightProcess } from "./light-process"
import type { MetaSide } from "./meta-side"
import { CHANNEL_ID, CURRENCY, type LightShop, type LightVariant } from "./shop"
import type { StockBook } from "./stock-book"

/** Ids of a catalogue's rows, known before they are written because Meta's side needs the feed's address first. */
export type CatalogIds = { catalogId: string; feedId: string; feedToken: string }

export function newCatalogIds(): CatalogIds {
  const unique = randomUUID()
  return { catalogId: `mcat_${unique}`, feedId: `mcfeed_${unique}`, feedToken: unique }
}

/** What Meta's schedule fetches. */
export function scheduledUrl(publicUrl: string, { feedId, feedToken }: CatalogIds): string {
  return feedUrl(publicUrl, { id: feedId, token: feedToken, format: "csv", published_format: null })
}

const NO_SALE = { sale_price: "", sale_price_effective_date: "" }

/** The tables the plugin forgets a schedule's rows in. Small, so that a delete is quicker than a truncate. */
const TABLES = ["catalog", "feed", "snapshot", "fetch", "upload", "item", "item_row", "item_change", "batch", "call", "issue", "stock_rule"]

/** Removes every row of the plugin. */
export async function forgetCatalogs({ sql }: LightDatabase): Promise<void> {
  await sql.query(TABLES.map((table) => `delete from meta_catalog_${table}`).join("; "))
}

type Connection = { database: LightDatabase; process: LightProcess; meta: MetaSide; ids: CatalogIds; shop: LightShop; book: StockBook; publicUrl: string; pushesPrices: boolean }

/**
 * Writes the rows of a connected catalogue whose items are all listed and acknowledged, as they stand after the first upload was
 * taken in and its values were settled.
 */
export async function connectCatalog({ database, process, meta, ids, shop, book, publicUrl, pushesPrices }: Connection): Promise<void> {
  const token = process.module.secrets.encrypt(meta.token, { rowId: ids.catalogId, column: "access_token" })
  await database.sql.query(
    `insert into meta_catalog_catalog
       (id, name, meta_catalog_id, access_token_encrypted, public_url, sales_channel_id, currency_code, product_url_template, default_brand, swept_at, pushes_prices)
     values ($1, 'Light', $2, $3, $4, '${CHANNEL_ID}', '${CURRENCY}', 'https://shop.example/products/{handle}', 'Kiln', meta_catalog_now(), $5)`,
    [ids.catalogId, meta.metaCatalogId, token, publicUrl, pushesPrices]
  )
  await database.sql.query(
    `insert into meta_catalog_feed (id, catalog_id, name, meta_feed_id, schedule, token) values ($1, $2, 'Light', $3, '{"interval": "DAILY"}', $4)`,
    [ids.feedId, ids.catalogId, meta.metaFeedId, ids.feedToken]
  )
  const priceOf = (variant: LightVariant) => (pushesPrices ? { price: book.wantedPrice(variant), ...NO_SALE } : null)
  const items = shop.variants.map((variant) => ({ ...variant, ...book.wanted(variant), price: priceOf(variant) }))
  await database.sql.query(
    `insert into meta_catalog_item
       (id, catalog_id, feed_id, retailer_id, variant_id, product_id, written_since, listed_at, marked_at, wanted_quantity, wanted_availability,
        sent_quantity, sent_availability, sent_at, acknowledged_quantity, acknowledged_availability, acknowledged_at,
        wanted_price, sent_price, acknowledged_price)
     select 'mcitem_' || i.id || $1, $1, $2, i.sku, i.id, i."productId", 1, t.at, t.at, i.quantity, i.availability,
            i.quantity, i.availability, t.at, i.quantity, i.availability, t.at, nullif(i.price, 'null'), nullif(i.price, 'null'), nullif(i.price, 'null')
     from jsonb_to_recordset($3::jsonb) as i(id text, sku text, "productId" text, quantity integer, availability text, price jsonb),
          (select meta_catalog_now() - interval '1 hour' as at) t`,
    [ids.catalogId, ids.feedId, JSON.stringify(items)]
  )
}
