import { generateEntityId } from "@medusajs/framework/utils"
import { BATCH_VALUE, type BatchEntry } from "./batch-entry"
import { CLAIMABLE } from "./claimable"
import type { PriceGroup } from "../items/items"
import { LET_GO_REJECTED, REFUSED, REJECTED_IDS, type Rejection } from "./rejections"
import { firstRow, rows, type Sql } from "../sql"
import { BACK_OFF, LEASE } from "./waits"

/** An item as a claim hands it out. `acknowledged` is null when what Meta holds is not known. */
export type ClaimedItem = {
  id: string
  retailer_id: string
  variant_id: string
  product_id: string
  acknowledged_quantity: number | null
  acknowledged_availability: string | null
  acknowledged_price: PriceGroup | null
  sent_price: PriceGroup | null
  /** Meta refused what was sent last. */
  is_rejected: boolean
  attempts: number
  /** The mark this claim answers, and since when it waited. */
  due_reason: string | null
  due_at: Date
  /** The feed has no valid row for it, so it must not be offered. */
  is_invalid: boolean
  /** Its feed is slow: its changes wait for a file. */
  is_slow: boolean
}

/** A worker's hold on a batch. Every transition re-checks it, so a worker taken for dead cannot overwrite its successor. */
export type BatchHold = { batchId: string; owner: string }

/** What a worker asks for. */
export type Claim = { catalogId: string; publicUrl: string; owner: string; limit: number; maxPriority?: number | null }

/**
 * Claims up to `limit` due items for one call. `due_at` is cleared here, before any value is read, so a change after the
 * read marks the item due again. Only listed items without a known request in flight are taken; two workers never share
 * one. Nothing is claimed for a catalogue that is paused, throttled or connected under another public URL, and nothing less
 * urgent than `maxPriority` when it is given.
 */
export async function claimItems(
  sql: Sql,
  { catalogId, publicUrl, owner, limit, maxPriority = null }: Claim
): Promise<{ hold: BatchHold; items: ClaimedItem[] }> {
  const batchId = generateEntityId(undefined, "mcbatch")
  const items = await rows<ClaimedItem>(
    sql,
    `with chosen as (
       select i.id, i.due_at, i.due_reason from meta_catalog_item i
       join meta_catalog_catalog c on c.id = i.catalog_id and c.deleted_at is null
       where i.catalog_id = :catalogId and c.state = 'active' and c.public_url = :publicUrl
         and (c.throttled_until is null or c.throttled_until <= meta_catalog_now())
         and ${CLAIMABLE} and i.due_at <= meta_catalog_now()
         and (cast(:maxPriority as integer) is null or i.priority <= :maxPriority)
       order by i.priority, i.due_at
       limit :limit
       for update of i skip locked),
     batch as (
       insert into meta_catalog_batch (id, catalog_id, transport, status, owner, lease_until, values, item_count, created_at, updated_at)
       select :batchId, :catalogId, (select transport from meta_catalog_catalog where id = :catalogId), 'claimed', :owner,
              meta_catalog_now() + interval '${LEASE}', '[]'::jsonb,
              (select count(*) from chosen), meta_catalog_now(), meta_catalog_now()
       where exists (select from chosen))
     update meta_catalog_item i
     set due_at = null, batch_id = :batchId, priority = 100, is_ranked = false, updated_at = meta_catalog_now()
     from chosen where i.id = chosen.id
     returning i.id, i.retailer_id, i.variant_id, i.product_id, case when i.carrier_id is null then i.acknowledged_quantity end as acknowledged_quantity,
               case when i.carrier_id is null then i.acknowledged_availability end as acknowledged_availability,
               case when i.carrier_id is null then i.acknowledged_price end as acknowledged_price, i.sent_price, i.rejected_at is not null as is_rejected, i.attempts, i.invalid_since is not null as is_invalid,
               coalesce((select f.strategy = 'slow' from meta_catalog_feed f where f.id = i.feed_id), false) as is_slow,
               chosen.due_at, chosen.due_reason`,
    { catalogId, publicUrl, owner, limit, maxPriority, batchId }
  )
  return { hold: { batchId, owner }, items }
}

/** Condition: item `i` is left alone because Meta holds all of `same`, and not because it refused the price. */
const AGREES = "(same.price is null or same.price is not distinct from i.acknowledged_price)"

/**
 * Commits what is about to be sent, before the POST, and lets go of the items that need no call. A batch without
 * entries is released. Of `unchanged` items those of `byFile` were left to a file, after which Meta holds something else than it
 * acknowledged.
 *
 * @returns false when the batch is no longer this worker's; nothing may be sent then.
 */
