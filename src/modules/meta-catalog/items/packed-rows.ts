/** A feed row by Meta field name, without the cells that follow the stock. */
export type StoredCells = { [field: string]: string | undefined }

/**
 * Rows on their way into the database, as UTF-8 JSON. Packed at once and outside the heap: a page waits for its turn, and
 * what waits there as objects or long strings survives collections and makes the process grow.
 */
export type PackedRows = { json: Buffer; count: number }

/** Packs the rows of a page; call it before anything is waited for. */
export function packItemRows(items: { item_id: string; cells: StoredCells; hash: string }[]): PackedRows {
  return { json: Buffer.from(JSON.stringify(items), "utf8"), count: items.length }
}
