import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { buildSoon } from "../../../../../workflows/feeds/build-soon"
import { changeOverlay } from "../../../../../workflows/feeds/change-overlay"
import { deleteOverlay } from "../../../../../workflows/feeds/delete-overlay"
import { changeStrategy, checkFormat, ensureUpdates } from "../../../../../workflows/feeds/feed-strategy"
import { changeSchedule } from "../../../../../workflows/feeds/feed-schedules"
import { keepInStep } from "../../../../../workflows/pace/keep-in-step"
import { metaCatalog } from "../../../../../workflows/open-catalog"
import { isOverlay, readFeed } from "../../overlay-state"
import type { AdminOverlay } from "../../overlay-types"
import { changeOverlayBody } from "../../overlay-validators"
import type { AdminFeed } from "../../feed-types"
import { changeFeedBody, parseInput } from "../../validators"

export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  res.json({ feed: await find(req) })
}

/**
 * Changes how quantities travel, the file's format and when Meta fetches the file and the updates; a build and an upload follow where the
 * file changes. Of a feed over the items of others: its schedule, format and columns.
 */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const feed = await find(req)
  if (isOverlay(feed)) {
    await changeOverlay(req.scope, feed.id, parseInput(changeOverlayBody, req.body))
  } else {
    await change(req, feed)
  }
  await buildSoon(req.scope, { feedId: feed.id, catalogId: feed.catalog_id })
  keepInStep(req.scope, feed.catalog_id, 0)
  res.json({ feed: await find(req) })
}

/** Ends a feed over the items of others, at Meta and here. One with items cannot be deleted, because they would go with it. */
export async function DELETE(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const { id } = await find(req)
  await deleteOverlay(req.scope, id)
  res.json({ id, object: "meta_catalog_feed", deleted: true })
}

async function change(req: AuthenticatedMedusaRequest, { id, ...current }: AdminFeed): Promise<void> {
  const module = metaCatalog(req.scope)
  const { strategy, format, schedule, update_schedule } = parseInput(changeFeedBody, req.body)
  checkFormat({ strategy: strategy ?? current.strategy, format: format ?? current.format })
  if (strategy) {
    await changeStrategy(req.scope, await module.retrieveFeed(id), strategy)
  }
  if (schedule) {
    await changeSchedule(req.scope, await module.retrieveFeed(id), { schedule, newUpdates: update_schedule })
  }
  if (update_schedule || strategy === "slow") {
    await ensureUpdates(req.scope, await module.retrieveFeed(id), update_schedule)
  }
  if (format) {
    await module.feeds.changeFormat({ feedId: id, format })
  }
}

async function find(req: AuthenticatedMedusaRequest): Promise<AdminFeed | AdminOverlay> {
  return await readFeed(metaCatalog(req.scope), req.params.id)
}
