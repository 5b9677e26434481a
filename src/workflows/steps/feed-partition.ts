import type { VariantSource } from "../../catalog/store/product-sources"
import type { Strategy } from "../../catalog/columns/feed-columns"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"

/** One of several feeds of a catalogue: which variants that have no item yet become items of it. */
export type FeedPartition = { feedId: string; takesIn: (variant: VariantSource) => boolean }

type Sibling = { id: string; strategy: Strategy }

/**
 * How the items of a catalogue are parted over its feeds. A new item joins the feed of the strategy its policy names, or the
 * oldest feed where there is none of that strategy, and stays there: how fast it sells never moves it.
 *
 * @returns null for the only feed of a catalogue, which takes in everything.
 */
export async function readPartition(module: MetaCatalogModuleService, feed: { id: string; catalog_id: string }): Promise<FeedPartition | null> {
  const siblings = await module.listFeeds({ catalog_id: feed.catalog_id, kind: "replace" }, { order: { created_at: "ASC", id: "ASC" }, take: null })
  // A feed whose items come over to another one takes nothing in any more.
  const left = new Set(siblings.map((sibling) => sibling.migrated_from_feed_id))
  const open = siblings.filter((sibling) => !left.has(sibling.id))
  return siblings.length > 1 ? { feedId: feed.id, takesIn: (variant) => feedOf(variant.policy.strategy, open).id === feed.id } : null
}

/** The feed a new item of this strategy joins; `feeds` from the oldest to the newest. Pure. */
export function feedOf<Feed extends Sibling>(strategy: Strategy, feeds: Feed[]): Feed {
  return feeds.find((feed) => feed.strategy === strategy) ?? feeds[0]
}
