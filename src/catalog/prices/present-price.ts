import { isLower, writtenOut } from "./price-text"
import { NO_PRICE, type PriceListDates, type PricedVariant, type PriceSource } from "./prices"

/** What the Pricing Module answers for one price set, as far as it is read here. */
export type CalculatedPrice = {
  id: string
  calculated_amount: unknown
  original_amount: unknown
  raw_calculated_amount?: unknown
  raw_original_amount?: unknown
  is_calculated_price_tax_inclusive?: boolean
  is_original_price_tax_inclusive?: boolean
  calculated_price?: { price_list_id?: string | null }
}

/** An amount as it is stored, and whether tax is in it. */
export type StoredAmount = { amount: string; includesTax: boolean }

/** What a variant costs now and what it cost before a sale, as stored; `listId` is the price list the present one is from. */
export type PresentPrice = { present: StoredAmount | null; original: StoredAmount | null; listId: string | null }

/** The price of a variant that no rule concerns. `includesTax` is what the store says of its currency. */
export function plainPrice({ amount }: PricedVariant, includesTax: boolean): PresentPrice {
  return { present: null, original: amount === null ? null : { amount, includesTax }, listId: null }
}

/**
 * What the Pricing Module answers, amounts as decimal text. Of lists that override prices it calls their price the original one, so
 * only a list of the type sale leads to a sale.
 */
export function calculatedPrice(calculated: CalculatedPrice): PresentPrice {
  const original = decimalText(calculated.raw_original_amount, calculated.original_amount)
  const present = decimalText(calculated.raw_calculated_amount, calculated.calculated_amount)
  return {
    original: original === null ? null : { amount: original, includesTax: calculated.is_original_price_tax_inclusive ?? false },
    present: present === null ? null : { amount: present, includesTax: calculated.is_calculated_price_tax_inclusive ?? false },
    listId: calculated.calculated_price?.price_list_id ?? null,
  }
}

/**
 * The price and, where the present one is lower than the original, the sale with its dates. Otherwise the price is what a
 * buyer pays now: a variant that only a price list prices has that price, and a sale that is dearer than an override is no sale.
 *
 * @param shown an amount as the catalogue shows it, with or without tax
 */
export function priceSource(
  { present, original, listId }: PresentPrice,
  { lists, shown }: { lists: Map<string, PriceListDates>; shown: (stored: StoredAmount) => string }
): PriceSource {
  const before = original && shown(original)
  const now = present && shown(present)
  if (now === null || before === null) return { ...NO_PRICE, amount: now ?? before }
  if (!isLower(now, before)) return { ...NO_PRICE, amount: now }
  const dates = lists.get(listId ?? "")
  return { amount: before, saleAmount: now, saleStartsAt: dates?.startsAt ?? null, saleEndsAt: dates?.endsAt ?? null }
}

/** Medusa's raw amounts keep every digit as text; the plain amount is a float and only the fallback. */
function decimalText(raw: unknown, plain: unknown): string | null {
  const exact = raw && typeof raw === "object" && "value" in raw ? raw.value : undefined
  const value = exact ?? plain
  return value === null || value === undefined ? null : writtenOut(String(value))
}
