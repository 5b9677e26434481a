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
 * Condition: a person has stopped selling product `p` in a catalogue, with everything or as one of what the stop
 * names. The catalogue is looked at once; what the stop names only while there is one.
 */
export function isStopped(p: string, catalogId = ":catalogId"): string {
  const named = (key: string, id: string) => `jsonb_exists(stop.panic_scope -> '${key}', ${id})`
  return `(case when (select stop.panic_since is not null from meta_catalog_catalog stop where stop.id = ${catalogId})
    then exists (
      select from meta_catalog_catalog stop
      where stop.id = ${catalogId} and (
        stop.panic_scope is null or ${named("product_ids", `${p}.id`)} or ${named("collection_ids", `${p}.collection_id`)} or ${named("type_ids", `${p}.type_id`)}
        or exists (select from product_category_product pcp where pcp.product_id = ${p}.id and ${named("category_ids", "pcp.product_category_id")})
        or exists (select from product_tags pt where pt.product_id = ${p}.id and ${named("tag_ids", "pt.product_tag_id")})))
    else false end)`
}

/**
 * Common table expressions ending in `available(variant_id, available)`: one row per variant that has an inventory item.
 *
 * @param variants a text[] of the variants that are read; all without it
 */
export function availableByVariant(variants?: string): string {
  return `${stockLinks(variants)}, ${availableIn({ suffix: "", salesChannelId: ":salesChannelId", isPart: variants !== undefined })}`
}

/** Common table expression `stock_link`: what the variants take of which inventory items. */
export function stockLinks(variants?: string): string {
  return `
    stock_link as materialized (
      select l.variant_id, l.inventory_item_id, l.required_quantity
      from product_variant_inventory_item l where l.deleted_at is null ${variants === undefined ? "" : `and l.variant_id = any(${variants})`})`
}

/** `available` at the locations of one sales channel, under a name of its own; `isPart` where `stock_link` has not every variant. */
export type AvailableIn = { suffix: string; salesChannelId: string; isPart: boolean }

/**
 * Common table expressions ending in `available<suffix>(variant_id, available)`, from `stock_link`. A required quantity of zero asks
 * for nothing and so limits nothing.
 */
export function availableIn({ suffix, salesChannelId, isPart }: AvailableIn): string {
  return `
    stock_level${suffix} as (
      select il.inventory_item_id, sum(il.stocked_quantity - il.reserved_quantity) as quantity
      from inventory_level il
      where il.deleted_at is null
        and il.location_id = any(array(
          select scsl.stock_location_id from sales_channel_stock_location scsl
          where scsl.sales_channel_id = ${salesChannelId} and scsl.deleted_at is null))
        ${isPart ? "and il.inventory_item_id = any(array(select inventory_item_id from stock_link))" : ""}
      group by il.inventory_item_id),
    available${suffix} as (
      select sl.variant_id, min(floor(coalesce(level.quantity, 0) / nullif(sl.required_quantity, 0)))::float8 as available
      from stock_link sl left join stock_level${suffix} level on level.inventory_item_id = sl.inventory_item_id
      group by sl.variant_id)`
}
