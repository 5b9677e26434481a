import { firstRow, type Sql } from "../sql"

/**
 * Takes in what an ended session of a feed's update schedule did to the listed items of that feed, in one statement: stock that
 * changed, was sent, acknowledged or rejected since the file's first read, or is in flight, may now be an older value at Meta, so
 * it is unknown and due. Such a session neither lists nor deletes anything; a row for an item Meta does not hold lacks what a new
 * one needs.
 *
 * @returns null when another process has taken it in already.
 */
export async function ingestUpdate(sql: Sql, { uploadId }: { uploadId: string }): Promise<{ reasserted: number } | null> {
  const ingested = await firstRow<{ reasserted: number }>(
    sql,
    `with u as (
       update meta_catalog_upload set ingested_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where id = :uploadId and ingested_at is null
       returning id, feed_id, snapshot_id),
     s as (
       select f.main_feed_id, s.first_read_at
       from u join meta_catalog_feed f on f.id = u.feed_id join meta_catalog_snapshot s on s.id = u.snapshot_id),
     changed as (
       update meta_catalog_item i
       set due_at = coalesce(i.due_at, meta_catalog_now()), due_reason = 'an upload may have put an older value back',
           reassert = i.batch_id is not null, acknowledged_quantity = null, acknowledged_availability = null, updated_at = meta_catalog_now()
       from s
       where i.feed_id = s.main_feed_id and i.listed_at is not null and i.deleted_at is null
         and (greatest(i.marked_at, i.sent_at, i.acknowledged_at, i.rejected_at) >= s.first_read_at or i.batch_id is not null)
       returning i.id)
     select count(*)::int as reasserted from changed having exists (select from u)`,
    { uploadId }
  )
  return ingested ?? null
}
