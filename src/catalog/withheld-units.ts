import type { QuantityToSell } from "./quantity-to-sell"
import type { Stock } from "./stock-facts"

/**
 * Units of an item that are there and not promised, never negative. 0 where stock does not decide: what is not offered, was
 * stopped by a person, or can be sold without or beyond its stock. Pure.
 */
export function withheldUnits(stock: Stock, wanted: Pick<QuantityToSell, "quantity">): number {
  if (!stock.isOffered || stock.isStopped || !stock.managesInventory || stock.allowsBackorder) {
    return 0
  }
  return Math.max(0, Math.floor(stock.available ?? 0) - (wanted.quantity ?? 0))
}
