import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { newToken } from "../../../../../../workflows/catalogs/connect-catalog"
import { keepInStep } from "../../../../../../workflows/pace/keep-in-step"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { readFeed } from "../../../overlay-state"

/** Gives the feed a new secret URL and has Meta told; the old one is served until a day after that. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const { id, catalog_id } = await module.retrieveFeed(req.params.id)
  if (!(await module.feeds.rotateToken({ feedId: id, token: newToken() }))) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "Meta has not been told the present URL yet; a second change would take away the one it knows.")
  }
  // Meta is told both addresses at once.
  const [updates] = await module.listFeeds({ main_feed_id: id }, { select: ["id"], take: 1 })
  if (updates) {
    await module.feeds.rotateToken({ feedId: updates.id, token: newToken() })
  }
  keepInStep(req.scope, catalog_id, 0)
  res.json({ feed: await readFeed(module, id) })
}
