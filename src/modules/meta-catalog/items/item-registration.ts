import { generateEntityId } from "@medusajs/framework/utils"
import { rows, type Sql } from "../sql"

/** A variant seen for the first time, with the retailer id it wants. */
export type Newcomer = { variant_id: string; product_id: string; retailer_id: string }

/** An item that holds a retailer id another variant wants. */
export type Holder = { item_id: string; retailer_id: string; variant_id: string }

/** An item made just now. */
export type RegisteredItem = { id: string; variant_id: string; retailer_id: string }

/**
 * Gives newcomers an item under the retailer id they want, which is fixed from here on. Most are valid and written at once,
 * so an item begins as one that snapshot `number` holds; one that is left out has to be told with `recordMembership`. Feed and
 * number are null where a catalogue has no feed.
 *
 * @returns the items made. A newcomer is missing when it has an item already, or when another item of the catalogue holds
 *   its id; see `findHolders`. Safe to repeat and to run twice at once.
 */
export async function registerItems(
  sql: Sql,
  { catalogId, feedId, number, newcomers }: { catalogId: string; feedId: string | null; number: number | null; newcomers: Newcomer[] }
): Promise<RegisteredItem[]> {
  // One ULID for the page and numbers below it: a ULID takes some 40 µs, which is seconds for a first build.
  const page = generateEntityId(undefined, "mcitem")
  const input = newcomers.map((newcomer, index) => ({ ...newcomer, id: `${page}${String(index).padStart(4, "0")}` }))
  return await rows<RegisteredItem>(
    sql,
    `insert into meta_catalog_item (id, catalog_id, feed_id, retailer_id, variant_id, product_id, written_since, created_at, updated_at)
     select n.id, :catalogId, :feedId, n.retailer_id, n.variant_id, n.product_id, :number, meta_catalog_now(), meta_catalog_now()
     from jsonb_to_recordset(cast(:input as jsonb)) as n(id text, retailer_id text, variant_id text, product_id text)
     -- An id that another item had or is to have is no other's.
     where not exists (select from meta_catalog_item o where o.catalog_id = :catalogId and o.next_retailer_id = n.retailer_id and o.deleted_at is null)
       and not exists (select from meta_catalog_item o where o.catalog_id = :catalogId and o.previous_retailer_id = n.retailer_id and o.deleted_at is null)
     on conflict do nothing
     returning id, variant_id, retailer_id`,
    { catalogId, feedId, number, input: JSON.stringify(input) }
  )
}

/** The items that hold these retailer ids. */
export async function findHolders(sql: Sql, { catalogId, retailerIds }: { catalogId: string; retailerIds: string[] }): Promise<Holder[]> {
  return await rows<Holder>(
    sql,
    `select id as item_id, retailer_id, variant_id from meta_catalog_item
     where catalog_id = :catalogId and retailer_id = any(:retailerIds) and deleted_at is null`,
    { catalogId, retailerIds }
  )
}

/** A newcomer that continues a discontinued item. `from_variant_id` is the variant the item had when that was decided. */
export type Takeover = { item_id: string; from_variant_id: string; variant_id: string; product_id: string }

/**
 * Moves discontinued items to the variants that now carry their retailer ids. The item keeps everything Meta knows of
 * it; its value is due, because the new variant has a stock of its own.
 *
 * @returns the items that were moved; one that another process moved first is left alone.
 */
export async function takeOverItems(sql: Sql, { takeovers }: { takeovers: Takeover[] }): Promise<string[]> {
  const moved = await rows<{ id: string }>(
    sql,
    `update meta_catalog_item i
     set variant_id = t.variant_id, product_id = t.product_id, discontinued_at = null,
         due_at = coalesce(i.due_at, meta_catalog_now()), marked_at = meta_catalog_now(),
         due_reason = 'a new variant took the item over', updated_at = meta_catalog_now()
     from jsonb_to_recordset(cast(:input as jsonb)) as t(item_id text, from_variant_id text, variant_id text, product_id text)
     where i.id = t.item_id and i.variant_id = t.from_variant_id and i.deleted_at is null
     returning i.id`,
    { input: JSON.stringify(takeovers) }
  )
  return moved.map((row) => row.id)
}

/** Notes which items' variants are no longer offered and which are offered again. */
export async function recordDiscontinued(sql: Sql, { gone, back }: { gone: string[]; back: string[] }): Promise<void> {
  if (gone.length + back.length === 0) {
    return
  }
  await rows(
    sql,
    `update meta_catalog_item
     set discontinued_at = case when id = any(:gone) then meta_catalog_now() end, updated_at = meta_catalog_now()
     where id = any(:touched) and (discontinued_at is null) = (id = any(:gone)) and deleted_at is null`,
    { gone, touched: [...gone, ...back] }
  )
}

/**
 * Notes which items the published file has no valid row for any more, and which have one again. Their value changes with it,
 * so they are due: Meta must not go on selling an item at a price the store no longer has.
 */
export async function recordValidity(sql: Sql, { invalid, valid }: { invalid: string[]; valid: string[] }): Promise<void> {
  if (invalid.length + valid.length === 0) {
    return
  }
  await rows(
    sql,
    `update meta_catalog_item
     set invalid_since = case when id = any(:invalid) then meta_catalog_now() end, due_at = coalesce(due_at, meta_catalog_now()),
         marked_at = meta_catalog_now(), due_reason = 'its feed row is valid or invalid now', updated_at = meta_catalog_now()
     where id = any(:touched) and (invalid_since is null) = (id = any(:invalid)) and deleted_at is null`,
    { invalid, touched: [...invalid, ...valid] }
  )
}

/**
 * Notes which items a snapshot of a feed holds, where that differs from the snapshot before: items it is the first to hold, and
 * items it is the first to leave out again. An item that has moved to another feed meanwhile is left alone: snapshots are counted
 * by feed.
 */
export async function recordMembership(
  sql: Sql,
  { feedId, number, joined, left }: { feedId: string; number: number; joined: string[]; left: string[] }
): Promise<void> {
  if (joined.length + left.length === 0) {
    return
  }
  await rows(
    sql,
    `update meta_catalog_item
     set written_since = case when id = any(:left) then written_since else cast(:number as integer) end,
         omitted_since = case when id = any(:left) then cast(:number as integer) end, updated_at = meta_catalog_now()
     where id = any(:touched) and (feed_id is null or feed_id = :feedId) and deleted_at is null`,
    { feedId, number, left, touched: [...joined, ...left] }
  )
}
