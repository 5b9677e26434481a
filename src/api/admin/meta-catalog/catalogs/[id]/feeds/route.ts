import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { buildSoon } from "../../../../../../workflows/build-soon"
import { createFeedWorkflow } from "../../../../../../workflows/create-feed"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { readFeeds } from "../../../feed-state"
import { createFeedBody, parseInput } from "../../../validators"

export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const feeds = await readFeeds(metaCatalog(req.scope), { catalog_id: req.params.id })
  res.json({ feeds, count: feeds.length })
}

/** Creates a feed of the catalogue here and at Meta, one for each strategy; its first build and upload start at once. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const { schedule, basic_auth, strategy, format, update_schedule } = parseInput(createFeedBody, req.body)
  const catalog = await module.retrieveCatalog(req.params.id)
  const { result } = await createFeedWorkflow(req.scope).run({ input: { catalog_id: catalog.id, schedule, basic_auth, strategy, format, update_schedule } })
  await buildSoon(req.scope, { feedId: result.feed_id, catalogId: catalog.id })
  const [feed] = await readFeeds(module, { id: result.feed_id })
  res.status(201).json({ feed })
}
