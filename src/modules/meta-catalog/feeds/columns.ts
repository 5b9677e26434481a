import { firstRow, rows, type Sql } from "../sql"

/** Sources of one column as they are stored; null puts the built-in source back. `id` is that of a new row. */
export type ColumnInput = { id: string; field: string; source: object[] | null }

/** Where a set column belongs: to a catalogue's rows, or with `feedId` to a supplementary feed. */
export type ColumnPlace = { catalogId: string; feedId?: string }

/**
 * Saves the sources of columns, each in the place of what was set for it. A column comes once. They reach the files with the next build.
 *
 * @returns whether the catalogue is there.
 */
export async function saveColumns(sql: Sql, { catalogId, feedId = "", columns }: ColumnPlace & { columns: ColumnInput[] }): Promise<boolean> {
  const saved = await firstRow(
    sql,
    `with catalog as (select id from meta_catalog_catalog where id = :catalogId and deleted_at is null for key share),
     input as (
       select input.* from catalog, jsonb_to_recordset(cast(:columns as jsonb)) as input(id text, field text, source jsonb)),
     removed as (
       delete from meta_catalog_column c using input
       where c.catalog_id = :catalogId and c.feed_id = :feedId and c.field = input.field and coalesce(input.source, 'null') = 'null'),
     stored as (
       insert into meta_catalog_column (id, catalog_id, feed_id, field, source, created_at, updated_at)
       select id, :catalogId, :feedId, field, source, meta_catalog_now(), meta_catalog_now()
       from input where coalesce(source, 'null') <> 'null'
       on conflict (catalog_id, feed_id, field) where deleted_at is null
       do update set source = excluded.source, updated_at = excluded.updated_at)
     select id from catalog`,
    { catalogId, feedId, columns: JSON.stringify(columns) }
  )
  return saved !== undefined
}

/** What is set for columns, by Meta's name of the column. */
export async function readColumns(sql: Sql, { catalogId, feedId = "" }: ColumnPlace): Promise<Map<string, unknown>> {
  const found = await rows<{ field: string; source: unknown }>(
    sql,
    "select field, source from meta_catalog_column where catalog_id = :catalogId and feed_id = :feedId and deleted_at is null",
    { catalogId, feedId }
  )
  return new Map(found.map(({ field, source }) => [field, source]))
}
