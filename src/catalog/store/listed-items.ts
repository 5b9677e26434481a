import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { IS_SELLABLE } from "./known-items"
import { openCursor } from "./query"

/** An item that Meta is known to hold, as a file of updates needs it. */
export type ListedItem = {
  retailerId: string
  variantId: string
  /** Its feed row is not valid, so it must not be offered. */
  isInvalid: boolean
  /** It can be bought at Meta, as far as is known. */
  isSelling: boolean
  /** A change of it is waiting or under way, so an event has told of it. */
  isMoving: boolean
}

type ListedItemRow = { retailer_id: string; variant_id: string; is_invalid: boolean; is_selling: boolean; is_moving: boolean }

/** Streams the listed items of one feed. */
export async function* streamListedItems(
  snapshot: Knex.Transaction,
  { feedId, pageSize }: { feedId: string; pageSize: number }
): AsyncGenerator<ListedItem[]> {
  const cursor = await openCursor<ListedItemRow>(snapshot, {
    name: "meta_catalog_listed_items",
    statement: `
      select i.retailer_id, i.variant_id, i.invalid_since is not null as is_invalid,
             ${IS_SELLABLE} as is_selling,
             i.due_at is not null or i.batch_id is not null or i.carrier_id is not null as is_moving
      from meta_catalog_item i
      where i.feed_id = :feedId and i.listed_at is not null and i.deleted_at is null
      order by i.id`,
    bindings: { feedId },
    pageSize,
  })
  for (let rows = await cursor.fetch(); rows.length > 0; rows = await cursor.fetch()) {
    yield rows.map((row) => ({
      retailerId: row.retailer_id,
      variantId: row.variant_id,
      isInvalid: row.is_invalid,
      isSelling: row.is_selling,
      isMoving: row.is_moving,
    }))
  }
}
