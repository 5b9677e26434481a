import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { namesPrevious } from "../../modules/meta-catalog/items/renames"
import { queryCells } from "./query"

/** What the plugin knows of a variant it has seen before: its item in one catalogue. */
export type KnownItem = {
  id: string
  /** Fixed when the item was first seen. */
  retailerId: string
  /** Null where the catalogue has no feed. */
  feedId: string | null
  /** It comes over from another feed, in which Meta still holds it. */
  isComing: boolean
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
  /** Null for an item that has kept its id all along, or for long enough. */
  renaming: Renaming | null
}

/** `next` is the id snapshots after `after` hold, null where none is planned; `previous` the former one that files still name. */
export type Renaming = { next: string | null; after: number | null; previous: string | null }

/**
 * Condition: item `i`, where it is listed, can be bought at Meta as far as is known: by what Meta acknowledged, or where that is not
 * known, as of an item whose changes travel by file, by what it was last to hold.
 */
export const IS_SELLABLE =
  "coalesce(coalesce(i.acknowledged_availability, i.wanted_availability) in ('in stock', 'available for order', 'preorder'), false)"

/** One number for all yes-or-no columns: a build reads every item, and every column counts. */
const FLAG = { listed: 1, isDiscontinued: 2, isSelling: 4, isMoving: 8, isInvalid: 16, isComing: 32 } as const

/** The yes-or-no columns of an item `i` as one number. */
export const ITEM_FLAGS = `
  (i.listed_at is not null)::int * ${FLAG.listed}
    + (i.discontinued_at is not null)::int * ${FLAG.isDiscontinued}
    + (i.listed_at is not null and ${IS_SELLABLE})::int * ${FLAG.isSelling}
    + (i.due_at is not null or i.batch_id is not null or i.carrier_id is not null)::int * ${FLAG.isMoving}
    + (i.invalid_since is not null)::int * ${FLAG.isInvalid}
    + (i.moved_from_feed_id is not null)::int * ${FLAG.isComing}`

/** Columns of an item in the order in which `knownItemAt` reads them; the hash of its last valid row follows. */
export const ITEM_CELLS = ["id", "retailer_id", "flags", "written_since", "omitted_since", "acknowledged_quantity", "acknowledged_availability", "feed_id", "renaming"] as const

/** What an item `i` is read as, by the names of `ITEM_CELLS`. */
export function itemCells(): string {
  return ITEM_CELLS.map((cell) => (cell === "flags" ? `${ITEM_FLAGS} as flags` : cell === "renaming" ? `${RENAMING} as renaming` : `i.${cell}`)).join(", ")
}

const RENAMING = `case when i.next_retailer_id is not null or ${namesPrevious("i")}
  then jsonb_build_object('next', i.next_retailer_id, 'after', i.next_after_number, 'previous', case when ${namesPrevious("i")} then i.previous_retailer_id end) end`

/** How many cells `knownItemAt` reads. */
export const KNOWN_ITEM_CELLS = ITEM_CELLS.length + 1

/** Columns of an item `i` and its last valid row `r`. */
export const KNOWN_ITEM_COLUMNS = `${itemCells()}, r.hash`

/** The item in a row of cells, of which `KNOWN_ITEM_COLUMNS` begin at `at`; null for a variant without an item. */
export function knownItemAt(row: readonly unknown[], at: number): KnownItem | null {
  const id = row[at] as string | null
  if (id === null) return null
  const flags = row[at + 2] as number
  return {
    id,
    retailerId: row[at + 1] as string,
    feedId: row[at + 7] as string | null,
    isComing: (flags & FLAG.isComing) !== 0,
    listed: (flags & FLAG.listed) !== 0,
    writtenSince: row[at + 3] as number | null,
    omittedSince: row[at + 4] as number | null,
    isDiscontinued: (flags & FLAG.isDiscontinued) !== 0,
    isSelling: (flags & FLAG.isSelling) !== 0,
    isMoving: (flags & FLAG.isMoving) !== 0,
    renaming: row[at + 8] as Renaming | null,
    rowHash: row[at + 9] as string | null,
    isInvalid: (flags & FLAG.isInvalid) !== 0,
    acknowledgedQuantity: row[at + 5] as number | null,
    acknowledgedAvailability: row[at + 6] as string | null,
  }
}

/** Whether a file of this feed holds the item: it belongs to the feed, and Meta does not hold it in another one any more. */
export function isOfFeed(item: KnownItem, feedId: string): boolean {
  return item.feedId === feedId && !item.isComing
}

/** An item that was made by the build of snapshot `number`, null where no build makes items. */
export function newItem({ id, retailerId, feedId, number }: { id: string; retailerId: string; feedId: string | null; number: number | null }): KnownItem {
  return {
    id, retailerId, feedId, isComing: false, listed: false, writtenSince: number, omittedSince: null,
    isDiscontinued: false, isSelling: false, isMoving: false, rowHash: null,
    isInvalid: false, acknowledgedQuantity: null, acknowledgedAvailability: null, renaming: null,
  }
}

/** The items of these variants in one catalogue, by variant id. */
export async function readKnownItems(
  sql: Knex,
  { catalogId, variantIds }: { catalogId: string; variantIds: string[] }
): Promise<Map<string, KnownItem>> {
  const rows = await queryCells(
    sql,
    `select ${KNOWN_ITEM_COLUMNS}, i.variant_id
     from meta_catalog_item i left join meta_catalog_item_row r on r.item_id = i.id
     where i.catalog_id = :catalogId and i.variant_id = any(:variantIds) and i.deleted_at is null`,
    { catalogId, variantIds }
  )
  return new Map(rows.map((row) => [row[KNOWN_ITEM_CELLS] as string, knownItemAt(row, 0)!]))
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

/**
 * The id under which snapshot `number` holds the item, and the former one that it names beside it. An item that Meta cannot know has
 * none. Null stands for what is no snapshot, which keeps to the present id.
 */
export function idsIn(item: KnownItem, number: number | null): { id: string; previous: string | null } {
  const { renaming } = item
  if (renaming === null) return { id: item.retailerId, previous: null }
  if (renaming.next !== null && number !== null && number > renaming.after!) {
    return { id: renaming.next, previous: item.listed || isWritten(item) ? item.retailerId : null }
  }
  return { id: item.retailerId, previous: number === null ? null : renaming.previous }
}