export async function prepareBatch(
  sql: Sql,
  { batchId, owner }: BatchHold,
  { entries, unchanged, byFile = [] }: { entries: BatchEntry[]; unchanged: BatchEntry[]; byFile?: string[] }
): Promise<boolean> {
  const prepared = await firstRow(
    sql,
    `with b as (
       update meta_catalog_batch
       set status = case when :count > 0 then 'sending' else 'released' end,
           values = cast(:entries as jsonb), item_count = :count, lease_until = meta_catalog_now() + interval '${LEASE}',
           settled_at = case when :count > 0 then null else meta_catalog_now() end, updated_at = meta_catalog_now()
       where id = :batchId and owner = :owner and status = 'claimed'
       returning id),
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
       where i.batch_id is not distinct from b.id),
     sent as (
       -- A group that is not part of the call is what Meta already holds.
       update meta_catalog_item i
       set wanted_quantity = case when value.availability is null then i.acknowledged_quantity else value.quantity end,
           wanted_availability = coalesce(value.availability, i.acknowledged_availability),
           wanted_price = coalesce(value.price, i.acknowledged_price),
           wanted_at = meta_catalog_now(), wanted_reason = value.reason,
           sent_quantity = case when value.availability is null then i.sent_quantity else value.quantity end,
           sent_availability = coalesce(value.availability, i.sent_availability),
           sent_price = coalesce(value.price, i.sent_price), rejected_at = case when value.price is null then i.rejected_at end,
           sent_at = meta_catalog_now(), updated_at = meta_catalog_now()
       from value, b where i.id = value.item_id and i.batch_id is not distinct from b.id),
     let_go as (
       update meta_catalog_item i
       set wanted_quantity = same.quantity, wanted_availability = same.availability,
           wanted_price = coalesce(same.price, i.wanted_price),
           wanted_at = meta_catalog_now(), wanted_reason = same.reason, batch_id = null, due_at = case when i.reassert then coalesce(i.due_at, meta_catalog_now()) else i.due_at end,
           acknowledged_quantity = case when i.id = any(:byFile) then null else i.acknowledged_quantity end,
           acknowledged_availability = case when i.reassert or i.id = any(:byFile) then null else i.acknowledged_availability end,
           acknowledged_price = case when i.reassert then null else i.acknowledged_price end,
           -- Meta holds what is wanted again, so a refusal of something else has lost its object.
           rejected_at = case when ${AGREES} then null else i.rejected_at end, last_error = case when ${AGREES} then null else i.last_error end,
           reassert = false, updated_at = meta_catalog_now()
       from same, b where i.id = same.item_id and i.batch_id is not distinct from b.id)
     select id from b`,
    { batchId, owner, count: entries.length, entries: JSON.stringify(entries), unchanged: JSON.stringify(unchanged), byFile }
  )
  return prepared !== undefined
}

/**
 * Meta took the call: the handle is to be followed from now on. Rejected entries are let go at once. `mustVerify`: Meta also
 * dropped entries without naming them.
 */
export async function recordSent(
  sql: Sql,
  { batchId, owner }: BatchHold,
  { handle, rejected, mustVerify, pollAfterMs }: { handle: string; rejected: Rejection[]; mustVerify: boolean; pollAfterMs: number }
): Promise<void> {
  await rows(
    sql,
    `with b as (
       update meta_catalog_batch
       set status = 'sent', handle = :handle, posted_at = meta_catalog_now(), must_verify = :mustVerify,
           poll_at = meta_catalog_now() + make_interval(secs => cast(:pollAfterMs as float) / 1000),
           rejected_count = :count, rejected = ${REJECTED_IDS}, updated_at = meta_catalog_now()
       where id = :batchId and owner = :owner and status = 'sending'
       returning id, values),
     ${LET_GO_REJECTED}
     select id from b`,
    { batchId, owner, handle, pollAfterMs, mustVerify, rejected: JSON.stringify(rejected), count: rejected.length }
  )
}

/** How a batch came to nothing. `perhapsApplied`: part of it may stand at Meta, so what Meta holds is unknown. */
export type AbandonedBatch = {
  error: string
  backOff: boolean
  perhapsApplied: boolean
  rejected?: Rejection[]
  from: ("claimed" | "sending" | "sent")[]
}

/**
 * The call came to nothing: every item is due again, after a back-off when `backOff`. Serves calls that were certainly
 * not applied and batches that Meta canceled or broke off.
 */
