import type { Client } from "pg"

/** What a variant needs to be sold: so much of each of these inventory items. Empty where stock is not managed. */
export type LightVariant = { id: string; sku: string; productId: string; needs: { inventoryItemId: string; quantity: number }[] }

/** A small store, straight in core's tables. */
export type LightShop = {
  variants: LightVariant[]
  productIds: string[]
  inventoryItemIds: string[]
  /** The locations whose stock the channel sells. */
  locationIds: string[]
}

export const CHANNEL_ID = "sc_light"
export const CURRENCY = "usd"

/** Stock every inventory item has at every location in the beginning. */
export const FIRST_STOCK = 5

/** What every variant costs in the beginning, in cents. */
export const FIRST_PRICE = 2_000

const LOCATIONS = ["sloc_north", "sloc_south"]
/** Has stock, but is not linked to the channel. */
const FAR_LOCATION = "sloc_far"

/**
 * Says what a shop of so many variants holds: two variants to a product; every sixth is a kit that takes two of one inventory
 * item and one of another variant's, every sixth is not managed, the rest have an inventory item of their own.
 */
export function lightShop(count: number): LightShop {
  const variants = Array.from({ length: count }, (_, index): LightVariant => {
    const common = { id: `variant_${index}`, sku: `SKU-${index}`, productId: `prod_${Math.floor(index / 2)}` }
    const own = `iitem_${index}`
    if (index % 6 === 3) {
      return { ...common, needs: [{ inventoryItemId: `iitem_${index - 3}`, quantity: 2 }, { inventoryItemId: `iitem_${index - 1}`, quantity: 1 }] }
    }
    return { ...common, needs: index % 6 === 4 ? [] : [{ inventoryItemId: own, quantity: 1 }] }
  })
  return {
    variants,
    productIds: [...new Set(variants.map(({ productId }) => productId))],
    inventoryItemIds: [...new Set(variants.flatMap(({ needs }) => needs.map(({ inventoryItemId }) => inventoryItemId)))],
    locationIds: LOCATIONS,
  }
}

/** Writes a shop into a migrated, empty store. */
export async function fillShop(sql: Client, { variants, productIds, inventoryItemIds }: LightShop): Promise<void> {
  await sql.query("insert into sales_channel (id, name, is_disabled) values ($1, 'Light', false)", [CHANNEL_ID])
  await sql.query("insert into stock_location (id, name) select id, id from unnest($1::text[]) id", [[...LOCATIONS, FAR_LOCATION]])
  await sql.query(
    "insert into sales_channel_stock_location (id, sales_channel_id, stock_location_id) select 'scloc_' || id, $2, id from unnest($1::text[]) id",
    [LOCATIONS, CHANNEL_ID]
  )
  await sql.query(
    `insert into product (id, title, handle, description, status, is_giftcard, discountable, thumbnail)
     select id, 'Mug ' || id, replace(id, '_', '-'), 'Glazed and fired.', 'published', false, true, 'https://cdn.example.com/mug.jpg'
     from unnest($1::text[]) id`,
    [productIds]
  )
  await sql.query("insert into product_sales_channel (id, product_id, sales_channel_id) select 'prodsc_' || id, id, $2 from unnest($1::text[]) id", [
    productIds,
    CHANNEL_ID,
  ])
  await sql.query(
    `insert into product_variant (id, title, sku, allow_backorder, manage_inventory, variant_rank, product_id)
     select v.id, v.sku, v.sku, false, jsonb_array_length(v.needs) > 0, 0, v."productId"
     from jsonb_to_recordset($1::jsonb) as v(id text, sku text, "productId" text, needs jsonb)`,
    [JSON.stringify(variants)]
  )
  await sql.query("insert into inventory_item (id, requires_shipping) select id, true from unnest($1::text[]) id", [inventoryItemIds])
  await sql.query(
    `insert into product_variant_inventory_item (id, variant_id, inventory_item_id, required_quantity)
     select 'pvitem_' || v.id || n."inventoryItemId", v.id, n."inventoryItemId", n.quantity
     from jsonb_to_recordset($1::jsonb) as v(id text, needs jsonb), jsonb_to_recordset(v.needs) as n("inventoryItemId" text, quantity integer)`,
    [JSON.stringify(variants)]
  )
  await sql.query(
    `insert into inventory_level (id, inventory_item_id, location_id, stocked_quantity, raw_stocked_quantity)
     select 'ilev_' || i || l, i, l, 0, '{"value": "0", "precision": 20}' from unnest($1::text[]) i, unnest($2::text[]) l`,
    [inventoryItemIds, [...LOCATIONS, FAR_LOCATION]]
  )
  await sql.query(
    `with price_set as (insert into price_set (id) select 'pset_' || id from unnest($1::text[]) id),
     link as (insert into product_variant_price_set (id, variant_id, price_set_id) select 'pvps_' || id, id, 'pset_' || id from unnest($1::text[]) id)
     insert into price (id, price_set_id, currency_code, amount, raw_amount, rules_count)
     select 'price_' || id, 'pset_' || id, '${CURRENCY}', 0, '{"value": "0", "precision": 20}', 0 from unnest($1::text[]) id`,
    [variants.map(({ id }) => id)]
  )
  await resetShop(sql)
  await sql.query("analyze")
}

/** Gives every level its first stock and every variant its first price again, publishes every product and forgets reservations. */
export async function resetShop(sql: Client): Promise<void> {
  await sql.query(`
    delete from reservation_item;
    update product set status = 'published' where status <> 'published';
    update price set amount = ${FIRST_PRICE / 100}, raw_amount = '{"value": "${FIRST_PRICE / 100}", "precision": 20}' where amount <> ${FIRST_PRICE / 100};
    update inventory_level set stocked_quantity = ${FIRST_STOCK}, reserved_quantity = 0 where stocked_quantity <> ${FIRST_STOCK} or reserved_quantity <> 0`)
}
