import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { buildSoon } from "../../../../../../workflows/feeds/build-soon"
import { createFeedWorkflow } from "../../../../../../workflows/feeds/create-feed"
import { createOverlayWorkflow } from "../../../../../../workflows/feeds/create-overlay"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { readFeeds } from "../../../feed-state"
import { readFeed, readOverlays } from "../../../overlay-state"
import type { AdminFeedList } from "../../../overlay-types"
import { asksForOverlay, createOverlayBody } from "../../../overlay-validators"
import { createFeedBody, parseInput } from "../../../validators"

export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminFeedList>): Promise<void> {
  const module = metaCatalog(req.scope)
  const feeds = await readFeeds(module, { catalog_id: req.params.id })
  const overlays = await readOverlays(module, { catalog_id: req.params.id })
  res.json({ feeds, overlays, count: feeds.length + overlays.length })
}

/**
 * Creates a feed of the catalogue here and at Meta: one with items for each strategy, one for each country and language, or one that
 * puts chosen columns over the items of others. Its first build and upload start at once.
 */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  if (asksForOverlay(req.body)) {
    await createOverlay(req, res)
    return
  }
  const { schedule, basic_auth, strategy, format, update_schedule, update_only } = parseInput(createFeedBody, req.body)
  const catalog = await module.retrieveCatalog(req.params.id)
  const { result } = await createFeedWorkflow(req.scope).run({ input: { catalog_id: catalog.id, schedule, basic_auth, strategy, format, update_schedule, update_only } })
  await buildSoon(req.scope, { feedId: result.feed_id, catalogId: catalog.id })
  const [feed] = await readFeeds(module, { id: result.feed_id })
  res.status(201).json({ feed })
}

async function createOverlay(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const input = parseInput(createOverlayBody, req.body)
  const catalog = await module.retrieveCatalog(req.params.id)
  const { result } = await createOverlayWorkflow(req.scope).run({ input: { ...input, catalog_id: catalog.id } })
  // Before Meta holds an item there is nothing to put over it; the first upload that lists some asks for the build.
  const [listed] = await module.listItems({ catalog_id: catalog.id, listed_at: { $ne: null } }, { select: ["id"], take: 1 })
  if (listed) {
    await buildSoon(req.scope, { feedId: result.feed_id, catalogId: catalog.id })
  }
  res.status(201).json({ feed: await readFeed(module, result.feed_id) })
}
