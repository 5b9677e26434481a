import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { generateFeedWorkflow } from "./generate-feed"
import { keepInStep } from "./keep-in-step"
import { metaCatalog } from "./open-catalog"

/**
 * Starts a build in the background and the pace that uploads what it publishes, if that was asked for.
 *
 * @throws MedusaError where the catalogue was connected under another public URL: a copy of the store builds nothing.
 */
export async function buildSoon(container: MedusaContainer, { feedId, catalogId }: { feedId: string; catalogId: string }): Promise<void> {
  const module = metaCatalog(container)
  const catalog = await module.retrieveCatalog(catalogId)
  if (catalog.public_url !== module.options.publicUrl) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `The catalogue was connected under ${catalog.public_url}; say first whether the store has moved.`)
  }
  await generateFeedWorkflow(container).run({ input: { feed_id: feedId } })
  keepInStep(container, catalogId, 1_000)
}
