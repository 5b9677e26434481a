import type { AdminOrder } from "../../api/admin/meta-catalog/order-types"

/** Meta's word for an order in a word of ours; the texts are under `metaCatalog.orders.state`. */
export type OrderWord = "processing" | "created" | "in_progress" | "completed" | "gone" | "unread"

const words: Record<string, OrderWord> = {
  FB_PROCESSING: "processing",
  CREATED: "created",
  IN_PROGRESS: "in_progress",
  COMPLETED: "completed",
  GONE: "gone",
}

const colors = { processing: "orange", created: "blue", in_progress: "green", completed: "grey", gone: "grey", unread: "grey" } as const

/** How an order stands, for its badge. A state that is not known here reads as one that was not read. */
export function orderState(order: Pick<AdminOrder, "state">): { word: OrderWord; color: (typeof colors)[OrderWord] } {
  const word = words[order.state] ?? "unread"
  return { word, color: colors[word] }
}

/** How an order stands to the store's own stock; the texts are under `metaCatalog.orders.stock`. Null where there is nothing to say. */
export function orderStock(order: AdminOrder, mode: "off" | "seller" | "platform"): "booked" | "late" | "subtracted" | "by_meta" | null {
  if (order.late_notified_at && !order.told_at) {
    return "late"
  }
  if (order.booked_at) {
    return "booked"
  }
  const isOpen = order.state === "FB_PROCESSING" || order.state === "CREATED"
  if (!isOpen || mode === "off") {
    return null
  }
  return mode === "seller" ? "subtracted" : "by_meta"
}

/** Whether a seller may still cancel it: something is left, and no wish to do so is under way or fulfilled. */
export function isCancellable(order: AdminOrder): boolean {
  const isOpen = order.state === "CREATED" || order.state === "IN_PROGRESS"
  return isOpen && !order.cancellations.some(({ items, status }) => items === null && status !== "refused")
}
