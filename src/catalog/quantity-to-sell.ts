import type { Stock } from "./stock-facts"

/** How a merchant wants stock to be shown. Grows with the policy; this round has one value. */
export type StockPolicy = {
  /** What Meta is told for a variant that can always be sold: unmanaged stock, or backorders allowed. Positive. */
  unmanagedQuantity: number
}

export const DEFAULT_STOCK_POLICY: StockPolicy = { unmanagedQuantity: 100 }

/** Availability words this round sends; Meta knows more (CONTRACT 7.2). */
export type Availability = "in stock" | "out of stock"

/** One step of the decision, for a person who asks why. */
export type TraceStep = { rule: "offered" | "stopped" | "unmanaged" | "locations" | "floor"; quantity: number }

export type QuantityToSell = {
  /** Null leaves the field out; no rule of this round does. */
  quantity: number | null
  availability: Availability
  trace: TraceStep[]
}

// Meta's field is an integer and ours a PostgreSQL integer.
const LARGEST_QUANTITY = 2_147_483_647

/**
 * The number Meta may sell, and the availability that goes with it. Pure: the same facts and policy always give the same
 * pair, `in stock` with at least 1, `out of stock` with 0 (Meta shows an item with a positive number and "out of stock"
 * as not buyable, CONTRACT 7.2).
 */
export function quantityToSell(facts: Stock, policy: StockPolicy): QuantityToSell {
  if (!facts.isOffered) {
    return pair(0, [{ rule: "offered", quantity: 0 }])
  }
  if (facts.isStopped) {
    return pair(0, [{ rule: "stopped", quantity: 0 }])
  }
  if (!facts.managesInventory || facts.allowsBackorder) {
    return pair(policy.unmanagedQuantity, [{ rule: "unmanaged", quantity: policy.unmanagedQuantity }])
  }
  // A managed variant without an inventory item can never be fulfilled, so it counts as none.
  const located = facts.available ?? 0
  const whole = Math.min(LARGEST_QUANTITY, Math.max(0, Math.floor(located)))
  return pair(whole, [
    { rule: "locations", quantity: located },
    { rule: "floor", quantity: whole },
  ])
}

function pair(quantity: number, trace: TraceStep[]): QuantityToSell {
  return { quantity, availability: quantity > 0 ? "in stock" : "out of stock", trace }
}
