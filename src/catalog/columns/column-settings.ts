import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "../store/query"

/** What a catalogue itself says of columns, as the build that asks goes by it. */
type CatalogSettings = { id: string; default_brand: string | null; default_condition: string; google_product_category: string | null }

/**
 * What a person has set about the columns of a catalogue, or with `feedId` of a supplementary feed, as marks to be compared with those
 * of another time: what fills a column may be taken away on purpose. A column without settings is missing.
 *
 * @param snapshot the state of the database that the rows are read from, so that marks are never newer than the rows
 */
export async function readColumnSettings(snapshot: Knex, catalog: CatalogSettings, feedId = ""): Promise<Record<string, string>> {
  const [{ mappings }] = await query<{ mappings: string }>(
    snapshot,
    `select md5(coalesce(string_agg(product_category_id || ' ' || google_product_category, ' ' order by product_category_id), '')) as mappings
     from meta_catalog_category_mapping where catalog_id = :catalogId and deleted_at is null`,
    { catalogId: catalog.id }
  )
  const columns = await query<{ field: string; source: string }>(
    snapshot,
    `select field, string_agg(md5(source::text), ' ' order by feed_id) as source from meta_catalog_column
     where catalog_id = :catalogId and feed_id = any(:feedIds) and deleted_at is null group by field`,
    { catalogId: catalog.id, feedIds: ["", feedId] }
  )
  const marks: Record<string, string> = {
    brand: catalog.default_brand ?? "",
    condition: catalog.default_condition,
    google_product_category: `${catalog.google_product_category ?? ""} ${mappings}`,
  }
  for (const { field, source } of columns) marks[field] = `${marks[field] ?? ""} ${source}`
  return marks
}
