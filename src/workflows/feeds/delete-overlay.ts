import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { isMissingObject } from "../../graph-api/classify-error"
import { GraphError } from "../../graph-api/graph-error"
import { deleteFeed } from "../../graph-api/product-feeds"
import { heedGraphError, wordsOf } from "../graph-trouble"
import { metaCatalog, openCatalog } from "../open-catalog"
import { deleteExpiredFiles } from "../steps/expired-files"

/**
 * Ends a supplementary or override feed at Meta and here: what it put over the items of other feeds goes, and no item does.
 *
 * @throws MedusaError for a feed that has items, whose deletion would delete them, and with Meta's words when it refuses.
 */
export async function deleteOverlay(container: MedusaContainer, feedId: string): Promise<void> {
  const module = metaCatalog(container)
  const feed = await module.retrieveFeed(feedId)
  if (feed.kind !== "supplementary" && feed.kind !== "override") {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "This feed has items of its own, which Meta would delete with it; move them to another feed instead.")
  }
  if (feed.meta_feed_id) {
    await deleteAtMeta(container, { catalogId: feed.catalog_id, metaFeedId: feed.meta_feed_id })
  }
  await module.overlays.endOverlay({ feedId })
  await deleteExpiredFiles(container)
}

async function deleteAtMeta(container: MedusaContainer, { catalogId, metaFeedId }: { catalogId: string; metaFeedId: string }): Promise<void> {
  const open = await openCatalog(container, catalogId)
  if (!open) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "The catalogue is paused or belongs to another installation; nothing was sent to Meta.")
  }
  try {
    await deleteFeed(open.client, { metaFeedId })
  } catch (error) {
    if (!(error instanceof GraphError)) {
      throw error
    }
    if (!isMissingObject(error)) {
      await heedGraphError(open, error, "object")
      throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `Meta did not delete the feed: ${wordsOf(error)}`)
    }
  }
}
