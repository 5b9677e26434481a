import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { buildSoon } from "../../../../../../workflows/feeds/build-soon"
import { checkFeedsWorkflow } from "../../../../../../workflows/feeds/check-feeds"
import { ensureFeedWorkflow } from "../../../../../../workflows/feeds/ensure-feed"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { readFeeds } from "../../../feed-state"

/** Tells Meta everything that was set here again, makes a feed anew that was deleted there, and reads back what Meta has now. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const { id, catalog_id } = await module.retrieveFeed(req.params.id)
  await ensureFeedWorkflow(req.scope).run({ input: { feed_id: id } })
  await checkFeedsWorkflow(req.scope).run({ input: { catalog_id, feed_id: id } })
  await buildSoon(req.scope, { feedId: id, catalogId: catalog_id })
  const [feed] = await readFeeds(module, { id })
  res.json({ feed })
}
