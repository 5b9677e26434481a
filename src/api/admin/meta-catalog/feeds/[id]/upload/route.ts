import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { keepInStep } from "../../../../../../workflows/keep-in-step"
import { metaCatalog } from "../../../../../../workflows/open-catalog"

/** Has Meta fetch the published file now; where none is published yet, as soon as there is one. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const feed = await module.retrieveFeed(req.params.id)
  if (!feed.meta_feed_id) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "The feed does not exist at Meta yet; create it first.")
  }
  await module.feeds.requestUpload({ feedId: feed.id })
  keepInStep(req.scope, feed.catalog_id, 0)
  res.status(202).json({ id: feed.id, status: "accepted" })
}
