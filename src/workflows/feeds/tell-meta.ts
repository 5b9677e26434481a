import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { ensureFeedWorkflow } from "./ensure-feed"
import { metaCatalog } from "../open-catalog"

/**
 * Tells Meta the URL, credentials and schedule of every feed of which it does not know them yet. What could not be told is
 * tried again by a later round, whatever happens to this process; the reason stands on the feed.
 */
export async function tellMeta(container: MedusaContainer, catalogId: string): Promise<void> {
  const { feeds, options } = metaCatalog(container)
  for (const feedId of await feeds.takeMetaStale({ catalogId, publicUrl: options.publicUrl ?? "" })) {
    try {
      await ensureFeedWorkflow(container).run({ input: { feed_id: feedId } })
    } catch (error) {
      const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
      logger.warn(`[meta-catalog] Meta could not be told about feed ${feedId}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
