import type { DataSource, EntityManager } from "typeorm"
import type { ItemWriter } from "./entities/item"

export type ItemWrite = { retailer_id: string; fields: Record<string, unknown> }

/**
 * Writes fields of many items in one statement: a null clears a field, a field not named stays. An item that does not exist is
 * made. The caller holds the catalogue's write lock and names no item twice.
 */
export async function upsertItems(
  db: DataSource | EntityManager,
  { catalogId, writes, by, now }: { catalogId: string; writes: ItemWrite[]; by: ItemWriter; now: Date }
): Promise<void> {
  if (writes.length === 0) {
    return
  }
  await db.query(
    `WITH given AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS entry(retailer_id text, fields jsonb)),
     updated AS (
       UPDATE item SET fields = jsonb_strip_nulls(item.fields || given.fields), updated_at = $3, updated_by = $4
       FROM given WHERE item.catalog_id = $1 AND item.retailer_id = given.retailer_id
       RETURNING item.retailer_id)
     INSERT INTO item (id, catalog_id, retailer_id, fields, created_at, updated_at, updated_by)
     SELECT nextval('node_id')::text, $1, given.retailer_id, jsonb_strip_nulls(given.fields), $3, $3, $4
     FROM given WHERE NOT EXISTS (SELECT FROM updated WHERE updated.retailer_id = given.retailer_id)`,
    [catalogId, JSON.stringify(writes), now, by]
  )
}

export async function deleteItems(db: DataSource | EntityManager, catalogId: string, retailerIds: string[]): Promise<void> {
  if (retailerIds.length > 0) {
    await db.query("DELETE FROM item WHERE catalog_id = $1 AND retailer_id = ANY($2::text[])", [catalogId, retailerIds])
  }
}

/** The stored fields of those of `retailerIds` that exist. */
export async function storedFields(
  db: DataSource | EntityManager,
  catalogId: string,
  retailerIds: string[]
): Promise<Map<string, Record<string, unknown>>> {
  const rows = await db.query<{ retailer_id: string; fields: Record<string, unknown> }[]>(
    "SELECT retailer_id, fields FROM item WHERE catalog_id = $1 AND retailer_id = ANY($2::text[])",
    [catalogId, retailerIds]
  )
  return new Map(rows.map((row) => [row.retailer_id, row.fields]))
}
