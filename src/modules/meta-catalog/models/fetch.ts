import { model } from "@medusajs/framework/utils"

/** One complete response for a snapshot, or the word that the client has it already: what a later upload session may have read. */
export const Fetch = model
  .define(
    { name: "MetaCatalogFetch", tableName: "meta_catalog_fetch" },
    {
      id: model.id({ prefix: "mcfetch" }).primaryKey(),
      feed_id: model.text(),
      snapshot_id: model.text(),
      /** The URL named the snapshot, as one-time uploads do. */
      named_snapshot: model.boolean().default(false),
      /** Answered by 304: the client has the file from an earlier fetch. */
      not_modified: model.boolean().default(false),
      completed_at: model.dateTime(),
      user_agent: model.text().nullable(),
    }
  )
  .indexes([{ name: "IDX_meta_catalog_fetch_feed", on: ["feed_id", "completed_at"] }])
