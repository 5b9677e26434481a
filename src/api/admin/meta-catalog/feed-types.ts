import type { FeedFormat } from "../../../modules/meta-catalog/feeds/feed-format"
import type { FetchSchedule } from "../../../modules/meta-catalog/feeds/fetch-calendar"
import type { FeedDifference } from "../../../workflows/feeds/feed-differences"
import type { AdminSnapshot } from "./snapshot-types"

/** A feed whose items belong to it: what it is set to, what Meta has otherwise, and the file that is served. */
export type AdminFeed = AdminFeedFile & {
  id: string
  catalog_id: string
  kind: "replace"
  /** Made at Meta so that no fetch of its file deletes what the file lacks. */
  update_only: boolean
  /** How quantities travel: by file and push, by the push alone, or by files with only sell-outs pushed. */
  strategy: "combined" | "fast" | "slow"
  name: string
  meta_feed_id: string | null
  /** Our id of the feed whose items come over with this one's first upload. */
  migrated_from_feed_id: string | null
  /** Of the next file. `published_format` is that of the file being served, whose URL ends in it; null before the first. */
  format: FeedFormat
  published_format: FeedFormat | null
  /** When Meta is told to fetch the file. */
  schedule: FetchSchedule
  next_fetch_at: string | null
  /** Where Meta's settings are not what it was told, as last read; empty where they are. */
  drift: FeedDifference[]
  drift_seen_at: string | null
  /** When Meta's settings were last read, or told. */
  settings_read_at: string | null
  basic_username: string | null
  has_basic_password: boolean
  build_requested_at: string | null
  upload_requested_at: string | null
  /** The file of Meta's update schedule, null where there is none. */
  updates: (AdminFeedFile & { id: string; schedule: AdminFeed["schedule"]; next_fetch_at: string | null }) | null
}

/** A file Meta fetches. */
export type AdminFeedFile = {
  /** What a person may copy and what Meta fetches. */
  url: string
  last_error: string | null
  published: AdminSnapshot | null
  /** The newest snapshot when it is not the published one: building, held or failed. */
  latest: AdminSnapshot | null
  last_fetch: { completed_at: string; user_agent: string | null } | null
}

/** Answer of `POST /admin/meta-catalog/catalogs/:id/moves`. */
export type AdminMove = {
  /** By the feed they left. */
  moved: { feed_id: string; items: number }[]
  /** Asked for, but there already, no longer offered, or in an upload at this moment. */
  stayed: number
  /** What it means at Meta. */
  consequence: string
}

/** Offered items with a valid row that Meta does not list yet, by the feed they belong to. */
export type AdminFeedMoves = {
  feed_id: string
  /** They come from another feed, and Meta has not taken in a file of that one without them. */
  leaving: number
  /** They wait for an upload of this feed: moved here, or new. */
  unlisted: number
}

/** An upload session at Meta, whoever started it. Counts are null until Meta tells them. */
export type AdminUpload = {
  id: string
  meta_upload_id: string
  feed_id: string
  snapshot_id: string | null
  /** It brought some items and deleted none: new ones, or changes beyond the hour's calls. */
  update_only: boolean
  input_method: string | null
  started_at: string | null
  ended_at: string | null
  detected: number | null
  persisted: number | null
  deleted: number | null
  invalid: number | null
  error_count: number | null
  warning_count: number | null
  report_status: string | null
  ingested_at: string | null
}
