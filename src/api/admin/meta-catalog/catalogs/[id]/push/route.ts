import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { keepInStep } from "../../../../../../workflows/pace/keep-in-step"
import { metaCatalog } from "../../../../../../workflows/open-catalog"

/** Recomputes every item and sends what differs, in the background. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const catalog = await module.retrieveCatalog(req.params.id)
  await module.items.forgetRejections({ catalogId: catalog.id })
  await module.catalogs.requestSweep({ catalogIds: [catalog.id] })
  keepInStep(req.scope, catalog.id, 0)
  res.status(202).json({ id: catalog.id, status: "accepted" })
}
