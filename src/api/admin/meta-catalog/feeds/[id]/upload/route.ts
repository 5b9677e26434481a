import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { keepInStep } from "../../../../../../workflows/pace/keep-in-step"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { uploadBody } from "../../../overlay-validators"
import { parseInput } from "../../../validators"

/**
 * Has Meta take in the published file now, or as soon as there is one: all of it, or with `update_only` without deleting what it lacks; fetched
 * from its URL, or with `by: "file"` sent along.
 */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const feed = await module.retrieveFeed(req.params.id)
  if (!feed.meta_feed_id) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "The feed does not exist at Meta yet; create it first.")
  }
  const { update_only, by } = parseInput(uploadBody, req.body)
  await module.feeds.requestUpload({ feedId: feed.id, updateOnly: update_only, asFile: by === "file" })
  keepInStep(req.scope, feed.catalog_id, 0)
  res.status(202).json({ id: feed.id, status: "accepted" })
}
