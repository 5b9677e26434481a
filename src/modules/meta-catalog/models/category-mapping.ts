import { model } from "@medusajs/framework/utils"

/** What a category of the store is in Google's product taxonomy, for one catalogue. Categories below it have it too, unless they have their own. */
export const CategoryMapping = model
  .define(
    { name: "MetaCatalogCategoryMapping", tableName: "meta_catalog_category_mapping" },
    {
      id: model.id({ prefix: "mcmap" }).primaryKey(),
      catalog_id: model.text(),
      product_category_id: model.text(),
      /** Id in the taxonomy, digits only. */
      google_product_category: model.text(),
    }
  )
  .indexes([{ name: "IDX_meta_catalog_category_mapping_pair", on: ["catalog_id", "product_category_id"], unique: true, where: "deleted_at IS NULL" }])
