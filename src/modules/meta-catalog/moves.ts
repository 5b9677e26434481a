import { firstRow, rows, type Sql } from "./sql"

// An item that leaves a feed is deleted at Meta by that feed's next upload, and only then does Meta take it in the file of another
// feed (CONTRACT 5.3: an item belongs to one primary feed). Until then `moved_from_feed_id` keeps it out of the new feed's file, and
// `listed_at` being empty keeps every call about it back.

/** What a move did: the feeds the items left, and how many of each. */
export type Moved = { feed_id: string; items: number }

/**
 * Moves items of one catalogue to another of its feeds. Items that are there already, that are no longer offered, or that an upload
 * carries at this moment stay where they are. What Meta is known to hold of the moved ones is forgotten with the feed that told it.
 */
export async function moveItems(
  sql: Sql,
  { catalogId, toFeedId, itemIds }: { catalogId: string; toFeedId: string; itemIds: string[] }
): Promise<Moved[]> {
  return await rows<Moved>(
    sql,
    `with moved as (
       update meta_catalog_item i
       set feed_id = :toFeedId,
           moved_from_feed_id = case when i.listed_at is not null or i.written_since is not null then left_feed.id end,
           moved_at_number = case when i.listed_at is not null or i.written_since is not null then left_feed.snapshot_number end,
           written_since = null, omitted_since = null, listed_at = null, rejected_at = null, last_error = null,
           acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null, updated_at = meta_catalog_now()
       from meta_catalog_feed left_feed
       where left_feed.id = i.feed_id and i.catalog_id = :catalogId and i.id = any(:itemIds) and i.feed_id <> :toFeedId
         and i.moved_from_feed_id is null and i.carrier_id is null and i.discontinued_at is null and i.deleted_at is null
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
 * A whole feed's items come over to another, which Meta does by itself with that one's next session (`migrated_from_feed_id`, CONTRACT
 * 5.1). They stay at Meta all the while, so they stay listed and are sent as before; the feed they left is built no more.
 *
 * @returns how many came over; null when another feed's are still on their way.
 */
export async function migrateFeed(sql: Sql, { fromFeedId, toFeedId }: { fromFeedId: string; toFeedId: string }): Promise<number | null> {
  const migrated = await firstRow<{ items: number }>(
    sql,
    `with target as (
       update meta_catalog_feed set migrated_from_feed_id = :fromFeedId, meta_stale_since = meta_catalog_now(), updated_at = meta_catalog_now()
       where id = :toFeedId and deleted_at is null
         and not exists (select from meta_catalog_feed old where old.id = meta_catalog_feed.migrated_from_feed_id and old.deleted_at is null)
       returning id),
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

/**
 * Ends a feed, with its file of updates, whose items have all come over to `feedId` by a session that was taken in. Its URL is served no
 * longer; what is left of it at Meta is empty.
 *
 * @returns the ended feed's name, or undefined where there is none or items are still on their way.
 */
export async function endMigrated(sql: Sql, { feedId }: { feedId: string }): Promise<string | undefined> {
  const ended = await rows<{ name: string; kind: string }>(
    sql,
    `update meta_catalog_feed old set deleted_at = meta_catalog_now(), updated_at = meta_catalog_now()
     from meta_catalog_feed f
     where f.id = :feedId and (old.id = f.migrated_from_feed_id or old.main_feed_id = f.migrated_from_feed_id) and old.deleted_at is null
       and not exists (select from meta_catalog_item i where i.feed_id = f.migrated_from_feed_id and i.deleted_at is null)
       and not exists (
         select from meta_catalog_item i
         where i.feed_id = f.id and i.listed_at is not null and i.deleted_at is null
           and (i.written_since is null or i.written_since > (
             select max(s.number) from meta_catalog_upload u join meta_catalog_snapshot s on s.id = u.snapshot_id
             where u.feed_id = f.id and u.ingested_at is not null and u.detected > 0 and not u.update_only and u.deleted_at is null)))
     returning old.name, old.kind`,
    { feedId }
  )
  return ended.find((feed) => feed.kind === "replace")?.name
}
