import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { toAdminSnapshotEntry } from "../../../snapshot-presenter"
import type { AdminSnapshots } from "../../../snapshot-types"
import { listSnapshotsQuery, parseInput } from "../../../validators"

/** A feed's files, newest first: what each held, how long it took, and how often it was fetched. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminSnapshots>): Promise<void> {
  const { limit, offset } = parseInput(listSnapshotsQuery, req.query)
  const module = metaCatalog(req.scope)
  const feed = await module.retrieveFeed(req.params.id, { select: ["id"] })
  const { snapshots, count } = await module.snapshots.listFeedSnapshots({ feedId: feed.id, limit, offset })
  res.json({ snapshots: snapshots.map(toAdminSnapshotEntry), count, limit, offset })
}
