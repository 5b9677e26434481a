import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./query"

// Events name inventory items, levels, reservations, prices and products; items are marked by variant. Deleted rows still
// resolve, because a deletion is a change too. Core's indexes cover the live rows only, so live and deleted rows are read
// apart: together they would cost a pass over the whole table for every event.

/**
 * The variants that ids of an event speak for. `someGone`: a row was deleted for good before it could be read, so that only
 * a sweep can tell whose it was.
 */
export type Affected = { variantIds: string[]; someGone: boolean }

/** Variants that need any of these inventory items. */
export async function variantsOfInventoryItems(sql: Knex, ids: string[]): Promise<Affected> {
  return await affected(sql, inventoryLinks("select unnest(cast(:ids as text[]))"), ids)
}

/** Variants whose stock any of these inventory levels is part of. */
export async function variantsOfInventoryLevels(sql: Knex, ids: string[]): Promise<Affected> {
  return await affected(sql, `${asked("inventory_item_id", "inventory_level")} ${inventoryLinks("select inventory_item_id from asked")} ${ORPHANS}`, ids)
}

/** Variants whose stock any of these reservations takes from. One that is gone was announced by its inventory level as well. */
export async function variantsOfReservations(sql: Knex, ids: string[]): Promise<Affected> {
  return await affected(sql, inventoryLinks("select inventory_item_id from reservation_item where id = any(:ids)"), ids)
}

/** The variants themselves, also those of which nothing is left: items keep their ids. */
export async function variantsThemselves(_sql: Knex, ids: string[]): Promise<Affected> {
  return { variantIds: ids, someGone: false }
}

/** All variants of these products, also of products deleted for good: items keep their ids. */
export async function variantsOfProducts(sql: Knex, ids: string[]): Promise<Affected> {
  const statement = `
    select id as variant_id from product_variant where product_id = any(:ids) and deleted_at is null
    union
    select id from product_variant where product_id = any(:ids) and deleted_at is not null
    union
    select variant_id from meta_catalog_item where product_id = any(:ids) and deleted_at is null`
  return await affected(sql, statement, ids)
}

/** Variants of these links between variants and inventory items. */
export async function variantsOfInventoryLinks(sql: Knex, ids: string[]): Promise<Affected> {
  return await affected(sql, "select variant_id from product_variant_inventory_item where id = any(:ids)", ids)
}

/** Variants of the products of these links between products and sales channels. */
export async function variantsOfChannelLinks(sql: Knex, ids: string[]): Promise<Affected> {
  const statement = `
    select v.id as variant_id from product_sales_channel psc join product_variant v on v.product_id = psc.product_id and v.deleted_at is null
    where psc.id = any(:ids)`
  return await affected(sql, statement, ids)
}

/** Variants of these prices, of price lists or not. */
export async function variantsOfPrices(sql: Knex, ids: string[]): Promise<Affected> {
  return await affected(sql, `${asked("price_set_id", "price")} ${priceLinks("select price_set_id from asked")} ${ORPHANS}`, ids)
}

/** Variants of the prices that these rules narrow. */
export async function variantsOfPriceRules(sql: Knex, ids: string[]): Promise<Affected> {
  const sets = "select p.price_set_id from price p join asked on asked.price_id = p.id"
  return await affected(sql, `${asked("price_id", "price_rule")} ${priceLinks(sets)} ${ORPHANS}`, ids)
}

/** Variants with a price in these price lists. A deleted list has none left: its prices are announced on their own. */
export async function variantsOfPriceLists(sql: Knex, ids: string[]): Promise<Affected> {
  const sets = "select price_set_id from price where price_list_id in (select id from asked) and deleted_at is null"
  return await affected(sql, `${asked("id", "price_list")} ${priceLinks(sets)} ${ORPHANS}`, ids)
}

/** Variants of these links between variants and price sets. */
export async function variantsOfPriceSetLinks(sql: Knex, ids: string[]): Promise<Affected> {
  return await affected(sql, "select variant_id from product_variant_price_set where id = any(:ids)", ids)
}

/** Links between variants and inventory items, whatever became of them, for the inventory items that `ids` selects. */
function inventoryLinks(ids: string): string {
  return `select variant_id from product_variant_inventory_item where inventory_item_id in (${ids}) and deleted_at is null
          union
          select variant_id from product_variant_inventory_item where inventory_item_id in (${ids}) and deleted_at is not null`
}

/** Links between variants and price sets, whatever became of them, for the price sets that `ids` selects. */
function priceLinks(ids: string): string {
  return `select variant_id from product_variant_price_set where price_set_id in (${ids}) and deleted_at is null
          union
          select variant_id from product_variant_price_set where price_set_id in (${ids}) and deleted_at is not null`
}

function asked(column: string, table: string): string {
  return `with asked as materialized (select ${column} from ${table} where id = any(:ids))`
}

/** One row without a variant where fewer rows exist than were asked for. */
const ORPHANS = "union all select null where (select count(*) from asked) < cardinality(cast(:ids as text[]))"

/** Ids must be distinct, or the count of missing rows is wrong. */
async function affected(sql: Knex, statement: string, ids: string[]): Promise<Affected> {
  if (ids.length === 0) return { variantIds: [], someGone: false }
  const found = await query<{ variant_id: string | null }>(sql, statement, { ids })
  const variantIds = found.flatMap(({ variant_id }) => variant_id ?? [])
  return { variantIds, someGone: variantIds.length < found.length }
}
