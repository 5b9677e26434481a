import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse } from "@medusajs/framework/workflows-sdk"
import { queueBuilds } from "./build-queue"
import type { DueFeed } from "../steps/build-feeds"
import type { BuildResult } from "../steps/running-build"

/** After this long the engine no longer waits for a build whose process ended; the snapshot's heartbeat decides much earlier. */
const TIMEOUT_S = 6 * 60 * 60

/** `after`: builds only while this is the feed's newest snapshot number, so that two who saw the same need build once. */
export type GenerateFeedInput = { feed_id: string; after?: number }

/** Feeds whose files are written from one reading of the store, whatever their kinds and catalogues. */
export type GenerateFeedsInput = { feeds: GenerateFeedInput[] }

async function buildOne(container: MedusaContainer, feed: GenerateFeedInput): Promise<BuildResult> {
  const [outcome] = await queueBuilds(container, [toDue(feed)])
  if ("error" in outcome) throw outcome.error
  return outcome.result
}

/** Why a build failed was noted on its snapshot; the others of its run have nothing to do with it. */
async function buildAll(container: MedusaContainer, feeds: GenerateFeedInput[]): Promise<BuildResult[]> {
  const outcomes = await queueBuilds(container, feeds.map(toDue))
  return outcomes.map((outcome) => ("error" in outcome ? { status: "failed", snapshot_id: null, rows: 0 } : outcome.result))
}

function toDue({ feed_id, after }: GenerateFeedInput): DueFeed {
  return { feedId: feed_id, after }
}

const buildFeedStep = createStep(
  { name: "meta-catalog-build-feed", async: true, timeout: TIMEOUT_S },
  async (input: GenerateFeedInput, { container }) => new StepResponse(await buildOne(container, input))
)

const buildFeedsStep = createStep(
  { name: "meta-catalog-build-feeds", async: true, timeout: TIMEOUT_S },
  async (input: GenerateFeedsInput, { container }) => new StepResponse(await buildAll(container, input.feeds))
)

/** Builds the file of one feed in the background and publishes it where it is plausible. Safe to run twice at once. */
export const generateFeedWorkflow = createWorkflow("meta-catalog-generate-feed", (input: GenerateFeedInput) => {
  buildFeedStep(input).config({ async: true, backgroundExecution: true })
})

/** The same for several feeds in one run: the store is read once for all, and one that fails harms no other. */
export const generateFeedsWorkflow = createWorkflow("meta-catalog-generate-feeds", (input: GenerateFeedsInput) => {
  buildFeedsStep(input).config({ async: true, backgroundExecution: true })
})
