import { model } from "@medusajs/framework/utils"

/** Where the value of one of Meta's columns comes from, as a person has set it; a column without a row has its built-in source. */
export const Column = model
  .define(
    { name: "MetaCatalogColumn", tableName: "meta_catalog_column" },
    {
      id: model.id({ prefix: "mccol" }).primaryKey(),
      catalog_id: model.text(),
      /** A supplementary feed of its own columns; empty for the catalogue's rows. */
      feed_id: model.text().default(""),
      /** Meta's name of the column. */
      field: model.text(),
      /** List of sources in order; the first that gives a value counts. */
      source: model.json(),
    }
  )
  .indexes([{ name: "IDX_meta_catalog_column_field", on: ["catalog_id", "feed_id", "field"], unique: true, where: "deleted_at IS NULL" }])
