import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse } from "@medusajs/framework/workflows-sdk"
import { keepInStep } from "./keep-in-step"
import { metaCatalog } from "./open-catalog"
import { buildFeed, type BuildResult } from "./steps/build-feed"

/** After this long the engine no longer waits for a build whose process ended; the snapshot's heartbeat decides much earlier. */
const TIMEOUT_S = 6 * 60 * 60

/** `after`: builds only while this is the feed's newest snapshot number, so that two who saw the same need build once. */
export type GenerateFeedInput = { feed_id: string; after?: number }

/** What a published file has new may be uploaded at once. */
async function buildAndFollow(container: MedusaContainer, { feed_id, after }: GenerateFeedInput): Promise<BuildResult> {
  const result = await buildFeed(container, feed_id, { after })
  if (result.status === "ready") {
    const { catalog_id } = await metaCatalog(container).retrieveFeed(feed_id)
    keepInStep(container, catalog_id, 0)
  }
  return result
}

const buildFeedStep = createStep(
  { name: "meta-catalog-build-feed", async: true, timeout: TIMEOUT_S },
  async (input: GenerateFeedInput, { container }) => new StepResponse(await buildAndFollow(container, input))
)

/** Builds the file of one feed in the background and publishes it where it is plausible. Safe to run twice at once. */
export const generateFeedWorkflow = createWorkflow("meta-catalog-generate-feed", (input: GenerateFeedInput) => {
  buildFeedStep(input).config({ async: true, backgroundExecution: true })
})
