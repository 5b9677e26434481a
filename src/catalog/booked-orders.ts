import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./query"

/** A Meta order and the Medusa order that stands for it, whose stock is taken. */
export type FoundBooking = { meta_order_id: string; medusa_order_id: string }

/** Medusa orders are looked for from this long before the first open order at Meta. */
const EARLIEST = "7 days"

/** An acknowledged order is subtracted no longer; it is booked for this long for the sake of the half hour and the list. */
const ACKNOWLEDGED = "2 days"

/**
 * Medusa orders that carry the id of an open order of Meta in their metadata, and whose units the stock no longer counts as free: each
 * line that keeps stock is reserved or fulfilled, or the order is cancelled. Before that the order at Meta is still to be subtracted.
 *
 * @param ordersKey the key in the metadata
 * @param medusaOrderIds only these orders; null looks at all of them, because metadata can change without an event
 */
export async function findBookings(
  sql: Knex,
  { catalogId, ordersKey, medusaOrderIds }: { catalogId: string; ordersKey: string; medusaOrderIds: string[] | null }
): Promise<FoundBooking[]> {
  return await query<FoundBooking>(
    sql,
    `with open_order as materialized (
       select m.meta_order_id, m.created_at_meta from meta_catalog_order m
       where m.catalog_id = :catalogId and m.booked_at is null and m.deleted_at is null
         and (m.state in ('FB_PROCESSING', 'CREATED') or m.state = 'IN_PROGRESS' and m.acknowledged_at > meta_catalog_now() - interval '${ACKNOWLEDGED}')),
     -- Materialized: PostgreSQL would look at the lines of every order of the store before it looks at the metadata.
     named as materialized (
       select open_order.meta_order_id, o.id, o.version, o.status, o.created_at
       from "order" o
       join open_order on open_order.meta_order_id = o.metadata ->> :ordersKey
       where exists (select from open_order) and o.deleted_at is null and not o.is_draft_order
         and (cast(:all as boolean) or o.id = any(:medusaOrderIds))
         and o.created_at > (select min(created_at_meta) from open_order) - interval '${EARLIEST}')
     select distinct on (o.meta_order_id) o.meta_order_id, o.id as medusa_order_id
     from named o
     where o.status = 'canceled' or not exists (
       select from order_item oi
       join order_line_item line on line.id = oi.item_id and line.deleted_at is null
       join product_variant v on v.id = line.variant_id and v.manage_inventory and v.deleted_at is null
       where oi.order_id = o.id and oi.version = o.version and oi.deleted_at is null and oi.quantity > 0 and oi.fulfilled_quantity = 0
         and exists (select from product_variant_inventory_item link where link.variant_id = v.id and link.deleted_at is null)
         and not exists (select from reservation_item r where r.line_item_id = line.id and r.deleted_at is null))
     order by o.meta_order_id, o.created_at`,
    { catalogId, ordersKey, all: medusaOrderIds === null, medusaOrderIds: medusaOrderIds ?? [] }
  )
}
