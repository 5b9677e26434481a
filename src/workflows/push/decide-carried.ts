import type { FeedRow } from "../../catalog/columns/field-table"
import type { BatchEntry } from "../../modules/meta-catalog/batches/batch-entry"
import type { CarriedItem } from "../../modules/meta-catalog/carriers/carriers"
import type { PriceGroup } from "../../modules/meta-catalog/items/items"
import { isSamePrice } from "./decide-batch"

/** `leave`: a sell-out, which items_batch brings to Meta sooner. */
export type CarriedVerdict = "carry" | "unchanged" | "leave"

/**
 * What becomes of a claimed item whose valid row is `row`: its entry has the groups the push owns, as they stand in the row. A
 * new item is always carried, sold out or not, because Meta does not hold it yet. Pure.
 */
export function decideCarried(
  item: CarriedItem,
  { variant }: FeedRow,
  { pushesStock, pushesPrices }: { pushesStock: boolean; pushesPrices: boolean }
): { entry: BatchEntry; verdict: CarriedVerdict } {
  const quantity = variant.quantity_to_sell_on_facebook === "" ? null : Number(variant.quantity_to_sell_on_facebook)
  const price: PriceGroup = { price: variant.price, sale_price: variant.sale_price, sale_price_effective_date: variant.sale_price_effective_date }
  const entry: BatchEntry = {
    item_id: item.id,
    retailer_id: item.retailer_id,
    reason: item.due_reason ?? "new item",
    ...(item.due_at ? { due_at: item.due_at } : {}),
    ...(pushesStock ? { quantity, availability: variant.availability } : { quantity: null, availability: null }),
    price: pushesPrices ? price : null,
  }
  if (item.is_new) {
    return { entry, verdict: "carry" }
  }
  if (pushesStock && variant.availability === "out of stock" && item.acknowledged_availability !== "out of stock") {
    return { entry, verdict: "leave" }
  }
  const hasStock = !pushesStock || (item.acknowledged_availability === variant.availability && item.acknowledged_quantity === quantity)
  const hasPrice = !pushesPrices || isSamePrice(item.acknowledged_price, price)
  return { entry, verdict: hasStock && hasPrice ? "unchanged" : "carry" }
}
