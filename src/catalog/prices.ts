import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./query"

/** A variant's price in the catalogue's currency, amounts as decimal text in major units. */
export type PriceSource = {
  /** Null when the variant has no price in this currency. */
  amount: string | null
  /** The present sale price, only when a price list makes it differ. */
  saleAmount: string | null
  saleStartsAt: Date | null
  saleEndsAt: Date | null
}

export const NO_PRICE: PriceSource = { amount: null, saleAmount: null, saleStartsAt: null, saleEndsAt: null }

/** What the Pricing Module answers for one price set, as far as it is read here. */
export type CalculatedPrice = {
  id: string
  calculated_amount: unknown
  original_amount: unknown
  raw_calculated_amount?: unknown
  raw_original_amount?: unknown
  calculated_price?: { price_list_id?: string | null }
}

/** The Pricing Module's `calculatePrices` with the catalogue's currency and region bound; handed in by the edge. */
export type CalculatePrices = (priceSetIds: string[]) => Promise<CalculatedPrice[]>

/** When a price list is valid; a list without a start began when it was made. */
export type PriceListDates = { startsAt: Date; endsAt: Date | null }

/**
 * Common table expression `base_price(price_set_id, amount, has_rules)`: the lowest plain price of a single piece, and
 * whether price lists or rules may change it, in which case only the Pricing Module knows the price. `priceCondition` narrows
 * the prices `pr` that are read.
 */
export function basePrice(priceCondition: string): string {
  return `
  base_price as (
    select pr.price_set_id,
           min(pr.amount) filter (
             where pr.price_list_id is null and coalesce(pr.rules_count, 0) = 0 and coalesce(pr.min_quantity, 0) <= 1) as amount,
           bool_or(pr.price_list_id is not null or coalesce(pr.rules_count, 0) > 0) as has_rules
    from price pr
    where pr.currency_code = :currencyCode and pr.deleted_at is null and ${priceCondition}
    group by pr.price_set_id)`
}

/** Dates of every price list that is not deleted; a store has few. */
export async function readPriceListDates(sql: Knex): Promise<Map<string, PriceListDates>> {
  const lists = await query<{ id: string; starts_at: Date | null; ends_at: Date | null; created_at: Date }>(
    sql,
    "select id, starts_at, ends_at, created_at from price_list where deleted_at is null"
  )
  return new Map(lists.map((list) => [list.id, { startsAt: list.starts_at ?? list.created_at, endsAt: list.ends_at }]))
}

/** Digits after the dot of a currency as the store knows it; 2 for one it does not know. */
export async function readCurrencyDecimals(sql: Knex, code: string): Promise<number> {
  const [currency] = await query<{ decimal_digits: number }>(sql, "select decimal_digits from currency where code = :code", { code: code.toLowerCase() })
  return currency?.decimal_digits ?? 2
}

/**
 * Turns the Pricing Module's answer into a price and, where a price list gives another one, a sale price with its dates. A
 * variant that only a price list prices has that price, and no sale.
 */
export function calculatedPriceSource(calculated: CalculatedPrice, lists: Map<string, PriceListDates>): PriceSource {
  const amount = decimalText(calculated.raw_original_amount, calculated.original_amount)
  const present = decimalText(calculated.raw_calculated_amount, calculated.calculated_amount)
  if (amount === null) return { ...NO_PRICE, amount: present }
  if (present === null || present === amount) return { ...NO_PRICE, amount }
  const dates = lists.get(calculated.calculated_price?.price_list_id ?? "")
  return { amount, saleAmount: present, saleStartsAt: dates?.startsAt ?? null, saleEndsAt: dates?.endsAt ?? null }
}

/** Medusa's raw amounts keep every digit as text; the plain amount is a float and only the fallback. */
function decimalText(raw: unknown, plain: unknown): string | null {
  const exact = raw && typeof raw === "object" && "value" in raw ? raw.value : undefined
  const value = exact ?? plain
  return value === null || value === undefined ? null : String(value)
}
