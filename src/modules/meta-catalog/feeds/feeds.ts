import { carrierUnderWay } from "../carriers/carrier-conditions"
import type { FeedFormat } from "./feed-format"
import { firstRow, rows, type Sql } from "../sql"
import { metaMayFetch, sessionRuns } from "../uploads/upload-conditions"

/** A feed whose published snapshot is to be uploaded now. */
export type RequestedUpload = {
  feed_id: string
  catalog_id: string
  snapshot_id: string
  /** It is to delete nothing at Meta. */
  update_only: boolean
  /** The file is sent along, and no URL. */
  as_file: boolean
}

/** Asks for a build, and where `thenUpload` for an upload of what it publishes. */
export async function requestBuild(sql: Sql, { feedId, thenUpload }: { feedId: string; thenUpload: boolean }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_feed
     set build_requested_at = coalesce(build_requested_at, meta_catalog_now()),
         upload_requested_at = case when :thenUpload then meta_catalog_now() else upload_requested_at end, updated_at = meta_catalog_now()
     where id = :feedId and deleted_at is null`,
    { feedId, thenUpload }
  )
}

/**
 * Asks for builds of these catalogues' feeds within `withinMs`: variants have joined that the next fetch would lack, or
 * prices have changed. An earlier request is never put off, and one that waits out a failed build is left as it is. With
 * `unlessBuilding` a feed that is being built is not asked again: what the build has not reached yet looks as if it were missing.
 */
export async function requestBuilds(sql: Sql, { catalogIds, withinMs = 0, unlessBuilding = false }: { catalogIds: string[]; withinMs?: number; unlessBuilding?: boolean }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_feed f
     set build_requested_at = case
           when f.build_requested_at is not null and exists (
             select from meta_catalog_snapshot s where s.feed_id = f.id and s.number = f.snapshot_number and s.status = 'failed' and s.deleted_at is null)
           then f.build_requested_at
           else least(f.build_requested_at, meta_catalog_now() + make_interval(secs => cast(:withinMs as float) / 1000)) end,
         updated_at = meta_catalog_now()
     where f.catalog_id = any(:catalogIds) and f.deleted_at is null
       and not (cast(:unlessBuilding as boolean) and exists (
         select from meta_catalog_snapshot s where s.feed_id = f.id and s.status = 'building' and s.deleted_at is null))`,
    { catalogIds, withinMs, unlessBuilding }
  )
}

/**
 * Asks for an upload of the published snapshot; a build that was to come first comes now. With `updateOnly` it deletes nothing at Meta,
 * and a whole upload that waits already has the same effect and stands for it.
 */
