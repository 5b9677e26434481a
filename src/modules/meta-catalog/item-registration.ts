import { generateEntityId } from "@medusajs/framework/utils"
import { rows, type Sql } from "./sql"

/** A variant seen for the first time, with the retailer id it wants. */
export type Newcomer = { variant_id: string; product_id: string; retailer_id: string }

/** An item that holds a retailer id another variant wants. */
export type Holder = { item_id: string; variant_id: string }

/** What became of a newcomer: its item, or the item that already holds its retailer id. */
export type Registration = { variant_id: string; retailer_id: string; item_id: string | null; holder: Holder | null }

/**
 * Gives each newcomer an item under the retailer id it wants, unless another item of the catalogue holds it. The id is
 * fixed from here on. Retailer ids must be distinct within one call. Safe to repeat and to run twice at once.
 */
export async function registerItems(
  sql: Sql,
  { catalogId, feedId, newcomers }: { catalogId: string; feedId: string; newcomers: Newcomer[] }
): Promise<Registration[]> {
  const input = newcomers.map((newcomer) => ({ ...newcomer, id: generateEntityId(undefined, "mcitem") }))
  await rows(
    sql,
    `insert into meta_catalog_item (id, catalog_id, feed_id, retailer_id, variant_id, product_id, created_at, updated_at)
     select n.id, :catalogId, :feedId, n.retailer_id, n.variant_id, n.product_id, meta_catalog_now(), meta_catalog_now()
     from jsonb_to_recordset(cast(:input as jsonb)) as n(id text, retailer_id text, variant_id text, product_id text)
     on conflict do nothing`,
    { catalogId, feedId, input: JSON.stringify(input) }
  )
  // A statement of its own, so that it sees what another process registered meanwhile.
  const found = await rows<{ variant_id: string; retailer_id: string; item_id: string | null; holder_id: string | null; holder_variant_id: string | null }>(
    sql,
    `select n.variant_id, coalesce(own.retailer_id, n.retailer_id) as retailer_id, own.id as item_id,
            holder.id as holder_id, holder.variant_id as holder_variant_id
     from jsonb_to_recordset(cast(:input as jsonb)) as n(retailer_id text, variant_id text)
     left join meta_catalog_item own on own.catalog_id = :catalogId and own.variant_id = n.variant_id and own.deleted_at is null
     left join meta_catalog_item holder on own.id is null
       and holder.catalog_id = :catalogId and holder.retailer_id = n.retailer_id and holder.deleted_at is null`,
    { catalogId, input: JSON.stringify(input) }
  )
  return found.map(({ holder_id, holder_variant_id, ...registration }) => ({
    ...registration,
    holder: holder_id && holder_variant_id ? { item_id: holder_id, variant_id: holder_variant_id } : null,
  }))
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
 * Notes which items a snapshot holds, where that differs from the snapshot before: items it is the first to hold, and
 * items it is the first to leave out again.
 */
export async function recordMembership(
  sql: Sql,
  { number, joined, left }: { number: number; joined: string[]; left: string[] }
): Promise<void> {
  if (joined.length + left.length === 0) {
    return
  }
  await rows(
    sql,
    `update meta_catalog_item
     set written_since = case when id = any(:left) then written_since else cast(:number as integer) end,
         omitted_since = case when id = any(:left) then cast(:number as integer) end, updated_at = meta_catalog_now()
     where id = any(:touched) and deleted_at is null`,
    { number, left, touched: [...joined, ...left] }
  )
}
