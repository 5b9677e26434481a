import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "../store/query"

/** A Meta order and a Medusa order that stands for it. */
export type FoundBooking = { meta_order_id: string; medusa_order_id: string }

/** `found`: their stock is taken. `lost`: booked by a Medusa order that holds their stock no longer. An order may be in both. */
export type FoundBookings = { found: FoundBooking[]; lost: FoundBooking[] }

/** Medusa orders are looked for from this long before the first open order at Meta. */
const EARLIEST = "7 days"

/** An acknowledged order is subtracted no longer; it is booked for this long for the sake of the half hour and the list. */
const ACKNOWLEDGED = "2 days"

/** Units of `oi` that are ordered at Meta still. */
const UNITS = "greatest(0, least(oi.quantity, oi.ordered_quantity - oi.cancelled_quantity))"

/**
 * Holds the open orders of Meta against the Medusa orders that carry their ids in the metadata. One is found when those that are not
 * cancelled hold all of its units together: they have lines for all that is ordered at Meta and keeps stock, and of each line each inventory
 * item is reserved or fulfilled in full. Before that the order at Meta is still to be subtracted. A booking is lost when its
 * Medusa order is cancelled or gone, or another one is and the rest has no lines for what is ordered.
 *
 * @param ordersKey the key in the metadata
 * @param medusaOrderIds only what these orders stand for; null looks at everything, because metadata can change without an event
 */
export async function findBookings(
  sql: Knex,
  { catalogId, ordersKey, medusaOrderIds }: { catalogId: string; ordersKey: string; medusaOrderIds: string[] | null }
): Promise<FoundBookings> {
  const judged = await query<{ meta_order_id: string; booked_by: string | null; held_by: string | null; is_lost: boolean }>(
    sql,
    `with open_order as materialized (
       select m.id, m.meta_order_id, m.created_at_meta, m.medusa_order_id, m.booked_at is not null as is_booked
       from meta_catalog_order m
       where m.catalog_id = :catalogId and m.deleted_at is null
         and (m.state in ('FB_PROCESSING', 'CREATED')
              or m.state = 'IN_PROGRESS' and m.booked_at is null and m.acknowledged_at > meta_catalog_now() - interval '${ACKNOWLEDGED}')
         and (cast(:all as boolean) or m.medusa_order_id = any(:medusaOrderIds)
              or m.meta_order_id in (select o.metadata ->> :ordersKey from "order" o where o.id = any(:medusaOrderIds)))),
     -- Materialized: PostgreSQL would look at the lines of every order of the store before it looks at the metadata.
     named as materialized (
       select open_order.meta_order_id, o.id, o.version, o.created_at, o.status = 'canceled' as is_cancelled
       from "order" o
       join open_order on open_order.meta_order_id = o.metadata ->> :ordersKey
       where exists (select from open_order) and o.deleted_at is null and not o.is_draft_order
         and o.created_at > (select min(created_at_meta) from open_order) - interval '${EARLIEST}'),
     ordered as materialized (
       select o.meta_order_id, line.id as line_id, line.variant_id, oi.quantity, oi.fulfilled_quantity
       from named o
       join order_item oi on oi.order_id = o.id and oi.version = o.version and oi.deleted_at is null and oi.quantity > 0
       join order_line_item line on line.id = oi.item_id and line.deleted_at is null
       where not o.is_cancelled),
     -- What one unit of a variant takes of the stock; a variant that keeps none has no row.
     part as not materialized (
       select v.id as variant_id, link.inventory_item_id, link.required_quantity
       from product_variant v
       join product_variant_inventory_item link on link.variant_id = v.id and link.deleted_at is null
       where v.manage_inventory and v.deleted_at is null),
     unheld as (
       select line.meta_order_id
       from ordered line join part on part.variant_id = line.variant_id
       where line.fulfilled_quantity * part.required_quantity + coalesce((
           select sum(r.quantity) from reservation_item r
           where r.line_item_id = line.line_id and r.inventory_item_id = part.inventory_item_id and r.deleted_at is null), 0)
         < line.quantity * part.required_quantity),
     -- Summed up and joined: looked up one by one, each look would read all lines.
     taken as (select meta_order_id, variant_id, sum(quantity) as units from ordered group by 1, 2),
     uncovered as (
       select m.meta_order_id
       from open_order m
       join meta_catalog_order_item oi on oi.order_id = m.id and oi.deleted_at is null
       join meta_catalog_item i on i.catalog_id = :catalogId and i.retailer_id = oi.retailer_id and i.deleted_at is null
       left join taken on taken.meta_order_id = m.meta_order_id and taken.variant_id = i.variant_id
       where ${UNITS} > coalesce(taken.units, 0) and exists (select from part where part.variant_id = i.variant_id)),
     holder as (
       select distinct on (meta_order_id) meta_order_id, id from named where not is_cancelled order by meta_order_id, created_at, id)
     select m.meta_order_id, case when m.is_booked then m.medusa_order_id end as booked_by,
       case when m.meta_order_id not in (select meta_order_id from unheld) and m.meta_order_id not in (select meta_order_id from uncovered)
            then holder.id end as held_by,
       m.is_booked and (
         not exists (select from "order" o where o.id = m.medusa_order_id and o.status <> 'canceled' and o.deleted_at is null)
         or m.meta_order_id in (select meta_order_id from uncovered)
            and m.meta_order_id in (select meta_order_id from named where is_cancelled)
            and (m.meta_order_id, m.medusa_order_id) in (select meta_order_id, id from named)) as is_lost
     from open_order m left join holder on holder.meta_order_id = m.meta_order_id
     order by m.meta_order_id`,
    { catalogId, ordersKey, all: medusaOrderIds === null, medusaOrderIds: medusaOrderIds ?? [] }
  )
  return {
    found: judged.flatMap((row) => (row.held_by && (row.booked_by === null || row.is_lost) ? [{ meta_order_id: row.meta_order_id, medusa_order_id: row.held_by }] : [])),
    lost: judged.flatMap((row) => (row.booked_by && row.is_lost ? [{ meta_order_id: row.meta_order_id, medusa_order_id: row.booked_by }] : [])),
  }
}
