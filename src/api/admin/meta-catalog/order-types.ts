/** One order at Meta as it was last read. */
export type AdminOrder = {
  meta_order_id: string
  /** Meta's word, or UNREAD before the first reading, GONE when Meta knows it no longer. */
  state: string
  created_at_meta: string | null
  updated_at_meta: string | null
  acknowledged_at: string | null
  /** Since then the store's stock holds its units back. */
  booked_at: string | null
  medusa_order_id: string | null
  /** Meta confirmed the lower quantities, or a person was told that it had not in time. */
  told_at: string | null
  late_notified_at: string | null
  items: { retailer_id: string; quantity: number; ordered_quantity: number; cancelled_quantity: number }[]
  cancellations: AdminCancellation[]
}

/** An intent to cancel at Meta. `waiting` is tried again by itself, `refused` never. */
export type AdminCancellation = {
  id: string
  meta_order_id: string
  intent: string
  /** Null is the whole order. */
  items: { retailer_id: string; quantity: number }[] | null
  reason_code: string
  reason_description: string | null
  restock_items: boolean
  status: "waiting" | "sending" | "done" | "refused"
  error: string | null
  attempts: number
  done_at: string | null
  created_at: string
}
