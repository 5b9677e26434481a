import { isBetweenIds } from "../items/renames"
import { firstRow, rows, type Sql } from "../sql"

// An item that leaves a feed is deleted at Meta by that feed's next upload, and only then does Meta take it in the file of another
// feed (CONTRACT 5.3: an item belongs to one primary feed). Until then `moved_from_feed_id` keeps it out of the new feed's file, and
// `listed_at` being empty keeps every call about it back.

/** What a move did: the feeds the items left, and how many of each. */
export type Moved = { feed_id: string; items: number }

/**
 * Moves items of one catalogue to another of its feeds. Items that are there already, that are no longer offered, that have no valid row to
 * be brought with, or that an upload carries at this moment stay where they are. What Meta is known to hold of the moved ones is forgotten with the feed that told it.
 */
export async function moveItems(
  sql: Sql,
  { catalogId, toFeedId, itemIds }: { catalogId: string; toFeedId: string; itemIds: string[] }
): Promise<Moved[]> {
  return await rows<Moved>(
    sql,
    `with left_feed as (
       -- Locked, so that a build of it began before, and has a number that does not count, or begins after, without these items.
       select id, snapshot_number from meta_catalog_feed
       where catalog_id = :catalogId and kind = 'replace' and id <> :toFeedId and deleted_at is null for update),
     moved as (
       update meta_catalog_item i
       set feed_id = :toFeedId,
           moved_from_feed_id = case when i.listed_at is not null or i.written_since is not null then left_feed.id end,
           moved_at_number = case when i.listed_at is not null or i.written_since is not null then left_feed.snapshot_number end,
           written_since = null, omitted_since = null, listed_at = null, rejected_at = null, last_error = null,
           acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null, updated_at = meta_catalog_now()
       from left_feed
       where left_feed.id = i.feed_id and i.catalog_id = :catalogId and i.id = any(:itemIds)
         and i.moved_from_feed_id is null and i.carrier_id is null and not ${isBetweenIds("i")} and i.discontinued_at is null and i.invalid_since is null and i.deleted_at is null
       returning left_feed.id as feed_id)
     select feed_id, count(*)::int as items from moved group by feed_id`,
    { catalogId, toFeedId, itemIds }
  )
}

/** How many items of a feed, written or listed, would stay if these left. */
export async function countStaying(sql: Sql, { feedId, itemIds }: { feedId: string; itemIds: string[] }): Promise<number> {
  const left = await firstRow<{ items: number }>(
    sql,
    `select count(*)::int as items from meta_catalog_item i
     where i.feed_id = :feedId and i.id <> all(:itemIds) and i.written_since is not null and i.deleted_at is null`,
    { feedId, itemIds }
  )
  return left?.items ?? 0
}

/** Rows of the feed's published file that are missing from the next one because a person moved their items away. */
export async function countLeaving(sql: Sql, { feedId, publishedNumber }: { feedId: string; publishedNumber: number }): Promise<number> {
  const leaving = await firstRow<{ items: number }>(
    sql,
    `select count(*)::int as items from meta_catalog_item
     where moved_from_feed_id = :feedId and moved_at_number >= :publishedNumber and deleted_at is null`,
    { feedId, publishedNumber }
  )
  return leaving?.items ?? 0
}

/**
 * A whole feed's items come over to another, which Meta does by itself with that one's next session once it was told
 * (`migrated_from_feed_id`, CONTRACT 5.1). They stay at Meta all the while, so they stay listed and are sent as before; the feed they left is
 * built no more, and its last file is served until they have come over.
 *
 * Meta is told only when a file of the new feed with all of them is published (`publishSnapshot`): a session that read an earlier one
 * would delete them.
 *
 * @returns how many come over; null when one of the feeds takes part in a migration already, or the one they leave is being built, whose
 *   file would lack those that its build has not reached.
 */
