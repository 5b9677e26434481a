import type { TraceRule } from "../../../catalog/stock/quantity-to-sell"
import type { RuleScope, StockSettings } from "../../../catalog/stock/stock-policy"

/** One day (UTC) of a catalogue's stock policy. */
export type AdminStockDay = {
  /** `YYYY-MM-DD` */
  day: string
  /** Units that were there and not promised, and offered items with units of which none were promised; as last looked at on that day. */
  units_withheld: number
  items_short: number
  /** Summed over the items: from the mark of a change that made one unavailable until Meta acknowledged it. */
  minutes_offered_unavailable: number
  /** Cancellations with the reason OUT_OF_STOCK that Meta carried out. */
  cancellations_for_stock: number
}

/** `GET /admin/meta-catalog/catalogs/:id/stock-metrics?days=28`, newest day first. Days on which nothing was looked at are missing. */
export type AdminStockMetrics = {
  days: AdminStockDay[]
  measured_at: string | null
  /** Seconds from a stock event to Meta's acknowledgement that 95 of 100 changes of the last week did not exceed; null with fewer than 20. */
  latency: { p95_s: number | null; samples: number; measured_at: string | null }
  velocity: { buckets: { slow: number; medium: number; fast: number }; measured_at: string | null }
}

/** What a merchant can set about the stock Meta may be promised; see docs/stock-policy.md. */
export type AdminStockSettings = StockSettings

/** One rule, and the name of what it speaks of, null when that is gone. */
export type AdminStockRule = { id: string; scope: RuleScope; reference_id: string; name: string | null; settings: Partial<StockSettings> }

/** What a person should know about rules that can be saved all the same. */
export type AdminStockWarning = { code: "all_on_shared_stock" | "shares_exceed" | "paused_on_shared_stock" | "mass_change"; message: string }

/** `GET`, `POST /admin/meta-catalog/catalogs/:id/stock-policy`. `settings` are those of the catalogue, every one decided. */
export type AdminStockPolicy = { settings: StockSettings; rules: AdminStockRule[]; warnings: AdminStockWarning[] }

/** A rule to be saved or looked at; one without settings is taken away. */
export type AdminStockRuleInput = { scope: RuleScope; reference_id?: string; settings: Partial<StockSettings> }

/** What a catalogue promises under one set of rules; units are of items whose stock is counted. */
export type AdminPromisedStock = { in_stock: number; out_of_stock: number; units: number; units_withheld: number }

/** How a quantity came about; the changes of the steps add up to it. */
export type AdminQuantity = { quantity: number | null; availability: string; trace: AdminTraceStep[] }

/** `invalid`: the item has no valid feed row, so it is not sold. The other rules are those of the stock policy. */
export type AdminTraceStep = { rule: TraceRule | "invalid"; change: number; quantity: number; by: Record<string, string | number> }

/** `POST /admin/meta-catalog/catalogs/:id/stock-policy/preview` */
export type AdminStockPreview = {
  items: number
  changed: number
  becoming_unavailable: number
  becoming_available: number
  before: AdminPromisedStock
  after: AdminPromisedStock
  /** The items it matters most to. */
  examples: { item_id: string; retailer_id: string; product_id: string; product_title: string | null; before: AdminQuantity; after: AdminQuantity }[]
  warnings: AdminStockWarning[]
}
