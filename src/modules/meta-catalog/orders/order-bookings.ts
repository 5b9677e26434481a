import { generateEntityId } from "@medusajs/framework/utils"
import { markDue, NETS_ORDERS } from "../items/mark-retailer-ids"
import { PRIORITY } from "../push/priority"
import { firstRow, rows, type Sql } from "../sql"

/** How long Meta goes on subtracting an acknowledged order, so that its seller can send the lower quantity (CONTRACT 8.2). */
const GRACE = "30 minutes"

/** A Meta order and the Medusa order whose stock has been taken for it. */
export type Booking = { meta_order_id: string; medusa_order_id: string }

/**
 * The store's stock holds these orders' units back from now on: nothing more is subtracted for them, and their items are due. Orders
 * that are booked already, or were never read, stay as they are.
 *
 * @returns how many were booked.
 */
export async function bookOrders(sql: Sql, { catalogId, bookings }: { catalogId: string; bookings: Booking[] }): Promise<number> {
  const booked = await firstRow<{ count: number }>(
    sql,
    `with booking as (select * from jsonb_to_recordset(cast(:bookings as jsonb)) as b(meta_order_id text, medusa_order_id text)),
     booked as (
       update meta_catalog_order o
       set booked_at = meta_catalog_now(), medusa_order_id = booking.medusa_order_id, updated_at = meta_catalog_now()
       from booking where o.catalog_id = :catalogId and o.meta_order_id = booking.meta_order_id and o.booked_at is null and o.deleted_at is null
       returning o.id),
     changed as (select oi.retailer_id from meta_catalog_order_item oi join booked on booked.id = oi.order_id where oi.deleted_at is null),
     ${markDue("changed", "an order of Meta was booked", { unknown: NETS_ORDERS })}
     select count(*)::int as count from booked`,
    { catalogId, bookings: JSON.stringify(bookings), priority: PRIORITY.stock }
  )
  return booked?.count ?? 0
}

/**
 * The Medusa orders these were booked by hold their stock no longer, while Meta goes on selling it: they are subtracted again, but for
 * what was cancelled at Meta, and their items are due. One that is booked by another order by now stays booked.
 */
export async function unbookOrders(sql: Sql, { catalogId, bookings }: { catalogId: string; bookings: Booking[] }): Promise<void> {
  await rows(
    sql,
    `with booking as (select * from jsonb_to_recordset(cast(:bookings as jsonb)) as b(meta_order_id text, medusa_order_id text)),
     lost as (
       update meta_catalog_order o
       set booked_at = null, medusa_order_id = null, told_at = null, late_notified_at = null, updated_at = meta_catalog_now()
       from booking where o.catalog_id = :catalogId and o.meta_order_id = booking.meta_order_id and o.medusa_order_id = booking.medusa_order_id
         and o.booked_at is not null and o.state in ('FB_PROCESSING', 'CREATED') and o.deleted_at is null
       returning o.id),
     changed as (select oi.retailer_id from meta_catalog_order_item oi join lost on lost.id = oi.order_id where oi.deleted_at is null),
     ${markDue("changed", "the order that stood for one of Meta was cancelled")}
     select count(*)::int as marked from marked`,
    { catalogId, bookings: JSON.stringify(bookings), priority: PRIORITY.stock }
  )
}

/**
 * Books one order on somebody's word, also before Meta has shown it.
 *
 * @returns whether this call booked it; false when it was booked before.
 */
export async function bookOrder(sql: Sql, { catalogId, metaOrderId, orderId }: { catalogId: string; metaOrderId: string; orderId: string }): Promise<boolean> {
  const booked = await firstRow(
    sql,
    `with booked as (
       insert into meta_catalog_order as o (id, catalog_id, meta_order_id, state, medusa_order_id, booked_at, created_at, updated_at)
       values (:id, :catalogId, :metaOrderId, 'UNREAD', :orderId, meta_catalog_now(), meta_catalog_now(), meta_catalog_now())
       on conflict (catalog_id, meta_order_id) where deleted_at is null
       do update set booked_at = excluded.booked_at, medusa_order_id = excluded.medusa_order_id, updated_at = excluded.updated_at
       where o.booked_at is null
       returning o.id),
     changed as (select oi.retailer_id from meta_catalog_order_item oi join booked on booked.id = oi.order_id where oi.deleted_at is null),
     ${markDue("changed", "an order of Meta was booked", { unknown: NETS_ORDERS })}
     select id from booked`,
    { id: generateEntityId(undefined, "mcorder"), catalogId, metaOrderId, orderId, priority: PRIORITY.stock }
  )
  return booked !== undefined
}

/**
 * Notes which booked orders Meta has been told of. Of each item it has confirmed a value that was sent since the booking, or nothing waits
 * or is on its way and it holds what is wanted: the booking marked the item due, so one at rest was looked at since.
 */
export async function recordToldOrders(sql: Sql, { catalogId }: { catalogId: string }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_order o set told_at = meta_catalog_now(), updated_at = meta_catalog_now()
     where o.catalog_id = :catalogId and o.booked_at is not null and o.told_at is null and o.deleted_at is null and o.state <> 'UNREAD'
       and not exists (
         select from meta_catalog_order_item oi
         join meta_catalog_item i on i.catalog_id = o.catalog_id and i.retailer_id = oi.retailer_id and i.deleted_at is null
         where oi.order_id = o.id and oi.deleted_at is null
           and (i.due_at is not null or i.batch_id is not null or i.carrier_id is not null
                or i.wanted_quantity is distinct from i.acknowledged_quantity or i.wanted_availability is distinct from i.acknowledged_availability)
           and not exists (
             select from meta_catalog_item_change c
             where c.item_id = i.id and c.sent_at >= o.booked_at and i.acknowledged_at >= c.sent_at and c.deleted_at is null))`,
    { catalogId }
  )
}

/**
 * Takes the booked orders whose lower quantities Meta has not confirmed although it stops subtracting the order now, half an hour
 * after it was acknowledged: from here on its units can be bought twice. Each order is taken once.
 */
export async function takeLateOrders(sql: Sql, { catalogId }: { catalogId: string }): Promise<{ meta_order_id: string; retailer_ids: string[] }[]> {
  return await rows(
    sql,
    `update meta_catalog_order o set late_notified_at = meta_catalog_now(), updated_at = meta_catalog_now()
     where o.catalog_id = :catalogId and o.booked_at is not null and o.told_at is null and o.late_notified_at is null and o.deleted_at is null
       and o.acknowledged_at <= meta_catalog_now() - interval '${GRACE}'
     returning o.meta_order_id,
       array(select oi.retailer_id from meta_catalog_order_item oi where oi.order_id = o.id and oi.deleted_at is null order by 1) as retailer_ids`,
    { catalogId }
  )
}
