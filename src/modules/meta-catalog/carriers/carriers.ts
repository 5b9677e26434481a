import { generateEntityId } from "@medusajs/framework/utils"
import { BATCH_VALUE, type BatchEntry } from "../batches/batch-entry"
import { readBudget } from "../push/budget"
import { outlook } from "../push/call-pace"
import type { BatchHold, ClaimedItem } from "../batches/batches"
import { FEED_THAT_MAY_CARRY, IS_CARRIABLE, isNewToMeta } from "./carrier-conditions"
import { PRIORITY } from "../push/priority"
import { ITEMS_PER_CALL } from "../push/push-plan"
import { firstRow, rows, type Sql } from "../sql"
import { LEASE } from "../batches/waits"

// A carrier is a batch that travels as an update_only upload session: its row is committed before the POST like that of
// every batch, and the items it carries have its id as `carrier_id`. Their `batch_id` stays free, because a sell-out is sent
// by items_batch beside it. How carriers end is in `carrier-settlement.ts`.

/** An item as a carrier hands it out; a new one may never have been marked due. */
export type CarriedItem = Omit<ClaimedItem, "due_at" | "is_slow"> & { due_at: Date | null; is_new: boolean }

/**
 * Claims what a feed's next carrier takes: items that are new to Meta, and where `carriesDue` also listed items that are
 * due, sell-outs excepted. Their marks are cleared here, before any value is read. An item is in one carrier at a time, and
 * a catalogue has one carrier at a time.
 *
 * @returns no items when there are none or a carrier may not start now.
 */
export async function claimCarrier(
  sql: Sql,
  { feedId, publicUrl, owner, carriesDue, limit }: { feedId: string; publicUrl: string; owner: string; carriesDue: boolean; limit: number }
): Promise<{ hold: BatchHold; items: CarriedItem[] }> {
  const batchId = generateEntityId(undefined, "mcbatch")
  const items = await rows<CarriedItem>(
    sql,
    `with feed as (
       -- Locked, so that an upload asked for at this moment is either seen here or sees this carrier.
       select f.id, f.catalog_id, s.number, c.pushes_prices from ${FEED_THAT_MAY_CARRY} and f.id = :feedId and c.public_url = :publicUrl
       for update of f skip locked),
     fresh as (
       select i.id from meta_catalog_item i join feed on i.feed_id = feed.id and i.catalog_id = feed.catalog_id
       where ${isNewToMeta("i", "feed.number")} and (i.due_at is null or i.due_at <= meta_catalog_now())
       limit :limit
       for update of i skip locked),
     due as (
       select i.id from meta_catalog_item i join feed c on i.feed_id = c.id and i.catalog_id = c.catalog_id
       where :carriesDue and ${IS_CARRIABLE}
       order by i.priority, i.due_at
       limit :limit
       for update of i skip locked),
     chosen as (
       select i.id, i.due_at, i.due_reason from meta_catalog_item i
       where i.id in (select id from fresh union all select id from due limit :limit)),
     carrier as (
       insert into meta_catalog_batch (id, catalog_id, transport, status, owner, lease_until, values, item_count, created_at, updated_at)
       select :batchId, feed.catalog_id, 'upload', 'claimed', :owner, meta_catalog_now() + interval '${LEASE}', '[]'::jsonb,
              (select count(*) from chosen), meta_catalog_now(), meta_catalog_now()
       from feed where exists (select from chosen)
       on conflict do nothing
       returning id)
     update meta_catalog_item i
     set due_at = null, carrier_id = carrier.id, priority = ${PRIORITY.sweep}, is_ranked = false, updated_at = meta_catalog_now()
     from chosen, carrier where i.id = chosen.id
     returning i.id, i.retailer_id, i.variant_id, i.product_id, i.acknowledged_quantity, i.acknowledged_availability, i.acknowledged_price,
               i.sent_price, i.rejected_at is not null as is_rejected, i.attempts, i.invalid_since is not null as is_invalid,
               i.listed_at is null as is_new, chosen.due_at, chosen.due_reason`,
    { feedId, publicUrl, owner, carriesDue, limit, batchId }
  )
  return { hold: { batchId, owner }, items }
}

/**
 * Commits what the carrier is about to bring, before the POST, and lets go of the rest: `unchanged` items need nothing; any
 * other listed item has nothing left to sell and goes by items_batch at once; a new one without a valid row waits for a
 * change since the claim. A carrier without entries is released.
 *
 * @returns false when the carrier is no longer this worker's; nothing may be sent then.
 */
