import { model } from "@medusajs/framework/utils"

/**
 * What a merchant has said about the stock Meta may promise, for a catalogue or a part of it. Only the fields that a rule sets
 * are stored; how rules meet is decided in `catalog/stock-policy`.
 */
export const StockRule = model
  .define(
    { name: "MetaCatalogStockRule", tableName: "meta_catalog_stock_rule" },
    {
      id: model.id({ prefix: "mcrule" }).primaryKey(),
      catalog_id: model.text(),
      scope: model.enum(["catalog", "type", "collection", "category", "tag", "product", "variant"]),
      /** Id of what the rule speaks of; empty for the catalogue itself. */
      reference_id: model.text().default(""),
      settings: model.json(),
    }
  )
  .indexes([{ name: "IDX_meta_catalog_stock_rule_reference", on: ["catalog_id", "scope", "reference_id"], unique: true, where: "deleted_at IS NULL" }])
