import { quantityToSell, type StockPolicy } from "../catalog/quantity-to-sell"
import type { StockFacts } from "../catalog/stock-facts"
import type { ItemUpdate } from "../graph-api/items-batch"
import type { BatchEntry, ClaimedItem } from "../modules/meta-catalog/batches"

/**
 * Splits a claim into what has to be sent and what Meta already holds. Pure. A variant no row has ever had, or whose
 * feed row is not valid, counts as not offered: its item goes out of stock.
 */
export function decideBatch(
  items: ClaimedItem[],
  facts: Map<string, StockFacts>,
  policy: StockPolicy
): { entries: BatchEntry[]; unchanged: BatchEntry[] } {
  const entries: BatchEntry[] = []
  const unchanged: BatchEntry[] = []
  for (const item of items) {
    const known = facts.get(item.variant_id) ?? gone(item)
    const { quantity, availability } = quantityToSell({ ...known, isOffered: known.isOffered && !item.is_invalid }, policy)
    const isKnown = item.acknowledged_availability === availability && item.acknowledged_quantity === quantity
    const entry = { item_id: item.id, retailer_id: item.retailer_id, quantity, availability }
    ;(isKnown ? unchanged : entries).push(entry)
  }
  return { entries, unchanged }
}

/** The request Meta gets for an entry: only what changes, as one pair (CONTRACT 3.1; seed 0: both must agree to be buyable). */
export function toItemUpdate({ retailer_id, quantity, availability }: BatchEntry): ItemUpdate {
  return {
    method: "UPDATE",
    data: { id: retailer_id, availability, ...(quantity === null ? {} : { quantity_to_sell_on_facebook: quantity }) },
  }
}

function gone(item: ClaimedItem): StockFacts {
  return {
    variantId: item.variant_id,
    productId: item.product_id,
    isOffered: false,
    managesInventory: true,
    allowsBackorder: false,
    available: null,
  }
}
