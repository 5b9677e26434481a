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
      locale: model.text().nullable(),
      product_url_template: model.text(),
      default_brand: model.text().nullable(),
      default_condition: model.enum(["new", "refurbished", "used"]).default("new"),
      google_product_category: model.text().nullable(),
      retailer_id_scheme: model.enum(["sku", "variant_id"]).default("sku"),
      state: model.enum(["active", "paused"]).default("active"),
      /** Machine word, for instance `token_invalid`, `moved_or_copy`, `secret_unreadable`. */
      pause_reason: model.text().nullable(),
      pause_message: model.text().nullable(),
      paused_at: model.dateTime().nullable(),
      /** No call of the batch bucket before this time: Meta asked to wait, or calls have failed. */
      throttled_until: model.dateTime().nullable(),
      /** No call at all before this time: Meta asked to wait with a limit that is not the batch bucket's. */
      quiet_until: model.dateTime().nullable(),
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
    }
  )
  .indexes([{ name: "IDX_meta_catalog_catalog_meta_id", on: ["meta_catalog_id"], unique: true, where: "deleted_at IS NULL" }])
