import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { readFeed } from "../../../overlay-state"

/** Publishes the newest held file: a person has looked at why it was held and says that it is right. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const { id } = await module.retrieveFeed(req.params.id)
  const [held] = await module.listSnapshots({ feed_id: id, status: "held" }, { order: { number: "DESC" }, take: 1 })
  if (!held || !(await module.snapshots.releaseSnapshot({ snapshotId: held.id }))) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "No file of this feed is held.")
  }
  res.json({ feed: await readFeed(module, id) })
}
