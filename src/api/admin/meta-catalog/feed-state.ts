import type { MetaCatalogModuleService } from "../../../modules/meta-catalog/service"
import { toAdminFeed, type SeenFeed } from "./presenters"
import type { AdminFeed } from "./types"

/** A catalogue's feeds with their published and newest snapshots and their last fetch, in a fixed number of queries. */
export async function readFeeds(module: MetaCatalogModuleService, filter: { catalog_id?: string | string[]; id?: string }): Promise<AdminFeed[]> {
  const feeds = await module.listFeeds({ ...filter, kind: "replace" }, { order: { created_at: "ASC" }, take: 100 })
  const updates = await module.listFeeds({ main_feed_id: feeds.map((feed) => feed.id) }, { take: 100 })
  const all = [...feeds, ...updates]
  const feedIds = all.map((feed) => feed.id)
  const snapshotNumbers = all.map((feed) => feed.snapshot_number)
  const publishedIds = all.flatMap((feed) => feed.published_snapshot_id ?? [])
  const [newest, published, fetches] = await Promise.all([
    module.listSnapshots({ feed_id: feedIds, number: snapshotNumbers }, { take: 1_000 }),
    module.listSnapshots({ id: publishedIds }, { take: 200 }),
    module.overview.lastFetches({ feedIds }),
  ])
  const seenOf = (feed: (typeof all)[number]): SeenFeed => ({
    feed,
    published: published.find((snapshot) => snapshot.id === feed.published_snapshot_id) ?? null,
    latest: newest.find((snapshot) => snapshot.feed_id === feed.id && snapshot.number === feed.snapshot_number) ?? null,
    lastFetch: fetches.find((fetch) => fetch.feed_id === feed.id) ?? null,
  })
  return feeds.map((feed) => {
    const update = updates.find((candidate) => candidate.main_feed_id === feed.id)
    return toAdminFeed(module, seenOf(feed), update ? seenOf(update) : null)
  })
}
