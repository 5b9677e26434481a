import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { buildSoon } from "../../../../../../workflows/feeds/build-soon"
import { metaCatalog } from "../../../../../../workflows/open-catalog"

/** Builds the feed's file now, in the background. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const feed = await module.retrieveFeed(req.params.id)
  await module.feeds.requestBuild({ feedId: feed.id, thenUpload: false })
  await buildSoon(req.scope, { feedId: feed.id, catalogId: feed.catalog_id })
  res.status(202).json({ id: feed.id, status: "accepted" })
}
