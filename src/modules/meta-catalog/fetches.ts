import { generateEntityId } from "@medusajs/framework/utils"
import { rows, type Sql } from "./sql"

/** Longest user agent that is kept. */
const LONGEST_USER_AGENT = 300

/** Notes one complete response. `namedSnapshot`: the URL named the snapshot, as one-time uploads do. */
export async function recordFetch(
  sql: Sql,
  { feedId, snapshotId, namedSnapshot, userAgent }: { feedId: string; snapshotId: string; namedSnapshot: boolean; userAgent: string | null }
): Promise<void> {
  await rows(
    sql,
    `insert into meta_catalog_fetch (id, feed_id, snapshot_id, named_snapshot, completed_at, user_agent, created_at, updated_at)
     values (:id, :feedId, :snapshotId, :namedSnapshot, meta_catalog_now(), :userAgent, meta_catalog_now(), meta_catalog_now())`,
    { id: generateEntityId(undefined, "mcfetch"), feedId, snapshotId, namedSnapshot, userAgent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null }
  )
}
