import type { DiffSummary } from "../../../feed/diff-summary"
import type { FeedFormat } from "../../../modules/meta-catalog/feeds/feed-format"

/** One generated file of a feed with what its build counted. */
export type AdminSnapshot = {
  id: string
  number: number
  status: "building" | "held" | "ready" | "superseded" | "failed"
  scanned: number
  rows: number
  omitted: number
  kept: number
  /** Items left out because they are gone for longer than the catalogue keeps them. */
  retired: number
  bytes: number | null
  started_at: string
  finished_at: string | null
  published_at: string | null
  /** From the start of the build to its end, null while it runs. */
  build_seconds: number | null
  hold_reason: string | null
  error: string | null
}

/** `GET /admin/meta-catalog/feeds/:id/snapshots?limit=20&offset=0`, newest first. */
export type AdminSnapshots = { snapshots: AdminSnapshotEntry[]; count: number; limit: number; offset: number }

/** One snapshot of a feed with what was measured of it. */
export type AdminSnapshotEntry = AdminSnapshot & {
  format: FeedFormat
  plain_bytes: number | null
  /** In how many rows each column of the file has a value; null where nobody counted. A column the file does not have is missing. */
  filled: Record<string, number> | null
  /** Values in the file may be as old as this. */
  first_read_at: string | null
  /** The file is still stored, so it can be compared. */
  has_file: boolean
  /** Complete downloads, and how often a client was told that it has the file already. */
  fetches: number
  not_modified: number
  last_fetched_at: string | null
}

/** `GET`, `POST /admin/meta-catalog/snapshots/:id/diff`. */
export type AdminSnapshotDiff = {
  snapshot_id: string
  /** The file published before it: of a held one that is the one being served. Null where there is none. */
  against: { id: string; number: number; format: FeedFormat; rows: number; published_at: string } | null
  /**
   * `none`: not asked for yet; `computing`: ask again in a few seconds; `failed`: may be asked for again, `message` says why;
   * `unavailable`: cannot be made, `message` says why.
   */
  status: "none" | "computing" | "done" | "failed" | "unavailable"
  message: string | null
  /** Both files are still stored, so all differences can be downloaded. */
  can_download: boolean
  computed_at: string | null
  summary: DiffSummary | null
}
