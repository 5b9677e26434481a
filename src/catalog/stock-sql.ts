/**
 * The pieces of SQL that say what "offered" and "available" mean, written once for every reader. They couple to core's
 * tables; the reader contract suite compares them with `query.graph` and `getVariantAvailability`.
 *
 * `deleted_at is null` is part of every condition because core's indexes are partial on it: without it PostgreSQL reads
 * whole tables.
 */

/** Condition: variant `v` of product `p` may be sold through the channel `:salesChannelId`. Never null when both rows exist. */
export function isOffered(v: string, p: string): string {
  return `(${v}.deleted_at is null and ${p}.deleted_at is null and ${p}.status = 'published' and exists (
    select from product_sales_channel psc
    where psc.product_id = ${p}.id and psc.sales_channel_id = :salesChannelId and psc.deleted_at is null))`
}

/**
 * Condition: a person has stopped selling product `p` in catalogue `:catalogId`, with everything or as one of what the stop
 * names. The catalogue is looked at once; what the stop names only while there is one.
 */
export function isStopped(p: string): string {
  const named = (key: string, id: string) => `jsonb_exists(stop.panic_scope -> '${key}', ${id})`
  return `(case when (select stop.panic_since is not null from meta_catalog_catalog stop where stop.id = :catalogId)
    then exists (
      select from meta_catalog_catalog stop
      where stop.id = :catalogId and (
        stop.panic_scope is null or ${named("product_ids", `${p}.id`)} or ${named("collection_ids", `${p}.collection_id`)} or ${named("type_ids", `${p}.type_id`)}
        or exists (select from product_category_product pcp where pcp.product_id = ${p}.id and ${named("category_ids", "pcp.product_category_id")})
        or exists (select from product_tags pt where pt.product_id = ${p}.id and ${named("tag_ids", "pt.product_tag_id")})))
    else false end)`
}

/**
 * Common table expressions ending in `available(variant_id, available)`: one row per variant that has an inventory item.
 * `linkCondition` narrows the links `l` that are read. A required quantity of zero asks for nothing and so limits nothing.
 */
export function availableByVariant(linkCondition: string): string {
  return `
    stock_link as materialized (
      select l.variant_id, l.inventory_item_id, l.required_quantity
      from product_variant_inventory_item l where l.deleted_at is null and ${linkCondition}),
    stock_level as (
      select il.inventory_item_id, sum(il.stocked_quantity - il.reserved_quantity) as quantity
      from inventory_level il
      where il.deleted_at is null
        and il.location_id in (
          select scsl.stock_location_id from sales_channel_stock_location scsl
          where scsl.sales_channel_id = :salesChannelId and scsl.deleted_at is null)
        and ${linkCondition === "true" ? "true" : "il.inventory_item_id in (select inventory_item_id from stock_link)"}
      group by il.inventory_item_id),
    available as (
      select sl.variant_id, min(floor(coalesce(level.quantity, 0) / nullif(sl.required_quantity, 0)))::float8 as available
      from stock_link sl left join stock_level level on level.inventory_item_id = sl.inventory_item_id
      group by sl.variant_id)`
}
