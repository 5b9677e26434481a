import { nextFetch, type FetchSchedule } from "./fetch-calendar"
import { rows, type Sql } from "../sql"

type PassedFetch = { id: string; schedule: FetchSchedule; fetched_at: Date | null; now: Date }

/**
 * Sets when Meta is to fetch a file. The schedule is replaced as a whole: a weekday of an earlier one must not stay, as it would with a
 * generated update.
 */
export async function setSchedule(sql: Sql, { feedId, schedule }: { feedId: string; schedule: FetchSchedule }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_feed set schedule = cast(:schedule as jsonb), next_fetch_at = null, updated_at = meta_catalog_now()
     where id = :feedId and deleted_at is null`,
    { feedId, schedule: JSON.stringify(schedule) }
  )
}

/**
 * Computes when Meta fetches next, for every feed whose time has passed or is not known: by the schedule Meta has, where that is not
 * ours. The time that has passed is kept as `fetch_due_at`: Meta may be about to begin.
 */
export async function renewNextFetches(sql: Sql): Promise<void> {
  const passed = await rows<PassedFetch>(
    sql,
    `select f.id, coalesce(f.schedule_at_meta, f.schedule) as schedule, meta_catalog_now() as now,
            (select max(x.completed_at) from meta_catalog_fetch x where x.feed_id = f.id and not x.named_snapshot and x.deleted_at is null) as fetched_at
     from meta_catalog_feed f
     where f.deleted_at is null and f.schedule->>'interval' is not null
       and (f.next_fetch_at is null or f.next_fetch_at <= meta_catalog_now())`
  )
  const computed = passed.flatMap((feed) => computeNext(feed) ?? [])
  if (computed.length === 0) {
    return
  }
  await rows(
    sql,
    `update meta_catalog_feed f
     set next_fetch_at = n.at, fetch_due_at = coalesce(f.next_fetch_at, f.fetch_due_at)
     from jsonb_to_recordset(cast(:computed as jsonb)) as n(id text, schedule jsonb, at timestamptz)
     where f.id = n.id and coalesce(f.schedule_at_meta, f.schedule) = n.schedule
       and (f.next_fetch_at is null or f.next_fetch_at <= meta_catalog_now())`,
    { computed: JSON.stringify(computed) }
  )
}

/** Nothing for a schedule that cannot be read, which must not hold up the others: its file is built once a day all the same. */
function computeNext({ id, schedule, fetched_at, now }: PassedFetch): { id: string; schedule: FetchSchedule; at: string } | null {
  try {
    const lastFetch = fetched_at && new Date(fetched_at)
    return { id, schedule, at: nextFetch(schedule, { after: new Date(now), lastFetch }).toISOString() }
  } catch (error) {
    if (error instanceof RangeError) {
      return null
    }
    throw error
  }
}
