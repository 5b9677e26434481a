import { generateEntityId } from "@medusajs/framework/utils"
import type { FeedFormat } from "../feeds/feed-format"
import { RENAME_PUBLISHED } from "../items/renames"
import { firstRow, rows, type Sql } from "../sql"

/** A build in progress. Its id is also the proof of ownership: a build taken for dead finds its row no longer `building`. */
export type StartedSnapshot = {
  id: string
  number: number
  /** What the feed was set to as the build began; the file has this format whatever the setting becomes meanwhile. */
  format: FeedFormat
  /** Number of the newest snapshot that was ever published, 0 before the first. */
  published_number: number
  /** Rows of the published snapshot, null before the first. */
  published_rows: number | null
  /** Database time before the first read of the store. */
  first_read_at: Date
}

/** What a build counted. `rows + omitted + retired = scanned`; `kept` rows are among `rows`. */
export type SnapshotCounts = { scanned: number; rows: number; kept: number; omitted: number; retired: number }

/** The file a build wrote. */
export type SnapshotFile = { key: string; sha256: string; bytes: number; plainBytes: number }

/**
 * How long a build may be silent before another takes its place. It shows life every five seconds, also while it waits for the database
 * or a store of files. One that was only slow to do so ends at its next sign of life, and cannot publish.
 */
const SILENCE = "30 seconds"

/**
 * Starts a build, unless one is running. A build that stopped answering is failed first. The request that led here is
 * cleared before anything is read, so a request during the build leads to another one.
 *
 * @param after the feed's newest snapshot number when the need for a build was seen. A build that has begun since then has
 *   met that need.
 * @returns undefined when another build is running, one has begun after `after`, or the feed is gone.
 */
export async function startSnapshot(sql: Sql, { feedId, after }: { feedId: string; after?: number }): Promise<StartedSnapshot | undefined> {
  await rows(
    sql,
    `with abandoned as (
       update meta_catalog_snapshot
       set status = 'failed', error = 'The build stopped answering; its process may have ended.', finished_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where feed_id = :feedId and status = 'building' and heartbeat_at < meta_catalog_now() - interval '${SILENCE}' and deleted_at is null
       returning feed_id, error)
     update meta_catalog_feed f set last_error = abandoned.error, updated_at = meta_catalog_now() from abandoned where f.id = abandoned.feed_id`,
    { feedId }
  )
  return await firstRow<StartedSnapshot>(
    sql,
    `with feed as (
       update meta_catalog_feed f
       set snapshot_number = f.snapshot_number + 1, build_requested_at = null, updated_at = meta_catalog_now()
       where f.id = :feedId and f.deleted_at is null and f.snapshot_number = coalesce(cast(:after as integer), f.snapshot_number)
         and not exists (select from meta_catalog_snapshot s where s.feed_id = f.id and s.status = 'building' and s.deleted_at is null)
       returning f.id, f.snapshot_number, f.format, f.published_snapshot_id),
     started as (
       insert into meta_catalog_snapshot
         (id, feed_id, number, format, status, started_at, first_read_at, heartbeat_at, created_at, updated_at)
       select :id, feed.id, feed.snapshot_number, feed.format, 'building', meta_catalog_now(), meta_catalog_now(), meta_catalog_now(),
              meta_catalog_now(), meta_catalog_now()
       from feed
       on conflict do nothing
       returning id, number, format, first_read_at)
     select started.id, started.number, started.format, started.first_read_at, published.rows as published_rows,
            coalesce((select max(s.number) from meta_catalog_snapshot s
                      where s.feed_id = feed.id and s.published_at is not null and s.deleted_at is null), 0) as published_number
     from started, feed
     left join meta_catalog_snapshot published on published.id = feed.published_snapshot_id`,
    { feedId, after: after ?? null, id: generateEntityId(undefined, "mcsnap") }
  )
}

/**
 * Shows that a build is alive.
 *
 * @returns false when it was taken for dead meanwhile; it must stop then.
 */
export async function keepSnapshotAlive(sql: Sql, { snapshotId, counts }: { snapshotId: string; counts: SnapshotCounts }): Promise<boolean> {
  const alive = await firstRow(
    sql,
    `update meta_catalog_snapshot
     set heartbeat_at = meta_catalog_now(), scanned = :scanned, rows = :rows, kept = :kept, omitted = :omitted, retired = :retired, updated_at = meta_catalog_now()
     where id = :snapshotId and status = 'building' returning id`,
    { snapshotId, ...counts }
  )
  return alive !== undefined
}

/** Notes where the file of a running build lies, so that it can be deleted should the process end. */
export async function recordSnapshotFile(sql: Sql, { snapshotId, fileKey }: { snapshotId: string; fileKey: string }): Promise<void> {
  await rows(
    sql,
    "update meta_catalog_snapshot set file_key = :fileKey, heartbeat_at = meta_catalog_now() where id = :snapshotId and status = 'building'",
    { snapshotId, fileKey }
  )
}

