import { model } from "@medusajs/framework/utils"

/**
 * A retailer id that the running audit has seen at Meta, so that one that paging repeats counts once and one of ours that paging
 * never showed is found. Gone when the audit ends.
 */
export const AuditedItem = model.define(
  { name: "MetaCatalogAuditedItem", tableName: "meta_catalog_audited_item" },
  {
    catalog_id: model.text().primaryKey(),
    retailer_id: model.text().primaryKey(),
  }
)
