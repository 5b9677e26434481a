import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import type { Strategy } from "../../catalog/columns/feed-columns"
import { newFeed } from "../catalogs/connect-catalog"
import type { FeedFormat } from "../../modules/meta-catalog/feeds/feed-format"
import type { FetchSchedule } from "../../modules/meta-catalog/feeds/fetch-calendar"
import { completeUpdates, defaultUpdates, refuseCollision } from "./feed-schedules"
import { metaCatalog, type CatalogRow } from "../open-catalog"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"

type FeedRow = Awaited<ReturnType<MetaCatalogModuleService["retrieveFeed"]>>

/**
 * Refuses a strategy the catalogue cannot have: a fast feed needs a push that owns the stock, and two feeds share a catalogue only as
 * a fast and a slow one.
 *
 * @param feedId the feed that is to have it, null for a new one
 * @throws MedusaError whose message starts with the field it is about.
 */
export async function checkStrategy(
  container: MedusaContainer,
  catalog: CatalogRow,
  { strategy, feedId }: { strategy: Strategy; feedId: string | null }
): Promise<void> {
  const feeds = await metaCatalog(container).listFeeds({ catalog_id: catalog.id }, { take: null, order: { id: "ASC" } })
  const others = feeds.filter((feed) => feed.kind === "replace" && feed.id !== feedId)
  refuseIf(strategy === "fast" && !catalog.pushes_stock, "strategy: a fast feed leaves the quantity to the push, so pushes_stock has to be on")
  refuseIf(others.some((feed) => feed.strategy === strategy), `strategy: the catalogue has a ${strategy} feed already`)
  refuseIf(
    others.length > 0 && [strategy, ...others.map((feed) => feed.strategy)].includes("combined"),
    "strategy: only a fast and a slow feed can share a catalogue; a combined one has to be the only feed"
  )
  refuseIf(
    strategy === "fast" && feeds.some((feed) => feed.kind === "update_only" && feed.main_feed_id === feedId && feedId !== null),
    "strategy: this feed has an update schedule, which Meta cannot end and which carries the quantity; create a fast feed and move the items there"
  )
}

/**
 * Refuses RSS and Atom for a fast feed: it leaves the quantity to the push, and XML has no columns to leave out, so Meta might take an
 * item without a quantity for one that has none.
 *
 * @throws MedusaError that names the field.
 */
export function checkFormat({ strategy, format }: { strategy: Strategy; format: FeedFormat }): void {
  refuseIf(strategy === "fast" && (format === "rss" || format === "atom"), "format: a fast feed has to be CSV or TSV, because only there a whole column can be left out")
}

/** Changes how quantities of a feed's items travel. Its file is built anew; what the push owns now is sent anew. */
export async function changeStrategy(container: MedusaContainer, feed: FeedRow, strategy: Strategy): Promise<void> {
  const module = metaCatalog(container)
  const catalog = await module.retrieveCatalog(feed.catalog_id)
  await checkStrategy(container, catalog, { strategy, feedId: feed.id })
  if (feed.strategy === strategy) {
    return
  }
  await module.updateFeeds([{ id: feed.id, strategy }])
  const [updates] = await module.listFeeds({ main_feed_id: feed.id }, { take: 1 })
  if (updates) {
    await module.updateFeeds([{ id: updates.id, strategy }])
  }
  await module.feeds.requestBuild({ feedId: feed.id, thenUpload: feed.meta_feed_id !== null })
  await module.catalogs.requestSweep({ catalogIds: [catalog.id] })
}

/**
 * Gives a feed a file of updates, or changes when Meta fetches it. Without `schedule` one that is there stays as it is.
 *
 * @throws MedusaError for a fast feed, whose quantities are in no file, and where Meta would fetch both files at about the same time.
 */
export async function ensureUpdates(container: MedusaContainer, feed: FeedRow, schedule?: FetchSchedule): Promise<void> {
  refuseUpdates(feed.strategy)
  const module = metaCatalog(container)
  const [existing] = await module.listFeeds({ main_feed_id: feed.id }, { take: 1 })
  if (existing && !schedule) {
    return
  }
  const whole = feed.schedule as FetchSchedule
  const atMeta = schedule ? completeUpdates(schedule, whole) : defaultUpdates(whole)
  refuseCollision("update_schedule", { schedule: whole, updates: atMeta })
  if (existing) {
    await module.feeds.setSchedule({ feedId: existing.id, schedule: atMeta })
  } else {
    const catalog = await module.retrieveCatalog(feed.catalog_id)
    const row = newFeed(container, { catalog, schedule: atMeta, basicAuth: feed.basic_username !== null })
    await module.createFeeds([{ ...row, name: `${row.name} updates`, kind: "update_only", strategy: feed.strategy, main_feed_id: feed.id }])
  }
  await module.feeds.markMetaStale({ feedId: feed.id })
  await module.feeds.renewNextFetches()
}

/** @throws MedusaError for a fast feed, whose quantities are in no file. */
export function refuseUpdates(strategy: Strategy): void {
  refuseIf(strategy === "fast", "update_schedule: the quantities of a fast feed travel by the push alone; only a slow or combined feed has updates by file")
}

function refuseIf(isRefused: boolean, message: string): void {
  if (isRefused) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
}
