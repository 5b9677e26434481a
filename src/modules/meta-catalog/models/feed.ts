import { model } from "@medusajs/framework/utils"

/** One feed of a catalogue: a file we generate and the product feed at Meta that reads it. */
export const Feed = model
  .define(
    { name: "MetaCatalogFeed", tableName: "meta_catalog_feed" },
    {
      id: model.id({ prefix: "mcfeed" }).primaryKey(),
      catalog_id: model.text().index(),
      kind: model.enum(["replace"]).default("replace"),
      /** Carries this row's id, so the feed at Meta is found again when the stored id was lost. */
      name: model.text(),
      meta_feed_id: model.text().nullable(),
      format: model.enum(["csv"]).default("csv"),
      /** Meta's schedule object without url and credentials (CONTRACT 5.2). */
      schedule: model.json(),
      next_fetch_at: model.dateTime().nullable(),
      /** The secret part of the path Meta fetches. Rotatable; the only secret that may appear in a URL. */
      token: model.text().unique(),
      previous_token: model.text().nullable(),
      previous_token_until: model.dateTime().nullable(),
      basic_username: model.text().nullable(),
      basic_password_encrypted: model.text().nullable(),
      published_snapshot_id: model.text().nullable(),
      /** Ordinal of the newest snapshot, whatever became of it. */
      snapshot_number: model.number().default(0),
      /** A build was asked for at this time and no build has started since. */
      build_requested_at: model.dateTime().nullable(),
      /** An upload was asked for at this time (after the next publication) and has not started since. */
      upload_requested_at: model.dateTime().nullable(),
      uploads_read_at: model.dateTime().nullable(),
      /** Meta has to be told our URL, credentials or schedule from this time on; null when it knows them. */
      meta_stale_since: model.dateTime().nullable(),
      last_error: model.text().nullable(),
    }
  )
  .indexes([{ name: "IDX_meta_catalog_feed_kind", on: ["catalog_id", "kind"], unique: true, where: "deleted_at IS NULL" }])
