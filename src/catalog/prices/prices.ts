import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "../store/query"

/** A variant's price in the catalogue's currency, amounts as decimal text in major units. */
export type PriceSource = {
  /** Null when the variant has no price in this currency. */
  amount: string | null
  /** The present sale price, only when a price list makes it lower. */
  saleAmount: string | null
  saleStartsAt: Date | null
  saleEndsAt: Date | null
}

export const NO_PRICE: PriceSource = { amount: null, saleAmount: null, saleStartsAt: null, saleEndsAt: null }

/** A variant with what the price tables say of it, before rules, price lists and tax. */
export type PricedVariant = {
  variantId: string
  productId: string
  productTypeId: string | null
  priceSetId: string | null
  /** The lowest plain price of a single piece. */
  amount: string | null
  /** Price lists or rules may change it, so that only the Pricing Module knows the price. */
  hasRules: boolean
}

/** Present prices by variant id, in one catalogue's context, which the edge binds. A variant that has none may be missing. */
export type PriceVariants = (variants: PricedVariant[]) => Promise<Map<string, PriceSource>>

/** When a price list is valid; a list without a start began when it was made. */
export type PriceListDates = { startsAt: Date; endsAt: Date | null }

/**
 * Common table expression `base_price(price_set_id, amount, has_rules)`: the lowest plain price of a single piece, and
 * whether price lists or rules may change it, in which case only the Pricing Module knows the price. `priceCondition` narrows
 * the prices `pr` that are read; several currencies in one statement take names of their own.
 */
export function basePrice(priceCondition: string, { suffix, currencyCode } = { suffix: "", currencyCode: ":currencyCode" }): string {
  return `
  base_price${suffix} as (
    select pr.price_set_id,
           min(pr.amount) filter (
             where pr.price_list_id is null and coalesce(pr.rules_count, 0) = 0 and coalesce(pr.min_quantity, 0) <= 1) as amount,
           bool_or(pr.price_list_id is not null or coalesce(pr.rules_count, 0) > 0) as has_rules
    from price pr
    where pr.currency_code = ${currencyCode} and pr.deleted_at is null and ${priceCondition}
    group by pr.price_set_id)`
}

/** Dates of these price lists, as far as they are not deleted. */
export async function readPriceListDates(sql: Knex, ids: string[]): Promise<Map<string, PriceListDates>> {
  if (ids.length === 0) return new Map()
  const lists = await query<{ id: string; starts_at: Date | null; ends_at: Date | null; created_at: Date }>(
    sql,
    "select id, starts_at, ends_at, created_at from price_list where id = any(:ids) and deleted_at is null",
    { ids }
  )
  return new Map(lists.map((list) => [list.id, { startsAt: list.starts_at ?? list.created_at, endsAt: list.ends_at }]))
}

/** Digits after the dot of a currency as the store knows it; 2 for one it does not know. */
export async function readCurrencyDecimals(sql: Knex, code: string): Promise<number> {
  return (await readDecimals(sql))(code)
}

/** The same for every currency of the store, read in one go. */
export async function readDecimals(sql: Knex): Promise<(code: string) => number> {
  const currencies = await query<{ code: string; decimal_digits: number }>(sql, "select code, decimal_digits from currency where deleted_at is null")
  const decimals = new Map(currencies.map((currency) => [currency.code, currency.decimal_digits]))
  return (code) => decimals.get(code.toLowerCase()) ?? 2
}
