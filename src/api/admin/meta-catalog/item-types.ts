import type { AdminFeed, AdminUpload } from "./feed-types"
import type { AdminIssue } from "./issue-types"
import type { AdminTraceStep } from "./stock-types"

/** State of one item in one word; `in_step` means Meta acknowledged exactly what the store wants. */
export type AdminItemState = "in_step" | "waiting" | "in_flight" | "rejected" | "not_in_feed"

/** One variant in one catalogue: what it should have at Meta, what was sent and what Meta acknowledged. */
export type AdminProductItem = {
  catalog_id: string
  catalog_name: string
  item_id: string | null
  variant_id: string
  variant_title: string | null
  sku: string | null
  retailer_id: string | null
  state: AdminItemState
  /** How the quantity travels; null while the item belongs to no feed. */
  strategy: AdminFeed["strategy"] | null
  /** It is leaving one feed for another: nothing is sent until that one's upload has listed it. */
  moves: boolean
  wanted: { quantity: number | null; availability: string } | null
  /** How the wanted quantity came about. */
  why: AdminTraceStep[]
  /** What the last call carried, acknowledged or not. */
  sent: { quantity: number | null; availability: string; at: string } | null
  acknowledged: { quantity: number | null; availability: string; at: string } | null
  /** Prices as Meta reads them; all null where the push does not own them. */
  price: { wanted: AdminPriceGroup | null; sent: AdminPriceGroup | null; acknowledged: AdminPriceGroup | null } | null
  pending_since: string | null
  /** What the waiting change came from. */
  pending_reason: string | null
  last_error: string | null
  discontinued_at: string | null
  issues: AdminIssue[]
}

/** Price fields as Meta reads them; "" where there is none. */
export type AdminPriceGroup = { price: string; sale_price: string; sale_price_effective_date: string }

/** One value an item was sent. A group that was not part of the call is null. */
export type AdminItemChange = {
  reason: string | null
  pending_since: string | null
  sent_at: string
  stock: { quantity: number | null; availability: string } | null
  price: AdminPriceGroup | null
  /** What Meta was known to hold before, null when that was not known. */
  stock_before: { quantity: number | null; availability: string } | null
  price_before: AdminPriceGroup | null
  outcome: "in_flight" | "acknowledged" | "rejected" | "resent"
  settled_at: string | null
  error: string | null
}

/** `GET /admin/meta-catalog/items/:item_id/history`, newest first */
export type AdminItemHistory = { changes: AdminItemChange[]; count: number; limit: number; offset: number }

/** `GET /admin/meta-catalog/products/:product_id` */
export type AdminProductStatus = {
  product_id: string
  catalogs: {
    id: string
    name: string
    state: "active" | "paused"
    pause_message: string | null
    feed: {
      built_at: string | null
      fetched_at: string | null
      last_upload: Pick<AdminUpload, "ended_at" | "persisted" | "invalid" | "error_count" | "warning_count"> | null
    } | null
    items: AdminProductItem[]
  }[]
}

/** `POST /admin/meta-catalog/products/:product_id/sync`: what was asked for; the rounds that send it have been started. */
export type AdminProductSync = {
  product_id: string
  catalogs: {
    catalog_id: string
    catalog_name: string
    /** Items that are sent now. */
    items: number
    /** Why nothing is sent at present; null when nothing stands in the way. */
    waits: string | null
    not_sent: {
      variant_id: string
      retailer_id: string | null
      reason: "not_offered" | "invalid" | "looked_up" | "no_feed" | "not_in_feed"
      message: string
    }[]
  }[]
}
