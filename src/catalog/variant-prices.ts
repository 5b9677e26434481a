import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { priceCells, type PriceCells } from "./price-cells"
import type { Currency } from "./price-text"
import { basePrice, calculatedPriceSource, NO_PRICE, readPriceListDates, type CalculatePrices } from "./prices"
import { query } from "./query"

type BasePrice = { variant_id: string; price_set_id: string; amount: string | null; has_rules: boolean }

/**
 * The present prices of these variants, as Meta reads them. A variant without a price Meta would take is missing from the
 * map: it has nothing that could be sent.
 *
 * Only variants that price lists or rules may concern cost a call of the Pricing Module.
 */
export async function readVariantPrices(
  sql: Knex,
  { variantIds, currency, calculatePrices }: { variantIds: string[]; currency: Currency; calculatePrices: CalculatePrices }
): Promise<Map<string, PriceCells>> {
  const rows = await query<BasePrice>(
    sql,
    `with wanted as (
       select vps.variant_id, vps.price_set_id from product_variant_price_set vps
       where vps.variant_id = any(:variantIds) and vps.deleted_at is null),
     ${basePrice("pr.price_set_id in (select price_set_id from wanted)")}
     select distinct on (w.variant_id) w.variant_id, w.price_set_id, bp.amount::text as amount, bp.has_rules
     from wanted w join base_price bp on bp.price_set_id = w.price_set_id
     order by w.variant_id, w.price_set_id`,
    { variantIds, currencyCode: currency.code.toLowerCase() }
  )
  const ruled = rows.filter((row) => row.has_rules).map((row) => row.price_set_id)
  const calculated = new Map(ruled.length > 0 ? (await calculatePrices([...new Set(ruled)])).map((price) => [price.id, price]) : [])
  const lists = ruled.length > 0 ? await readPriceListDates(sql) : new Map()
  const prices = new Map<string, PriceCells>()
  for (const row of rows) {
    const answer = calculated.get(row.price_set_id)
    const cells = priceCells(answer ? calculatedPriceSource(answer, lists) : { ...NO_PRICE, amount: row.amount }, currency, [])
    if (cells.price !== "") prices.set(row.variant_id, cells)
  }
  return prices
}
