/** What an item's change came from, in one word; the texts are under `metaCatalog.reason`. */
export type ChangeReason =
  | "stock"
  | "reservation"
  | "variant"
  | "product"
  | "price"
  | "price_list"
  | "sweep"
  | "sync"
  | "stopped"
  | "resumed"
  | "audit"
  | "listed"
  | "validity"
  | "upload"
  | "lost_call"
  | "taken_over"
  | "adopted"
  | "order"

/** Events of the store by what their names hold; the first that fits counts. */
const events: [RegExp, ChangeReason][] = [
  [/reservation-item/, "reservation"],
  [/inventory|InventoryItem/, "stock"],
  [/price-list/, "price_list"],
  [/pricing\.|PriceSet/, "price"],
  [/product-variant/, "variant"],
  [/^product\.|LinkProductSalesChannel/, "product"],
]

/** The reasons this plugin writes itself. */
const own: Record<string, ChangeReason> = {
  sweep: "sweep",
  "sync now": "sync",
  "selling was stopped": "stopped",
  "selling was resumed": "resumed",
  "newly listed": "listed",
  "new item": "listed",
  "its feed row is valid or invalid now": "validity",
  "an upload may have put an older value back": "upload",
  "a lost call may have been applied late": "lost_call",
  "a new variant took the item over": "taken_over",
  "a price list began or ended": "price_list",
  "a price list was edited": "price_list",
  "found in the Meta catalogue": "adopted",
  "created in the Meta catalogue": "adopted",
  "an order at Meta": "order",
  "an order at Meta came to nothing": "order",
  "an order at Meta was cancelled": "order",
  "an order of Meta was booked": "order",
  "the order that stood for one of Meta was cancelled": "order",
  "Meta refuses the orders": "order",
  "Meta shows the orders again": "order",
}

/** The word for a reason as the API tells it: an event's name or a sentence. Null for one that is not known here. */
export function changeReason(reason: string): ChangeReason | null {
  const event = /\.(created|updated|deleted|attached|detached)$/.test(reason) ? events.find(([pattern]) => pattern.test(reason)) : undefined
  return event?.[1] ?? own[reason] ?? (reason.startsWith("audit:") ? "audit" : null)
}
