import { generateEntityId } from "@medusajs/framework/utils"
import { firstRow, rows, type Sql } from "../sql"

/** Which of these items a file of the feed has had a row for, and whether that hid it. */
export async function readOverridden(sql: Sql, { feedId, itemIds }: { feedId: string; itemIds: string[] }): Promise<Map<string, { isHidden: boolean }>> {
  if (itemIds.length === 0) {
    return new Map()
  }
  const found = await rows<{ item_id: string; is_hidden: boolean }>(
    sql,
    "select item_id, is_hidden from meta_catalog_overridden_item where feed_id = :feedId and item_id = any(:itemIds) and deleted_at is null",
    { feedId, itemIds }
  )
  return new Map(found.map((row) => [row.item_id, { isHidden: row.is_hidden }]))
}

/**
 * Remembers the items a file of the feed has rows for. It is written before the file is published, and stays where that does not happen: a row
 * that takes an override away which Meta does not have changes nothing.
 */
export async function recordOverridden(sql: Sql, { feedId, items }: { feedId: string; items: { itemId: string; isHidden: boolean }[] }): Promise<void> {
  if (items.length === 0) {
    return
  }
  const input = items.map(({ itemId, isHidden }) => ({ id: generateEntityId(undefined, "mcovr"), item_id: itemId, is_hidden: isHidden }))
  await rows(
    sql,
    `insert into meta_catalog_overridden_item (id, feed_id, item_id, is_hidden, created_at, updated_at)
     select r.id, :feedId, r.item_id, r.is_hidden, meta_catalog_now(), meta_catalog_now()
     from jsonb_to_recordset(cast(:input as jsonb)) as r(id text, item_id text, is_hidden boolean)
     on conflict (feed_id, item_id) where deleted_at is null
     do update set is_hidden = excluded.is_hidden, updated_at = excluded.updated_at
     where meta_catalog_overridden_item.is_hidden <> excluded.is_hidden`,
    { feedId, input: JSON.stringify(input) }
  )
}

/**
 * Items of a catalogue were listed or are listed no longer, so the files that put values over its items have to be built anew: after
 * `withinMs`, because more may follow. An upload comes after the build.
 */
export async function requestOverlays(sql: Sql, { catalogId, withinMs }: { catalogId: string; withinMs: number }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_feed f
     set build_requested_at = least(f.build_requested_at, meta_catalog_now() + make_interval(secs => cast(:withinMs as float) / 1000)),
         upload_requested_at = coalesce(f.upload_requested_at, meta_catalog_now()), updated_at = meta_catalog_now()
     where f.catalog_id = :catalogId and f.kind in ('supplementary', 'override') and f.deleted_at is null`,
    { catalogId, withinMs }
  )
}

/**
 * Ends a feed that has no items of its own, with what is known of it. Its snapshots' files expire as those of a failed build do.
 *
 * @returns false for a feed that has items, or is gone.
 */
export async function endOverlay(sql: Sql, { feedId }: { feedId: string }): Promise<boolean> {
  const ended = await firstRow(
    sql,
    `with ended as (
       update meta_catalog_feed set deleted_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where id = :feedId and kind in ('supplementary', 'override') and deleted_at is null returning id),
     forgotten as (delete from meta_catalog_overridden_item where feed_id in (select id from ended)),
     issues as (
       update meta_catalog_issue set deleted_at = meta_catalog_now()
       where upload_id in (select u.id from meta_catalog_upload u join ended on ended.id = u.feed_id) and deleted_at is null),
     uploads as (
       update meta_catalog_upload set ingested_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where feed_id in (select id from ended) and ingested_at is null),
     snapshots as (
       update meta_catalog_snapshot set status = 'failed', error = 'The feed was deleted.', updated_at = meta_catalog_now()
       where feed_id in (select id from ended))
     select id from ended`,
    { feedId }
  )
  return ended !== undefined
}
