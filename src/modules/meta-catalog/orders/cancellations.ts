import { randomUUID } from "node:crypto"
import { generateEntityId } from "@medusajs/framework/utils"
import { markDue, NETS_ORDERS } from "../items/mark-retailer-ids"
import { PRIORITY } from "../push/priority"
import { firstRow, rows, type Sql } from "../sql"
import { LEASE } from "../batches/waits"

/** Units of one item, each retailer id once; null is the whole order. */
export type CancelledItems = { retailer_id: string; quantity: number }[] | null

/** What somebody wants cancelled. */
export type CancellationIntent = {
  catalogId: string
  metaOrderId: string
  /** Tells this wish from others on the same order. */
  intent: string
  items: CancelledItems
  reasonCode: string
  reasonDescription: string | null
  restockItems: boolean
}

/** Everything one attempt needs. */
export type OpenCancellation = {
  id: string
  meta_order_id: string
  idempotency_key: string
  items: CancelledItems
  reason_code: string
  reason_description: string | null
  restock_items: boolean
}

/**
 * Writes an intent down with its key before anything is sent. The same intent again, be it at the same moment, is the one that is there
 * already, unless Meta refused that for good.
 *
 * @returns its id, or undefined when no such order was ever read.
 */
export async function openCancellation(sql: Sql, intent: CancellationIntent): Promise<string | undefined> {
  const opened = await firstRow<{ id: string }>(
    sql,
    `insert into meta_catalog_cancellation as c
       (id, catalog_id, order_id, meta_order_id, intent, idempotency_key, items, reason_code, reason_description, restock_items, due_at, created_at, updated_at)
     select :id, o.catalog_id, o.id, o.meta_order_id, :intent, :key, cast(:items as jsonb), :reasonCode, :reasonDescription, :restockItems,
            meta_catalog_now(), meta_catalog_now(), meta_catalog_now()
     from meta_catalog_order o where o.catalog_id = :catalogId and o.meta_order_id = :metaOrderId and o.state <> 'UNREAD' and o.deleted_at is null
     -- Nothing is changed; without an update the row that is there would not be returned.
     on conflict (order_id, intent) where status <> 'refused' and deleted_at is null do update set intent = c.intent
     returning c.id`,
    {
      id: generateEntityId(undefined, "mccancel"),
      key: randomUUID(),
      catalogId: intent.catalogId,
      metaOrderId: intent.metaOrderId,
      intent: intent.intent,
      items: intent.items && JSON.stringify(intent.items),
      reasonCode: intent.reasonCode,
      reasonDescription: intent.reasonDescription,
      restockItems: intent.restockItems,
    }
  )
  return opened?.id
}

/** Takes an intent for one attempt; nobody else gets it until the lease is over, which also frees what a dead worker held. */
export async function takeCancellation(sql: Sql, { cancellationId }: { cancellationId: string }): Promise<OpenCancellation | undefined> {
  return await firstRow<OpenCancellation>(
    sql,
    `update meta_catalog_cancellation
     set status = 'sending', attempts = attempts + 1, due_at = meta_catalog_now() + interval '${LEASE}', updated_at = meta_catalog_now()
     where id = :cancellationId and status in ('waiting', 'sending') and due_at <= meta_catalog_now() and deleted_at is null
     returning id, meta_order_id, idempotency_key, items, reason_code, reason_description, restock_items`,
    { cancellationId }
  )
}

/** Intents of a catalogue that wait for their next attempt. */
export async function listDueCancellations(sql: Sql, { catalogId, limit }: { catalogId: string; limit: number }): Promise<string[]> {
  const due = await rows<{ id: string }>(
    sql,
    `select id from meta_catalog_cancellation
     where catalog_id = :catalogId and status in ('waiting', 'sending') and due_at <= meta_catalog_now() and deleted_at is null
     order by due_at, id limit :limit`,
    { catalogId, limit }
  )
  return due.map((row) => row.id)
}

/** Meta has carried it out: the units no longer belong to the order, and their items are due. */
export async function endCancellation(sql: Sql, { catalogId, cancellationId }: { catalogId: string; cancellationId: string }): Promise<void> {
  await rows(
    sql,
    `with done as (
       update meta_catalog_cancellation
       set status = 'done', error = null, due_at = null, done_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where id = :cancellationId and status <> 'done' returning order_id, items),
     changed as (
       update meta_catalog_order_item oi
       set cancelled_quantity = case when done.items is null then oi.ordered_quantity
             else least(oi.ordered_quantity, oi.cancelled_quantity + coalesce(unit.quantity, 0)) end, updated_at = meta_catalog_now()
       from done left join lateral jsonb_to_recordset(done.items) as unit(retailer_id text, quantity integer) on true
       where oi.order_id = done.order_id and oi.deleted_at is null and (done.items is null or unit.retailer_id = oi.retailer_id)
       returning oi.retailer_id),
     ${markDue("changed", "an order at Meta was cancelled", { unknown: NETS_ORDERS })}
     select count(*)::int as marked from marked`,
    { catalogId, cancellationId, priority: PRIORITY.stock }
  )
}

/** Meta refuses it for good, or it may be tried again in 4, 8, … seconds, at most every 17 minutes, with the same key. */
export async function failCancellation(
  sql: Sql,
  { cancellationId, error, isFinal }: { cancellationId: string; error: string; isFinal: boolean }
): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_cancellation
     set status = case when :isFinal then 'refused' else 'waiting' end, error = :error, updated_at = meta_catalog_now(),
         due_at = case when :isFinal then null else meta_catalog_now() + make_interval(secs => power(2, least(attempts + 1, 10))) end
     where id = :cancellationId and status = 'sending'`,
    { cancellationId, error, isFinal }
  )
}
