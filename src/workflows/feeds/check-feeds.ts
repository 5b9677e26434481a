import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { GraphError } from "../../graph-api/graph-error"
import { listFeeds, readFeed, type MetaFeed } from "../../graph-api/product-feeds"
import type { SettingsReading } from "../../modules/meta-catalog/feeds/feed-drift"
import { DRIFT_CODE, toldSettings } from "./ensure-feed"
import { feedDifferences, scheduleOfMeta, type FeedDifference } from "./feed-differences"
import { heedGraphError, wordsOf } from "../graph-trouble"
import { notifyAdmin } from "../notify"
import { metaCatalog, openCatalog, type OpenCatalog } from "../open-catalog"

const HOUR_MS = 3_600_000

type FeedRow = Awaited<ReturnType<OpenCatalog["module"]["retrieveFeed"]>>

export type CheckFeedsInput = {
  catalog_id: string
  /** Only this feed, and at once. */
  feed_id?: string
}

/**
 * Reads Meta's settings of a catalogue's feeds back, each once an hour, and keeps where they are not what Meta was told. What a person
 * has changed there stays until Meta is told something by us or a person says whose word counts; builds are timed by Meta's schedule.
 *
 * @returns how many feeds were read.
 */
export async function checkFeeds(container: MedusaContainer, { catalog_id, feed_id }: CheckFeedsInput): Promise<number> {
  const open = await openCatalog(container, catalog_id)
  if (!open) {
    return 0
  }
  const readings = await open.module.feeds.takeSettingsReading({ catalogId: catalog_id, everyMs: feed_id ? 0 : HOUR_MS, feedId: feed_id })
  for (const reading of readings) {
    try {
      await check(open, reading)
    } catch (error) {
      if (!(error instanceof GraphError)) {
        throw error
      }
      await heedGraphError(open, error, "object")
      open.logger.warn(`[meta-catalog] ${open.catalog.name}: Meta's settings of feed ${reading.id} could not be read: ${wordsOf(error)}`)
    }
  }
  await open.module.feeds.renewNextFetches()
  return readings.length
}

async function check(open: OpenCatalog, reading: SettingsReading): Promise<void> {
  const feed = await open.module.retrieveFeed(reading.id)
  const meta = await readFeed(open.client, { metaFeedId: feed.meta_feed_id ?? "" })
  if (!meta && (await isListed(open, feed))) {
    return
  }
  const drift = meta ? feedDifferences(await toldSettings(open, feed), meta) : [{ field: "feed", ours: feed.meta_feed_id, metas: null }]
  const { isKept, isNew } = await open.module.feeds.recordDrift({ reading, drift, schedules: schedulesThatDiffer(drift, meta) })
  if (isKept && drift.length > 0) {
    await say(open, feed, { drift, isNew })
  } else if (isKept) {
    await open.module.issues.removeCatalogIssue({ catalogId: open.catalog.id, code: DRIFT_CODE, cause: feed.id })
  }
}

/** A feed that cannot be read may be hidden by a lost permission; then the list, where it still answers, may name it. */
async function isListed(open: OpenCatalog, feed: FeedRow): Promise<boolean> {
  for await (const candidate of listFeeds(open.client, { metaCatalogId: open.catalog.meta_catalog_id })) {
    if (candidate.id === feed.meta_feed_id) {
      return true
    }
  }
  return false
}

function schedulesThatDiffer(drift: FeedDifference[], meta: MetaFeed | null) {
  const differs = (kind: string) => drift.some(({ field }) => field.startsWith(`${kind}.`))
  return {
    schedule: meta && differs("schedule") ? scheduleOfMeta(meta.schedule) : null,
    updateSchedule: meta && differs("update_schedule") ? scheduleOfMeta(meta.updateSchedule) : null,
  }
}

async function say(open: OpenCatalog, feed: FeedRow, { drift, isNew }: { drift: FeedDifference[]; isNew: boolean }): Promise<void> {
  const isGone = drift[0].field === "feed"
  const title = isGone ? "The feed was deleted at Meta" : "The feed's settings were changed at Meta"
  const message = isGone
    ? `Meta no longer has feed ${feed.meta_feed_id}, and the items it brought are gone with it.`
    : `${feed.name}: ${drift.map(({ field, ours, metas }) => `${field} is ${metas ?? "absent"} at Meta and ${ours ?? "absent"} here`).join("; ")}.`
  const action = isGone
    ? "Restore the feed: it is made anew, and all items are uploaded."
    : "Restore what was set here, or take over Meta's schedule. Whenever Meta is told something about the feed, what was set here is restored."
  await open.module.issues.storeIssues([
    { catalog_id: open.catalog.id, source: "catalog", severity: isGone ? "error" : "warning", code: DRIFT_CODE, cause: feed.id, title, message, action },
  ])
  if (isNew) {
    await notifyAdmin(open.container, { title: `Meta catalogue ${open.catalog.name}: ${title.toLowerCase()}`, description: message })
  }
}

const checkFeedsStep = createStep("meta-catalog-check-feeds", async (input: CheckFeedsInput, { container }) => {
  return new StepResponse(await checkFeeds(container, input))
})

/** Reads Meta's settings of one catalogue's feeds back. */
export const checkFeedsWorkflow = createWorkflow("meta-catalog-check-feeds", (input: CheckFeedsInput) => {
  return new WorkflowResponse(checkFeedsStep(input))
})

/**
 * Takes over the schedules Meta has as ours; everything else that differs stays as it is.
 *
 * @throws MedusaError where Meta has no schedule or nothing can be read.
 */
export async function adoptSchedules(container: MedusaContainer, feedId: string): Promise<void> {
  const { open, feed, meta } = await readAtMeta(container, feedId)
  const schedule = scheduleOfMeta(meta.schedule)
  if (!schedule) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "Meta has no schedule for this feed that could be taken over; restore the one set here.")
  }
  const [updates] = await open.module.listFeeds({ main_feed_id: feedId }, { take: 1 })
  const updateSchedule = scheduleOfMeta(meta.updateSchedule)
  await open.module.feeds.setSchedule({ feedId: feed.id, schedule })
  if (updates && updateSchedule) {
    await open.module.feeds.setSchedule({ feedId: updates.id, schedule: updateSchedule })
  }
}

async function readAtMeta(container: MedusaContainer, feedId: string): Promise<{ open: OpenCatalog; feed: FeedRow; meta: MetaFeed }> {
  const module = metaCatalog(container)
  const feed = await module.retrieveFeed(feedId)
  const open = await openCatalog(container, feed.catalog_id)
  const meta = open && feed.meta_feed_id ? await readFeed(open.client, { metaFeedId: feed.meta_feed_id }) : null
  if (!open || !meta) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "The feed cannot be read at Meta now: it was deleted there, or the catalogue is paused.")
  }
  return { open, feed, meta }
}
