import { firstRow, type Sql } from "../sql"

/** What a category is to be at Google: an id of the taxonomy, or null to end its mapping. `id` is that of a new row. */
export type CategoryMappingInput = { id: string; product_category_id: string; google_product_category: string | null }

/**
 * Saves mappings of a catalogue, each in the place of the one for the same category. A category comes once. They reach the feed with its
 * next build.
 *
 * @returns whether the catalogue is there.
 */
export async function saveCategoryMappings(sql: Sql, { catalogId, mappings }: { catalogId: string; mappings: CategoryMappingInput[] }): Promise<boolean> {
  const saved = await firstRow(
    sql,
    `with catalog as (select id from meta_catalog_catalog where id = :catalogId and deleted_at is null for key share),
     input as (
       select input.* from catalog, jsonb_to_recordset(cast(:mappings as jsonb)) as input(id text, product_category_id text, google_product_category text)),
     removed as (
       delete from meta_catalog_category_mapping m using input
       where m.catalog_id = :catalogId and m.product_category_id = input.product_category_id and input.google_product_category is null),
     stored as (
       insert into meta_catalog_category_mapping (id, catalog_id, product_category_id, google_product_category, created_at, updated_at)
       select id, :catalogId, product_category_id, google_product_category, meta_catalog_now(), meta_catalog_now()
       from input where google_product_category is not null
       on conflict (catalog_id, product_category_id) where deleted_at is null
       do update set google_product_category = excluded.google_product_category, updated_at = excluded.updated_at)
     select id from catalog`,
    { catalogId, mappings: JSON.stringify(mappings) }
  )
  return saved !== undefined
}
