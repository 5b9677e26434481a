import { rows, type Sql } from "../sql"

/** The price fields that travel together, as Meta reads them; a field without a value is "", which clears it at Meta. */
export type PriceGroup = { price: string; sale_price: string; sale_price_effective_date: string }

/**
 * The two groups of fields the push knows. Quantity and availability are one pair: availability null means the pair is not part
 * of the value, quantity null beside an availability means the field is left out. Price null: the prices are not part of it.
 */
export type ItemValue = { quantity: number | null; availability: string | null; price: PriceGroup | null }

/** What a mark reached. */
export type Marked = { catalog_id: string; items: number }

/**
 * Marks the items of these variants due, in every catalogue that has them. Marking is all an event does: the value is
 * computed by the push, so a mark too many costs nothing and the order of marks does not matter.
 */
export async function markVariantsDue(
  sql: Sql,
  { variantIds, reason, priority }: { variantIds: string[]; reason: string; priority: number }
): Promise<Marked[]> {
  return await rows<Marked>(
    sql,
    `with marked as (
       update meta_catalog_item
       set due_at = least(due_at, meta_catalog_now()), marked_at = meta_catalog_now(), due_reason = :reason,
           priority = case when due_at is null then cast(:priority as integer) else least(priority, :priority) end,
           is_ranked = false, updated_at = meta_catalog_now()
       where variant_id = any(:variantIds) and deleted_at is null
       returning catalog_id)
     select catalog_id, count(*)::int as items from marked group by catalog_id`,
    { variantIds, reason, priority }
  )
}

/** Marks these items due; used by the sweep, which has already found that they differ. Returns how many. */
export async function markItemsDue(
  sql: Sql,
  { itemIds, reason, priority }: { itemIds: string[]; reason: string; priority: number }
): Promise<number> {
  const marked = await rows(
    sql,
    `update meta_catalog_item
     set due_at = least(due_at, meta_catalog_now()), marked_at = meta_catalog_now(), due_reason = :reason,
         priority = case when due_at is null then cast(:priority as integer) else least(priority, :priority) end,
         is_ranked = false, updated_at = meta_catalog_now()
     where id = any(:itemIds) and deleted_at is null
     returning id`,
    { itemIds, reason, priority }
  )
  return marked.length
}

/** A person asks for everything: what Meta refused is tried again by the next sweep, although nothing about it changed. */
export async function forgetRejections(sql: Sql, { catalogId }: { catalogId: string }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_item set rejected_at = null, updated_at = meta_catalog_now()
     where catalog_id = :catalogId and rejected_at is not null and deleted_at is null`,
    { catalogId }
  )
}

/**
 * Variants among these that have no item in the given catalogue, or one without a valid feed row or hidden because it was offered no
 * longer: the feed has to be built before they can be offered.
 */
export async function variantsWithoutItem(
  sql: Sql,
  { catalogId, variantIds }: { catalogId: string; variantIds: string[] }
): Promise<string[]> {
  const found = await rows<{ variant_id: string }>(
    sql,
    `select v.variant_id from unnest(cast(:variantIds as text[])) as v(variant_id)
     where not exists (
       select from meta_catalog_item i
       where i.catalog_id = :catalogId and i.variant_id = v.variant_id and i.invalid_since is null and i.discontinued_at is null and i.deleted_at is null)`,
    { catalogId, variantIds }
  )
  return found.map((row) => row.variant_id)
}

/** Meta holds these retailer ids no longer: they are claimed again only after an upload has listed them. */
export async function unlistItems(sql: Sql, { catalogId, retailerIds }: { catalogId: string; retailerIds: string[] }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_item
     set listed_at = null, acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null, updated_at = meta_catalog_now()
     where catalog_id = :catalogId and retailer_id = any(:retailerIds) and deleted_at is null`,
    { catalogId, retailerIds }
  )
}
