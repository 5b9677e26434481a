import { model } from "@medusajs/framework/utils"
import { FEED_FORMATS } from "../feeds/feed-format"

/** One generated file of a feed. Only a complete one is ever `ready`. */
export const Snapshot = model
  .define(
    { name: "MetaCatalogSnapshot", tableName: "meta_catalog_snapshot" },
    {
      id: model.id({ prefix: "mcsnap" }).primaryKey(),
      feed_id: model.text(),
      /** Position among the feed's snapshots, starting at 1. */
      number: model.number(),
      status: model.enum(["building", "held", "ready", "superseded", "failed"]),
      format: model.enum([...FEED_FORMATS]).default("csv"),
      /** Key in the File Module. */
      file_key: model.text().nullable(),
      /** SHA-256 over the stored bytes, lower-case hex. */
      sha256: model.text().nullable(),
      /** Items considered: the offered variants read from the store and the items that are no longer offered. */
      scanned: model.number().default(0),
      /** Lines written, header not counted. `rows + omitted + retired = scanned`. */
      rows: model.number().default(0),
      /** Items without a row: never published and either invalid or gone. */
      omitted: model.number().default(0),
      /** Items without a row because they are gone for longer than the catalogue keeps them. */
      retired: model.number().default(0),
      /** Rows that were written from an item's last valid row. */
      kept: model.number().default(0),
      /** Size of the stored gzip file. */
      bytes: model.bigNumber().nullable(),
      /** Size of the plain file. */
      plain_bytes: model.bigNumber().nullable(),
      /** In how many rows each column of the file has a value, `{ column: rows }`; null for a file whose columns nobody counts. */
      filled: model.json().nullable(),
      /** What stood for a person's settings of each column as the build began, `{ column: mark }`. */
      column_settings: model.json().nullable(),
      hold_reason: model.text().nullable(),
      /** How the file differs from the one published before it, once somebody has asked. */
      diff: model.json().nullable(),
      /** Last sign of life of the comparison that was begun last. */
      diff_heartbeat_at: model.dateTime().nullable(),
      diff_error: model.text().nullable(),
      error: model.text().nullable(),
      started_at: model.dateTime(),
      /** Database time before the first read of the store: values may be as old as this. */
      first_read_at: model.dateTime().nullable(),
      heartbeat_at: model.dateTime(),
      finished_at: model.dateTime().nullable(),
      published_at: model.dateTime().nullable(),
    }
  )
  .indexes([
    { name: "IDX_meta_catalog_snapshot_number", on: ["feed_id", "number"], unique: true },
    { name: "IDX_meta_catalog_snapshot_building", on: ["feed_id"], unique: true, where: "status = 'building' AND deleted_at IS NULL" },
  ])
