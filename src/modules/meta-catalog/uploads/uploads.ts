import { generateEntityId } from "@medusajs/framework/utils"
import { heldBy } from "../items/membership"
import { PRIORITY } from "../push/priority"
import { PREVIOUS_ID_DAYS } from "../items/renames"
import { firstRow, rows, type Sql } from "../sql"

/**
 * What Meta says of one upload session. Counts are null while Meta has not counted. `snapshot_id` is what the session's URL
 * names and `batch_id` what its file's name does, whether or not it is one of ours.
 */
export type UploadFacts = {
  meta_upload_id: string
  snapshot_id: string | null
  batch_id: string | null
  /** The feed of ours whose file was read, as far as the session says. */
  named_feed_id?: string | null
  input_method: string | null
  started_at: Date | null
  ended_at: Date | null
  detected: number | null
  persisted: number | null
  deleted: number | null
  invalid: number | null
  error_count: number | null
  warning_count: number | null
}

/**
 * An ended session that has not been ingested yet, with the snapshot it read as far as that is known. `is_update`: it read the file of
 * the feed's update schedule, and `feed_id` is that file's.
 */
export type EndedUpload = UploadFacts & {
  id: string
  feed_id: string
  catalog_id: string
  report_status: string | null
  is_update: boolean
  /** It deleted nothing. */
  update_only: boolean
}

/** Notes an upload that we started ourselves, with the snapshot its URL names. */
export async function recordStartedUpload(
  sql: Sql,
  { catalogId, feedId, metaUploadId, snapshotId, updateOnly }: { catalogId: string; feedId: string; metaUploadId: string; snapshotId: string; updateOnly: boolean }
): Promise<void> {
  await rows(
    sql,
    `with taken as (
       -- The request was only put off while the session was being started; a newer one stays.
       update meta_catalog_feed
       set upload_requested_at = case when :updateOnly or upload_requested_at <= meta_catalog_now() then upload_requested_at end,
           update_upload_requested_at = case when not :updateOnly or update_upload_requested_at <= meta_catalog_now() then update_upload_requested_at end,
           upload_as_file = false
       where id = :feedId and case when :updateOnly then update_upload_requested_at else upload_requested_at end > meta_catalog_now())
     insert into meta_catalog_upload (id, catalog_id, feed_id, meta_upload_id, snapshot_id, snapshot_tie, update_only, started_at, created_at, updated_at)
     values (:id, :catalogId, :feedId, :metaUploadId, :snapshotId, 'named', :updateOnly, meta_catalog_now(), meta_catalog_now(), meta_catalog_now())
     on conflict (meta_upload_id) where deleted_at is null
     do update set snapshot_id = excluded.snapshot_id, snapshot_tie = 'named', update_only = excluded.update_only or meta_catalog_upload.update_only`,
    { id: generateEntityId(undefined, "mcup"), catalogId, feedId, metaUploadId, snapshotId, updateOnly }
  )
}

/**
 * Stores Meta's list of sessions, ours and those that Meta's schedule or a person started. A carrier whose reply was lost is
 * found here by the name of its file.
 */
export async function recordUploads(
  sql: Sql,
  { catalogId, feedId, uploads }: { catalogId: string; feedId: string; uploads: UploadFacts[] }
): Promise<void> {
  const input = uploads.map((upload) => ({ ...upload, id: generateEntityId(undefined, "mcup") }))
  await rows(
    sql,
    `with listed as (
       insert into meta_catalog_upload
         (id, catalog_id, feed_id, meta_upload_id, snapshot_id, snapshot_tie, update_only, batch_id, input_method, started_at, ended_at, detected, persisted, deleted, invalid,
          error_count, warning_count, created_at, updated_at)
       select u.id, :catalogId, coalesce(uf.id, :feedId), u.meta_upload_id, s.id, case when s.id is not null then 'named' end, b.id is not null or uf.id is not null, b.id, u.input_method, u.started_at, u.ended_at, u.detected, u.persisted,
              u.deleted, u.invalid, u.error_count, u.warning_count, meta_catalog_now(), meta_catalog_now()
       from jsonb_to_recordset(cast(:input as jsonb)) as u(
         id text, meta_upload_id text, snapshot_id text, batch_id text, named_feed_id text, input_method text, started_at timestamptz, ended_at timestamptz, detected integer,
         persisted integer, deleted integer, invalid integer, error_count integer, warning_count integer)
       left join meta_catalog_snapshot s on s.id = u.snapshot_id and s.feed_id = :feedId
       left join meta_catalog_feed uf on uf.id = u.named_feed_id and uf.main_feed_id = :feedId
       left join meta_catalog_batch b on b.id = u.batch_id and b.catalog_id = :catalogId and b.transport = 'upload'
       on conflict (meta_upload_id) where deleted_at is null do update
       set update_only = excluded.update_only or meta_catalog_upload.update_only, batch_id = coalesce(excluded.batch_id, meta_catalog_upload.batch_id),
           input_method = excluded.input_method, started_at = coalesce(excluded.started_at, meta_catalog_upload.started_at),
           ended_at = excluded.ended_at, detected = excluded.detected, persisted = excluded.persisted, deleted = excluded.deleted,
           invalid = excluded.invalid, error_count = excluded.error_count, warning_count = excluded.warning_count,
           updated_at = excluded.updated_at
       returning batch_id),
     found as (
       update meta_catalog_batch set status = 'sent', updated_at = meta_catalog_now()
       where id in (select batch_id from listed) and status = 'sending')
     update meta_catalog_feed set uploads_read_at = meta_catalog_now() where id = :feedId`,
    { catalogId, feedId, input: JSON.stringify(input) }
  )
}

