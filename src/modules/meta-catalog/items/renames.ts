import { heldBy } from "./membership"
import { firstRow, rows, type Sql } from "../sql"
import { REPLACE_BOUND } from "../uploads/upload-conditions"

// An item that gets another id at Meta: `next_retailer_id` is planned and nothing else changes. A build that began after the plan (its
// number is above `next_after_number`) writes the new id, with the present one as `previous_id`. With the publication of that file the item
// has the new id and is listed no longer, which holds every call about it back until an upload of the file has listed it again.

/** How many days after Meta has taken the new id in the file still names the old one. */
export const PREVIOUS_ID_DAYS = 30

/** How long after an upload that did not take new ids in the next one begins. */
const UPLOAD_AGAIN = "15 minutes"

/** Condition: the file names the id item `i` had before. */
export function namesPrevious(i: string): string {
  return `${i}.previous_retailer_id is not null and (${i}.previous_until is null or ${i}.previous_until > meta_catalog_now())`
}

/** Condition: item `i` is between two ids: planned, or not taken in under the new one yet. Only a whole file may bring it. */
export function isBetweenIds(i: string): string {
  return `(${i}.next_retailer_id is not null or ${i}.previous_retailer_id is not null and ${i}.previous_until is null)`
}

/**
 * Common table expression `renamed`: what the publication in `done` (feed_id, number) means for the items whose new ids its file holds.
 * What Meta never had keeps no former id.
 */
export const RENAME_PUBLISHED = `
  renamed as (
    update meta_catalog_item i
    set retailer_id = i.next_retailer_id, next_retailer_id = null, next_after_number = null,
        previous_retailer_id = case when i.listed_at is not null or i.written_since < done.number and (i.omitted_since is null or i.omitted_since < i.written_since)
                                    then i.retailer_id end, previous_until = null,
        written_since = case when i.omitted_since is null or i.omitted_since < i.written_since then done.number else i.written_since end,
        listed_at = null, rejected_at = null, acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null,
        updated_at = meta_catalog_now()
    from done join meta_catalog_feed published on published.id = done.feed_id
    where i.catalog_id = published.catalog_id and i.feed_id = done.feed_id and i.next_retailer_id is not null and i.next_after_number < done.number
      and i.deleted_at is null
    returning i.id)`

/** Whether a file of this feed that is built now names former ids. */
export async function namesPreviousIds(sql: Sql, { feedId, number }: { feedId: string; number: number }): Promise<boolean> {
  const named = await firstRow(
    sql,
    `select i.id from meta_catalog_item i join meta_catalog_feed f on f.id = :feedId and f.catalog_id = i.catalog_id
     where i.feed_id = f.id and i.deleted_at is null and (i.next_retailer_id is not null and i.next_after_number < :number or ${namesPrevious("i")})
     limit 1`,
    { feedId, number }
  )
  return named !== undefined
}

/**
 * Asks for another upload of files whose new ids Meta has still not taken in although their last session has ended: it failed, or
 * its report was not to be had. Nothing is sent about these items until then, and Meta's own next fetch may be a month away.
 */
export async function requestLateUploads(sql: Sql, { catalogId }: { catalogId: string }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_feed f set upload_requested_at = published.first_read_at, updated_at = meta_catalog_now()
     from meta_catalog_snapshot published
     where published.id = f.published_snapshot_id and f.catalog_id = :catalogId and f.kind = 'replace' and f.meta_feed_id is not null
       and f.upload_requested_at is null and f.deleted_at is null
       and exists (select from meta_catalog_item i
                   where i.catalog_id = :catalogId and i.feed_id = f.id and i.previous_retailer_id is not null and i.previous_until is null
                     and ${heldBy("i", "published.number")} and i.deleted_at is null)
       and not exists (select from meta_catalog_upload u
                       where u.feed_id = f.id and u.batch_id is null and u.deleted_at is null
                         and (u.ingested_at > meta_catalog_now() - interval '${UPLOAD_AGAIN}'
                              or u.ingested_at is null and coalesce(u.started_at, u.created_at) > meta_catalog_now() - interval '${REPLACE_BOUND}'))`,
    { catalogId }
  )
}

/** How many items of a catalogue are on which part of the way to another id. */
export type SwitchCounts = {
  /** The new id is planned; the next whole file brings it. */
  planned: number
  /** The file with the new id is published, and Meta has not taken it in yet; nothing is sent about these. */
  travelling: number
  /** Meta has taken the new id in, and the file still names the former one. */
  arrived: number
}

export async function countSwitch(sql: Sql, { catalogId }: { catalogId: string }): Promise<SwitchCounts> {
  const counts = await firstRow<SwitchCounts>(
    sql,
    `select count(*) filter (where next_retailer_id is not null)::int as planned,
            count(*) filter (where next_retailer_id is null and previous_until is null)::int as travelling,
            count(*) filter (where next_retailer_id is null and previous_until > meta_catalog_now())::int as arrived
     from meta_catalog_item
     where catalog_id = :catalogId and deleted_at is null
       and (next_retailer_id is not null or previous_retailer_id is not null)`,
    { catalogId }
  )
  return counts!
}

/**
 * Takes a planned switch back, as long as no file with a new id is published. A build that runs, and a file that is held, may hold new
 * ids: they are ended, and another build is asked for.
 *
 * @returns how many items keep their ids; null when a new id is published already.
 */
export async function cancelSwitch(sql: Sql, { catalogId }: { catalogId: string }): Promise<number | null> {
  const cancelled = await firstRow<{ items: number }>(
    sql,
    `with feed as (
       select f.id from meta_catalog_feed f
       where f.catalog_id = :catalogId and f.kind = 'replace' and f.deleted_at is null
         and not exists (select from meta_catalog_item i
                         where i.catalog_id = :catalogId and i.previous_retailer_id is not null and i.previous_until is null and i.deleted_at is null)
       for update of f),
     ended as (
       update meta_catalog_snapshot s
       set status = 'failed', error = 'The switch of ids was taken back.', finished_at = coalesce(s.finished_at, meta_catalog_now()), updated_at = meta_catalog_now()
       from feed where s.feed_id = feed.id and s.status in ('building', 'held') and s.deleted_at is null),
     kept as (
       update meta_catalog_item i set next_retailer_id = null, next_after_number = null, updated_at = meta_catalog_now()
       from feed where i.catalog_id = :catalogId and i.feed_id = feed.id and i.next_retailer_id is not null and i.deleted_at is null
       returning i.id),
     settings as (
       update meta_catalog_catalog c
       set retailer_id_scheme = coalesce(c.retailer_id_switch->>'from', c.retailer_id_scheme), retailer_id_switch = null, updated_at = meta_catalog_now()
       where c.id = :catalogId and exists (select from kept)),
     rebuilt as (
       update meta_catalog_feed f set build_requested_at = meta_catalog_now(), updated_at = meta_catalog_now()
       from feed where f.id = feed.id and exists (select from kept))
     select (select count(*)::int from kept) as items where exists (select from feed)`,
    { catalogId }
  )
  return cancelled?.items ?? null
}
