import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./query"

/**
 * What a person has set about the columns of a catalogue, as marks to be compared with those of another time: what fills a column
 * may be taken away on purpose. A column without settings is missing.
 */
export async function readColumnSettings(sql: Knex, { catalogId }: { catalogId: string }): Promise<Record<string, string>> {
  const [settings] = await query<{ brand: string; condition: string; google_product_category: string }>(
    sql,
    `select coalesce(c.default_brand, '') as brand, c.default_condition as condition,
            md5(concat(c.google_product_category, ' ', (
              select string_agg(m.product_category_id || ' ' || m.google_product_category, ' ' order by m.product_category_id)
              from meta_catalog_category_mapping m where m.catalog_id = c.id and m.deleted_at is null))) as google_product_category
     from meta_catalog_catalog c where c.id = :catalogId`,
    { catalogId }
  )
  const columns = await query<{ field: string; source: string }>(
    sql,
    "select field, md5(source::text) as source from meta_catalog_column where catalog_id = :catalogId and feed_id = '' and deleted_at is null",
    { catalogId }
  )
  const marks: Record<string, string> = { ...settings }
  for (const { field, source } of columns) marks[field] = `${marks[field] ?? ""} ${source}`
  return marks
}
