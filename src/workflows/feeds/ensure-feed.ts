import { setTimeout as wait } from "node:timers/promises"
import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError, Modules } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { classifyGraphError } from "../../graph-api/classify-error"
import { GraphError } from "../../graph-api/graph-error"
import { createFeed, listFeeds, readFeed, updateFeed, type FeedKind, type FeedSchedule } from "../../graph-api/product-feeds"
import { listUploads } from "../../graph-api/uploads"
import { feedUrl } from "../../modules/meta-catalog/feeds/feed-url"
import type { ToldSettings } from "./feed-differences"
import { heedGraphError, wordsOf } from "../graph-trouble"
import { metaCatalog, openCatalog, type OpenCatalog } from "../open-catalog"

/** Code of the issue that says where Meta's settings of a feed are not what it was told; its cause is our id of the feed. */
export const DRIFT_CODE = "feed_drift"

/** Found out file by file (CONTRACT 5.1): updates and new items travel as CSV also where the feed's own file has another format. */
const FILE_SETTINGS = { encoding: "UTF8", delimiter: "AUTODETECT" } as const

/** Meta's list of sessions has no promised order, so more than the first is looked at. */
const NEWEST_SESSIONS = 100
/** A session that has not ended after this time never will. */
const DEAD_SESSION_MS = 21_600_000

type FeedRow = Awaited<ReturnType<OpenCatalog["module"]["retrieveFeed"]>>

/**
 * Makes sure that Meta has exactly one feed for ours, with our URL, credentials and schedule: found by the stored id, else
 * by the name that carries our id, else created.
 *
 * @throws MedusaError with Meta's words when it refuses.
 */
export async function ensureFeed(container: MedusaContainer, feedId: string): Promise<{ meta_feed_id: string }> {
  const feed = await metaCatalog(container).retrieveFeed(feedId)
  const open = await openCatalog(container, feed.catalog_id)
  if (!open) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "The catalogue is paused or belongs to another installation; nothing was sent to Meta.")
  }
  try {
    // Two at once would both find none and create two.
    return await container.resolve(Modules.LOCKING).execute(`meta-catalog:feed:${feedId}`, async () => {
      const current = await open.module.retrieveFeed(feedId)
      const { metaFeedId, gone } = await findOrCreate(open, current)
      if (gone) {
        await open.module.feeds.replaceMetaFeed({ feedId, gone, metaFeedId })
      }
      await forgetDrift(open, current)
      const standing = await open.module.feeds.recordMetaFeed({ feedId, metaFeedId, told: current.published_format ?? current.format, staleSince: current.meta_stale_since })
      return { meta_feed_id: standing ?? metaFeedId }
    }, { timeout: 60 })
  } catch (error) {
    if (!(error instanceof GraphError)) {
      throw error
    }
    await heedGraphError(open, error)
    await open.module.feeds.recordFeedError({ feedId, error: wordsOf(error) })
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `Meta refused the feed: ${wordsOf(error)}`)
  }
}

/** Being told has put an end to what a person had changed at Meta. */
async function forgetDrift(open: OpenCatalog, { id, name, drift }: FeedRow): Promise<void> {
  if (drift) {
    open.logger.info(`[meta-catalog] ${name}: what was changed at Meta was overwritten: ${JSON.stringify(drift)}`)
    await open.module.issues.removeCatalogIssue({ catalogId: open.catalog.id, code: DRIFT_CODE, cause: id })
  }
}

/** Of the file of everything, and of the file of updates where there is one; and the feed at Meta whose items come over. */
type Schedules = { schedule: FeedSchedule; updateSchedule?: FeedSchedule; migratedFromFeedId?: string }

/** What lies over the items of other feeds deletes none, and Meta lets nobody switch deletion off later (CONTRACT 5.1). */
function deletesAbsent(feed: FeedRow): boolean {
  return feed.kind === "replace" && !feed.never_deletes
}

/** Everything Meta is told of a feed that stands already, whatever a person may have changed there. */
export async function toldSettings(open: OpenCatalog, feed: FeedRow): Promise<ToldSettings> {
  const [updates] = await open.module.listFeeds({ main_feed_id: feed.id }, { take: 1 })
  return {
    ...FILE_SETTINGS,
    deletionEnabled: deletesAbsent(feed),
    name: feed.name,
    schedule: await scheduleAtMeta(open, feed),
    updateSchedule: updates ? await scheduleAtMeta(open, updates) : null,
  }
}

/** `gone`: the feed that was ours and that Meta no longer has. */
async function findOrCreate(open: OpenCatalog, feed: FeedRow): Promise<{ metaFeedId: string; gone?: string }> {
  const { schedule, updateSchedule } = await toldSettings(open, feed)
  const schedules: Schedules = { schedule, ...(updateSchedule && { updateSchedule }) }
  const known = feed.meta_feed_id ? await readFeed(open.client, { metaFeedId: feed.meta_feed_id }) : null
  const existing = known ?? (await findByName(open, feed.name))
  const migrated = await migrationToTell(open, { feedId: feed.id, metaFeedId: existing?.id })
  if (migrated) {
    schedules.migratedFromFeedId = migrated
  }
  if (existing) {
    // Switching deletion off is refused once it is on, and would take the rest of the change with it.
    const deletion = deletesAbsent(feed) ? { deletionEnabled: true } : {}
    await updateFeed(open.client, { metaFeedId: existing.id, name: feed.name, ...schedules, ...FILE_SETTINGS, ...deletion })
    if (migrated) {
      await open.module.moves.recordMigrationTold({ feedId: feed.id })
    }
    return { metaFeedId: existing.id, ...lost(feed, existing.id) }
  }
  const id = await create(open, feed, schedules)
  if (migrated) {
    await open.module.moves.recordMigrationTold({ feedId: feed.id })
  }
  await waitUntilReadable(open, id)
  return { metaFeedId: id, ...lost(feed, id) }
}

