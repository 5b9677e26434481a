import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { newToken } from "../../../../../../workflows/connect-catalog"
import { ensureFeedWorkflow } from "../../../../../../workflows/ensure-feed"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { readFeeds } from "../../../feed-state"

/** Gives the feed a new secret URL and tells Meta; the old one is served for another day. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const { id, meta_feed_id } = await module.retrieveFeed(req.params.id)
  await module.feeds.rotateToken({ feedId: id, token: newToken() })
  if (meta_feed_id) {
    await ensureFeedWorkflow(req.scope).run({ input: { feed_id: id } })
  }
  const [feed] = await readFeeds(module, { id })
  res.json({ feed })
}