export async function requestUpload(
  sql: Sql,
  { feedId, updateOnly = false, asFile = false }: { feedId: string; updateOnly?: boolean; asFile?: boolean }
): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_feed
     set upload_requested_at = case when :updateOnly then upload_requested_at else meta_catalog_now() end,
         update_upload_requested_at = case when :updateOnly then meta_catalog_now() else update_upload_requested_at end,
         upload_as_file = :asFile, updated_at = meta_catalog_now(),
         build_requested_at = case when build_requested_at is not null then least(build_requested_at, meta_catalog_now()) end
     where id = :feedId and deleted_at is null`,
    { feedId, updateOnly, asFile }
  )
}

/**
 * Takes the uploads that were asked for and can start: the snapshot is published, and has read the store since the upload was asked for where
 * a build is still to come (in a store that changes all day one always is), no carrier and no other session of the feed is under way or about to begin, and Meta knows of it where another feed's items come over with it. The request is put off here and cleared when the session stands (`recordStartedUpload`), so one whose
 * taker dies comes again.
 */
export async function takeRequestedUploads(sql: Sql, { catalogId, publicUrl }: { catalogId: string; publicUrl: string }): Promise<RequestedUpload[]> {
  return await rows<RequestedUpload>(
    sql,
    `with wanted as (
       select id, coalesce(upload_requested_at > meta_catalog_now(), true) as update_only,
              case when upload_requested_at <= meta_catalog_now() then upload_requested_at else update_upload_requested_at end as requested_at
       from meta_catalog_feed
       where catalog_id = :catalogId and least(upload_requested_at, update_upload_requested_at) <= meta_catalog_now() and deleted_at is null
       for update)
     update meta_catalog_feed f
     set upload_requested_at = case when f.upload_requested_at <= meta_catalog_now() then meta_catalog_now() + interval '2 minutes' else f.upload_requested_at end,
         update_upload_requested_at = case when coalesce(f.upload_requested_at > meta_catalog_now(), true) then meta_catalog_now() + interval '2 minutes' end,
         updated_at = meta_catalog_now()
     from meta_catalog_catalog c, wanted
     where c.id = f.catalog_id and c.state = 'active' and c.public_url = :publicUrl and c.deleted_at is null
       and f.catalog_id = :catalogId and f.deleted_at is null and f.meta_feed_id is not null
       and f.id = wanted.id
       and f.published_snapshot_id is not null
       and (f.build_requested_at is null and not exists (select from meta_catalog_snapshot s where s.feed_id = f.id and s.status = 'building' and s.deleted_at is null)
            or exists (select from meta_catalog_snapshot served where served.id = f.published_snapshot_id and served.first_read_at >= wanted.requested_at))
       and not ${carrierUnderWay("f.catalog_id")} and not ${sessionRuns("f")} and not ${metaMayFetch("f", { single: false })}
       -- A session before Meta knows whose items come over would have them refused; the feed they leave has nothing newer to say.
       and not exists (
         select from meta_catalog_feed old join meta_catalog_feed heir on heir.migrated_from_feed_id = old.id and heir.deleted_at is null
         where old.deleted_at is null and (old.id = f.id or heir.id = f.id and heir.migration_told_at is null))
     returning f.id as feed_id, f.catalog_id, f.published_snapshot_id as snapshot_id, wanted.update_only, f.upload_as_file as as_file`,
    { catalogId, publicUrl }
  )
}

/** An upload could not be started; it is tried again after the wait. The reason stays visible on the feed. */
export async function postponeUpload(
  sql: Sql,
  { feedId, updateOnly, waitMs, error }: { feedId: string; updateOnly: boolean; waitMs: number; error: string }
): Promise<void> {
  const request = updateOnly ? "update_upload_requested_at" : "upload_requested_at"
  await rows(
    sql,
    `update meta_catalog_feed
     set ${request} = meta_catalog_now() + make_interval(secs => cast(:waitMs as float) / 1000), last_error = :error, updated_at = meta_catalog_now()
     where id = :feedId and deleted_at is null`,
    { feedId, waitMs, error }
  )
}

/** What went wrong last with this feed at Meta, or null when it works. */
export async function recordFeedError(sql: Sql, { feedId, error }: { feedId: string; error: string | null }): Promise<void> {
  await rows(sql, `update meta_catalog_feed set last_error = :error, updated_at = meta_catalog_now() where id = :feedId`, { feedId, error })
}

/**
 * Sets the format of a feed's next file and asks for its build and upload. The served file keeps its format, and Meta its URL, until
 * the new file is published (`publishSnapshot`); where none has been yet, the URL ends in the new format at once.
 *
 * @returns false when the feed has that format already, or is a file of updates, which is always CSV.
 */
export async function changeFormat(sql: Sql, { feedId, format }: { feedId: string; format: FeedFormat }): Promise<boolean> {
  const changed = await firstRow(
    sql,
    `update meta_catalog_feed
     set format = :format, build_requested_at = least(build_requested_at, meta_catalog_now()), updated_at = meta_catalog_now(),
         upload_requested_at = case when meta_feed_id is not null then meta_catalog_now() else upload_requested_at end,
         meta_stale_since = case when meta_feed_id is not null and published_format is null then meta_catalog_now() else meta_stale_since end
     where id = :feedId and kind <> 'update_only' and format <> :format and deleted_at is null returning id`,
    { feedId, format }
  )
  return changed !== undefined
}

/**
 * Keeps the id of the feed at Meta, which has just been told our credentials, schedule and URL, with the ending of `told`, as they were when
 * `staleSince` was read. Should any of it have changed meanwhile, Meta is to be told again.
 *
 * @returns the id that stands: another process may have been first, and then its feed counts.
 */
export async function recordMetaFeed(sql: Sql, { feedId, metaFeedId, told, staleSince }: { feedId: string; metaFeedId: string; told: FeedFormat; staleSince: Date | null }): Promise<string | undefined> {
  const feed = await firstRow<{ meta_feed_id: string }>(
    sql,
    `with updates as (
       update meta_catalog_feed
       set previous_token_until = case when previous_token_until = timestamptz '9999-01-01' then meta_catalog_now() + interval '1 day' else previous_token_until end,
           next_fetch_at = case when schedule_at_meta is null then next_fetch_at end, schedule_at_meta = null
       where main_feed_id = :feedId and (previous_token_until = timestamptz '9999-01-01' or schedule_at_meta is not null) and deleted_at is null)
     update meta_catalog_feed
     set meta_feed_id = coalesce(meta_feed_id, :metaFeedId), last_error = null, updated_at = meta_catalog_now(),
         settings_read_at = date_trunc('milliseconds', meta_catalog_now()), drift = null, drift_seen_at = null, schedule_at_meta = null,
         next_fetch_at = case when schedule_at_meta is null then next_fetch_at end,
         meta_stale_since = case when coalesce(published_format, format) <> :told then meta_catalog_now()
                                 when date_trunc('milliseconds', meta_stale_since) is distinct from cast(:staleSince as timestamptz) then meta_stale_since end,
         previous_token_until = case when previous_token_until = timestamptz '9999-01-01' then meta_catalog_now() + interval '1 day' else previous_token_until end
     where id = :feedId and deleted_at is null returning meta_feed_id`,
    { feedId, metaFeedId, told, staleSince }
  )
  return feed?.meta_feed_id
}

/**
 * A new path token. The old one is served until a day after Meta has been told, because Meta fetches what it knows.
 *
 * @returns false when Meta does not know the present token yet; a second rotation would take away the only one it has.
 */
export async function rotateToken(sql: Sql, { feedId, token }: { feedId: string; token: string }): Promise<boolean> {
  const rotated = await firstRow(
    sql,
    `update meta_catalog_feed
     set previous_token = token, previous_token_until = case when meta_feed_id is null and main_feed_id is null then meta_catalog_now() + interval '1 day' else timestamptz '9999-01-01' end,
         meta_stale_since = case when meta_feed_id is not null then meta_catalog_now() end, token = :token, updated_at = meta_catalog_now()
     where id = :feedId and meta_stale_since is null and deleted_at is null returning id`,
    { feedId, token }
  )
  return rotated !== undefined
}

/**
 * Meta has to be told about this feed, or the one whose updates it has (schedule or credentials have changed); a round does it and
 * repeats until it worked.
 */
export async function markMetaStale(sql: Sql, { feedId }: { feedId: string }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_feed set meta_stale_since = meta_catalog_now(), updated_at = meta_catalog_now()
     where id in (select coalesce(main_feed_id, id) from meta_catalog_feed where id = :feedId) and meta_feed_id is not null and deleted_at is null`,
    { feedId }
  )
}

/** Takes the feeds of a catalogue that Meta has to be told about; a failed try comes again after a minute. */
export async function takeMetaStale(sql: Sql, { catalogId, publicUrl }: { catalogId: string; publicUrl: string }): Promise<string[]> {
  const taken = await rows<{ id: string }>(
    sql,
    `update meta_catalog_feed f set meta_stale_since = meta_catalog_now() + interval '1 minute'
     from meta_catalog_catalog c
     where c.id = f.catalog_id and c.state = 'active' and c.public_url = :publicUrl and c.deleted_at is null
       and f.catalog_id = :catalogId and f.meta_stale_since <= meta_catalog_now() and f.meta_feed_id is not null and f.deleted_at is null
     returning f.id`,
    { catalogId, publicUrl }
  )
  return taken.map((row) => row.id)
}
