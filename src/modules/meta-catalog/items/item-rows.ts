import type { PackedRows, StoredCells } from "./packed-rows"
import { rows, type Sql } from "../sql"

/** Keeps the last valid rows of these items; called only with rows whose hash changed. */
export async function storeItemRows(sql: Sql, { json, count }: PackedRows): Promise<void> {
  if (count === 0) {
    return
  }
  await rows(
    sql,
    `insert into meta_catalog_item_row (item_id, cells, hash, created_at, updated_at)
     select r.item_id, r.cells, r.hash, meta_catalog_now(), meta_catalog_now()
     from jsonb_to_recordset(convert_from(:json, 'UTF8')::jsonb) as r(item_id text, cells jsonb, hash text)
     on conflict (item_id) do update set cells = excluded.cells, hash = excluded.hash, updated_at = excluded.updated_at`,
    { json }
  )
}

/** The last valid rows of these items, by item; an item that never had one is missing. */
export async function readItemRows(sql: Sql, { itemIds }: { itemIds: string[] }): Promise<Map<string, StoredCells>> {
  if (itemIds.length === 0) {
    return new Map()
  }
  const found = await rows<{ item_id: string; cells: StoredCells }>(
    sql,
    "select item_id, cells from meta_catalog_item_row where item_id = any(:itemIds) and deleted_at is null",
    { itemIds }
  )
  return new Map(found.map((row) => [row.item_id, row.cells]))
}
