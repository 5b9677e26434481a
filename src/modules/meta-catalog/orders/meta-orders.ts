import { generateEntityId } from "@medusajs/framework/utils"
import { IS_SELLER, markDue } from "../items/mark-retailer-ids"
import { PRIORITY } from "../push/priority"
import { firstRow, rows, type Sql } from "../sql"

/** An order as Meta shows it, ready to be stored. Times are Meta's clock; each retailer id once. */
export type ReadOrder = { id: string; state: string; createdAt: Date; updatedAt: Date; units: { retailerId: string; quantity: number }[] }

/** How often everything that is open at Meta is read, so that orders which came to nothing are noticed. */
const CHECK_EVERY = "15 minutes"

/** A turn at reading. `readUntil`: Meta's time up to which changes are known, null before the first order. */
export type OrderReading = { owner_id: string; read_until: Date | null; is_check: boolean; started_at: Date }

/**
 * Takes the turn to read a catalogue's orders: one reader at a time, the next one `everyMs` later whatever becomes of this one. Nobody
 * reads while orders are off, were refused, or the catalogue sends nothing.
 *
 * @returns undefined when it is nobody's turn.
 */
export async function takeOrderReading(
  sql: Sql,
  { catalogId, publicUrl, everyMs }: { catalogId: string; publicUrl: string; everyMs: number }
): Promise<OrderReading | undefined> {
  return await firstRow<OrderReading>(
    sql,
    `update meta_catalog_catalog
     set orders_read_at = meta_catalog_now(), updated_at = meta_catalog_now()
     where id = :catalogId and state = 'active' and public_url = :publicUrl and deleted_at is null
       and orders_mode <> 'off' and orders_owner_id is not null and orders_refused_at is null
       and (quiet_until is null or quiet_until <= meta_catalog_now())
       and (orders_read_at is null or orders_read_at <= meta_catalog_now() - make_interval(secs => cast(:everyMs as float) / 1000))
     returning orders_owner_id as owner_id, orders_read_until as read_until, orders_read_at as started_at,
               (orders_read_until is null or orders_checked_at is null or orders_checked_at <= meta_catalog_now() - interval '${CHECK_EVERY}') as is_check`,
    { catalogId, publicUrl, everyMs }
  )
}

