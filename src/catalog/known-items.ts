import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./query"

/** What the plugin knows of a variant it has seen before: its item in one catalogue. */
export type KnownItem = {
  id: string
  /** Fixed when the item was first seen. */
  retailerId: string
  /** Meta is known to hold it. */
  listed: boolean
  /** Snapshots that hold it: from `writtenSince` on, up to before `omittedSince`. */
  writtenSince: number | null
  omittedSince: number | null
  isDiscontinued: boolean
  /** It can be bought at Meta, as far as is known. */
  isSelling: boolean
  /** A change of it is waiting or under way, so an event has told of it. */
  isMoving: boolean
  /** Hash of its last valid row, null when it never had one. */
  rowHash: string | null
  /** The last build found no valid row for it. */
  isInvalid: boolean
  /** What Meta acknowledged; availability null when what it holds is not known. */
  acknowledgedQuantity: number | null
  acknowledgedAvailability: string | null
}

/** A row with `KNOWN_ITEM_COLUMNS`; all null for a variant without an item. */
export type KnownItemRow = {
  item_id: string | null
  retailer_id: string
  listed: boolean
  written_since: number | null
  omitted_since: number | null
  is_discontinued: boolean
  is_selling: boolean
  is_moving: boolean
  row_hash: string | null
  is_invalid: boolean
  acknowledged_quantity: number | null
  acknowledged_availability: string | null
}

/**
 * Condition: item `i`, where it is listed, can be bought at Meta as far as is known: by what Meta acknowledged, or where that is not
 * known, as of an item whose changes travel by file, by what it was last to hold.
 */
export const IS_SELLABLE =
  "coalesce(coalesce(i.acknowledged_availability, i.wanted_availability) in ('in stock', 'available for order', 'preorder'), false)"

/** Columns of an item `i` and its last valid row `r`. */
export const KNOWN_ITEM_COLUMNS = `
  i.id as item_id, i.retailer_id, i.listed_at is not null as listed, i.written_since, i.omitted_since,
  i.discontinued_at is not null as is_discontinued,
  i.listed_at is not null and ${IS_SELLABLE} as is_selling,
  i.due_at is not null or i.batch_id is not null or i.carrier_id is not null as is_moving, r.hash as row_hash,
  i.invalid_since is not null as is_invalid, i.acknowledged_quantity, i.acknowledged_availability`

/** Condition: item `i` belongs to the feed `:feedId`, and Meta does not hold it in another one any more. */
export const IS_OWN = "i.feed_id = :feedId and i.moved_from_feed_id is null"

/** Null for a variant without an item. */
export function toKnownItem(row: KnownItemRow): KnownItem | null {
  if (row.item_id === null) return null
  return {
    id: row.item_id,
    retailerId: row.retailer_id,
    listed: row.listed,
    writtenSince: row.written_since,
    omittedSince: row.omitted_since,
    isDiscontinued: row.is_discontinued,
    isSelling: row.is_selling,
    isMoving: row.is_moving,
    rowHash: row.row_hash,
    isInvalid: row.is_invalid,
    acknowledgedQuantity: row.acknowledged_quantity,
    acknowledgedAvailability: row.acknowledged_availability,
  }
}

/** An item that was made by the build of snapshot `number`, null where no build makes items. */
export function newItem({ id, retailerId, number }: { id: string; retailerId: string; number: number | null }): KnownItem {
  return {
    id, retailerId, listed: false, writtenSince: number, omittedSince: null,
    isDiscontinued: false, isSelling: false, isMoving: false, rowHash: null,
    isInvalid: false, acknowledgedQuantity: null, acknowledgedAvailability: null,
  }
}

/** The items of these variants in one catalogue, by variant id, each with the feed it belongs to. */
export async function readKnownItems(
  sql: Knex,
  { catalogId, variantIds }: { catalogId: string; variantIds: string[] }
): Promise<Map<string, KnownItem & { feedId: string | null }>> {
  const rows = await query<KnownItemRow & { variant_id: string; feed_id: string | null }>(
    sql,
    `select i.variant_id, i.feed_id, ${KNOWN_ITEM_COLUMNS}
     from meta_catalog_item i left join meta_catalog_item_row r on r.item_id = i.id
     where i.catalog_id = :catalogId and i.variant_id = any(:variantIds) and i.deleted_at is null`,
    { catalogId, variantIds }
  )
  return new Map(rows.map((row) => [row.variant_id, { ...toKnownItem(row)!, feedId: row.feed_id }]))
}

/**
 * Whether Meta may hold the item: it is known to, or a snapshot that holds it was published. Leaving such an item out of a
 * replace feed would delete it.
 */
export function mayBeAtMeta(item: KnownItem, publishedNumber: number): boolean {
  return item.listed || (isWritten(item) && item.writtenSince! <= publishedNumber)
}

/** Whether the snapshot of this number held the item; a run of snapshots before the item's present one is not known (ADR 5). */
export function wasHeldBy({ writtenSince, omittedSince }: KnownItem, number: number): boolean {
  return writtenSince !== null && writtenSince <= number && (omittedSince === null || omittedSince < writtenSince || omittedSince > number)
}

/** Whether the newest snapshot that decided about the item holds it. */
export function isWritten(item: KnownItem): boolean {
  return item.writtenSince !== null && (item.omittedSince === null || item.omittedSince < item.writtenSince)
}
