import { model } from "@medusajs/framework/utils"

/** One upload session at Meta, whoever started it. */
export const Upload = model
  .define(
    { name: "MetaCatalogUpload", tableName: "meta_catalog_upload" },
    {
      id: model.id({ prefix: "mcup" }).primaryKey(),
      catalog_id: model.text(),
      feed_id: model.text(),
      meta_upload_id: model.text(),
      /** The snapshot it read, as far as known; for a one-time upload by us always known. */
      snapshot_id: model.text().nullable(),
      /** The snapshot was tied by a fetch near the start, or assumed to be the oldest one served. */
      snapshot_tie: model.enum(["named", "fetch", "assumed"]).nullable(),
      /** It changed and added items, and deleted none. */
      update_only: model.boolean().default(false),
      /** The batch whose values an upload of ours carried, when it was no snapshot of the feed. */
      batch_id: model.text().nullable(),
      input_method: model.text().nullable(),
      started_at: model.dateTime().nullable(),
      ended_at: model.dateTime().nullable(),
      detected: model.number().nullable(),
      persisted: model.number().nullable(),
      deleted: model.number().nullable(),
      invalid: model.number().nullable(),
      error_count: model.number().nullable(),
      warning_count: model.number().nullable(),
      /** Meta's report_status, or `not_needed`. */
      report_status: model.text().nullable(),
      /** Items were listed and re-asserted and issues stored by this time. */
      ingested_at: model.dateTime().nullable(),
    }
  )
  .indexes([
    { name: "IDX_meta_catalog_upload_meta_id", on: ["meta_upload_id"], unique: true, where: "deleted_at IS NULL" },
    { name: "IDX_meta_catalog_upload_open", on: ["catalog_id"], where: "ingested_at IS NULL" },
    { name: "IDX_meta_catalog_upload_feed", on: ["feed_id", "started_at"] },
  ])
