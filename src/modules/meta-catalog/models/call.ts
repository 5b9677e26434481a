import { model } from "@medusajs/framework/utils"

/** One call of the batch bucket, kept for as long as it counts against the hour's budget. */
export const Call = model
  .define(
    { name: "MetaCatalogCall", tableName: "meta_catalog_call" },
    {
      id: model.id({ prefix: "mccall" }).primaryKey(),
      catalog_id: model.text(),
      made_at: model.dateTime(),
    }
  )
  .indexes([{ name: "IDX_meta_catalog_call_made", on: ["catalog_id", "made_at"] }])
