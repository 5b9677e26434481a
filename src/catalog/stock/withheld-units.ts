import type { QuantityToSell } from "./quantity-to-sell"
import type { Stock } from "./stock-facts"

/** Whether stock decides about an item: it is offered, nobody stopped it, and it cannot be sold without or beyond its stock. */
export function isDecidedByStock(stock: Stock): boolean {
  return stock.isOffered && !stock.isStopped && stock.managesInventory && !stock.allowsBackorder
}

/**
 * Units of an item that are there and not promised, never negative. 0 where stock does not decide. Pure.
 */
export function withheldUnits(stock: Stock, wanted: Pick<QuantityToSell, "quantity">): number {
  if (!isDecidedByStock(stock)) {
    return 0
  }
  return Math.max(0, Math.floor(stock.available ?? 0) - (wanted.quantity ?? 0))
}
