import { model } from "@medusajs/framework/utils"

/**
 * One Meta catalogue this store feeds. Secrets are stored encrypted (see `../secrets.ts`) and never leave the module in
 * the clear except through `MetaCatalogModuleService.connection`.
 */
export const Catalog = model
  .define(
    { name: "MetaCatalog", tableName: "meta_catalog_catalog" },
    {
      id: model.id({ prefix: "mcat" }).primaryKey(),
      name: model.text(),
      /** Meta's catalogue id, a numeric string. One row per id, so two rows never write to the same catalogue. */
      meta_catalog_id: model.text(),
      access_token_encrypted: model.text(),
      app_secret_encrypted: model.text().nullable(),
      graph_version: model.text().default("v26.0"),
      /** The backend's public URL when this catalogue was connected. Where the process's own differs, nothing is sent. */
      public_url: model.text(),
      sales_channel_id: model.text(),
      region_id: model.text().nullable(),
      /** Lower-case ISO 4217 code, as Medusa stores it. */
      currency_code: model.text(),
      /** Two letters for `{country}` in the product URL template. */
      country_code: model.text().nullable(),
      /** Whether prices are told as they are stored, or with or without the taxes of the region and country. */
      price_tax: model.enum(["as_stored", "with_tax", "without_tax"]).default("as_stored"),
      locale: model.text().nullable(),
      product_url_template: model.text(),
      default_brand: model.text().nullable(),
      default_condition: model.enum(["new", "refurbished", "used"]).default("new"),
      google_product_category: model.text().nullable(),
      retailer_id_scheme: model.enum(["sku", "variant_id"]).default("sku"),
      /** The last planned switch of ids, `{ from, to, items, started_at }`; null where there was none, or it was taken back. */
      retailer_id_switch: model.json().nullable(),
      /** Which groups of fields the push owns. Quantity and availability travel as one pair … */
      pushes_stock: model.boolean().default(true),
      /** … and price, sale price and its dates as another. What the push does not own travels with the feed alone. */
      pushes_prices: model.boolean().default(false),
      /** Price lists that began or ended up to this time have been looked at. */
      prices_checked_at: model.dateTime().nullable(),
      /** `item_node` updates items one by one and is for stores of a dozen items that Meta does not read a feed of. */
      transport: model.enum(["items_batch", "item_node"]).default("items_batch"),
      state: model.enum(["active", "paused"]).default("active"),
      /** Machine word, for instance `token_invalid`, `moved_or_copy`, `secret_unreadable`. */
      pause_reason: model.text().nullable(),
      pause_message: model.text().nullable(),
      paused_at: model.dateTime().nullable(),
      /** No call of the batch bucket before this time: Meta asked to wait, or calls have failed. */
      throttled_until: model.dateTime().nullable(),
      /** No call at all before this time: Meta asked to wait with a limit that is not the batch bucket's. */
      quiet_until: model.dateTime().nullable(),
      /** Calls of the batch bucket an hour, as far as Meta's usage header has told; Meta's least is 200 (CONTRACT 2.2). */
      calls_per_hour: model.number().default(200),
      /** The batch bucket's use as Meta last told it, in percent; it throttles at 100. */
      usage_percent: model.number().nullable(),
      usage_seen_at: model.dateTime().nullable(),
      /** Advanced by every call that is taken and every word of Meta about the budget; see `../budget.ts`. */
      budget_version: model.number().default(0),
      /** Calls in a row whose outcome was not an answer to their items; the wait after each doubles. */
      failed_calls: model.number().default(0),
      /** The checks of the last *Test connection*. */
      health: model.json().nullable(),
      health_checked_at: model.dateTime().nullable(),
      /** A sweep was asked for at this time and has not started since. */
      sweep_requested_at: model.dateTime().nullable(),
      swept_at: model.dateTime().nullable(),
      /** Share of the selling items that one sweep or build may make unavailable without a person's word, in percent. */
      brake_share_percent: model.number().default(30),
      /** Below this many items the brake never holds. */
      brake_minimum_items: model.number().default(50),
      /** What the brake held: `{ source, selling, unavailable, at }`. */
      brake_held: model.json().nullable(),
      /** Until this time mass changes pass, because a person released them. */
      brake_released_until: model.dateTime().nullable(),
      /** A person stopped all selling at this time: every item of the scope counts as having nothing to sell. */
      panic_since: model.dateTime().nullable(),
      /** What is stopped, `{ product_ids, collection_ids, category_ids, type_ids, tag_ids }`; null is everything. */
      panic_scope: model.json().nullable(),
      /** An item of a slow feed that sells out is told at once by items_batch, and not with the next file of updates. */
      slow_sell_outs_by_push: model.boolean().default(true),
      /** Months an item that is no longer offered stays in the feed, archived and sold out; Meta asks for months (seed 0). From 1 to 36. */
      discontinued_months: model.number().default(6),
      /** Meta may sell on its own, so it may rightly hold less than what it was told. */
      sells_on_meta: model.boolean().default(false),
      /** Orders of this many days say how fast an item sells. */
      velocity_days: model.number().default(28),
      /** Units a day from which an item counts as `medium` … */
      medium_from: model.float().default(0.2),
      /** … and as `fast`. */
      fast_from: model.float().default(2),
      /** How far beyond a limit, in percent of it, a rate has to be before the item changes its bucket. */
      velocity_hysteresis_percent: model.number().default(20),
      velocity_measured_at: model.dateTime().nullable(),
      /** 95 of 100 changes were acknowledged by Meta within this many seconds of their mark; null with too few to say. */
      latency_p95_s: model.float().nullable(),
      latency_samples: model.number().default(0),
      latency_measured_at: model.dateTime().nullable(),
      /** When the figures of the day were last looked at; see `./stock-day.ts`. */
      stock_measured_at: model.dateTime().nullable(),
      /** Who subtracts orders that Meta has taken and the store does not know of: this plugin (`seller`) or Meta itself (`platform`). */
      orders_mode: model.enum(["off", "seller", "platform"]).default("off"),
      /** Whose orders are read: the shop's id (`cms_id`) or the page's. */
      orders_owner_id: model.text().nullable(),
      /** A Medusa order whose metadata holds a Meta order's id under this key books it. */
      orders_key: model.text().default("meta_order_id"),
      /** When somebody last took the turn to read orders. */
      orders_read_at: model.dateTime().nullable(),
      /** Changes up to this time, of Meta's clock, are stored. */
      orders_read_until: model.dateTime().nullable(),
      /** When everything open at Meta was last read. */
      orders_checked_at: model.dateTime().nullable(),
      /** Meta refuses the orders edge since this time: nothing is read or subtracted until *Test connection* finds it open. */
      orders_refused_at: model.dateTime().nullable(),
      orders_refused_message: model.text().nullable(),
      audit_requested_at: model.dateTime().nullable(),
      audited_at: model.dateTime().nullable(),
      /** What the last complete audit found. */
      audit: model.json().nullable(),
      /** Where the running audit stands; null between audits. */
      audit_run: model.json().nullable(),
    }
  )
  .indexes([{ name: "IDX_meta_catalog_catalog_meta_id", on: ["meta_catalog_id"], unique: true, where: "deleted_at IS NULL" }])
