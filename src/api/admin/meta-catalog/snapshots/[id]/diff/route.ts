import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { compareSoon } from "../../../../../../workflows/feeds/compare-snapshots"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { readDiff } from "../../../snapshot-presenter"
import type { AdminSnapshotDiff } from "../../../snapshot-types"

type Reply = MedusaResponse<{ diff: AdminSnapshotDiff }>

/** How a snapshot differs from the one published before it, as far as somebody has asked. */
export async function GET(req: AuthenticatedMedusaRequest, res: Reply): Promise<void> {
  res.json({ diff: await readDiff(metaCatalog(req.scope), req.params.id) })
}

/** Has the two compared in the background, unless that is done or being done. */
export async function POST(req: AuthenticatedMedusaRequest, res: Reply): Promise<void> {
  const module = metaCatalog(req.scope)
  const { status } = await readDiff(module, req.params.id)
  if (status === "none" || status === "failed") {
    await compareSoon(req.scope, req.params.id)
  }
  const diff = await readDiff(module, req.params.id)
  res.status(diff.status === "computing" ? 202 : 200).json({ diff })
}
