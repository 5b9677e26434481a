import { BATCH_VALUE } from "../batches/batch-entry"
import { heldBy } from "../items/membership"
import { firstRow, rows, type Sql } from "../sql"
import { REPLACE_BOUND } from "../uploads/upload-conditions"
import { BACK_OFF } from "../batches/waits"

/** A carrier is given up when its session has not ended after this time. */
const SESSION_BOUND = "1 hour"

/** What the end of a carrier's session did to its items. */
export type CarrierOutcome = { listed: number; acknowledged: number; refused: number; reasserted: number }

/**
 * Takes in what an ended carrier session did to the items it carried, in one statement. Items it did not carry are left
 * alone, because an update_only upload deletes nothing.
 *
 * - A row with a fatal issue of this session was refused: a new item waits for a change since the claim; a listed one is due and goes
 *   by items_batch.
 * - Any other item is listed, and what was carried is acknowledged, unless something else happened to it since the claim: it
 *   was marked, sent, acknowledged, rejected, is in flight, or the carrier had been given up. Then what Meta holds is unknown
 *   and the item is due.
 * - Where a replace session ran at the same time, which of the two came last is not known: nothing is acknowledged, and an
 *   item the other file lacked is not listed.
 *
 * With `listsNew` false (Meta gave no full report) nothing new is listed and nothing acknowledged.
 *
 * @returns null when another process has taken it in already.
 */
export async function ingestCarrier(sql: Sql, { uploadId, listsNew }: { uploadId: string; listsNew: boolean }): Promise<CarrierOutcome | null> {
  const ingested = await firstRow<CarrierOutcome>(
    sql,
    `with u as (
       update meta_catalog_upload set ingested_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where id = :uploadId and ingested_at is null
       returning id, feed_id, batch_id, started_at, ended_at),
     c as (
       select b.id, b.status, b.values, b.created_at, b.posted_at from meta_catalog_batch b join u on b.id = u.batch_id),
     rival as (
       select s.number from u
       join meta_catalog_upload r on r.feed_id = u.feed_id and r.id <> u.id and not r.update_only and r.deleted_at is null
         and r.started_at <= u.ended_at and coalesce(r.ended_at, 'infinity') >= u.started_at
         and (r.ended_at is not null or r.started_at > meta_catalog_now() - interval '${REPLACE_BOUND}')
         and not (r.ended_at is not null and coalesce(r.detected, 0) = 0)
       left join meta_catalog_snapshot s on s.id = r.snapshot_id),
     fatal as (
       select x.retailer_id, min(x.message) as message from meta_catalog_issue x join u on x.upload_id = u.id
       where x.source = 'feed_upload' and x.severity = 'error' and x.deleted_at is null group by x.retailer_id),
     judged as (
       select i.id, c.created_at as claimed_at, i.listed_at is null as was_new, v.quantity, v.availability, v.price, fatal.message as refusal, i.carrier_id is not distinct from c.id as is_carried,
              not exists (select from rival where not ${heldBy("i", "rival.number")}) as is_kept,
              :listsNew and c.status in ('sending', 'sent') and i.carrier_id is not distinct from c.id
                and i.due_at is null and i.batch_id is null and not exists (select from rival)
                and coalesce(i.marked_at < c.created_at, true) and coalesce(i.rejected_at < c.created_at, true)
                and coalesce(i.sent_at <= c.posted_at, true) and coalesce(i.acknowledged_at <= c.posted_at, true) as is_certain
       from c cross join lateral jsonb_to_recordset(c.values) as ${BATCH_VALUE}
       join meta_catalog_item i on i.id = v.item_id and i.deleted_at is null
       left join fatal on fatal.retailer_id = i.retailer_id),
     refused as (
       update meta_catalog_item i
       set carrier_id = null, rejected_at = judged.claimed_at, last_error = judged.refusal, attempts = i.attempts + 1,
           acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null, sent_price = null,
           reassert = i.batch_id is not null,
           due_at = case when i.listed_at is null then i.due_at else coalesce(i.due_at, meta_catalog_now()) end, updated_at = meta_catalog_now()
       from judged where i.id = judged.id and judged.refusal is not null and judged.is_carried
       returning i.retailer_id),
     taken as (
       update meta_catalog_item i
       set carrier_id = case when judged.is_carried then null else i.carrier_id end,
           listed_at = case when judged.is_kept and :listsNew then coalesce(i.listed_at, meta_catalog_now()) else i.listed_at end,
           acknowledged_quantity = case when not judged.is_certain then null when judged.availability is null then i.acknowledged_quantity else judged.quantity end,
           acknowledged_availability = case when judged.is_certain then coalesce(judged.availability, i.acknowledged_availability) end,
           acknowledged_price = case when judged.is_certain then coalesce(judged.price, i.acknowledged_price) end,
           acknowledged_at = case when judged.is_certain then meta_catalog_now() else i.acknowledged_at end,
           rejected_at = null, last_error = null,
           attempts = case when :listsNew then 0 else i.attempts + 1 end,
           reassert = not judged.is_certain and i.batch_id is not null,
           due_reason = case when judged.is_certain then i.due_reason else 'an upload may have put an older value back' end,
           due_at = case when judged.is_certain then null
                         when not :listsNew and i.listed_at is null then meta_catalog_now() + ${BACK_OFF}
                         else coalesce(i.due_at, meta_catalog_now()) end,
           updated_at = meta_catalog_now()
       from judged where i.id = judged.id and judged.refusal is null
       returning judged.was_new and i.listed_at is not null as is_new, judged.is_certain),
     ended as (
       update meta_catalog_batch b
       set status = 'settled', settled_at = meta_catalog_now(), updated_at = meta_catalog_now(),
           rejected = (select jsonb_agg(retailer_id) from refused), rejected_count = (select count(*) from refused),
           acknowledged_count = (select count(*) from taken where is_certain)
       from c where b.id = c.id and c.status in ('sending', 'sent', 'doubtful'))
     select (select count(*)::int from taken where is_new) as listed, (select count(*)::int from taken where is_certain) as acknowledged,
            (select count(*)::int from refused) as refused, (select count(*)::int from taken where not is_certain) as reasserted
     from u`,
    { uploadId, listsNew }
  )
  return ingested ?? null
}

