import type { TraceRule } from "../../../catalog/stock/quantity-to-sell"
import type { PriceTax } from "../../../catalog/store/scope"
import type { RuleScope, StockSettings } from "../../../catalog/stock/stock-policy"
import type { FetchSchedule } from "../../../modules/meta-catalog/feeds/fetch-calendar"
import type { FeedDifference } from "../../../workflows/feeds/feed-differences"
import type { FeedFormat } from "../../../modules/meta-catalog/feeds/feed-format"

/** JSON shapes of the admin API below `/admin/meta-catalog`. Times are ISO 8601 in UTC. Secrets are write-only. */

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

export type AdminFeed = AdminFeedFile & {
  id: string
  catalog_id: string
  kind: "replace"
  /** Made at Meta so that no fetch of its file deletes what the file lacks. */
  update_only: boolean
  /** How quantities travel: by file and push, by the push alone, or by files with only sell-outs pushed. */
  strategy: "combined" | "fast" | "slow"
  name: string
  meta_feed_id: string | null
  /** Our id of the feed whose items come over with this one's first upload. */
  migrated_from_feed_id: string | null
  /** Of the next file. `published_format` is that of the file being served, whose URL ends in it; null before the first. */
  format: FeedFormat
  published_format: FeedFormat | null
  /** When Meta is told to fetch the file. */
  schedule: FetchSchedule
  next_fetch_at: string | null
  /** Where Meta's settings are not what it was told, as last read; empty where they are. */
  drift: FeedDifference[]
  drift_seen_at: string | null
  /** When Meta's settings were last read, or told. */
  settings_read_at: string | null
  basic_username: string | null
  has_basic_password: boolean
  build_requested_at: string | null
  upload_requested_at: string | null
  /** The file of Meta's update schedule, null where there is none. */
  updates: (AdminFeedFile & { id: string; schedule: AdminFeed["schedule"]; next_fetch_at: string | null }) | null
}

/** A file Meta fetches. */
export type AdminFeedFile = {
  /** What a person may copy and what Meta fetches. */
  url: string
  last_error: string | null
  published: AdminSnapshot | null
  /** The newest snapshot when it is not the published one: building, held or failed. */
  latest: AdminSnapshot | null
  last_fetch: { completed_at: string; user_agent: string | null } | null
}

/** Answer of `POST /admin/meta-catalog/catalogs/:id/moves`. */
export type AdminMove = {
  /** By the feed they left. */
  moved: { feed_id: string; items: number }[]
  /** Asked for, but there already, no longer offered, or in an upload at this moment. */
  stayed: number
  /** What it means at Meta. */
  consequence: string
}

/** Offered items with a valid row that Meta does not list yet, by the feed they belong to. */
export type AdminFeedMoves = {
  feed_id: string
  /** They come from another feed, and Meta has not taken in a file of that one without them. */
  leaving: number
  /** They wait for an upload of this feed: moved here, or new. */
  unlisted: number
}

export type AdminSnapshot = {
  id: string
  number: number
  status: "building" | "held" | "ready" | "superseded" | "failed"
  scanned: number
  rows: number
  omitted: number
  kept: number
  /** Items left out because they are gone for longer than the catalogue keeps them. */
  retired: number
  bytes: number | null
  started_at: string
  finished_at: string | null
  published_at: string | null
  /** From the start of the build to its end, null while it runs. */
  build_seconds: number | null
  hold_reason: string | null
  error: string | null
}

export type AdminUpload = {
  id: string
  meta_upload_id: string
  feed_id: string
  snapshot_id: string | null
  /** It brought some items and deleted none: new ones, or changes beyond the hour's calls. */
  update_only: boolean
  input_method: string | null
  started_at: string | null
  ended_at: string | null
  detected: number | null
  persisted: number | null
  deleted: number | null
  invalid: number | null
  error_count: number | null
  warning_count: number | null
  report_status: string | null
  ingested_at: string | null
}

export type AdminIssue = {
  id: string
  catalog_id: string
  source: "check" | "feed_upload" | "items_batch" | "audit" | "catalog"
  severity: "error" | "warning"
  code: string
  field: string
  title: string
  message: string
  action: string | null
  retailer_id: string
  product_id: string | null
  variant_id: string | null
  first_seen_at: string
  last_seen_at: string
}

/** State of one item in one word; `in_step` means Meta acknowledged exactly what the store wants. */
export type AdminItemState = "in_step" | "waiting" | "in_flight" | "rejected" | "not_in_feed"

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

/** Items by what an audit found. `checked` are those that were compared or are missing; `repaired` are a part of above and below. */
export type AdminAuditCounts = {
  checked: number
  /** Cut to two digits, never rounded: 100 means that no checked item differs. Null while none was checked. */
  agree_percent: number | null
  agree: number
  /** Meta may sell more, or shows more, than it should. */
  above: number
  /** Meta holds less than it acknowledged. */
  below: number
  /** Listed, and not at Meta. */
  missing: number
  /** In movement, changed within ten minutes, unknown, or not in the feed yet. */
  skipped: number
  /** In a feed of ours at Meta, whose file has left them out. */
  orphans: number
  other_sources: number
  repaired: number
}

/** What the last complete audit of a catalogue found, and how far the running one has come. */
export type AdminAudit = {
  requested_at: string | null
  audited_at: string | null
  result:
    | (AdminAuditCounts & {
        /** Not seen in Meta's list, and too many to look up one by one. */
        unconfirmed: number
        /** Where the items of other sources come from, most first; no feed id: put there without a feed. */
        sources: { meta_feed_id: string | null; name: string | null; items: number }[]
        calls: number
        started_at: string
        finished_at: string
      })
    | null
  running: (AdminAuditCounts & { phase: "pages" | "absent"; calls: number; started_at: string; error: string | null }) | null
}

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
