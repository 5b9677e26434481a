import { model } from "@medusajs/framework/utils"

/** One order at Meta, as it was last read. */
export const Order = model
  .define(
    { name: "MetaCatalogOrder", tableName: "meta_catalog_order" },
    {
      id: model.id({ prefix: "mcorder" }).primaryKey(),
      catalog_id: model.text(),
      /** Meta's order id, a numeric string. */
      meta_order_id: model.text(),
      /** Meta's word (FB_PROCESSING, CREATED, IN_PROGRESS, COMPLETED), or ours: UNREAD before the first reading, GONE when Meta knows it no longer. */
      state: model.text().default("UNREAD"),
      /** Meta's clock. */
      created_at_meta: model.dateTime().nullable(),
      updated_at_meta: model.dateTime().nullable(),
      /** Meta's time of the change with which it was first seen acknowledged. */
      acknowledged_at: model.dateTime().nullable(),
      /** When a reading last showed it. */
      seen_at: model.dateTime().nullable(),
      /** The store's stock holds the order's units back since this time, so nothing more is subtracted for it. */
      booked_at: model.dateTime().nullable(),
      medusa_order_id: model.text().nullable(),
      /** Meta acknowledged quantities that the booking had lowered. */
      told_at: model.dateTime().nullable(),
      /** A person was told that this came too late. */
      late_notified_at: model.dateTime().nullable(),
    }
  )
  .indexes([
    { name: "IDX_meta_catalog_order_meta_id", on: ["catalog_id", "meta_order_id"], unique: true, where: "deleted_at IS NULL" },
    { name: "IDX_meta_catalog_order_pending", on: ["catalog_id"], where: "booked_at IS NULL AND state IN ('FB_PROCESSING', 'CREATED') AND deleted_at IS NULL" },
    { name: "IDX_meta_catalog_order_untold", on: ["catalog_id"], where: "booked_at IS NOT NULL AND told_at IS NULL AND deleted_at IS NULL" },
  ])
