import { BATCH_VALUE, type BatchEntry } from "./batch-entry"
import { hasRefusedPrice, LET_GO_REJECTED, REJECTED_IDS, type Rejection } from "./rejections"
import { firstRow, rows, type Sql } from "../sql"

/** A batch whose status is to be asked. */
export type PolledBatch = {
  id: string
  catalog_id: string
  status: "sent" | "verifying"
  handle: string | null
  polls: number
  must_verify: boolean
  values: BatchEntry[]
}

// Items are never deleted softly. Statements that find items by their batch name `deleted_at` all the same, because the
// index over batch_id is partial on it: without it each of them reads the whole table.

/**
 * Takes the batches whose status is to be asked now and puts off their next poll, so that two workers do not ask for the
 * same one. The wait grows from one second to 30; reading a batch back takes longer, so another round starts minutes later.
 */
export async function takePolls(
  sql: Sql,
  { catalogId, publicUrl, limit }: { catalogId: string; publicUrl: string; limit: number }
): Promise<PolledBatch[]> {
  return await rows<PolledBatch>(
    sql,
    `with chosen as (
       select b.id from meta_catalog_batch b
       join meta_catalog_catalog c on c.id = b.catalog_id and c.deleted_at is null and c.public_url = :publicUrl and c.state = 'active'
       where b.catalog_id = :catalogId and b.status in ('sent', 'verifying') and b.poll_at <= meta_catalog_now() and b.deleted_at is null
       order by b.poll_at limit :limit
       for update of b skip locked)
     update meta_catalog_batch b
     set polls = b.polls + 1, updated_at = meta_catalog_now(),
         poll_at = meta_catalog_now() + case when b.status = 'verifying' then interval '5 minutes'
                                             else make_interval(secs => least(30, power(1.5, least(b.polls, 20)))) end
     from chosen where b.id = chosen.id
     returning b.id, b.catalog_id, b.status, b.handle, b.polls, b.must_verify, b.values`,
    { catalogId, publicUrl, limit }
  )
}

/** Retailer ids that still wait for this batch; entries that were let go may be in a later one already. */
export async function waitingIn(sql: Sql, batchId: string): Promise<Set<string>> {
  const waiting = await rows<{ retailer_id: string }>(sql, `select retailer_id from meta_catalog_item where batch_id = :batchId and deleted_at is null`, { batchId })
  return new Set(waiting.map((row) => row.retailer_id))
}

/** Meta reports more errors than it names: nothing in the batch counts until every item was read back. */
export async function verifyBatch(sql: Sql, batchId: string, { error, rejected }: { error: string; rejected: Rejection[] }): Promise<void> {
  await rows(
    sql,
    `with b as (
       update meta_catalog_batch
       set status = 'verifying', error = :error, poll_at = meta_catalog_now(), rejected_count = rejected_count + :count,
           rejected = ${REJECTED_IDS}, updated_at = meta_catalog_now()
       where id = :batchId and status = 'sent'
       returning id, values),
     ${LET_GO_REJECTED}
     select id from b`,
    { batchId, error, rejected: JSON.stringify(rejected), count: rejected.length }
  )
}

/**
 * The batch has ended: what was not rejected is acknowledged, and items that nobody holds back any more may be claimed
 * again. A value an upload may have overwritten meanwhile counts as unknown instead.
 *
 * @returns the retailer ids of which all that was ever sent is acknowledged now, and how many items were let go as rejected, or null when another worker settled it.
 */
export async function settleBatch(
  sql: Sql,
  batchId: string,
  { rejected, from }: { rejected: Rejection[]; from: "sent" | "verifying" }
): Promise<{ acknowledged: string[]; rejected: number } | null> {
  const settled = await firstRow<{ acknowledged: string[]; rejected: number }>(
    sql,
    `with b as (
       update meta_catalog_batch
       set status = 'settled', settled_at = meta_catalog_now(), updated_at = meta_catalog_now(),
           rejected = ${REJECTED_IDS}, rejected_count = rejected_count + :count, acknowledged_count = greatest(0, item_count - rejected_count - :count)
       where id = :batchId and status = :from
       returning id, values),
     ${LET_GO_REJECTED},
     value as (
       select v.* from b, jsonb_to_recordset(b.values) as ${BATCH_VALUE}
       where v.retailer_id not in (select retailer_id from refused)),
     acknowledged as (
       update meta_catalog_item i
       set batch_id = null, attempts = 0, rejected_at = case when ${hasRefusedPrice("value")} then i.rejected_at end,
           last_error = case when ${hasRefusedPrice("value")} then i.last_error end,
           acknowledged_quantity = case when i.reassert then null when value.availability is null then i.acknowledged_quantity else value.quantity end,
           acknowledged_availability = case when i.reassert then null else coalesce(value.availability, i.acknowledged_availability) end,
           -- A price cannot be read back, so one that was only verified is unknown.
           acknowledged_price = case when i.reassert or value.price is not null and :from = 'verifying' then null
                                     else coalesce(value.price, i.acknowledged_price) end,
           acknowledged_at = meta_catalog_now(),
           due_at = case when i.reassert then coalesce(i.due_at, meta_catalog_now()) else i.due_at end,
           reassert = false, updated_at = meta_catalog_now()
       from value, b where i.id = value.item_id and i.batch_id is not distinct from b.id
       returning i.retailer_id, i.acknowledged_price is null and i.sent_price is not null as is_partial)
     select coalesce((select array_agg(retailer_id) from acknowledged where not is_partial), '{}') as acknowledged,
            (select count(*)::int from let_go) as rejected
     from b`,
    { batchId, from, rejected: JSON.stringify(rejected), count: rejected.length }
  )
  return settled ?? null
}
