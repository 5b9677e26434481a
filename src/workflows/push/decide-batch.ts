import { quantityToSell } from "../../catalog/stock/quantity-to-sell"
import { NOT_OFFERED, type StockFacts } from "../../catalog/stock/stock-facts"
import { DEFAULT_STOCK_POLICY } from "../../catalog/stock/stock-policy"
import type { ItemUpdate } from "../../graph-api/items-batch"
import type { BatchEntry } from "../../modules/meta-catalog/batches/batch-entry"
import type { ClaimedItem } from "../../modules/meta-catalog/batches/batches"
import type { ItemValue, PriceGroup } from "../../modules/meta-catalog/items/items"

const NEVER_THERE = { stock: NOT_OFFERED, policy: DEFAULT_STOCK_POLICY }

/** What the store says of the claimed items, read after the claim. `prices` is null for a catalogue whose push does not own them. */
export type StoreState = { facts: Map<string, StockFacts>; prices: Map<string, PriceGroup> | null }

/** What has to be known of an item to find out what it should have. */
export type StoredItem = Pick<ClaimedItem, "variant_id" | "product_id" | "is_invalid">

/** Which groups the push owns, and whether items of a slow feed that sell out are told before the next file. */
export type PushSettings = { pushesStock: boolean; pushesSlowSellOuts: boolean }

/**
 * Splits a claim into what has to be sent and what Meta already holds. Pure. An entry has only the groups that differ. A
 * variant no row has ever had, or whose feed row is not valid, counts as not offered: its item goes out of stock. Of a slow feed's
 * items only those that have sold out are sent, and, whatever the settings, those that must not be sold any more; the others,
 * `byFile`, need no call.
 */
export function decideBatch(
  items: ClaimedItem[],
  store: StoreState,
  settings: PushSettings
): { entries: BatchEntry[]; unchanged: BatchEntry[]; byFile: string[] } {
  const byFile: string[] = []
  const entries: BatchEntry[] = []
  const unchanged: BatchEntry[] = []
  for (const item of items) {
    const wanted = wantedOf(item, item.is_slow ? { ...store, prices: null } : store, settings)
    const differing = differingGroups(item, wanted)
    const mark = { item_id: item.id, retailer_id: item.retailer_id, reason: item.due_reason, due_at: item.due_at }
    const isSoldOut = wanted.availability === "out of stock"
    if (item.is_slow && !(isSoldOut && (settings.pushesSlowSellOuts || !mayBeSold(item, store)))) {
      byFile.push(item.id)
      unchanged.push({ ...mark, ...wanted })
    } else if (differing.availability === null && differing.price === null) {
      unchanged.push({ ...mark, ...wanted })
    } else {
      entries.push({ ...mark, ...differing })
    }
  }
  return { entries, unchanged, byFile }
}

/** Not when a person has stopped it, or when it is offered no longer. */
function mayBeSold(item: ClaimedItem, { facts }: StoreState): boolean {
  const stock = item.is_invalid ? NOT_OFFERED : (facts.get(item.variant_id) ?? NEVER_THERE).stock
  return stock.isOffered && !stock.isStopped
}

/** The refused items among those that need no call because Meta holds all they should have: their refusal is over. Pure. */
export function reconciled(items: ClaimedItem[], unchanged: BatchEntry[]): string[] {
  const prices = new Map(unchanged.map((entry) => [entry.item_id, entry.price]))
  const agrees = (item: ClaimedItem) => prices.get(item.id) === null || isSamePrice(item.acknowledged_price, prices.get(item.id) ?? null)
  return items.filter((item) => item.is_rejected && prices.has(item.id) && agrees(item)).map((item) => item.retailer_id)
}

/** What Meta should have for an item, for the groups the push owns. Pure. */
export function wantedOf(item: StoredItem, { facts, prices }: StoreState, { pushesStock }: PushSettings): ItemValue {
  const price = prices?.get(item.variant_id) ?? null
  if (!pushesStock) {
    return { quantity: null, availability: null, price }
  }
  const { stock, policy } = facts.get(item.variant_id) ?? NEVER_THERE
  const { quantity, availability } = quantityToSell(item.is_invalid ? NOT_OFFERED : stock, policy)
  return { quantity, availability, price }
}

function differingGroups(item: ClaimedItem, wanted: ItemValue): ItemValue {
  const isStockKnown = item.acknowledged_availability === wanted.availability && item.acknowledged_quantity === wanted.quantity
  // A price Meta has refused is refused again, and would take the stock beside it along.
  const isPriceRefused = item.is_rejected && isSamePrice(item.sent_price, wanted.price)
  const isPriceKnown = wanted.price === null || isSamePrice(item.acknowledged_price, wanted.price) || isPriceRefused
  return {
    quantity: isStockKnown ? null : wanted.quantity,
    availability: isStockKnown ? null : wanted.availability,
    price: isPriceKnown ? null : wanted.price,
  }
}

/** Whether two price groups say the same. */
export function isSamePrice(one: PriceGroup | null, other: PriceGroup | null): boolean {
  return (
    one?.price === other?.price && one?.sale_price === other?.sale_price && one?.sale_price_effective_date === other?.sale_price_effective_date
  )
}

/**
 * The request Meta gets for an entry: only what changes, stock as one pair and prices as one group (CONTRACT 3.1; seed 0: quantity
 * and availability must agree to be buyable). No sale is "" in both of its fields, which clears them.
 */
export function toItemUpdate({ retailer_id, quantity, availability, price }: BatchEntry): ItemUpdate {
  return {
    method: "UPDATE",
    data: {
      id: retailer_id,
      ...(availability === null ? {} : { availability }),
      ...(availability === null || quantity === null ? {} : { quantity_to_sell_on_facebook: quantity }),
      ...price,
    },
  }
}
