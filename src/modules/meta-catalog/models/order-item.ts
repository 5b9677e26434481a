import { model } from "@medusajs/framework/utils"

/** One item of an order at Meta. */
export const OrderItem = model
  .define(
    { name: "MetaCatalogOrderItem", tableName: "meta_catalog_order_item" },
    {
      id: model.id({ prefix: "mcoitem" }).primaryKey(),
      order_id: model.text(),
      retailer_id: model.text(),
      /** As last read. Whether Meta leaves cancelled units in it is not documented … */
      quantity: model.number(),
      /** … so the most that was ever read is kept, and what this store has cancelled of it. */
      ordered_quantity: model.number(),
      cancelled_quantity: model.number().default(0),
    }
  )
  .indexes([{ name: "IDX_meta_catalog_order_item_retailer", on: ["order_id", "retailer_id"], unique: true, where: "deleted_at IS NULL" }])
