import { VARIANT_COLUMNS, type VariantFieldName } from "./field-table"

/** How quantities of a feed's items travel; see the data model of the feed. */
export const STRATEGIES = ["combined", "fast", "slow"] as const
export type Strategy = (typeof STRATEGIES)[number]

/** What Meta lets a file leave out. `availability` and `price` are required in every file (CONTRACT 7.1), so they stay. */
const VOLATILE_STOCK: readonly VariantFieldName[] = ["quantity_to_sell_on_facebook"]
const VOLATILE_PRICE: readonly VariantFieldName[] = ["sale_price", "sale_price_effective_date"]

/**
 * The variant's columns of a feed's replace file. A fast feed leaves out what the push owns, as whole columns: a value in the file
 * would be an older one at every fetch (seed 0: fields that are updated in real time are not to be in the replace feed). Pure.
 */
export function variantColumns(strategy: Strategy, { pushesPrices }: { pushesPrices: boolean }): readonly VariantFieldName[] {
  if (strategy !== "fast") return VARIANT_COLUMNS
  const left = new Set([...VOLATILE_STOCK, ...(pushesPrices ? VOLATILE_PRICE : [])])
  return VARIANT_COLUMNS.filter((column) => !left.has(column))
}
