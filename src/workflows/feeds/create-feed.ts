import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import type { Strategy } from "../../catalog/columns/feed-columns"
import type { FeedFormat } from "../../modules/meta-catalog/feeds/feed-format"
import type { FetchSchedule } from "../../modules/meta-catalog/feeds/fetch-calendar"
import { newFeed } from "../catalogs/connect-catalog"
import { ensureFeedStep } from "./ensure-feed"
import { changeSchedule, completeUpdates, defaultSchedule, refuseCollision } from "./feed-schedules"
import { checkFormat, checkStrategy, ensureUpdates, refuseUpdates } from "./feed-strategy"
import { metaCatalog } from "../open-catalog"

export type CreateFeedInput = {
  catalog_id: string
  schedule?: FetchSchedule
  basic_auth: boolean
  /** Without one the catalogue's oldest feed is meant, or a combined one is made. */
  strategy?: Strategy
  /** Without one a new feed is CSV, and one that exists keeps what it has. */
  format?: FeedFormat
  update_schedule?: FetchSchedule
  /** Meta is to delete nothing that the file lacks; said when a feed is made, and never changed (CONTRACT 5.1). */
  update_only?: boolean
}

async function createFeedRow(container: MedusaContainer, input: CreateFeedInput): Promise<{ feed_id: string }> {
  const module = metaCatalog(container)
  const feeds = await module.listFeeds({ catalog_id: input.catalog_id, kind: "replace" }, { order: { created_at: "ASC", id: "ASC" }, take: null })
  const existing = input.strategy ? feeds.find((feed) => feed.strategy === input.strategy) : feeds[0]
  if (existing) {
    if (input.update_only !== undefined && input.update_only !== existing.never_deletes) {
      throw new MedusaError(MedusaError.Types.INVALID_DATA, "update_only: Meta is told when a feed is made, and this one exists already")
    }
    if (input.schedule) {
      await changeSchedule(container, existing, { schedule: input.schedule, newUpdates: input.update_schedule })
    }
    if (input.format) {
      checkFormat({ strategy: existing.strategy, format: input.format })
      await module.feeds.changeFormat({ feedId: existing.id, format: input.format })
    }
    if (input.update_schedule) {
      await ensureUpdates(container, existing, input.update_schedule)
    }
    return { feed_id: existing.id }
  }
  const catalog = await module.retrieveCatalog(input.catalog_id)
  if (catalog.transport === "item_node") {
    // Seed 0: items that are created and updated one by one must not be provided by a feed as well.
    const message = "transport: the catalogue is kept in step by single-item updates, which must not be mixed with a feed; switch it to items_batch first"
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, message)
  }
  const strategy = input.strategy ?? "combined"
  const format = input.format ?? "csv"
  checkFormat({ strategy, format })
  await checkStrategy(container, catalog, { strategy, feedId: null })
  if (input.update_schedule) {
    refuseUpdates(strategy)
  }
  const schedule = input.schedule ?? defaultSchedule()
  if (input.update_schedule) {
    refuseCollision("update_schedule", { schedule, updates: completeUpdates(input.update_schedule, schedule) })
  }
  const row = newFeed(container, { catalog, schedule, basicAuth: input.basic_auth })
  const [feed] = await module.createFeeds([{ ...row, strategy, format, never_deletes: input.update_only ?? false }])
  if (strategy === "slow" || input.update_schedule) {
    await ensureUpdates(container, feed, input.update_schedule)
  }
  await module.singleItems.joinFeed({ catalogId: catalog.id, feedId: feed.id })
  return { feed_id: feed.id }
}

/**
 * A catalogue has one replace feed of a strategy: a second request changes its schedule and format instead of making another. Nothing is undone when
 * Meta does not answer, because the feed may stand there, and only a row with the same name finds it again.
 */
const createFeedRowStep = createStep("meta-catalog-create-feed-row", async (input: CreateFeedInput, { container }) => {
  return new StepResponse(await createFeedRow(container, input))
})

const requestFirstUploadStep = createStep("meta-catalog-request-first-upload", async ({ feed_id }: { feed_id: string }, { container }) => {
  const module = metaCatalog(container)
  await module.feeds.requestBuild({ feedId: feed_id, thenUpload: true })
  await module.feeds.renewNextFetches()
  return new StepResponse({ feed_id })
})

/** Makes a catalogue's feed here and at Meta and asks for its first build and upload. */
export const createFeedWorkflow = createWorkflow("meta-catalog-create-feed", (input: CreateFeedInput) => {
  const feed = createFeedRowStep(input)
  ensureFeedStep(feed)
  return new WorkflowResponse(requestFirstUploadStep(feed))
})
