import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { buildSoon } from "../../../../../workflows/build-soon"
import { changeStrategy, checkFormat, ensureUpdates } from "../../../../../workflows/feed-strategy"
import { changeSchedule } from "../../../../../workflows/feed-schedules"
import { keepInStep } from "../../../../../workflows/keep-in-step"
import { metaCatalog } from "../../../../../workflows/open-catalog"
import { readFeeds } from "../../feed-state"
import type { AdminFeed } from "../../types"
import { changeFeedBody, parseInput } from "../../validators"

export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  res.json({ feed: await find(req) })
}

/** Changes how quantities travel, the file's format and when Meta fetches the file and the updates; a build and an upload follow where the file changes. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const { strategy, format, schedule, update_schedule } = parseInput(changeFeedBody, req.body)
  const { id, catalog_id, ...current } = await find(req)
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
  await buildSoon(req.scope, { feedId: id, catalogId: catalog_id })
  keepInStep(req.scope, catalog_id, 0)
  res.json({ feed: await find(req) })
}

async function find(req: AuthenticatedMedusaRequest): Promise<AdminFeed> {
  const [feed] = await readFeeds(metaCatalog(req.scope), { id: req.params.id })
  if (!feed) {
    throw new MedusaError(MedusaError.Types.NOT_FOUND, `There is no feed ${req.params.id}.`)
  }
  return feed
}
