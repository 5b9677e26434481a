import { graphTime } from "./clock"
import type { FeedRow } from "./entities/feed"
import { UploadEntity } from "./entities/upload"
import type { Node } from "./projection"
import type { Schedule } from "./schedules"
import { uploadNode } from "./upload-node"
import type { World } from "./world"

/** PRIMARY_FEED or SUPPLEMENTARY_FEED. */
export function sourceType(feed: FeedRow): string {
  return String(feed.options.ingestion_source_type)
}

/** A feed's readable fields. Passwords of schedules are not among them (CONTRACT 5.2). */
export function feedNode(world: World, feed: FeedRow): Node {
  const uploads = world.db.getRepository(UploadEntity)
  const primaryIds = (feed.options.primary_feed_ids as string[] | undefined) ?? []
  return {
    id: feed.id,
    name: feed.name,
    country: feed.options.country,
    created_time: graphTime(feed.created_at),
    default_currency: feed.options.default_currency,
    deletion_enabled: feed.deletion_enabled,
    delimiter: feed.options.delimiter,
    encoding: feed.options.encoding,
    feed_type: feed.options.feed_type,
    file_name: feed.options.file_name,
    ingestion_source_type: sourceType(feed).toLowerCase(),
    item_sub_type: feed.options.item_sub_type,
    migrated_from_feed_id: feed.options.migrated_from_feed_id,
    override_type: feed.options.override_type,
    primary_feeds: primaryIds.length > 0 ? { data: primaryIds.map((id) => ({ id })) } : undefined,
    supplementary_feeds: async () => {
      const supplements = await supplementsOf(world, feed)
      return supplements.length > 0 ? { data: supplements } : undefined
    },
    product_count: () =>
      world.db
        .query<{ count: number }[]>("SELECT count(*)::int AS count FROM item WHERE feed_id = $1", [feed.id])
        .then(([row]) => row.count),
    quoted_fields_mode: feed.options.quoted_fields_mode,
    schedule: scheduleNode(feed, "schedule", feed.schedule, feed.next_replace_at),
    update_schedule: scheduleNode(feed, "update_schedule", feed.update_schedule, feed.next_update_at),
    latest_upload: async () => {
      const latest = await uploads.findOne({ where: { feed_id: feed.id }, order: { start_time: "DESC", id: "DESC" } })
      return latest ? shown(uploadNode(world, latest)) : undefined
    },
  }
}

/** The supplementary feeds that are attached to a primary one. */
export async function supplementsOf(world: World, feed: FeedRow): Promise<{ id: string; name: string }[]> {
  return await world.db.query<{ id: string; name: string }[]>(
    "SELECT id, name FROM feed WHERE catalog_id = $1 AND options->'primary_feed_ids' ? $2 ORDER BY id",
    [feed.catalog_id, feed.id]
  )
}

function shown(node: Node): Node {
  return Object.fromEntries(
    Object.entries(node).filter(([, value]) => typeof value !== "function" && value !== undefined && value !== null)
  )
}

function scheduleNode(feed: FeedRow, kind: string, schedule: Schedule | null, next: Date | null) {
  if (!schedule) {
    return undefined
  }
  const { password: _never, ...visible } = schedule
  return {
    id: `${feed.id}${kind === "schedule" ? "1" : "2"}`,
    ...visible,
    status: "ACTIVE",
    ...(next ? { next_scheduled_upload_time: graphTime(next) } : {}),
  }
}