/** A reading came to its end: what Meta changed up to `until` is stored. Null where it showed nothing. */
export async function endOrderReading(sql: Sql, { catalogId, until, wasCheck }: { catalogId: string; until: Date | null; wasCheck: boolean }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_catalog
     set orders_read_until = greatest(orders_read_until, cast(:until as timestamptz)),
         orders_checked_at = case when :wasCheck then meta_catalog_now() else orders_checked_at end, updated_at = meta_catalog_now()
     where id = :catalogId and deleted_at is null`,
    { catalogId, until, wasCheck }
  )
}

const RANK = (state: string) => `array_position(array['UNREAD', 'GONE', 'FB_PROCESSING', 'CREATED', 'IN_PROGRESS', 'COMPLETED'], ${state})`

/** Condition: an order in this state is subtracted while nothing books it. */
const IS_OPEN = (state: string) => `coalesce(${state} in ('FB_PROCESSING', 'CREATED'), false)`

/** Condition: what was read is no older than what is stored; an older reading may arrive late and changes nothing. */
const IS_NEWER = `(o.updated_at_meta is null or excluded.updated_at_meta > o.updated_at_meta
  or excluded.updated_at_meta = o.updated_at_meta and coalesce(${RANK("excluded.state")}, 9) >= coalesce(${RANK("o.state")}, 9))`

/**
 * Stores orders as they were read, and in the same statement marks the items due of which another number is subtracted now, or whose
 * number Meta may have counted down or up by itself: a push that reads after the mark sees the orders, and sends also what stays the same.
 * In mode `platform` Meta's number is what it was told, and sending it again would give back the units of orders that Meta counts.
 *
 * @returns how many items were marked.
 */
export async function storeOrders(sql: Sql, { catalogId, orders }: { catalogId: string; orders: ReadOrder[] }): Promise<number> {
  const given = orders.map((order) => ({
    row_id: generateEntityId(undefined, "mcorder"),
    meta_order_id: order.id,
    state: order.state,
    created: order.createdAt,
    updated: order.updatedAt,
    units: order.units.map(({ retailerId, quantity }) => ({ row_id: generateEntityId(undefined, "mcoitem"), retailer_id: retailerId, quantity })),
  }))
  const stored = await firstRow<{ marked: number }>(
    sql,
    `with given as (
       select * from jsonb_to_recordset(cast(:orders as jsonb))
         as g(row_id text, meta_order_id text, state text, created timestamptz, updated timestamptz, units jsonb)),
     before as (
       select o.id, o.state from meta_catalog_order o join given on given.meta_order_id = o.meta_order_id
       where o.catalog_id = :catalogId and o.deleted_at is null),
     stored as (
       insert into meta_catalog_order as o
         (id, catalog_id, meta_order_id, state, created_at_meta, updated_at_meta, acknowledged_at, seen_at, created_at, updated_at)
       select row_id, :catalogId, meta_order_id, state, created, updated,
              case when state in ('IN_PROGRESS', 'COMPLETED') then updated end, meta_catalog_now(), meta_catalog_now(), meta_catalog_now()
       from given order by meta_order_id
       on conflict (catalog_id, meta_order_id) where deleted_at is null
       do update set state = excluded.state, created_at_meta = excluded.created_at_meta, updated_at_meta = excluded.updated_at_meta,
                     acknowledged_at = coalesce(o.acknowledged_at, excluded.acknowledged_at), seen_at = excluded.seen_at, updated_at = excluded.updated_at
       where ${IS_NEWER}
       returning o.id, o.meta_order_id, o.state, o.booked_at),
     unit as (
       select stored.id as order_id, u.row_id, u.retailer_id, u.quantity
       from stored join given on given.meta_order_id = stored.meta_order_id, jsonb_to_recordset(given.units) as u(row_id text, retailer_id text, quantity integer)),
     was as (
       select oi.order_id, oi.retailer_id, oi.quantity from meta_catalog_order_item oi join stored on stored.id = oi.order_id where oi.deleted_at is null),
     units as (
       insert into meta_catalog_order_item as oi (id, order_id, retailer_id, quantity, ordered_quantity, created_at, updated_at)
       select row_id, order_id, retailer_id, quantity, quantity, meta_catalog_now(), meta_catalog_now() from unit
       on conflict (order_id, retailer_id) where deleted_at is null
       do update set quantity = excluded.quantity, ordered_quantity = greatest(oi.ordered_quantity, excluded.ordered_quantity), updated_at = excluded.updated_at),
     emptied as (
       update meta_catalog_order_item oi set quantity = 0, updated_at = meta_catalog_now()
       from stored where oi.order_id = stored.id and oi.deleted_at is null and oi.quantity > 0
         and not exists (select from unit where unit.order_id = oi.order_id and unit.retailer_id = oi.retailer_id)),
     changed as (
       select distinct coalesce(unit.retailer_id, was.retailer_id) as retailer_id
       from unit full join was on was.order_id = unit.order_id and was.retailer_id = unit.retailer_id
       join stored on stored.id = coalesce(unit.order_id, was.order_id)
       left join before on before.id = stored.id
       where ${IS_SELLER}
         and (coalesce(before.state, 'UNREAD') = 'UNREAD'
              or stored.booked_at is null and ${IS_OPEN("before.state")} <> ${IS_OPEN("stored.state")}
              or stored.state = 'COMPLETED' and before.state <> 'COMPLETED'
              or coalesce(unit.quantity, 0) <> coalesce(was.quantity, 0))),
     ${markDue("changed", "an order at Meta", { unknown: "true" })}
     select count(*)::int as marked from marked`,
    { catalogId, orders: JSON.stringify(given), priority: PRIORITY.stock }
  )
  return stored?.marked ?? 0
}

/** Open orders that no reading has shown since `since`: they may have come to nothing, or moved on between two pages. */
export async function listUnseenOrders(sql: Sql, { catalogId, since, limit }: { catalogId: string; since: Date; limit: number }): Promise<string[]> {
  const unseen = await rows<{ meta_order_id: string }>(
    sql,
    `select meta_order_id from meta_catalog_order
     where catalog_id = :catalogId and state in ('FB_PROCESSING', 'CREATED') and deleted_at is null and (seen_at is null or seen_at < :since)
     order by seen_at nulls first, id limit :limit`,
    { catalogId, since, limit }
  )
  return unseen.map((row) => row.meta_order_id)
}

/** Meta knows this order no longer: its units are nobody's. */
export async function recordGoneOrder(sql: Sql, { catalogId, metaOrderId }: { catalogId: string; metaOrderId: string }): Promise<void> {
  await rows(
    sql,
    `with gone as (
       update meta_catalog_order set state = 'GONE', seen_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where catalog_id = :catalogId and meta_order_id = :metaOrderId and state in ('FB_PROCESSING', 'CREATED') and deleted_at is null returning id),
     changed as (select oi.retailer_id from meta_catalog_order_item oi join gone on gone.id = oi.order_id where oi.deleted_at is null),
     ${markDue("changed", "an order at Meta came to nothing", { unknown: IS_SELLER })}
     select count(*)::int as marked from marked`,
    { catalogId, metaOrderId, priority: PRIORITY.stock }
  )
}

const PENDING_ITEMS = `
  select oi.retailer_id from meta_catalog_order o join meta_catalog_order_item oi on oi.order_id = o.id and oi.deleted_at is null
  where o.catalog_id = :catalogId and o.booked_at is null and o.state in ('FB_PROCESSING', 'CREATED') and o.deleted_at is null`

/**
 * Meta refused the orders edge itself: from now on nothing is subtracted for orders, and nothing is read until somebody has tested the
 * connection with success. What was subtracted so far is given back by the items it concerns being due.
 *
 * @returns true only for the first of several, so one notification is sent.
 */
export async function refuseOrders(sql: Sql, { catalogId, message }: { catalogId: string; message: string }): Promise<boolean> {
  const refused = await firstRow(
    sql,
    `with refused as (
       update meta_catalog_catalog set orders_refused_at = meta_catalog_now(), orders_refused_message = :message, updated_at = meta_catalog_now()
       where id = :catalogId and orders_refused_at is null and orders_mode <> 'off' and deleted_at is null returning id),
     changed as (select pending.retailer_id from refused, (${PENDING_ITEMS}) as pending),
     ${markDue("changed", "Meta refuses the orders")}
     select id from refused`,
    { catalogId, message, priority: PRIORITY.stock }
  )
  return refused !== undefined
}

/** Other orders are to be read from now on, those of another shop or page: what was read so far says nothing about them. */
export async function restartOrders(sql: Sql, { catalogId }: { catalogId: string }): Promise<void> {
  await rows(
    sql,
    `with restarted as (
       update meta_catalog_catalog set orders_read_until = null, orders_read_at = null, orders_checked_at = null, updated_at = meta_catalog_now()
       where id = :catalogId and deleted_at is null returning id)
     update meta_catalog_order o set state = 'GONE', updated_at = meta_catalog_now()
     from restarted where o.catalog_id = restarted.id and o.state in ('FB_PROCESSING', 'CREATED') and o.deleted_at is null`,
    { catalogId }
  )
}

/** The orders edge answers again, or other settings are to be tried: everything open is read anew and counts again. */
export async function allowOrders(sql: Sql, { catalogId }: { catalogId: string }): Promise<void> {
  await rows(
    sql,
    `with allowed as (
       update meta_catalog_catalog
       set orders_refused_at = null, orders_refused_message = null, orders_read_at = null, orders_checked_at = null, updated_at = meta_catalog_now()
       where id = :catalogId and orders_refused_at is not null and deleted_at is null returning id),
     changed as (select pending.retailer_id from allowed, (${PENDING_ITEMS}) as pending),
     ${markDue("changed", "Meta shows the orders again")}
     select id from allowed`,
    { catalogId, priority: PRIORITY.stock }
  )
}