/**
 * The carrier came to nothing and nothing of it stands at Meta: its items may be carried again, after a back-off when
 * `backOff`. A mark made meanwhile is not put off.
 *
 * @returns whether this was the first failure of its items in a row, so that a person is told once.
 */
export async function abandonCarrier(sql: Sql, batchId: string, { error, backOff }: { error: string; backOff: boolean }): Promise<boolean> {
  const released = await rows<{ attempts: number }>(
    sql,
    `with b as (
       update meta_catalog_batch
       set status = 'settled', error = :error, settled_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where id = :batchId and status in ('claimed', 'sending', 'sent')
       returning id)
     update meta_catalog_item i
     set carrier_id = null, attempts = i.attempts + 1, last_error = :error, updated_at = meta_catalog_now(),
         due_at = case when i.listed_at is not null and i.due_at is not null then i.due_at
                       when :backOff then meta_catalog_now() + ${BACK_OFF}
                       else coalesce(i.due_at, meta_catalog_now()) end
     from b where i.carrier_id = b.id and i.deleted_at is null
     returning i.attempts`,
    { batchId, error, backOff }
  )
  return released.length > 0 && released.every(({ attempts }) => attempts === 1)
}

/**
 * Frees what dead workers and endless sessions left: a carrier that was never posted gives its items back; one whose session
 * is unknown or never ended becomes doubtful, and its items are carried or sent again. Returns the catalogues concerned.
 */
export async function expireCarriers(sql: Sql, { windowMs }: { windowMs: number }): Promise<string[]> {
  const freed = await rows<{ catalog_id: string }>(
    sql,
    `with dead as (
       select id, status from meta_catalog_batch
       where transport = 'upload' and deleted_at is null
         and (status in ('claimed', 'sending') and lease_until < meta_catalog_now()
              or status = 'sent' and posted_at < meta_catalog_now() - interval '${SESSION_BOUND}')
       for update skip locked),
     b as (
       update meta_catalog_batch batch
       set status = case when dead.status = 'claimed' then 'released' else 'doubtful' end,
           error = case when dead.status = 'sent' then 'its upload session did not end' else 'its worker went silent' end,
           settled_at = case when dead.status = 'claimed' then meta_catalog_now() end,
           doubtful_until = case when dead.status <> 'claimed'
             then meta_catalog_now() + make_interval(secs => cast(:windowMs as float) / 1000) end,
           updated_at = meta_catalog_now()
       from dead where batch.id = dead.id
       returning batch.id, dead.status)
     update meta_catalog_item i
     set carrier_id = null, due_at = coalesce(i.due_at, meta_catalog_now()),
         reassert = i.reassert or b.status <> 'claimed' and i.batch_id is not null,
         acknowledged_quantity = case when b.status = 'claimed' then i.acknowledged_quantity end,
         acknowledged_availability = case when b.status = 'claimed' then i.acknowledged_availability end,
         acknowledged_price = case when b.status = 'claimed' then i.acknowledged_price end,
         updated_at = meta_catalog_now()
     from b where i.carrier_id = b.id and i.deleted_at is null
     returning i.catalog_id`,
    { windowMs }
  )
  return [...new Set(freed.map((row) => row.catalog_id))]
}

/** Removes what earlier sessions reported about the items of this carrier and its own session did not. */
export async function removeStaleCarriedIssues(sql: Sql, { uploadId, before }: { uploadId: string; before: Date }): Promise<void> {
  await rows(
    sql,
    `delete from meta_catalog_issue x
     using meta_catalog_upload u join meta_catalog_batch b on b.id = u.batch_id
     cross join lateral jsonb_to_recordset(b.values) as ${BATCH_VALUE}
     where u.id = :uploadId and x.catalog_id = u.catalog_id and x.source = 'feed_upload' and x.retailer_id = v.retailer_id
       and x.last_seen_at < :before`,
    { uploadId, before }
  )
}
