import { firstRow, rows, type Sql } from "../sql"

/** What is known of the columns of a file; see the data model of the snapshot. */
export type SnapshotColumns = { filled: Record<string, number>; settings: Record<string, string> }

/** Notes what the columns of a complete file hold, while its build is still this one's. */
export async function recordColumns(sql: Sql, { snapshotId, filled, settings }: { snapshotId: string } & SnapshotColumns): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_snapshot
     set filled = cast(:filled as jsonb), column_settings = cast(:settings as jsonb), updated_at = meta_catalog_now()
     where id = :snapshotId and status = 'building'`,
    { snapshotId, filled: JSON.stringify(filled), settings: JSON.stringify(settings) }
  )
}

/** The columns of the file that a feed serves, or undefined where none is served or nobody counted them. */
export async function servedColumns(sql: Sql, { feedId }: { feedId: string }): Promise<({ rows: number } & SnapshotColumns) | undefined> {
  return await firstRow<{ rows: number } & SnapshotColumns>(
    sql,
    `select s.rows, s.filled, coalesce(s.column_settings, '{}') as settings
     from meta_catalog_feed f
     join meta_catalog_snapshot s on s.id = f.published_snapshot_id and s.filled is not null and s.deleted_at is null
     where f.id = :feedId and f.deleted_at is null`,
    { feedId }
  )
}
