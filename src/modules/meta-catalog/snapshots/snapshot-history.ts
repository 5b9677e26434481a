import type { FeedFormat } from "../feeds/feed-format"
import { firstRow, rows, type Sql } from "../sql"

/** A snapshot as it is listed: without its diff, with its complete fetches counted. Times of builds are in seconds. */
export type SnapshotEntry = {
  id: string
  number: number
  status: "building" | "held" | "ready" | "superseded" | "failed"
  format: FeedFormat
  scanned: number
  rows: number
  kept: number
  omitted: number
  retired: number
  bytes: string | null
  plain_bytes: string | null
  filled: Record<string, number> | null
  hold_reason: string | null
  error: string | null
  started_at: Date
  first_read_at: Date | null
  finished_at: Date | null
  published_at: Date | null
  has_file: boolean
  /** Complete responses, and how often a client was told that it has the file. */
  fetches: number
  not_modified: number
  last_fetched_at: Date | null
}

/** A page of a feed's snapshots, newest first, and how many there are. */
export async function listFeedSnapshots(
  sql: Sql,
  { feedId, limit, offset }: { feedId: string; limit: number; offset: number }
): Promise<{ snapshots: SnapshotEntry[]; count: number }> {
  const [snapshots, total] = await Promise.all([
    rows<SnapshotEntry>(
      sql,
      `select s.id, s.number, s.status, s.format, s.scanned, s.rows, s.kept, s.omitted, s.retired, s.bytes::text, s.plain_bytes::text, s.filled,
              s.hold_reason, s.error, s.started_at, s.first_read_at, s.finished_at, s.published_at,
              s.file_key is not null and s.status in ('held', 'ready', 'superseded') as has_file,
              fetched.*
       from meta_catalog_snapshot s
       cross join lateral (
         select count(*) filter (where not h.not_modified)::int as fetches, count(*) filter (where h.not_modified)::int as not_modified,
                max(h.completed_at) as last_fetched_at
         from meta_catalog_fetch h
         where h.feed_id = s.feed_id and h.snapshot_id = s.id and h.deleted_at is null) fetched
       where s.feed_id = :feedId and s.deleted_at is null
       order by s.number desc limit :limit offset :offset`,
      { feedId, limit, offset }
    ),
    firstRow<{ count: number }>(sql, "select count(*)::int as count from meta_catalog_snapshot where feed_id = :feedId and deleted_at is null", { feedId }),
  ])
  return { snapshots, count: total?.count ?? 0 }
}
