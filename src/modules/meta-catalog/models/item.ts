import { model } from "@medusajs/framework/utils"

/**
 * One variant in one catalogue: its retailer id, fixed at first sight, and the ledger of what was wanted, sent and
 * acknowledged. The push reads and writes only this table; the rows of the feed live in `item_row`.
 */
export const Item = model
  .define(
    { name: "MetaCatalogItem", tableName: "meta_catalog_item" },
    {
      id: model.id({ prefix: "mcitem" }).primaryKey(),
      catalog_id: model.text(),
      /** The one primary feed this item belongs to, fixed at first listing. */
      feed_id: model.text().nullable(),
      retailer_id: model.text(),
      /** The id it is to have; see `../renames.ts`. */
      next_retailer_id: model.text().nullable(),
      /** Number of the newest snapshot when that was planned: later ones hold the new id. */
      next_after_number: model.number().nullable(),
      /** The id it had before. Reports and orders may still name it, and no other item gets it. */
      previous_retailer_id: model.text().nullable(),
      /** The file names the former id until then; null until Meta has taken the new one in. */
      previous_until: model.dateTime().nullable(),
      variant_id: model.text(),
      product_id: model.text(),

      /** Meta is known to hold the item: an ingested upload had it without a fatal row. Only listed items are claimed. */
      listed_at: model.dateTime().nullable(),
      /** The feed it is leaving: until an upload of that feed lacked it, Meta would refuse it in the file of the one it joins. */
      moved_from_feed_id: model.text().nullable(),
      /** Number of the newest snapshot of the feed it is leaving that may hold it. */
      moved_at_number: model.number().nullable(),
      /** Number of the first snapshot of the present run of snapshots that hold this item; null when it is not written. */
      written_since: model.number().nullable(),
      /** Number of the first snapshot that left this item out again. */
      omitted_since: model.number().nullable(),

      /** The value may differ from Meta's since this time; cleared by the claim, before values are read. */
      due_at: model.dateTime().nullable(),
      due_reason: model.text().nullable(),
      /** Smaller goes first. Given by the mark, and anew once the wanted value is known (`is_ranked`). */
      priority: model.number().default(100),
      is_ranked: model.boolean().default(false),
      /** Last time anything marked the item due, whether or not it was sent since. */
      marked_at: model.dateTime().nullable(),
      /** The one known request this item is part of. */
      batch_id: model.text().nullable(),
      /** The update_only upload that carries the item: until it is taken in, only a sell-out is sent beside it. */
      carrier_id: model.text().nullable(),
      /** An upload may overwrite the value in flight: when its batch settles, the value counts as unknown. */
      reassert: model.boolean().default(false),

      wanted_quantity: model.number().nullable(),
      wanted_availability: model.text().nullable(),
      /** `{ price, sale_price, sale_price_effective_date }` as Meta reads them, "" where there is none; null when never computed. */
      wanted_price: model.json().nullable(),
      wanted_at: model.dateTime().nullable(),
      /** What led to the wanted value: the reason of the mark that was answered by it. */
      wanted_reason: model.text().nullable(),
      sent_quantity: model.number().nullable(),
      sent_availability: model.text().nullable(),
      sent_price: model.json().nullable(),
      sent_at: model.dateTime().nullable(),
      /** What Meta confirmed. Availability null means unknown: nothing confirmed, or an upload may have changed it since. */
      acknowledged_quantity: model.number().nullable(),
      acknowledged_availability: model.text().nullable(),
      /** Null means unknown, also for a catalogue whose push has never sent prices. */
      acknowledged_price: model.json().nullable(),
      acknowledged_at: model.dateTime().nullable(),
      rejected_at: model.dateTime().nullable(),
      attempts: model.number().default(0),
      last_error: model.text().nullable(),

      /** Units sold a day over all sales channels, in the catalogue's last `velocity_days`, when it was last measured. */
      units_per_day: model.float().default(0),
      /** See `../../../catalog/velocity.ts`: it moves with hysteresis, so it is not a plain function of the rate. */
      velocity_bucket: model.enum(["slow", "medium", "fast"]).default("slow"),
      /** When rate or bucket last changed. */
      velocity_at: model.dateTime().nullable(),

      /** The last build found no valid row: the item is kept at Meta out of stock, whatever its stock is. */
      invalid_since: model.dateTime().nullable(),
      /** The variant is unpublished, unlinked or deleted since this time. */
      discontinued_at: model.dateTime().nullable(),
    }
  )
  .indexes([
    { name: "IDX_meta_catalog_item_retailer", on: ["catalog_id", "retailer_id"], unique: true, where: "deleted_at IS NULL" },
    { name: "IDX_meta_catalog_item_next", on: ["catalog_id", "next_retailer_id"], unique: true, where: "next_retailer_id IS NOT NULL AND deleted_at IS NULL" },
    { name: "IDX_meta_catalog_item_previous", on: ["catalog_id", "previous_retailer_id"], where: "previous_retailer_id IS NOT NULL AND deleted_at IS NULL" },
    // Those on their way to another id, which are few but while a switch lasts.
    { name: "IDX_meta_catalog_item_travelling", on: ["catalog_id"], where: "previous_retailer_id IS NOT NULL AND previous_until IS NULL AND deleted_at IS NULL" },
    // The variant first: it also finds a variant's items in every catalogue. Each index is paid for by every mark.
    { name: "IDX_meta_catalog_item_variant_catalog", on: ["variant_id", "catalog_id"], unique: true, where: "deleted_at IS NULL" },
    { name: "IDX_meta_catalog_item_product_id", on: ["product_id"] },
    {
      name: "IDX_meta_catalog_item_claim",
      on: ["catalog_id", "priority", "due_at"],
      where: "due_at IS NOT NULL AND batch_id IS NULL AND listed_at IS NOT NULL AND deleted_at IS NULL",
    },
    {
      name: "IDX_meta_catalog_item_due",
      on: ["catalog_id", "due_at"],
      where: "due_at IS NOT NULL AND batch_id IS NULL AND listed_at IS NOT NULL AND deleted_at IS NULL",
    },
    { name: "IDX_meta_catalog_item_moved", on: ["moved_from_feed_id"], where: "moved_from_feed_id IS NOT NULL" },
    { name: "IDX_meta_catalog_item_new", on: ["catalog_id"], where: "listed_at IS NULL" },
    { name: "IDX_meta_catalog_item_carrier", on: ["carrier_id"], where: "carrier_id IS NOT NULL" },
    { name: "IDX_meta_catalog_item_batch", on: ["batch_id"], where: "batch_id IS NOT NULL" },
  ])
