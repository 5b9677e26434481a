/** Why Meta refused one retailer id, in Meta's words. */
export type Rejection = { retailer_id: string; message: string }

/**
 * Condition: the stock of item `i` stands, but a price that was sent before is not known to: the pair was tried alone because Meta had
 * refused the price. `value` is what was sent now.
 */
export function hasRefusedPrice(value: string): string {
  return `(${value}.price is null and i.acknowledged_price is null and i.sent_price is not null)`
}

/** The refused ids of this moment joined to those the batch has already; how an item's part of it ended is read from there. */
export const REJECTED_IDS = `coalesce(rejected, '[]') || jsonb_path_query_array(cast(:rejected as jsonb), '$[*].retailer_id')`

/** The refused items of `:rejected`, and which groups of fields the items of batch `b` were sent. */
export const REFUSED = `
  refused as (
    select distinct on (retailer_id) retailer_id, message
    from jsonb_to_recordset(cast(:rejected as jsonb)) as r(retailer_id text, message text)),
  priced as (
    select v.retailer_id, v.availability is not null as is_twofold
    from b, jsonb_to_recordset(b.values) as v(retailer_id text, availability text, price jsonb)
    where v.price is not null),
  twofold as (select retailer_id from priced where is_twofold)`

/**
 * Parts of a statement with `:rejected` (JSON of rejections), their number `:count` (with none no item is looked at) and `b` (the batch they were in, with its values): lets go of the refused items. A
 * rejected item waits for its next change; what Meta holds for it is unknown from now on. One that was sent its stock and its
 * prices is due at once: a price Meta refuses must not hold up the stock, so the pair is tried alone (`decide-batch`).
 */
export const LET_GO_REJECTED = `
  ${REFUSED},
  let_go as (
    update meta_catalog_item i
    set batch_id = null, rejected_at = meta_catalog_now(), last_error = refused.message, attempts = i.attempts + 1,
        acknowledged_quantity = null, acknowledged_availability = null, reassert = false,
        acknowledged_price = case when not i.reassert and i.retailer_id not in (select retailer_id from priced) then i.acknowledged_price end,
        due_at = case when i.retailer_id in (select retailer_id from twofold) then coalesce(i.due_at, meta_catalog_now()) else i.due_at end,
        updated_at = meta_catalog_now()
    from refused, b where cast(:count as integer) > 0 and i.batch_id = b.id and i.deleted_at is null and i.retailer_id = refused.retailer_id
    returning i.id)`
