/** A session that has not ended after this time is taken for dead and no longer holds up others. */
export const REPLACE_BOUND = "6 hours"

/** How late Meta may begin a fetch that is due. Until a session is seen that began since, and is none of ours, one may be about to begin. */
const LATE = "5 minutes"

/**
 * Condition: Meta may begin to fetch a file of feed `f`, everything or updates, before an upload that starts now has been taken in:
 * within twice the time the last such upload took, at least a minute and at most a quarter of an hour, or a fetch is due already. Uploads
 * of the same items must not overlap, because which of them Meta applies last would not be known (CONTRACT 5.2).
 *
 * @param single whether the upload brings single items, and not everything
 */
export function metaMayFetch(f: string, { single }: { single: boolean }): string {
  return `exists (select from meta_catalog_feed x
    where (x.id = ${f}.id or x.main_feed_id = ${f}.id) and x.deleted_at is null
      and (x.next_fetch_at < meta_catalog_now() + least(interval '15 minutes', greatest(interval '1 minute', 2 * coalesce(
             (select took.ended_at - took.started_at from meta_catalog_upload took
              where took.feed_id = ${f}.id and took.ended_at is not null and (took.batch_id is not null) = ${single} and took.deleted_at is null
              order by took.started_at desc limit 1), interval '0')))
           or x.fetch_due_at > meta_catalog_now() - interval '${LATE}'
              and not exists (select from meta_catalog_upload begun
                              where begun.feed_id = x.id and begun.started_at >= x.fetch_due_at - interval '1 minute' and begun.deleted_at is null
                                and begun.batch_id is null and begun.snapshot_tie is distinct from 'named')))`
}

/** Condition: Meta is known to be reading a file into feed `f`, whoever started that. */
export function sessionRuns(f: string): string {
  return `exists (select from meta_catalog_upload running
    where running.feed_id in (select one.id from meta_catalog_feed one where one.id = ${f}.id or one.main_feed_id = ${f}.id)
      and running.ended_at is null and running.ingested_at is null and running.deleted_at is null
      and coalesce(running.started_at, running.created_at) > meta_catalog_now() - interval '${REPLACE_BOUND}')`
}