/**
 * Ends a build with a complete file and makes it the one that is served, in one step. Earlier snapshots that were served
 * or held are superseded.
 *
 * @returns false when the build was taken for dead meanwhile; what it wrote is not served.
 */
export async function publishSnapshot(
  sql: Sql,
  { snapshotId, counts, file }: { snapshotId: string; counts: SnapshotCounts; file: SnapshotFile }
): Promise<boolean> {
  const published = await firstRow(
    sql,
    `with done as (
       update meta_catalog_snapshot
       set status = 'ready', file_key = :key, sha256 = :sha256, bytes = :bytes, plain_bytes = :plainBytes,
           raw_bytes = jsonb_build_object('value', cast(:bytes as text), 'precision', 20),
           raw_plain_bytes = jsonb_build_object('value', cast(:plainBytes as text), 'precision', 20),
           scanned = :scanned, rows = :rows, kept = :kept, omitted = :omitted, retired = :retired,
           finished_at = meta_catalog_now(), published_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where id = :snapshotId and status = 'building'
       returning id, feed_id, format, number, first_read_at),
     ${SUPERSEDE_OTHERS}`,
    { snapshotId, ...counts, ...file }
  )
  return published !== undefined
}

/**
 * Ends a build with a complete file that is not served until a person or a later build says so.
 *
 * @returns whether the build was still this one's, and whether none was held already, so that one notification is sent.
 */
export async function holdSnapshot(
  sql: Sql,
  { snapshotId, counts, file, reason }: { snapshotId: string; counts: SnapshotCounts; file: SnapshotFile; reason: string }
): Promise<{ isHeld: boolean; isNew: boolean }> {
  const held = await firstRow<{ is_new: boolean }>(
    sql,
    `with older as (
       update meta_catalog_snapshot o set status = 'superseded', updated_at = meta_catalog_now()
       from meta_catalog_snapshot s
       where s.id = :snapshotId and s.status = 'building' and o.feed_id = s.feed_id and o.number < s.number and o.status = 'held' and o.deleted_at is null)
     update meta_catalog_snapshot s
     set status = 'held', hold_reason = :reason, file_key = :key, sha256 = :sha256, bytes = :bytes, plain_bytes = :plainBytes,
         raw_bytes = jsonb_build_object('value', cast(:bytes as text), 'precision', 20),
         raw_plain_bytes = jsonb_build_object('value', cast(:plainBytes as text), 'precision', 20),
         scanned = :scanned, rows = :rows, kept = :kept, omitted = :omitted, retired = :retired, finished_at = meta_catalog_now(), updated_at = meta_catalog_now()
     where s.id = :snapshotId and s.status = 'building'
     returning not exists (
       select from meta_catalog_snapshot b
       where b.feed_id = s.feed_id and b.number < s.number and b.status = 'held' and b.deleted_at is null) as is_new`,
    { snapshotId, reason, ...counts, ...file }
  )
  return { isHeld: held !== undefined, isNew: held?.is_new ?? false }
}

/**
 * A person says a held snapshot is meant: it is served from now on. Only the newest snapshot can be released.
 *
 * @returns false when it is no longer held or a newer one exists.
 */
export async function releaseSnapshot(sql: Sql, { snapshotId }: { snapshotId: string }): Promise<boolean> {
  const released = await firstRow(
    sql,
    `with done as (
       update meta_catalog_snapshot s
       set status = 'ready', published_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where s.id = :snapshotId and s.status = 'held' and s.rows > 0
         and not exists (select from meta_catalog_snapshot n where n.feed_id = s.feed_id and n.number > s.number and n.status <> 'failed' and n.deleted_at is null)
       returning s.id, s.feed_id, s.format, s.number, s.first_read_at),
     ${SUPERSEDE_OTHERS}`,
    { snapshotId }
  )
  return released !== undefined
}

/**
 * Ends a build without a file. What was served before is served on, and the build is tried again after ten minutes, or at once where
 * it failed only because its process was told to stop.
 *
 * @returns false when the build has ended otherwise already; its file is in use then.
 */
export async function failSnapshot(sql: Sql, { snapshotId, error, isStopped = false }: { snapshotId: string; error: string; isStopped?: boolean }): Promise<boolean> {
  const failed = await firstRow(
    sql,
    `with failed as (
       update meta_catalog_snapshot
       set status = 'failed', error = :error, finished_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where id = :snapshotId and status = 'building' returning feed_id)
     update meta_catalog_feed f
     set last_error = :error, updated_at = meta_catalog_now(),
         build_requested_at = case when :isStopped then meta_catalog_now() else coalesce(build_requested_at, meta_catalog_now() + interval '10 minutes') end
     from failed where f.id = failed.feed_id
     returning f.id`,
    { snapshotId, error, isStopped }
  )
  return failed !== undefined
}

/**
 * Files that nothing needs any more: of failed builds, and of snapshots replaced more than a day ago that are not among a
 * feed's last two. The rows stay.
 */
