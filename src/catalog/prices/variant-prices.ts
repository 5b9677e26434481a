import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { priceCells, type PriceCells } from "./price-cells"
import type { Currency } from "./price-text"
import { basePrice, type PriceVariants } from "./prices"
import { query } from "../store/query"

type BasePrice = { variant_id: string; product_id: string; product_type_id: string | null; price_set_id: string; amount: string | null; has_rules: boolean }

/**
 * The present prices of these variants, as Meta reads them. A variant without a price Meta would take is missing from the
 * map: it has nothing that could be sent.
 */
export async function readVariantPrices(
  sql: Knex,
  { variantIds, currency, priceVariants }: { variantIds: string[]; currency: Currency; priceVariants: PriceVariants }
): Promise<Map<string, PriceCells>> {
  const rows = await query<BasePrice>(
    sql,
    `with wanted as (
       select vps.variant_id, vps.price_set_id from product_variant_price_set vps
       where vps.variant_id = any(:variantIds) and vps.deleted_at is null),
     ${basePrice("pr.price_set_id in (select price_set_id from wanted)")}
     select distinct on (w.variant_id) w.variant_id, v.product_id, p.type_id as product_type_id, w.price_set_id, bp.amount::text as amount, bp.has_rules
     from wanted w
     join base_price bp on bp.price_set_id = w.price_set_id
     join product_variant v on v.id = w.variant_id
     left join product p on p.id = v.product_id
     order by w.variant_id, w.price_set_id`,
    { variantIds, currencyCode: currency.code.toLowerCase() }
  )
  const sources = await priceVariants(
    rows.map((row) => ({
      variantId: row.variant_id,
      productId: row.product_id,
      productTypeId: row.product_type_id,
      priceSetId: row.price_set_id,
      amount: row.amount,
      hasRules: row.has_rules,
    }))
  )
  const prices = new Map<string, PriceCells>()
  for (const [variantId, source] of sources) {
    const cells = priceCells(source, currency, [])
    if (cells.price !== "") prices.set(variantId, cells)
  }
  return prices
}