function lost({ meta_feed_id: gone }: FeedRow, metaFeedId: string): { gone?: string } {
  return gone !== null && gone !== metaFeedId ? { gone } : {}
}

/** The feed at Meta whose items come over, where Meta may know it now: a session that still reads an older file would delete them. */
async function migrationToTell(open: OpenCatalog, { feedId, metaFeedId }: { feedId: string; metaFeedId?: string }): Promise<string | undefined> {
  const migrated = await open.module.moves.migrationToTell({ feedId })
  if (!migrated || !metaFeedId || !(await isUploading(open, metaFeedId))) {
    return migrated
  }
  await open.module.moves.postponeTelling({ feedId })
  return undefined
}

/** Whether Meta is reading a file of this feed, as far as its newest sessions say. */
async function isUploading(open: OpenCatalog, metaFeedId: string): Promise<boolean> {
  let seen = 0
  for await (const session of listUploads(open.client, { metaFeedId })) {
    const isDead = (session.startedAt?.getTime() ?? Infinity) < Date.now() - DEAD_SESSION_MS
    if (session.endedAt === null && !isDead) {
      return true
    }
    seen += 1
    if (seen === NEWEST_SESSIONS) {
      break
    }
  }
  return false
}

async function create(open: OpenCatalog, feed: FeedRow, schedules: Schedules): Promise<string> {
  const settings = {
    metaCatalogId: open.catalog.meta_catalog_id,
    name: feed.name,
    ...schedules,
    defaultCurrency: (feed.currency_code ?? open.catalog.currency_code).toUpperCase(),
    ...FILE_SETTINGS,
    deletionEnabled: deletesAbsent(feed),
  }
  const kind = await kindAtMeta(open, feed)
  try {
    const { id } = await createFeed(open.client, { ...settings, ...kind })
    return id
  } catch (error) {
    if (!(error instanceof GraphError)) {
      throw error
    }
    if (kind.updateOnly && error.outcome !== "unknown" && classifyGraphError(error, "catalog").class === "permanent") {
      // The reference does not know the parameter; deletion_enabled says the same (CONTRACT 5.1).
      open.logger.warn(`[meta-catalog] ${feed.name} is made without update_only, which Meta refused: ${wordsOf(error)}`)
      return (await createFeed(open.client, settings)).id
    }
    // Without an answer the feed may stand all the same; its name carries our id.
    const standing = error.outcome === "unknown" ? await findByName(open, feed.name) : null
    if (!standing) {
      throw error
    }
    return standing.id
  }
}

/** @throws MedusaError for a supplementary feed where a feed it belongs to is not at Meta. */
async function kindAtMeta(open: OpenCatalog, feed: FeedRow): Promise<FeedKind> {
  if (feed.kind === "supplementary") {
    const primary = await open.module.listFeeds({ id: (feed.primary_feed_ids ?? []) as unknown as string[] }, { take: null, order: { id: "ASC" } })
    const ids = primary.flatMap(({ meta_feed_id }) => meta_feed_id ?? [])
    if (ids.length === 0 || ids.length < primary.length) {
      throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "primary_feed_ids: a feed it is attached to does not exist at Meta yet")
    }
    return { primaryFeedIds: ids }
  }
  if (feed.override_type && feed.override_value) {
    return { override: { type: feed.override_type, value: feed.override_value } }
  }
  return feed.never_deletes ? { updateOnly: true } : {}
}

/** The stored schedule with where and as whom Meta fetches. */
export async function scheduleAtMeta(open: OpenCatalog, feed: FeedRow): Promise<FeedSchedule> {
  const credentials = await open.module.feedCredentials(feed.id)
  return {
    ...(feed.schedule as Omit<FeedSchedule, "url">),
    url: feedUrl(open.module.publicUrl, feed),
    ...(credentials ?? {}),
  }
}

async function findByName(open: OpenCatalog, name: string) {
  for await (const candidate of listFeeds(open.client, { metaCatalogId: open.catalog.meta_catalog_id })) {
    if (candidate.name === name) {
      return candidate
    }
  }
  return null
}

/** A new feed may not be readable at once, and an upload would fail until it is (CONTRACT 5.1). */
async function waitUntilReadable(open: OpenCatalog, metaFeedId: string): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    if (await readFeed(open.client, { metaFeedId })) {
      return
    }
    await wait(2_000)
  }
}

/** Creates or finds the feed at Meta; nothing to undo, because the next run finds it again by name. */
export const ensureFeedStep = createStep("meta-catalog-ensure-feed", async ({ feed_id }: { feed_id: string }, { container }) => {
  return new StepResponse(await ensureFeed(container, feed_id))
})

/** Creates or finds the feed at Meta. */
export const ensureFeedWorkflow = createWorkflow("meta-catalog-ensure-feed", (input: { feed_id: string }) => {
  return new WorkflowResponse(ensureFeedStep(input))
})
