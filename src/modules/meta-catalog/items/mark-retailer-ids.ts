/**
 * Common table expression `marked`: marks items of `:catalogId` due whose retailer ids `source` names, with the urgency `:priority`. As part of the
 * statement that changes their orders it can be neither lost nor come too early.
 *
 * @param unknown condition: Meta may have changed its number itself, so what it acknowledged is no longer what it holds and the same
 *   number is sent again. An item in a batch is asserted anew after it.
 */
export function markDue(source: string, reason: string, { unknown = "false" } = {}): string {
  return `marked as (
    update meta_catalog_item i
    set due_at = least(i.due_at, meta_catalog_now()), marked_at = meta_catalog_now(), due_reason = '${reason}',
        priority = case when i.due_at is null then cast(:priority as integer) else least(i.priority, :priority) end,
        is_ranked = false, reassert = i.reassert or i.batch_id is not null and ${unknown},
        acknowledged_quantity = case when i.batch_id is not null or not ${unknown} then i.acknowledged_quantity end,
        acknowledged_availability = case when i.batch_id is not null or not ${unknown} then i.acknowledged_availability end,
        updated_at = meta_catalog_now()
    where i.id in (
        select holder.id from ${source} named
        join meta_catalog_item holder on holder.catalog_id = :catalogId and holder.retailer_id = named.retailer_id and holder.deleted_at is null
        union all
        select former.id from ${source} named
        join meta_catalog_item former on former.catalog_id = :catalogId and former.previous_retailer_id = named.retailer_id and former.deleted_at is null)
    returning i.id)`
}

/** Condition: the catalogue subtracts orders itself, so a number sent to Meta overwrites what it has counted down. */
export const IS_SELLER = "(select orders_mode = 'seller' from meta_catalog_catalog where id = :catalogId)"

/** Condition: orders at Meta are of interest. */
export const NETS_ORDERS = "(select orders_mode <> 'off' from meta_catalog_catalog where id = :catalogId)"
