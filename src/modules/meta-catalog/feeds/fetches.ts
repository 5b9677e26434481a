import { generateEntityId } from "@medusajs/framework/utils"
import { firstRow, rows, type Sql } from "../sql"

/** Longest user agent that is kept. */
const LONGEST_USER_AGENT = 300

/** A response that gave a client a whole file, or told it that it has it. */
export type CompleteFetch = {
  feedId: string
  snapshotId: string
  /** The URL named the snapshot, as one-time uploads do. */
  namedSnapshot: boolean
  /** Answered by 304. */
  notModified: boolean
  userAgent: string | null
}

/** Notes one complete response. */
export async function recordFetch(sql: Sql, { feedId, snapshotId, namedSnapshot, notModified, userAgent }: CompleteFetch): Promise<void> {
  await rows(
    sql,
    `insert into meta_catalog_fetch (id, feed_id, snapshot_id, named_snapshot, not_modified, completed_at, user_agent, created_at, updated_at)
     values (:id, :feedId, :snapshotId, :namedSnapshot, :notModified, meta_catalog_now(), :userAgent, meta_catalog_now(), meta_catalog_now())`,
    {
      id: generateEntityId(undefined, "mcfetch"),
      feedId,
      snapshotId,
      namedSnapshot,
      notModified,
      userAgent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
    }
  )
}

/** Whether a client was told near this session's start that the file has not changed, so that the session had nothing to take in. */
export async function wasUnchanged(sql: Sql, { uploadId }: { uploadId: string }): Promise<boolean> {
  const told = await firstRow(
    sql,
    `select f.id from meta_catalog_upload u join meta_catalog_fetch f on f.feed_id = u.feed_id and f.not_modified and f.deleted_at is null
     where u.id = :uploadId and f.completed_at between u.started_at - interval '2 minutes' and u.started_at + interval '2 minutes' limit 1`,
    { uploadId }
  )
  return told !== undefined
}
