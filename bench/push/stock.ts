import type { Client } from "pg"

/** What an item should say at Meta, as plain SQL over core's tables says it: the reader under test has no part in it. */
export type Expected = { retailer_id: string; variant_id: string; inventory_item_id: string; quantity: number }

/** The location whose stock the benchmark changes. */
export const CHANGED_LOCATION = "sloc_north"

/** Every filled item with its quantity, in the order of retailer ids. */
export async function expectedItems(store: Client): Promise<Expected[]> {
  const { rows } = await store.query<Expected>(
    `select v.sku as retailer_id, v.id as variant_id, l.inventory_item_id, sum(il.stocked_quantity - il.reserved_quantity)::int as quantity
     from product_variant v
     join product_variant_inventory_item l on l.variant_id = v.id
     join inventory_level il on il.inventory_item_id = l.inventory_item_id
     where il.location_id in ('sloc_north', 'sloc_south')
     group by v.sku, v.id, l.inventory_item_id order by v.sku`
  )
  return rows
}

/**
 * Gives every filled item a stock it has not had in the filled store, the events or the round before, and marks it due: two statements, no
 * event. The marks come last, so that nothing is read in between.
 */
export async function changeAllStock(store: Client, { catalogId, round }: { catalogId: string; round: number }): Promise<void> {
  await store.query(
    `with changed as (
       select id, 200 + (row_number() over (order by id) + 7 * cast($1 as integer)) % 50 as quantity
       from inventory_level where location_id = '${CHANGED_LOCATION}')
     update inventory_level il
     set stocked_quantity = changed.quantity, raw_stocked_quantity = jsonb_build_object('value', changed.quantity::text, 'precision', 20)
     from changed where il.id = changed.id`,
    [round]
  )
  await store.query(
    `update meta_catalog_item set due_at = meta_catalog_now(), marked_at = meta_catalog_now(), due_reason = 'benchmark', priority = 10
     where catalog_id = $1 and listed_at is not null and deleted_at is null`,
    [catalogId]
  )
}