export async function migrateFeed(sql: Sql, { fromFeedId, toFeedId }: { fromFeedId: string; toFeedId: string }): Promise<number | null> {
  const migrated = await firstRow<{ items: number }>(
    sql,
    `with both_feeds as (
       -- Locked, and judged by what is locked: a build or a migration that began while this waited is seen on the row.
       select f.id, f.snapshot_number from meta_catalog_feed f
       where f.id in (:fromFeedId, :toFeedId) and f.kind = 'replace' and f.deleted_at is null
         and not exists (select from meta_catalog_feed old where old.id = f.migrated_from_feed_id and old.deleted_at is null)
         and not exists (select from meta_catalog_feed heir where heir.migrated_from_feed_id = f.id and heir.deleted_at is null)
         and (f.id = :toFeedId or f.snapshot_number = 0 or exists (
           select from meta_catalog_snapshot s
           where s.feed_id = f.id and s.number = f.snapshot_number and s.status <> 'building' and s.deleted_at is null))
       order by f.id for update),
     target as (
       update meta_catalog_feed f
       set migrated_from_feed_id = :fromFeedId, migrated_after_number = f.snapshot_number, migration_told_at = null, updated_at = meta_catalog_now()
       where f.id = :toFeedId and (select count(*) from both_feeds) = 2
       returning f.id),
     moved as (
       update meta_catalog_item i
       set feed_id = target.id, written_since = null, omitted_since = null, updated_at = meta_catalog_now()
       from target where i.feed_id = :fromFeedId and i.deleted_at is null
       returning i.id)
     select (select count(*)::int from moved) as items from target`,
    { fromFeedId, toFeedId }
  )
  return migrated?.items ?? null
}

/** Which of these feeds takes part in a migration that has not ended; undefined where none does. */
export async function migratingFeed(sql: Sql, { feedIds }: { feedIds: string[] }): Promise<string | undefined> {
  const migrating = await firstRow<{ id: string }>(
    sql,
    `select f.id from meta_catalog_feed f
     join meta_catalog_feed old on old.id = f.migrated_from_feed_id and old.deleted_at is null
     where f.deleted_at is null and (f.id = any(:feedIds) or old.id = any(:feedIds)) limit 1`,
    { feedIds }
  )
  return migrating?.id
}

/** The feed at Meta whose items come over to this one, once a file of this one that has them all is published. */
export async function migrationToTell(sql: Sql, { feedId }: { feedId: string }): Promise<string | undefined> {
  const old = await firstRow<{ meta_feed_id: string }>(
    sql,
    `select old.meta_feed_id from meta_catalog_feed f
     join meta_catalog_feed old on old.id = f.migrated_from_feed_id and old.deleted_at is null and old.meta_feed_id is not null
     join meta_catalog_snapshot s on s.id = f.published_snapshot_id and s.number > f.migrated_after_number
     where f.id = :feedId and f.deleted_at is null`,
    { feedId }
  )
  return old?.meta_feed_id
}

/** Meta is told of the migration a little later, because a session of this feed is running. */
export async function postponeTelling(sql: Sql, { feedId }: { feedId: string }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_feed set meta_stale_since = meta_catalog_now() + interval '10 seconds', updated_at = meta_catalog_now()
     where id = :feedId and migration_told_at is null`,
    { feedId }
  )
}

/** Whether a snapshot may lack items that come over to its feed at this time: nobody may upload it any more. */
export async function lacksMigrating(sql: Sql, { snapshotId }: { snapshotId: string }): Promise<boolean> {
  const lacking = await firstRow(
    sql,
    `select s.id from meta_catalog_snapshot s
     join meta_catalog_feed f on f.id = s.feed_id and s.number <= f.migrated_after_number
     join meta_catalog_feed old on old.id = f.migrated_from_feed_id and old.deleted_at is null
     where s.id = :snapshotId`,
    { snapshotId }
  )
  return lacking !== undefined
}

/** Meta has taken note that items come over to this feed: its file may be uploaded now. */
export async function recordMigrationTold(sql: Sql, { feedId }: { feedId: string }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_feed set migration_told_at = coalesce(migration_told_at, meta_catalog_now()), updated_at = meta_catalog_now()
     where id = :feedId and migrated_after_number is not null`,
    { feedId }
  )
}

/**
 * A session that read a file of the feed the items leave may have put older values of them back: what changed, was sent, acknowledged
 * or rejected since that file's first read, or is in flight, is unknown and due. Nothing happens where no items come over from the session's feed.
 */
