import { firstRow, rows, type Sql } from "../sql"

/** A feed whose settings at Meta are to be read, and the mark that proves nothing has been told meanwhile. */
export type SettingsReading = { id: string; read_at: Date }

/**
 * Takes the feeds of a catalogue whose settings at Meta were last read or told longer than `everyMs` ago. One that Meta has to be told
 * about is left out: it is not what it was told.
 *
 * @param input.feedId only this feed
 */
export async function takeSettingsReading(
  sql: Sql,
  { catalogId, everyMs, feedId }: { catalogId: string; everyMs: number; feedId?: string }
): Promise<SettingsReading[]> {
  const taken = await rows<SettingsReading>(
    sql,
    `update meta_catalog_feed set settings_read_at = date_trunc('milliseconds', meta_catalog_now())
     where catalog_id = :catalogId and id = coalesce(cast(:feedId as text), id) and meta_feed_id is not null and meta_stale_since is null and deleted_at is null
       and (settings_read_at is null or settings_read_at <= meta_catalog_now() - make_interval(secs => cast(:everyMs as float) / 1000))
     returning id, settings_read_at as read_at`,
    { catalogId, everyMs, feedId: feedId ?? null }
  )
  return taken.map(({ id, read_at }) => ({ id, read_at: new Date(read_at) }))
}

/** A schedule without place and credentials; null where Meta fetches by ours, or not at all. */
type SchedulesAtMeta = { schedule: unknown; updateSchedule: unknown }

/**
 * Keeps where Meta's settings differ from what it was told, nothing where they do not, and the schedules Meta fetches by where those are
 * not ours. Nothing is kept where Meta was told something since the reading began.
 *
 * @returns whether it was kept, and whether it is other than what was known.
 */
export async function recordDrift(
  sql: Sql,
  { reading, drift, schedules }: { reading: SettingsReading; drift: unknown[]; schedules: SchedulesAtMeta }
): Promise<{ isKept: boolean; isNew: boolean }> {
  const kept = await firstRow<{ is_new: boolean }>(
    sql,
    `with known as (
       select id, drift, drift_seen_at, cast(:drift as jsonb) as found from meta_catalog_feed
       where id = :id and settings_read_at = :readAt and meta_stale_since is null and deleted_at is null for update),
     fetched as (
       select f.id, case when f.id = known.id then cast(:schedule as jsonb) else cast(:updateSchedule as jsonb) end as schedule
       from meta_catalog_feed f join known on f.id = known.id or f.main_feed_id = known.id where f.deleted_at is null),
     changed as (
       update meta_catalog_feed f
       set drift = case when f.id = known.id then known.found end,
           drift_seen_at = case when f.id = known.id and known.found is not null
                                then case when known.drift = known.found then known.drift_seen_at else meta_catalog_now() end end,
           next_fetch_at = case when f.schedule_at_meta is distinct from fetched.schedule then null else f.next_fetch_at end,
           schedule_at_meta = fetched.schedule, updated_at = meta_catalog_now()
       from fetched, known where f.id = fetched.id)
     select drift is distinct from found as is_new from known`,
    {
      id: reading.id,
      readAt: reading.read_at,
      drift: drift.length > 0 ? JSON.stringify(drift) : null,
      schedule: schedules.schedule ? JSON.stringify(schedules.schedule) : null,
      updateSchedule: schedules.updateSchedule ? JSON.stringify(schedules.updateSchedule) : null,
    }
  )
  return { isKept: kept !== undefined, isNew: kept?.is_new ?? false }
}

/**
 * The feed at Meta was deleted there, and its items with it; another one stands in its place. Nothing of ours is listed there, what was
 * acknowledged is unknown, and a new build and upload fill it.
 */
export async function replaceMetaFeed(sql: Sql, { feedId, gone, metaFeedId }: { feedId: string; gone: string; metaFeedId: string }): Promise<void> {
  await rows(
    sql,
    `with replaced as (
       update meta_catalog_feed
       set meta_feed_id = :metaFeedId, build_requested_at = least(build_requested_at, meta_catalog_now()), upload_requested_at = meta_catalog_now(),
           updated_at = meta_catalog_now()
       where id = :feedId and meta_feed_id = :gone and deleted_at is null returning id),
     unread as (
       -- Sessions of a feed that is gone are never heard of again.
       update meta_catalog_upload u set ingested_at = meta_catalog_now(), updated_at = meta_catalog_now()
       from replaced where u.feed_id = replaced.id and u.ingested_at is null and u.deleted_at is null)
     update meta_catalog_item i
     set listed_at = null, acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null, updated_at = meta_catalog_now()
     from replaced where i.feed_id = replaced.id and i.listed_at is not null and i.deleted_at is null`,
    { feedId, gone, metaFeedId }
  )
}