/** Ended sessions whose results have not been taken in, oldest first, so that a later one has the last word. */
export async function listEndedUploads(sql: Sql, { feedId }: { feedId: string }): Promise<EndedUpload[]> {
  return await rows<EndedUpload>(
    sql,
    `select u.*, f.kind = 'update_only' as is_update from meta_catalog_upload u
     join meta_catalog_feed f on f.id = u.feed_id and (f.id = :feedId or f.main_feed_id = :feedId)
     where u.ended_at is not null and u.ingested_at is null and u.deleted_at is null
     order by u.started_at, u.meta_upload_id`,
    { feedId }
  )
}

/**
 * Takes the reading of a feed's sessions for this process.
 *
 * @returns false when another one has read them within the last second.
 */
export async function takeReading(sql: Sql, { feedId }: { feedId: string }): Promise<boolean> {
  const taken = await firstRow(
    sql,
    `update meta_catalog_feed set uploads_read_at = meta_catalog_now()
     where id = :feedId and (uploads_read_at is null or uploads_read_at < meta_catalog_now() - interval '900 milliseconds') returning id`,
    { feedId }
  )
  return taken !== undefined
}

/** The newest ingested session's start: older pages of Meta's list hold nothing new. */
export async function newestIngestedStart(sql: Sql, { feedId }: { feedId: string }): Promise<Date | null> {
  const row = await firstRow<{ started_at: Date | null }>(
    sql,
    `select max(started_at) as started_at from meta_catalog_upload where feed_id = :feedId and ingested_at is not null and deleted_at is null`,
    { feedId }
  )
  return row?.started_at ? new Date(row.started_at) : null
}

/**
 * Ties a session to the snapshot it read: that of the complete fetch near its start, the oldest where there are several; if
 * there is none, the oldest snapshot served since the previous session. Both err towards asserting values once more.
 */
export async function tieUpload(sql: Sql, { uploadId }: { uploadId: string }): Promise<string | null> {
  const tied = await firstRow<{ snapshot_id: string | null }>(
    sql,
    `with u as (select * from meta_catalog_upload where id = :uploadId),
     near as (
       select f.snapshot_id from meta_catalog_fetch f join meta_catalog_snapshot s on s.id = f.snapshot_id, u
       where f.feed_id = u.feed_id and not f.named_snapshot
         and f.completed_at between u.started_at - interval '2 minutes' and u.started_at + interval '2 minutes'
       order by s.number limit 1),
     previous as (
       select max(p.started_at) as started_at from meta_catalog_upload p, u
       where p.feed_id = u.feed_id and p.id <> u.id and p.batch_id is null and p.started_at < u.started_at and p.deleted_at is null),
     oldest as (
       select s.id as snapshot_id from meta_catalog_snapshot s, u, previous
       where s.feed_id = u.feed_id and s.published_at is not null and s.deleted_at is null
         and s.number >= coalesce(
           (select max(x.number) from meta_catalog_snapshot x
            where x.feed_id = u.feed_id and x.published_at <= coalesce(previous.started_at, '-infinity')), 0)
       order by s.number limit 1)
     update meta_catalog_upload t
     set snapshot_id = coalesce(t.snapshot_id, (select snapshot_id from near), (select snapshot_id from oldest)),
         snapshot_tie = case when t.snapshot_id is not null then t.snapshot_tie
                             when exists (select from near) then 'fetch' else 'assumed' end,
         updated_at = meta_catalog_now()
     where t.id = :uploadId
     returning t.snapshot_id`,
    { uploadId }
  )
  return tied?.snapshot_id ?? null
}

