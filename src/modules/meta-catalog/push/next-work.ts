import { FEED_THAT_MAY_CARRY, isNewToMeta } from "../carriers/carrier-conditions"
import { exceedsBudget } from "../carriers/carriers"
import { nextPush } from "./next-push"
import { firstRow, type Sql } from "../sql"
import { metaMayFetch } from "../uploads/upload-conditions"

/**
 * Milliseconds until this catalogue needs attention next: a sweep that was asked for, an item to claim, a batch to ask about,
 * an upload or a carrier to start or to watch, a feed Meta has to be told about. Null when nothing waits. An item waits `pushDelayMs`
 * after its mark, and longer where the hour's budget runs low (`push-plan.ts`).
 */
export async function nextWorkIn(
  sql: Sql,
  { catalogId, publicUrl, pushDelayMs }: { catalogId: string; publicUrl: string; pushDelayMs: number }
): Promise<number | null> {
  const push = await nextPush(sql, { catalogId, pushDelayMs })
  // A carrier may start at once where the budget of calls would make the same items wait.
  const pushInMs = push && push.step.inMs > 0 && (await exceedsBudget(sql, { catalogId })) ? 0 : push?.step.inMs
  const next = await firstRow<{ wait_ms: number | null }>(
    sql,
    `select cast(extract(epoch from case when work.at is not null then greatest(work.at, c.quiet_until) end - meta_catalog_now()) * 1000 as float) as wait_ms
     from meta_catalog_catalog c
     cross join lateral (select least(
       c.sweep_requested_at,
       meta_catalog_now() + make_interval(secs => cast(:pushInMs as float) / 1000),
       (select min(b.poll_at) from meta_catalog_batch b where b.catalog_id = c.id and b.status in ('sent', 'verifying') and b.deleted_at is null),
       (select min(greatest(least(f.upload_requested_at, f.update_upload_requested_at), meta_catalog_now() + case when ${metaMayFetch("f", { single: false })} then interval '15 seconds' else interval '1 second' end)) from meta_catalog_feed f
        where f.catalog_id = c.id and coalesce(f.upload_requested_at, f.update_upload_requested_at) is not null and f.meta_feed_id is not null and f.deleted_at is null
          and (f.published_snapshot_id is not null or f.build_requested_at is not null
               or exists (select from meta_catalog_snapshot s where s.feed_id = f.id and s.status = 'building'))),
       (select min(coalesce(i.due_at, meta_catalog_now())) from (select f.id as feed_id, f.catalog_id, s.number from ${FEED_THAT_MAY_CARRY}) feed
        join meta_catalog_item i on i.catalog_id = feed.catalog_id and i.feed_id = feed.feed_id
        where feed.catalog_id = c.id and ${isNewToMeta("i", "feed.number")}),
       (select meta_catalog_now() + interval '1 second' from meta_catalog_batch b
        where b.catalog_id = c.id and b.transport = 'upload' and b.status = 'sending' and b.deleted_at is null limit 1),
       -- A session is asked about ever less often the longer it runs.
       (select meta_catalog_now() + least(interval '1 minute', greatest(interval '1 second', (meta_catalog_now() - max(u.started_at)) / 10))
        from meta_catalog_upload u where u.catalog_id = c.id and u.ingested_at is null and u.deleted_at is null having count(*) > 0),
       (select min(f.meta_stale_since) from meta_catalog_feed f where f.catalog_id = c.id and f.deleted_at is null)
     ) as at) work
     where c.id = :catalogId and c.state = 'active' and c.public_url = :publicUrl and c.deleted_at is null`,
    { catalogId, publicUrl, pushInMs: pushInMs ?? null }
  )
  return next?.wait_ms ?? null
}
