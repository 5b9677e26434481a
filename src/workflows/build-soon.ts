import type { MedusaContainer } from "@medusajs/framework/types"
import { generateFeedWorkflow } from "./generate-feed"
import { keepInStep } from "./keep-in-step"

/** Starts a build in the background and the pace that uploads what it publishes, if that was asked for. */
export async function buildSoon(container: MedusaContainer, { feedId, catalogId }: { feedId: string; catalogId: string }): Promise<void> {
  await generateFeedWorkflow(container).run({ input: { feed_id: feedId } })
  keepInStep(container, catalogId, 1_000)
}
