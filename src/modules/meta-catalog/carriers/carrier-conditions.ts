import { WAITING } from "../batches/claimable"
import { PRIORITY } from "../push/priority"
import { isBetweenIds, namesPrevious } from "../items/renames"
import { metaMayFetch, REPLACE_BOUND } from "../uploads/upload-conditions"

/** Statuses of a carrier between its claim and its end. */
const UNDER_WAY = "('claimed', 'sending', 'sent')"

/**
 * Condition: a carrier is under way in catalogue `c`. While one is, no replace upload of ours may begin, because which of the
 * two Meta applies last would not be known.
 */
export function carrierUnderWay(c: string): string {
  return `exists (select from meta_catalog_batch carrier
    where carrier.catalog_id = ${c} and carrier.transport = 'upload' and carrier.status in ${UNDER_WAY} and carrier.deleted_at is null)`
}

/**
 * Feeds `f` of catalogues `c` whose published snapshot `s` Meta may be sent a carrier beside: one whole upload was taken in
 * before, and no session that may bring the same items is running, about to begin, wanted or not taken in yet.
 */
export const FEED_THAT_MAY_CARRY = `
  meta_catalog_feed f
  join meta_catalog_catalog c on c.id = f.catalog_id and c.state = 'active' and c.deleted_at is null
  join meta_catalog_snapshot s on s.id = f.published_snapshot_id
  where f.deleted_at is null and f.meta_feed_id is not null and f.upload_requested_at is null and f.update_upload_requested_at is null
    and not ${carrierUnderWay("f.catalog_id")}
    and not ${metaMayFetch("f", { single: true })}
    and exists (select from meta_catalog_upload u
                where u.feed_id = f.id and not u.update_only and u.ingested_at is not null and u.detected > 0 and u.deleted_at is null)
    and not exists (select from meta_catalog_upload u
                    where u.catalog_id = f.catalog_id and u.ingested_at is null
                      and u.feed_id in (select one.id from meta_catalog_feed one where one.id = f.id or one.main_feed_id = f.id) and u.deleted_at is null
                      and u.started_at > meta_catalog_now() - interval '${REPLACE_BOUND}')`

/**
 * Condition: item `i` is new to Meta and stands in the published snapshot, whose number is `number`, so that the next replace
 * fetch does not delete it again. One that Meta refused waits for its next change. One whose former id the file still names comes with
 * the whole file only, because only that tells Meta both.
 */
export function isNewToMeta(i: string, number: string): string {
  return `${i}.listed_at is null and ${i}.carrier_id is null and ${i}.batch_id is null and ${i}.deleted_at is null
    and ${i}.invalid_since is null and ${i}.discontinued_at is null and not ${isBetweenIds(i)} and not (${namesPrevious(i)})
    and ${i}.written_since <= ${number} and (${i}.omitted_since is null or ${i}.omitted_since < ${i}.written_since)
    and (${i}.rejected_at is null or ${i}.marked_at > ${i}.rejected_at)`
}

/**
 * Condition: no cell of item `i` in catalogue `c` would have to be emptied. In an update file an empty cell may say nothing
 * (CONTRACT 6.1: `id` and what changed suffice), so a sale cannot be ended by one: where the push owns prices, only items that
 * are known to have no sale are carried.
 */
const HAS_NOTHING_TO_CLEAR = `
  (not c.pushes_prices or i.acknowledged_price->>'sale_price' = '' and i.acknowledged_price->>'sale_price_effective_date' = '')`

/**
 * Condition: a carrier may take listed item `i` of catalogue `c` off the batch calls: it is due and has something to sell, as far
 * as is known, and Meta did not refuse what was sent last, which a whole row would repeat.
 */
export const IS_CARRIABLE = `${WAITING} and i.due_at <= meta_catalog_now() and i.carrier_id is null
  and not ${isBetweenIds("i")} and i.priority > ${PRIORITY.sellOut} and i.rejected_at is null and ${HAS_NOTHING_TO_CLEAR}`
