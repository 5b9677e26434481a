import { createStep, createWorkflow, StepResponse } from "@medusajs/framework/workflows-sdk"
import { buildFeed } from "./steps/build-feed"

/** After this long the engine no longer waits for a build whose process ended; the snapshot's heartbeat decides much earlier. */
const TIMEOUT_S = 6 * 60 * 60

/** `after`: builds only while this is the feed's newest snapshot number, so that two who saw the same need build once. */
export type GenerateFeedInput = { feed_id: string; after?: number }

const buildFeedStep = createStep(
  { name: "meta-catalog-build-feed", async: true, timeout: TIMEOUT_S },
  async ({ feed_id, after }: GenerateFeedInput, { container }) => new StepResponse(await buildFeed(container, feed_id, { after }))
)

/** Builds the file of one feed in the background and publishes it where it is plausible. Safe to run twice at once. */
export const generateFeedWorkflow = createWorkflow("meta-catalog-generate-feed", (input: GenerateFeedInput) => {
  buildFeedStep(input).config({ async: true, backgroundExecution: true })
})
