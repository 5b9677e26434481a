import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { generateFeedWorkflow } from "./generate-feed"
import { handOver, leavesWorkToWorkers } from "../pace/hand-over"
import { keepInStep } from "../pace/keep-in-step"
import { metaCatalog } from "../open-catalog"

const PACE_DELAY_MS = 1_000

/**
 * Starts the build that was asked for in the background, and the pace that uploads what it publishes, if that was asked for.
 *
 * @throws MedusaError where the catalogue was connected under another public URL: a copy of the store builds nothing.
 */
export async function buildSoon(container: MedusaContainer, { feedId, catalogId }: { feedId: string; catalogId: string }): Promise<void> {
  const module = metaCatalog(container)
  const catalog = await module.retrieveCatalog(catalogId)
  if (catalog.public_url !== module.options.publicUrl) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `The catalogue was connected under ${catalog.public_url}; say first whether the store has moved.`)
  }
  if (leavesWorkToWorkers(container)) {
    void handOver(container, { catalog_id: catalogId, delay_ms: PACE_DELAY_MS, feed_id: feedId })
    return
  }
  await startRequestedBuild(container, feedId)
  keepInStep(container, catalogId, PACE_DELAY_MS)
}

/** Starts the build of a feed in the background of this process, unless another process has answered the request already. */
export async function startRequestedBuild(container: MedusaContainer, feedId: string): Promise<void> {
  const [feed] = await metaCatalog(container).listFeeds({ id: feedId }, { select: ["id", "build_requested_at", "snapshot_number"], take: 1 })
  if (feed?.build_requested_at) {
    await generateFeedWorkflow(container).run({ input: { feed_id: feedId, after: feed.snapshot_number } })
  }
}
