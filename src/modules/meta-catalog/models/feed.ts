import { model } from "@medusajs/framework/utils"
import { FEED_FORMATS } from "../feeds/feed-format"

/** One feed of a catalogue: a file we generate and the product feed at Meta that reads it. */
export const Feed = model
  .define(
    { name: "MetaCatalogFeed", tableName: "meta_catalog_feed" },
    {
      id: model.id({ prefix: "mcfeed" }).primaryKey(),
      catalog_id: model.text().index(),
      /**
       * `replace`: has items of its own. `update_only`: the file of such a feed's update schedule, which Meta fetches into the feed it has
       * for `main_feed_id`. `supplementary` and `override`: put values over the items of replace feeds and have none of their own.
       */
      kind: model.enum(["replace", "update_only", "supplementary", "override"]).default("replace"),
      /** Of a replace feed: made with Meta's `update_only`, so that no fetch of its file deletes what the file lacks (CONTRACT 5.1). */
      never_deletes: model.boolean().default(false),
      /** Of an override feed: whose values it holds, in Meta's words (CONTRACT 5.1), with a country such as `GB` or a language such as `fr_XX`. */
      override_type: model.enum(["country", "language"]).nullable(),
      override_value: model.text().nullable(),
      /** Of a country feed: where its prices come from. */
      region_id: model.text().nullable(),
      currency_code: model.text().nullable(),
      /** Of an override feed: Medusa's locale of the translations, or of the links. */
      locale: model.text().nullable(),
      /** Of a supplementary feed: the replace feeds it is attached to, and the columns it has beside `id`. */
      primary_feed_ids: model.json().nullable(),
      columns: model.json().nullable(),
      /**
       * How quantities of its items travel. `combined`: the file has them and the push brings every change; `fast`: the push alone;
       * `slow`: the file and a file of updates, of changes only sell-outs are pushed (seed 0, "Inventory Update Strategies").
       */
      strategy: model.enum(["combined", "fast", "slow"]).default("combined"),
      /** The feed whose items the updates are of. Such a feed has no `meta_feed_id` of its own. */
      main_feed_id: model.text().nullable(),
      /** The feed whose items come over at Meta with this one's first session (CONTRACT 5.1). */
      migrated_from_feed_id: model.text().nullable(),
      /** Snapshots up to this number may lack items that come over; Meta is told of the migration when a later one is published. */
      migrated_after_number: model.number().nullable(),
      /** Meta has known of the migration since then. */
      migration_told_at: model.dateTime().nullable(),
      /** Carries this row's id, so the feed at Meta is found again when the stored id was lost. */
      name: model.text(),
      meta_feed_id: model.text().nullable(),
      /** The format of the next build. */
      format: model.enum([...FEED_FORMATS]).default("csv"),
      /** The format of the file that is served, null before the first; our URL at Meta ends as that file is written. */
      published_format: model.enum([...FEED_FORMATS]).nullable(),
      /** Meta's schedule object without url and credentials (CONTRACT 5.2). */
      schedule: model.json(),
      next_fetch_at: model.dateTime().nullable(),
      /** When Meta's last fetch by schedule was due: it may be about to begin. */
      fetch_due_at: model.dateTime().nullable(),
      /** The schedule Meta has, without url and credentials, where a person has changed it there; Meta fetches by that one. */
      schedule_at_meta: model.json().nullable(),
      /** When Meta's settings of the feed were last read, or told. */
      settings_read_at: model.dateTime().nullable(),
      /** Where Meta's settings are not what it was told, `[{ field, ours, metas }]`; null where they are. */
      drift: model.json().nullable(),
      drift_seen_at: model.dateTime().nullable(),
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
      /** An upload that deletes nothing was asked for at this time and has not started since. */
      update_upload_requested_at: model.dateTime().nullable(),
      /** The upload that was asked for is to bring its file along instead of a URL. */
      upload_as_file: model.boolean().default(false),
      uploads_read_at: model.dateTime().nullable(),
      /** Meta has to be told our URL, credentials or schedule from this time on; null when it knows them. */
      meta_stale_since: model.dateTime().nullable(),
      last_error: model.text().nullable(),
    }
  )
  .indexes([
    {
      name: "IDX_meta_catalog_feed_strategy",
      on: ["catalog_id", "kind", "strategy"],
      unique: true,
      where: "kind IN ('replace', 'update_only') AND deleted_at IS NULL",
    },
    {
      name: "IDX_meta_catalog_feed_override",
      on: ["catalog_id", "override_type", "override_value"],
      unique: true,
      where: "override_type IS NOT NULL AND deleted_at IS NULL",
    },
  ])