export async function abandonBatch(
  sql: Sql,
  batchId: string,
  { error, backOff, perhapsApplied, rejected = [], from }: AbandonedBatch
): Promise<void> {
  await rows(
    sql,
    `with b as (
       update meta_catalog_batch
       set status = 'settled', error = :error, settled_at = meta_catalog_now(), rejected_count = :count, rejected = ${REJECTED_IDS}, updated_at = meta_catalog_now()
       where id = :batchId and status = any(:from)
       returning id, values),
     ${REFUSED}
     update meta_catalog_item i
     set batch_id = null, reassert = false, attempts = i.attempts + cast(:backOff as boolean)::int, updated_at = meta_catalog_now(),
         acknowledged_quantity = case when not (:perhapsApplied or i.reassert) then i.acknowledged_quantity end,
         acknowledged_availability = case when not (:perhapsApplied or i.reassert) then i.acknowledged_availability end,
         acknowledged_price = case when not (:perhapsApplied or i.reassert) then i.acknowledged_price end,
         last_error = coalesce((select message from refused where refused.retailer_id = i.retailer_id), :error),
         rejected_at = case when i.retailer_id in (select retailer_id from refused) then meta_catalog_now() else i.rejected_at end,
         due_at = case when i.retailer_id in (select retailer_id from refused) and i.retailer_id not in (select retailer_id from twofold) then i.due_at
                       when :backOff and i.due_at is null then meta_catalog_now() + ${BACK_OFF}
                       else coalesce(i.due_at, meta_catalog_now()) end
     from b where i.batch_id = b.id and i.deleted_at is null`,
    { batchId, error, backOff, perhapsApplied, from, rejected: JSON.stringify(rejected), count: rejected.length }
  )
}

/**
 * Replaces a batch that Meta refused as a whole by two halves, both claimed by the same worker and to be sent next, so that
 * one bad entry ends up alone. A half that is never sent gives its items back when its lease ends.
 */
export async function splitBatch(sql: Sql, { batchId, owner }: BatchHold, halves: [BatchEntry[], BatchEntry[]]): Promise<BatchHold[]> {
  const parts = halves.map((entries) => ({ id: generateEntityId(undefined, "mcbatch"), entries }))
  const made = await rows<{ id: string }>(
    sql,
    `with b as (
       update meta_catalog_batch
       set status = 'settled', error = 'refused as a whole, sent again in halves', settled_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where id = :batchId and owner = :owner and status = 'sending'
       returning id, catalog_id),
     part as (
       select p.id, p.entries from jsonb_to_recordset(cast(:parts as jsonb)) as p(id text, entries jsonb)),
     made as (
       insert into meta_catalog_batch (id, catalog_id, status, owner, lease_until, values, item_count, created_at, updated_at)
       select part.id, b.catalog_id, 'claimed', :owner, meta_catalog_now() + interval '${LEASE}', part.entries,
              jsonb_array_length(part.entries), meta_catalog_now(), meta_catalog_now()
       from part, b
       returning id),
     history as (
       update meta_catalog_item_change h
       set batch_id = part.id
       from b, part, jsonb_to_recordset(part.entries) as v(item_id text)
       where h.batch_id = b.id and h.item_id = v.item_id),
     moved as (
       update meta_catalog_item i
       set batch_id = part.id, updated_at = meta_catalog_now()
       from b, part, jsonb_to_recordset(part.entries) as v(item_id text)
       where i.id = v.item_id and i.batch_id is not distinct from b.id)
     select id from made`,
    { batchId, owner, parts: JSON.stringify(parts) }
  )
  return parts.filter(({ id }) => made.some((row) => row.id === id)).map(({ id }) => ({ batchId: id, owner }))
}

/** The half is sent next. @returns false when it is no longer this worker's. */
export async function beginHalf(sql: Sql, { batchId, owner }: BatchHold): Promise<boolean> {
  const begun = await firstRow(
    sql,
    `with b as (
       update meta_catalog_batch set status = 'sending', lease_until = meta_catalog_now() + interval '${LEASE}', updated_at = meta_catalog_now()
       where id = :batchId and owner = :owner and status = 'claimed' returning id),
     sent as (
       update meta_catalog_item set sent_at = meta_catalog_now()
       where batch_id = :batchId and deleted_at is null and exists (select from b))
     select id from b`,
    { batchId, owner }
  )
  return begun !== undefined
}

/** Keeps a long send alive. */
export async function renewLease(sql: Sql, { batchId, owner }: BatchHold): Promise<boolean> {
  const renewed = await firstRow(
    sql,
    `update meta_catalog_batch set lease_until = meta_catalog_now() + interval '${LEASE}', updated_at = meta_catalog_now()
     where id = :batchId and owner = :owner and status in ('claimed', 'sending') returning id`,
    { batchId, owner }
  )
  return renewed !== undefined
}
