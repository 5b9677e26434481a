import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { adoptSchedules, checkFeedsWorkflow } from "../../../../../../workflows/feeds/check-feeds"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { readFeeds } from "../../../feed-state"

/** Takes over the schedules that Meta has as those set here; what else differs stays shown. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const { id, catalog_id } = await module.retrieveFeed(req.params.id)
  await adoptSchedules(req.scope, id)
  await checkFeedsWorkflow(req.scope).run({ input: { catalog_id, feed_id: id } })
  const [feed] = await readFeeds(module, { id })
  res.json({ feed })
}
