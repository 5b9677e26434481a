/** Why Meta refused one retailer id, in Meta's words. */
export type Rejection = { retailer_id: string; message: string }

/**
 * Parts of a statement with `:rejected` (JSON of rejections) and `b` (the batch they were in): lets go of the refused items. A
 * rejected item waits for its next change; what Meta holds for it is unknown from now on.
 */
export const LET_GO_REJECTED = `
  refused as (
    select distinct on (retailer_id) retailer_id, message
    from jsonb_to_recordset(cast(:rejected as jsonb)) as r(retailer_id text, message text)),
  let_go as (
    update meta_catalog_item i
    set batch_id = null, rejected_at = meta_catalog_now(), last_error = refused.message, attempts = i.attempts + 1,
        acknowledged_quantity = null, acknowledged_availability = null, reassert = false, updated_at = meta_catalog_now()
    from refused, b where i.batch_id = b.id and i.deleted_at is null and i.retailer_id = refused.retailer_id
    returning i.id)`