export async function prepareCarrier(
  sql: Sql,
  { batchId, owner }: BatchHold,
  { entries, unchanged }: { entries: BatchEntry[]; unchanged: BatchEntry[] }
): Promise<boolean> {
  const prepared = await firstRow(
    sql,
    `with b as (
       update meta_catalog_batch
       set status = case when :count > 0 then 'sending' else 'released' end,
           values = cast(:entries as jsonb), item_count = :count, lease_until = meta_catalog_now() + interval '${LEASE}',
           posted_at = meta_catalog_now(), settled_at = case when :count > 0 then null else meta_catalog_now() end,
           updated_at = meta_catalog_now()
       where id = :batchId and owner = :owner and status = 'claimed'
       returning id, created_at),
     value as (
       select * from jsonb_to_recordset(cast(:entries as jsonb)) as ${BATCH_VALUE}),
     same as (
       select * from jsonb_to_recordset(cast(:unchanged as jsonb)) as ${BATCH_VALUE}),
     history as (
       insert into meta_catalog_item_change
         (batch_id, item_id, catalog_id, reason, due_at, sent_at, quantity, availability, price,
          before_quantity, before_availability, before_price, created_at, updated_at)
       select b.id, i.id, i.catalog_id, value.reason, value.due_at, meta_catalog_now(), value.quantity, value.availability, value.price,
              i.acknowledged_quantity, i.acknowledged_availability, i.acknowledged_price, meta_catalog_now(), meta_catalog_now()
       from b, value join meta_catalog_item i on i.id = value.item_id
       where i.carrier_id = b.id),
     carried as (
       update meta_catalog_item i
       set wanted_quantity = value.quantity, wanted_availability = value.availability, wanted_price = coalesce(value.price, i.wanted_price),
           wanted_at = meta_catalog_now(), wanted_reason = value.reason,
           sent_quantity = value.quantity, sent_availability = value.availability, sent_price = coalesce(value.price, i.sent_price),
           sent_at = meta_catalog_now(), updated_at = meta_catalog_now()
       from value, b where i.id = value.item_id and i.carrier_id = b.id),
     let_go as (
       update meta_catalog_item i
       set carrier_id = null, updated_at = meta_catalog_now(),
           rejected_at = case when i.listed_at is null then b.created_at else i.rejected_at end,
           last_error = case when i.listed_at is null then 'it had no valid row when it was to be uploaded' else i.last_error end,
           due_at = case when i.listed_at is null or i.id in (select item_id from same) then i.due_at
                         else coalesce(i.due_at, meta_catalog_now()) end,
           priority = case when i.listed_at is null or i.id in (select item_id from same) then i.priority else ${PRIORITY.sellOut} end
       from b where i.carrier_id = b.id and i.id not in (select item_id from value) and i.deleted_at is null)
     select id from b`,
    { batchId, owner, count: entries.length, entries: JSON.stringify(entries), unchanged: JSON.stringify(unchanged) }
  )
  return prepared !== undefined
}

/** Meta opened a session for the carrier. Also said by a worker that was taken for dead: the session's end then tells. */
export async function recordCarrierSession(
  sql: Sql,
  { batchId, feedId, metaUploadId }: { batchId: string; feedId: string; metaUploadId: string }
): Promise<void> {
  await rows(
    sql,
    `with b as (
       update meta_catalog_batch
       set status = case when status = 'sending' then 'sent' else status end, handle = :metaUploadId, updated_at = meta_catalog_now()
       where id = :batchId returning id, catalog_id)
     insert into meta_catalog_upload (id, catalog_id, feed_id, meta_upload_id, update_only, batch_id, started_at, created_at, updated_at)
     select :id, b.catalog_id, :feedId, :metaUploadId, true, b.id, meta_catalog_now(), meta_catalog_now(), meta_catalog_now() from b
     on conflict (meta_upload_id) where deleted_at is null do update
     set batch_id = excluded.batch_id, update_only = true, updated_at = excluded.updated_at`,
    { id: generateEntityId(undefined, "mcup"), batchId, feedId, metaUploadId }
  )
}

/** A throttle that lasts longer than this is not waited out: the upload belongs to another limit. */
const LONG_THROTTLE_MS = 60_000

/**
 * Whether a carrier may start now and more items are due than the calls that are left in this hour can take. Sell-outs and what
 * a carrier cannot take do not count.
 */
export async function exceedsBudget(sql: Sql, { catalogId }: { catalogId: string }): Promise<boolean> {
  const hasMoreThan = async (room: number) =>
    (await firstRow(
      sql,
      `select i.id from (select f.id as feed_id, c.id, c.pushes_prices from ${FEED_THAT_MAY_CARRY} and c.id = :catalogId) c
       join meta_catalog_item i on i.catalog_id = c.id and i.feed_id = c.feed_id
       where ${IS_CARRIABLE} offset :room limit 1`,
      { catalogId, room }
    )) !== undefined
  if (!(await hasMoreThan(0))) {
    return false
  }
  const budget = await readBudget(sql, { catalogId })
  if (!budget?.isMetered) {
    return false
  }
  const isThrottled = budget.blockedBy === "throttled" && budget.blockedMs > LONG_THROTTLE_MS
  const room = isThrottled ? 0 : outlook(budget, "ordinary").left * ITEMS_PER_CALL
  return room === 0 || (await hasMoreThan(room))
}
