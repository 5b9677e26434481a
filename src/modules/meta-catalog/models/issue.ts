import { model } from "@medusajs/framework/utils"

/** One present problem, from one source. A solved issue has no row. */
export const Issue = model
  .define(
    { name: "MetaCatalogIssue", tableName: "meta_catalog_issue" },
    {
      id: model.id({ prefix: "mciss" }).primaryKey(),
      catalog_id: model.text(),
      source: model.enum(["check", "feed_upload", "items_batch", "audit", "catalog"]),
      severity: model.enum(["error", "warning"]),
      /** Meta's error type, or one of our own in lower case (see `catalog/validation`). */
      code: model.text(),
      /** Tells problems with one code apart where the finder names no field: Meta gives many texts the same error type. */
      cause: model.text().default(""),
      /** Meta field name, empty when the issue is not about one field. */
      field: model.text().default(""),
      title: model.text(),
      message: model.text(),
      /** What a person can do about it. */
      action: model.text().nullable(),
      /** Empty for an issue of the whole catalogue. */
      retailer_id: model.text().default(""),
      product_id: model.text().nullable(),
      variant_id: model.text().nullable(),
      upload_id: model.text().nullable(),
      first_seen_at: model.dateTime(),
      last_seen_at: model.dateTime(),
    }
  )
  .indexes([
    {
      name: "IDX_meta_catalog_issue_identity",
      on: ["catalog_id", "source", "retailer_id", "code", "cause", "field"],
      unique: true,
      where: "deleted_at IS NULL",
    },
    { name: "IDX_meta_catalog_issue_product", on: ["product_id"] },
    { name: "IDX_meta_catalog_issue_catalog", on: ["catalog_id", "severity", "last_seen_at"] },
  ])