export async function reassertMigrating(sql: Sql, { uploadId }: { uploadId: string }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_item i
     set due_at = coalesce(i.due_at, meta_catalog_now()), due_reason = 'an upload may have put an older value back',
         reassert = i.batch_id is not null,
         acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null, updated_at = meta_catalog_now()
     from meta_catalog_upload u
     join meta_catalog_feed old on old.id = u.feed_id
     join meta_catalog_feed heir on heir.migrated_from_feed_id in (old.id, old.main_feed_id) and heir.deleted_at is null
     join meta_catalog_snapshot s on s.id = u.snapshot_id
     where u.id = :uploadId and u.ingested_at is null and i.feed_id = heir.id and i.listed_at is not null and i.deleted_at is null
       and (greatest(i.marked_at, i.sent_at, i.acknowledged_at, i.rejected_at) >= s.first_read_at or i.batch_id is not null)`,
    { uploadId }
  )
}

/** Items that were still registered with a feed of this catalogue after its items began to come over to another come over too. */
export async function handOverLate(sql: Sql, { catalogId }: { catalogId: string }): Promise<void> {
  await rows(
    sql,
    `with late as (
       update meta_catalog_item i
       set feed_id = heir.id, written_since = null, omitted_since = null, updated_at = meta_catalog_now()
       from meta_catalog_feed heir
       where heir.catalog_id = :catalogId and heir.deleted_at is null and heir.migrated_from_feed_id = i.feed_id
         and i.catalog_id = :catalogId and i.deleted_at is null
       returning heir.id)
     update meta_catalog_feed f set build_requested_at = least(f.build_requested_at, meta_catalog_now()), upload_requested_at = meta_catalog_now(), updated_at = meta_catalog_now()
     where f.id in (select id from late)`,
    { catalogId }
  )
}

/**
 * Ends the feeds of a catalogue, each with its file of updates, whose items have all come over to another. Their URLs are served no longer;
 * what is left of them at Meta is empty. The proof is the newest session of the other feed that was taken in and began after Meta was told:
 * it read all items and refused none that Meta holds, and no session of the ended feed is open that might still change them.
 *
 * @returns the names of the ended feeds.
 */
export async function endMigrated(sql: Sql, { catalogId }: { catalogId: string }): Promise<string[]> {
  const ended = await rows<{ name: string; kind: string }>(
    sql,
    `with done as (
       select f.migrated_from_feed_id as id
       from meta_catalog_feed f
       join lateral (
         -- Meta's times may be whole seconds.
         select u.id, s.number, coalesce(u.invalid, 0) = 0 or u.report_status = 'WRITE_FINISHED' as is_explained
         from meta_catalog_upload u join meta_catalog_snapshot s on s.id = u.snapshot_id
         where u.feed_id = f.id and u.ingested_at is not null and u.detected > 0 and not u.update_only and u.deleted_at is null
           and u.started_at >= date_trunc('second', f.migration_told_at)
         order by u.started_at desc limit 1) last on last.is_explained and last.number > f.migrated_after_number
       where f.catalog_id = :catalogId and f.deleted_at is null
         and not exists (select from meta_catalog_item i where i.feed_id = f.migrated_from_feed_id and i.deleted_at is null)
         and not exists (
           select from meta_catalog_item i
           where i.feed_id = f.id and i.listed_at is not null and i.deleted_at is null and (i.written_since is null or i.written_since > last.number))
         and not exists (
           select from meta_catalog_issue x
           join meta_catalog_item i on i.feed_id = f.id and i.retailer_id = x.retailer_id and i.listed_at is not null and i.deleted_at is null
           where x.upload_id = last.id and x.source = 'feed_upload' and x.severity = 'error' and x.deleted_at is null)
         and not exists (
           select from meta_catalog_upload o join meta_catalog_feed old on old.id = o.feed_id
           where (old.id = f.migrated_from_feed_id or old.main_feed_id = f.migrated_from_feed_id) and o.ingested_at is null and o.deleted_at is null))
     update meta_catalog_feed old set deleted_at = meta_catalog_now(), updated_at = meta_catalog_now()
     from done where (old.id = done.id or old.main_feed_id = done.id) and old.deleted_at is null
     returning old.name, old.kind`,
    { catalogId }
  )
  return ended.filter((feed) => feed.kind === "replace").map((feed) => feed.name)
}