/** Whether Meta has had half an hour for a session's error report. */
export async function isReportOverdue(sql: Sql, { uploadId }: { uploadId: string }): Promise<boolean> {
  const overdue = await firstRow(
    sql,
    `select id from meta_catalog_upload where id = :uploadId and greatest(ended_at, created_at) < meta_catalog_now() - interval '30 minutes'`,
    { uploadId }
  )
  return overdue !== undefined
}

/** Keeps Meta's report_status while the full error report is being written. */
export async function recordReportStatus(sql: Sql, { uploadId, status }: { uploadId: string; status: string }): Promise<void> {
  await rows(sql, `update meta_catalog_upload set report_status = :status, updated_at = meta_catalog_now() where id = :uploadId`, { uploadId, status })
}

/** A session that took nothing in (Meta could not fetch or read the file): it lists nothing and overwrote nothing. */
export async function closeFailedUpload(sql: Sql, { uploadId }: { uploadId: string }): Promise<boolean> {
  const closed = await firstRow(
    sql,
    `update meta_catalog_upload set ingested_at = meta_catalog_now(), updated_at = meta_catalog_now()
     where id = :uploadId and ingested_at is null returning id`,
    { uploadId }
  )
  return closed !== undefined
}

/** `previous_until` of item `i` once Meta has had a file with its new id. */
const ARRIVED = `case when i.previous_retailer_id is not null then coalesce(i.previous_until, meta_catalog_now() + interval '${PREVIOUS_ID_DAYS} days') end`

/**
 * Takes in what an ended replace session did to the items of its feed, in one statement:
 *
 * - an item its snapshot held, without a fatal row, is listed; one the snapshot lacked is listed no longer, unless the session or
 *   its feed deletes nothing;
 * - every item that changed, was sent, acknowledged or rejected since the snapshot's first read, or is in flight, may now
 *   hold an older value at Meta: it is unknown and due, an item in flight after its batch settles;
 * - a newly listed item is due, in a fast feed before others;
 * - an item Meta does not hold whose row was fatal waits for a change since the snapshot's first read, or for another whole upload;
 * - an item on its way to another id has arrived, listed or not, once Meta has had a file with the new one.
 *
 * Items that have moved from this feed to another, and that the snapshot lacked, may be brought by the other one now: its file is built
 * and uploaded.
 *
 * Fatal rows are the session's stored issues of severity error.
 *
 * With `listsNew` false (Meta gave no full report) nothing is newly listed: which rows were fatal is not known.
 *
 * @returns null when another process has taken it in already.
 */
