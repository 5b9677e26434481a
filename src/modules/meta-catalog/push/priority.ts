import type { ItemValue } from "../items/items"

/**
 * How urgent a due item is; smaller goes first. A mark gives `stock`, `product` or `sweep`, by what it tells of. Where the order
 * matters the wanted value is compared (`ranking.ts`) and gives one of the others. `sellOut`: nothing is left to sell, which not even a
 * carrier or a used-up budget may hold up.
 */
export const PRIORITY = { sellOut: 1, restock: 5, lower: 7, stock: 10, product: 50, rest: 60, sweep: 100 } as const

/**
 * How urgent a wanted value is beside what Meta is known to hold: a sell-out while Meta may still sell, then what can be bought
 * again, then less of it than Meta believes, then the rest. Pure. What is not known may be anything.
 */
export function rankOf(
  wanted: Pick<ItemValue, "quantity" | "availability">,
  acknowledged: { acknowledged_quantity: number | null; acknowledged_availability: string | null }
): number {
  const held = { quantity: acknowledged.acknowledged_quantity, availability: acknowledged.acknowledged_availability }
  if (wanted.availability === null) {
    return PRIORITY.rest
  }
  if (wanted.availability !== "in stock") {
    return held.availability === null || held.availability === "in stock" ? PRIORITY.sellOut : PRIORITY.rest
  }
  if (held.availability !== null && held.availability !== "in stock") {
    return PRIORITY.restock
  }
  const mayBeMore = held.quantity === null ? wanted.quantity !== null : wanted.quantity !== null && wanted.quantity < held.quantity
  return mayBeMore ? PRIORITY.lower : PRIORITY.rest
}
