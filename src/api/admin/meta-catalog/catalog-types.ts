import type { PriceTax } from "../../../catalog/store/scope"
import type { AdminAudit } from "./audit-types"
import type { AdminFeed, AdminFeedMoves, AdminUpload } from "./feed-types"

/** A catalogue as the admin sees it. `has_*` says whether a secret is stored, never which. */
export type AdminCatalog = {
  id: string
  name: string
  meta_catalog_id: string
  has_access_token: boolean
  has_app_secret: boolean
  graph_version: string
  public_url: string
  sales_channel_id: string
  region_id: string | null
  currency_code: string
  country_code: string | null
  /** Whether prices are told as they are stored, or with or without the taxes of the region and country. */
  price_tax: PriceTax
  locale: string | null
  product_url_template: string
  default_brand: string | null
  default_condition: "new" | "refurbished" | "used"
  google_product_category: string | null
  retailer_id_scheme: "sku" | "variant_id"
  /** `item_node` keeps about a dozen items in step one by one, without a feed; everything else is `items_batch`. */
  transport: "items_batch" | "item_node"
  /** Which groups of fields the push owns; the rest travels with the feed alone. */
  pushes_stock: boolean
  pushes_prices: boolean
  state: "active" | "paused"
  pause_reason: string | null
  pause_message: string | null
  paused_at: string | null
  health: AdminConnectionTest | null
  health_checked_at: string | null
  /** On-Meta checkout is on, so Meta may rightly hold less than it was told. */
  sells_on_meta: boolean
  /** Months an item that is no longer offered stays in the feed. */
  discontinued_months: number
  /** Items of a slow feed that sell out are told at once by the push. */
  slow_sell_outs_by_push: boolean
  brake_share_percent: number
  brake_minimum_items: number
  /** Orders of this many days say how fast an item sells. */
  velocity_days: number
  /** Units a day from which an item is in the bucket of this name. */
  medium_from: number
  fast_from: number
  /** How far beyond a limit an item has to be before it changes its bucket, in percent of the limit. */
  velocity_hysteresis_percent: number
  brake_held: { source: string; selling: number; unavailable: number; at: string } | null
  /** Who subtracts orders at Meta that the store does not know of: the plugin, Meta itself, or nobody. */
  orders_mode: "off" | "seller" | "platform"
  /** Id of the shop or page whose orders are read. */
  orders_owner_id: string | null
  /** A Medusa order books the Meta order whose id its metadata holds under this key. */
  orders_key: string
  orders_read_at: string | null
  /** Meta refuses the orders since then, and why; null while it shows them. */
  orders_refused_at: string | null
  orders_refused_message: string | null
  /** Since when a person has stopped selling, and what; a scope of null is everything. */
  panic_since: string | null
  panic_scope: AdminPanicScope | null
  created_at: string
  updated_at: string
}

/** What `POST …/panic` may name; a product belongs to it that any of the lists names. */
export type AdminPanicScope = { product_ids?: string[]; collection_ids?: string[]; category_ids?: string[]; type_ids?: string[]; tag_ids?: string[] }

/** What `POST /admin/meta-catalog/catalogs` takes; `POST …/:id` takes any part of it. */
export type AdminCatalogInput = {
  name?: string
  meta_catalog_id: string
  access_token: string
  app_secret?: string | null
  graph_version?: string
  sales_channel_id: string
  /** One of region_id and currency_code is required; a region brings its currency. */
  region_id?: string | null
  currency_code?: string
  country_code?: string | null
  /** Other than `as_stored` needs a region and a country. */
  price_tax?: PriceTax
  locale?: string | null
  product_url_template: string
  default_brand?: string | null
  default_condition?: "new" | "refurbished" | "used"
  google_product_category?: string | null
  retailer_id_scheme?: "sku" | "variant_id"
  sells_on_meta?: boolean
  orders_mode?: "off" | "seller" | "platform"
  /** Needed while orders_mode is not off. */
  orders_owner_id?: string | null
  orders_key?: string
  discontinued_months?: number
  slow_sell_outs_by_push?: boolean
  /** `item_node` only while the catalogue has no feed, and for at most 50 items. */
  transport?: "items_batch" | "item_node"
  pushes_stock?: boolean
  pushes_prices?: boolean
}

/** Result of *Test connection*: what works and what does not, in words. `ok: null` means not reached. */
export type AdminConnectionTest = {
  ok: boolean
  checks: { check: string; ok: boolean | null; code: string; message: string }[]
}

/** The hour's batch calls of a catalogue. */
export type AdminBudget = {
  /** As far as Meta's usage header has told; Meta's least is 200. */
  calls_per_hour: number
  calls_last_hour: number
  /** What Meta last said of the budget's use, in percent, and when. */
  usage_percent: number | null
  usage_seen_at: string | null
  /** How long changes are collected for one call at present; longer than a second where the hour runs low. */
  window_ms: number
  /** When the next call that is not for a sell-out will be made, where none may be made now for one of these reasons. */
  resumes_at: string | null
  resumes_reason: "throttled" | "calls_failed" | "out_of_budget" | null
}

/** `GET /admin/meta-catalog/catalogs/:id/status` */
export type AdminCatalogStatus = {
  catalog: AdminCatalog
  feeds: AdminFeed[]
  uploads: AdminUpload[]
  counts: {
    items: number
    listed: number
    in_step: number
    waiting: number
    in_flight: number
    rejected: number
    not_in_feed: number
    discontinued: number
  }
  issues: { errors: number; warnings: number }
  moving: AdminFeedMoves[]
  /** The oldest mark that still waits to be sent. */
  pending_since: string | null
  throttled_until: string | null
  budget: AdminBudget
  swept_at: string | null
  audit: AdminAudit
}
