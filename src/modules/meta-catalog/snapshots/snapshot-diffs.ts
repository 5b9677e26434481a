import type { FeedFormat } from "../feeds/feed-format"
import { firstRow, rows, type Sql } from "../sql"

/** How long a comparison may be silent before another may take its place. */
const SILENCE = "2 minutes"

/** A snapshot as one side of a comparison. `file_key` is null once the file has been deleted. */
export type ComparedSnapshot = {
  id: string
  feed_id: string
  number: number
  status: "building" | "held" | "ready" | "superseded" | "failed"
  format: FeedFormat
  rows: number
  file_key: string | null
  /** ISO 8601. */
  published_at: string | null
}

/**
 * What is known of a snapshot's difference from the one published before it, which never changes once it has ended: of a held one it is
 * the one being served, as long as nothing newer is.
 */
export type SnapshotComparison = {
  snapshot: ComparedSnapshot
  /** Null where none was published before. */
  against: ComparedSnapshot | null
  /** As it was stored; null before. */
  diff: unknown
  /** Why the last comparison ended without a result. */
  diff_error: string | null
  is_computing: boolean
}

const SIDE = (name: string) => `to_jsonb(${name}) as ${name}`
const COLUMNS = "id, feed_id, number, status, format, rows, file_key, published_at"

/** The snapshot with the one it is compared with, or undefined when there is no such snapshot. */
export async function readComparison(sql: Sql, { snapshotId }: { snapshotId: string }): Promise<SnapshotComparison | undefined> {
  return await firstRow<SnapshotComparison>(
    sql,
    `select ${SIDE("snapshot")}, ${SIDE("against")}, s.diff, s.diff_error,
            coalesce(s.diff is null and s.diff_heartbeat_at >= meta_catalog_now() - interval '${SILENCE}', false) as is_computing
     from meta_catalog_snapshot s
     cross join lateral (select ${columnsOf("s")}) snapshot
     left join lateral (
       select ${columnsOf("p")} from meta_catalog_snapshot p
       where p.feed_id = s.feed_id and p.number < s.number and p.published_at is not null and p.status in ('ready', 'superseded') and p.deleted_at is null
       order by p.number desc limit 1) against on true
     where s.id = :snapshotId and s.deleted_at is null`,
    { snapshotId }
  )
}

function columnsOf(table: string): string {
  return COLUMNS.split(", ").map((column) => `${table}.${column}`).join(", ")
}

/**
 * Takes the comparison of a snapshot on, unless it is made already or somebody who is alive makes it.
 *
 * @returns whether it is to be made now, by whoever asked.
 */
export async function claimDiff(sql: Sql, { snapshotId }: { snapshotId: string }): Promise<boolean> {
  const claimed = await firstRow(
    sql,
    `update meta_catalog_snapshot
     set diff_heartbeat_at = meta_catalog_now(), diff_error = null, updated_at = meta_catalog_now()
     where id = :snapshotId and diff is null and deleted_at is null
       and (diff_heartbeat_at is null or diff_heartbeat_at < meta_catalog_now() - interval '${SILENCE}')
     returning id`,
    { snapshotId }
  )
  return claimed !== undefined
}

/** Shows that a comparison is alive. */
export async function keepDiffAlive(sql: Sql, { snapshotId }: { snapshotId: string }): Promise<void> {
  await rows(sql, "update meta_catalog_snapshot set diff_heartbeat_at = meta_catalog_now() where id = :snapshotId and diff is null", { snapshotId })
}

/** Keeps the result of a comparison. Two who made the same one have the same result. */
export async function storeDiff(sql: Sql, { snapshotId, diff }: { snapshotId: string; diff: object }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_snapshot
     set diff = jsonb_build_object('computed_at', meta_catalog_now()) || cast(:diff as jsonb), diff_heartbeat_at = null, diff_error = null,
         updated_at = meta_catalog_now()
     where id = :snapshotId and diff is null`,
    { snapshotId, diff: JSON.stringify(diff) }
  )
}

/** Ends a comparison without a result; it may be asked for again. */
export async function failDiff(sql: Sql, { snapshotId, error }: { snapshotId: string; error: string }): Promise<void> {
  await rows(
    sql,
    "update meta_catalog_snapshot set diff_error = :error, diff_heartbeat_at = null, updated_at = meta_catalog_now() where id = :snapshotId and diff is null",
    { snapshotId, error }
  )
}
