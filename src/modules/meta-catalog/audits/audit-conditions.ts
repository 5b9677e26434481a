import { REPLACE_BOUND } from "../uploads/upload-conditions"

/** Values sent or settled more recently than this may not be readable at Meta yet (CONTRACT 10: minutes). */
const SETTLING = "10 minutes"

/**
 * The catalogue's feeds: whether Meta's last complete upload of each read its newest file, finished when; and whether a session is
 * under way, whose effect on its items is not known.
 */
export const FEED_STATES = `
  feed as (
    select f.id, f.meta_feed_id, coalesce(last.number = f.snapshot_number, false) as is_current, last.finished_at as file_finished_at,
           exists (select from meta_catalog_upload u where u.feed_id in (select one.id from meta_catalog_feed one where one.id = f.id or one.main_feed_id = f.id)
                     and u.ingested_at is null and u.deleted_at is null
                     and u.started_at > meta_catalog_now() - interval '${REPLACE_BOUND}') as is_uploading
    from meta_catalog_feed f
    left join lateral (
      select s.number, s.finished_at from meta_catalog_upload u left join meta_catalog_snapshot s on s.id = u.snapshot_id
      where u.feed_id = f.id and u.ingested_at is not null and not u.update_only and u.deleted_at is null
      order by u.started_at desc limit 1) last on true
    where f.catalog_id = :catalogId and f.deleted_at is null)`

/** Of an item `i` and its `feed`: nothing is about to change it, and nothing did in the last minutes. */
export const AT_REST = `(
  i.due_at is null and i.batch_id is null and i.carrier_id is null and i.moved_from_feed_id is null and not i.reassert and not coalesce(feed.is_uploading, false)
  and coalesce(greatest(i.sent_at, i.acknowledged_at, i.rejected_at), i.listed_at, '-infinity') < meta_catalog_now() - interval '${SETTLING}')`

/** Listed items `i` of the catalogue `:catalogId` that the running audit has not seen. */
export const UNSEEN = `
  i.catalog_id = :catalogId and i.listed_at is not null and i.deleted_at is null
  and not exists (select from meta_catalog_audited_item a where a.catalog_id = i.catalog_id and a.retailer_id = i.retailer_id)`

/** A new item may be readable only minutes after it was taken in. */
export const LONG_LISTED = `i.listed_at < meta_catalog_now() - interval '${SETTLING}'`