export async function ingestUpload(
  sql: Sql,
  { uploadId, listsNew = true }: { uploadId: string; listsNew?: boolean }
): Promise<{ listed: number; unlisted: number; reasserted: number } | null> {
  const ingested = await firstRow<{ listed: number; unlisted: number; reasserted: number }>(
    sql,
    `with u as (
       update meta_catalog_upload set ingested_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where id = :uploadId and ingested_at is null
       returning id, feed_id, catalog_id, snapshot_id, update_only),
     s as (
       select s.number, s.first_read_at, f.strategy = 'fast' as is_fast, u.update_only or f.never_deletes as keeps_absent
       from u join meta_catalog_snapshot s on s.id = u.snapshot_id join meta_catalog_feed f on f.id = u.feed_id),
     fatal as (
       select x.retailer_id, min(x.message) as message from meta_catalog_issue x join u on x.upload_id = u.id
       where x.source = 'feed_upload' and x.severity = 'error' and x.deleted_at is null group by x.retailer_id),
     judged as (
       select i.id, i.listed_at as before, i.batch_id, s.first_read_at, s.is_fast, fatal.message as refusal,
              ${heldBy("i", "s.number")} as was_held,
              i.listed_at is null and (not :listsNew or fatal.retailer_id is not null) as is_refused,
              i.listed_at is null and i.written_since <= s.number and not ${heldBy("i", "s.number")} as was_left_out,
              greatest(i.marked_at, i.sent_at, i.acknowledged_at, i.rejected_at) >= s.first_read_at as is_overtaken
       from u cross join s join meta_catalog_item i on i.feed_id = u.feed_id and i.deleted_at is null
       left join fatal on fatal.retailer_id = i.retailer_id
       -- What such a session did not bring, it left as it was.
       where not s.keeps_absent or ${heldBy("i", "s.number")}),
     refused as (
       update meta_catalog_item i
       set rejected_at = judged.first_read_at, last_error = judged.refusal, previous_until = ${ARRIVED}, updated_at = meta_catalog_now()
       from judged where i.id = judged.id and judged.was_held and judged.before is null and judged.refusal is not null),
     -- It left the file before Meta had its new id.
     left_out as (
       update meta_catalog_item i set previous_until = ${ARRIVED}, updated_at = meta_catalog_now()
       from judged where i.id = judged.id and judged.was_left_out and i.previous_retailer_id is not null and i.previous_until is null),
     changed as (
       update meta_catalog_item i
       set listed_at = case when judged.was_held and not judged.is_refused then coalesce(judged.before, meta_catalog_now()) end,
           due_at = case when judged.was_held then coalesce(i.due_at, meta_catalog_now()) else i.due_at end,
           due_reason = case when judged.before is null then 'newly listed' else 'an upload may have put an older value back' end,
           -- The file of a fast feed said no quantity, so Meta has none yet.
           priority = case when judged.before is null and judged.is_fast then least(i.priority, ${PRIORITY.restock}) else i.priority end,
           rejected_at = case when judged.before is null then null else i.rejected_at end,
           -- Meta has the new id now; the file goes on naming the former one for a while, should an older file be fetched.
           previous_until = case when judged.was_held and not judged.is_refused then ${ARRIVED} else i.previous_until end,
           reassert = judged.was_held and i.batch_id is not null,
           acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null, updated_at = meta_catalog_now()
       from judged
       where i.id = judged.id and not (judged.was_held and judged.before is null and judged.refusal is not null)
         and ((judged.before is not null) <> (judged.was_held and not judged.is_refused)
              or judged.was_held and (judged.is_overtaken or judged.batch_id is not null))
       returning judged.before is null and i.listed_at is not null and i.previous_retailer_id is not null as is_renamed,
                 judged.before is null and i.listed_at is not null as is_new, judged.before is not null and i.listed_at is null as is_lost),
     -- Files that put values over the items, or bring updates of them, name them by their former ids.
     renamed as (
       update meta_catalog_feed f
       set build_requested_at = least(f.build_requested_at, meta_catalog_now()), updated_at = meta_catalog_now(),
           upload_requested_at = case when f.meta_feed_id is not null then meta_catalog_now() else f.upload_requested_at end
       from u where f.catalog_id = u.catalog_id and f.kind <> 'replace' and f.deleted_at is null and exists (select from changed where is_renamed)),
     -- Meta has deleted what has moved away from this feed, so the feed it moved to may bring it.
     arrived as (
       update meta_catalog_item i set moved_from_feed_id = null, moved_at_number = null, updated_at = meta_catalog_now()
       from u cross join s where i.moved_from_feed_id = u.feed_id and i.moved_at_number < s.number and not s.keeps_absent and i.deleted_at is null
       returning i.feed_id),
     awaited as (
       update meta_catalog_feed f
       set build_requested_at = least(f.build_requested_at, meta_catalog_now()), upload_requested_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where f.id in (select feed_id from arrived))
     select count(*) filter (where is_new)::int as listed, count(*) filter (where is_lost)::int as unlisted,
            count(*) filter (where not is_new and not is_lost)::int as reasserted
     from changed
     having exists (select from u)`,
    { uploadId, listsNew }
  )
  return ingested ?? null
}

/** Whether a session of this catalogue is still running or not taken in yet, or a carrier's is still to be found. */
export async function hasOpenUploads(sql: Sql, { catalogId }: { catalogId: string }): Promise<boolean> {
  const open = await firstRow(
    sql,
    `select id from meta_catalog_upload where catalog_id = :catalogId and ingested_at is null and deleted_at is null
     union all
     select id from meta_catalog_batch where catalog_id = :catalogId and transport = 'upload' and status = 'sending' and deleted_at is null
     limit 1`,
    { catalogId }
  )
  return open !== undefined
}
