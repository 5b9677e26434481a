import type { MetaCatalogModuleService } from "../../../modules/meta-catalog/service"
import { toAdminFeed, type SeenFeed } from "./presenters"
import type { AdminFeed, AdminFeedMoves } from "./feed-types"

/** A catalogue's feeds with their published and newest snapshots and their last fetch, in a fixed number of queries. */
export async function readFeeds(module: MetaCatalogModuleService, filter: { catalog_id?: string | string[]; id?: string }): Promise<AdminFeed[]> {
  const feeds = await module.listFeeds({ ...filter, kind: "replace" }, { order: { created_at: "ASC" }, take: 100 })
  const updates = await module.listFeeds({ main_feed_id: feeds.map((feed) => feed.id) }, { take: 100 })
  const seenOf = await readSeen(module, [...feeds, ...updates])
  return feeds.map((feed) => {
    const update = updates.find((candidate) => candidate.main_feed_id === feed.id)
    return toAdminFeed(module, seenOf(feed), update ? seenOf(update) : null)
  })
}

type Feed = SeenFeed["feed"]

/** What is shown beside each of these feeds: its published and newest snapshot and its last fetch. */
export async function readSeen(module: MetaCatalogModuleService, all: Feed[]): Promise<(feed: Feed) => SeenFeed> {
  const feedIds = all.map((feed) => feed.id)
  const snapshotNumbers = all.map((feed) => feed.snapshot_number)
  const publishedIds = all.flatMap((feed) => feed.published_snapshot_id ?? [])
  const [newest, published, fetches] = await Promise.all([
    module.listSnapshots({ feed_id: feedIds, number: snapshotNumbers }, { take: 1_000 }),
    module.listSnapshots({ id: publishedIds }, { take: 1_000 }),
    module.overview.lastFetches({ feedIds }),
  ])
  return (feed) => ({
    feed,
    published: published.find((snapshot) => snapshot.id === feed.published_snapshot_id) ?? null,
    latest: newest.find((snapshot) => snapshot.feed_id === feed.id && snapshot.number === feed.snapshot_number) ?? null,
    lastFetch: fetches.find((fetch) => fetch.feed_id === feed.id) ?? null,
  })
}

/** How many items of each feed are still on their way to being listed, and how many of those Meta still holds from the feed they left. */
export async function readMoves(
  module: MetaCatalogModuleService,
  { catalogId, feedIds }: { catalogId: string; feedIds: string[] }
): Promise<AdminFeedMoves[]> {
  const count = async (feedId: string, moved: null | { $ne: null }) => {
    const offered = { catalog_id: catalogId, feed_id: feedId, listed_at: null, discontinued_at: null, invalid_since: null }
    const [, items] = await module.listAndCountItems({ ...offered, moved_from_feed_id: moved }, { select: ["id"], take: 1 })
    return items
  }
  return await Promise.all(
    feedIds.map(async (feedId) => ({ feed_id: feedId, leaving: await count(feedId, { $ne: null }), unlisted: await count(feedId, null) }))
  )
}