export async function listExpiredFiles(sql: Sql): Promise<{ snapshot_id: string; file_key: string }[]> {
  return await rows<{ snapshot_id: string; file_key: string }>(
    sql,
    `select s.id as snapshot_id, s.file_key from meta_catalog_snapshot s
     where s.file_key is not null and s.deleted_at is null
       and (s.status = 'failed'
            or s.status = 'superseded' and s.finished_at < meta_catalog_now() - interval '1 day'
               and s.number not in (select n.number from meta_catalog_snapshot n
                                    where n.feed_id = s.feed_id and n.published_at is not null and n.status in ('ready', 'superseded') and n.deleted_at is null
                                    order by n.number desc limit 2))`
  )
}

/** Notes that the files of these snapshots are gone. */
export async function forgetFiles(sql: Sql, { snapshotIds }: { snapshotIds: string[] }): Promise<void> {
  await rows(
    sql,
    "update meta_catalog_snapshot set file_key = null, updated_at = meta_catalog_now() where id = any(:snapshotIds) and status in ('failed', 'superseded')",
    { snapshotIds }
  )
}

/**
 * Feeds whose snapshot should be built now:
 * - asked for;
 * - none is served yet, or the served one is older than a day;
 * - Meta's next fetch is near (twice the last build's time and five minutes) and the snapshot would be older than that;
 * - the newest is held and a person has released the mass change since.
 *
 * Only catalogues connected under this process's public URL: a copy of the store builds nothing, because its builds would
 * also delete files that may be the store's.
 *
 * A feed whose items come over to another one is built no more. A file of updates, or of values over the items of other feeds, is not built while Meta holds none of them, as it would have no rows.
 *
 * Without a request, a feed whose last build failed or was held waits ten minutes, or a day where the build found nothing and nothing is served. Feeds with a running build are left out.
 *
 * @returns each with its newest snapshot number, for `startSnapshot`.
 */
export async function listDueFeeds(sql: Sql, { publicUrl }: { publicUrl: string }): Promise<{ id: string; snapshot_number: number }[]> {
  return await rows<{ id: string; snapshot_number: number }>(
    sql,
    `select f.id, f.snapshot_number from meta_catalog_feed f
     join meta_catalog_catalog c on c.id = f.catalog_id and c.public_url = :publicUrl and c.deleted_at is null
     left join meta_catalog_snapshot served on served.id = f.published_snapshot_id
     left join lateral (
       select s.status, s.rows, s.started_at, s.finished_at, s.heartbeat_at from meta_catalog_snapshot s
       where s.feed_id = f.id and s.deleted_at is null order by s.number desc limit 1) newest on true
     where f.deleted_at is null
       and (f.kind = 'replace' or exists (
            select from meta_catalog_item i
            where i.listed_at is not null and i.deleted_at is null
              and case when f.kind = 'update_only' then i.feed_id = f.main_feed_id else i.catalog_id = f.catalog_id end))
       and not exists (select from meta_catalog_feed heir where heir.migrated_from_feed_id in (f.id, f.main_feed_id) and heir.deleted_at is null)
       and not coalesce(newest.status = 'building' and newest.heartbeat_at >= meta_catalog_now() - interval '${SILENCE}', false)
       and (f.build_requested_at <= meta_catalog_now()
            or newest.status = 'building'
            or newest.status = 'held' and c.brake_released_until > meta_catalog_now()
            or (served.id is null
                or served.first_read_at < meta_catalog_now() - interval '1 day'
                or served.first_read_at < f.next_fetch_at - ${LEAD} and meta_catalog_now() >= f.next_fetch_at - ${LEAD})
               and not coalesce(newest.status in ('failed', 'held')
                 -- One that waits for its first item is asked for when an item comes.
                 and newest.finished_at > meta_catalog_now() - case when served.id is null and newest.status = 'held' and newest.rows = 0 then interval '1 day' else interval '10 minutes' end, false))`,
    { publicUrl }
  )
}

/** How long before Meta's fetch a build starts. */
const LEAD = "(2 * (served.finished_at - served.started_at) + interval '5 minutes')"

/** Meta is told of items that come over from another feed when the file has them all (`migrateFeed`). Where the format changes with the published file, Meta's URL ends differently from then on and Meta has to be told. */
const SUPERSEDE_OTHERS = `
  ${RENAME_PUBLISHED.trim()},
  superseded as (
    update meta_catalog_snapshot s
    set status = 'superseded', updated_at = meta_catalog_now()
    from done where s.feed_id = done.feed_id and s.id <> done.id and s.status in ('ready', 'held') and s.deleted_at is null)
  update meta_catalog_feed f
  set published_snapshot_id = done.id, published_format = done.format, last_error = null, updated_at = meta_catalog_now(),
      -- Nothing is sent about an item between two ids until an upload of this file was taken in, so it waits for no later build.
      upload_requested_at = case when exists (select from renamed) and f.meta_feed_id is not null then done.first_read_at else f.upload_requested_at end,
      meta_stale_since = case when f.meta_feed_id is not null
                                and (done.format <> coalesce(f.published_format, f.format)
                                     or done.number > f.migrated_after_number and f.migration_told_at is null)
                              then meta_catalog_now() else f.meta_stale_since end
  from done where f.id = done.feed_id
  returning f.id`
