import { model } from "@medusajs/framework/utils"

/**
 * An item that a file of an override feed has had a row for. Meta keeps an override until a row says that it is to go, so the files after
 * that have to know (Meta: localized catalogs, "remove").
 */
export const OverriddenItem = model
  .define(
    { name: "MetaCatalogOverriddenItem", tableName: "meta_catalog_overridden_item" },
    {
      id: model.id({ prefix: "mcovr" }).primaryKey(),
      feed_id: model.text(),
      item_id: model.text(),
      /** Its row said that it is not for sale there. */
      is_hidden: model.boolean().default(false),
    }
  )
  .indexes([{ name: "IDX_meta_catalog_overridden_item_feed", on: ["feed_id", "item_id"], unique: true, where: "deleted_at IS NULL" }])
