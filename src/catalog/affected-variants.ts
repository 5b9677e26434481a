import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./query"

// Events name inventory items, levels, reservations and products; items are marked by variant. Deleted rows still
// resolve, because a deletion is a change too. Core's indexes cover the live rows only, so live and deleted rows are read
// apart: together they would cost a pass over the whole table for every event.

/** Links between variants and inventory items, whatever became of them, for the inventory items that `ids` selects. */
function linksOf(ids: string): string {
  return `select variant_id from product_variant_inventory_item where inventory_item_id in (${ids}) and deleted_at is null
          union
          select variant_id from product_variant_inventory_item where inventory_item_id in (${ids}) and deleted_at is not null`
}

/** Variants that need any of these inventory items. */
export async function variantsOfInventoryItems(sql: Knex, ids: string[]): Promise<string[]> {
  return await variantIds(sql, linksOf("select unnest(cast(:ids as text[]))"), ids)
}

/** Variants whose stock any of these inventory levels is part of. */
export async function variantsOfInventoryLevels(sql: Knex, ids: string[]): Promise<string[]> {
  return await variantIds(sql, linksOf("select inventory_item_id from inventory_level where id = any(:ids)"), ids)
}

/** Variants whose stock any of these reservations takes from. */
export async function variantsOfReservations(sql: Knex, ids: string[]): Promise<string[]> {
  return await variantIds(sql, linksOf("select inventory_item_id from reservation_item where id = any(:ids)"), ids)
}

/** All variants of these products. */
export async function variantsOfProducts(sql: Knex, ids: string[]): Promise<string[]> {
  const statement = `
    select id as variant_id from product_variant where product_id = any(:ids) and deleted_at is null
    union
    select id from product_variant where product_id = any(:ids) and deleted_at is not null`
  return await variantIds(sql, statement, ids)
}

/** Variants of these links between variants and inventory items. */
export async function variantsOfInventoryLinks(sql: Knex, ids: string[]): Promise<string[]> {
  return await variantIds(sql, "select variant_id from product_variant_inventory_item where id = any(:ids)", ids)
}

/** Variants of the products of these links between products and sales channels. */
export async function variantsOfChannelLinks(sql: Knex, ids: string[]): Promise<string[]> {
  const statement = `
    select v.id as variant_id from product_sales_channel psc join product_variant v on v.product_id = psc.product_id and v.deleted_at is null
    where psc.id = any(:ids)`
  return await variantIds(sql, statement, ids)
}

async function variantIds(sql: Knex, statement: string, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const found = await query<{ variant_id: string }>(sql, statement, { ids })
  return found.map((row) => row.variant_id)
}
