import type { MetaCatalogModuleService } from "../../../modules/meta-catalog/service"
import { toAdminFeed } from "./presenters"
import type { AdminFeed } from "./types"

/** A catalogue's feeds with their published and newest snapshots and their last fetch, in a fixed number of queries. */
export async function readFeeds(module: MetaCatalogModuleService, filter: { catalog_id?: string | string[]; id?: string }): Promise<AdminFeed[]> {
  const feeds = await module.listFeeds(filter, { order: { created_at: "ASC" }, take: 100 })
  const feedIds = feeds.map((feed) => feed.id)
  const snapshotNumbers = feeds.map((feed) => feed.snapshot_number)
  const publishedIds = feeds.flatMap((feed) => feed.published_snapshot_id ?? [])
  const [newest, published, fetches] = await Promise.all([
    module.listSnapshots({ feed_id: feedIds, number: snapshotNumbers }, { take: 1_000 }),
    module.listSnapshots({ id: publishedIds }, { take: 100 }),
    module.overview.lastFetches({ feedIds }),
  ])
  return feeds.map((feed) =>
    toAdminFeed(module, feed, {
      published: published.find((snapshot) => snapshot.id === feed.published_snapshot_id) ?? null,
      latest: newest.find((snapshot) => snapshot.feed_id === feed.id && snapshot.number === feed.snapshot_number) ?? null,
      lastFetch: fetches.find((fetch) => fetch.feed_id === feed.id) ?? null,
    })
  )
}
