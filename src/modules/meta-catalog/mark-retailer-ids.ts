/**
 * Common table expression `marked`: marks items of `:catalogId` due whose retailer ids `source` names, with the urgency `:priority`. As part of the
 * statement that changes their orders it can be neither lost nor come too early.
 */
export function markDue(source: string, reason: string): string {
  return `marked as (
    update meta_catalog_item i
    set due_at = least(i.due_at, meta_catalog_now()), marked_at = meta_catalog_now(), due_reason = '${reason}',
        priority = case when i.due_at is null then cast(:priority as integer) else least(i.priority, :priority) end,
        is_ranked = false, updated_at = meta_catalog_now()
    where i.catalog_id = :catalogId and i.retailer_id in (select retailer_id from ${source}) and i.deleted_at is null
    returning i.id)`
}
