import { generateEntityId } from "@medusajs/framework/utils"
import { rows, type Sql } from "./sql"

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
