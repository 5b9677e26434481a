import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { keepInStep } from "../../../../../../workflows/pace/keep-in-step"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { toAdminCatalog } from "../../../presenters"

/** The mass change that the brake holds is meant: it passes for the next hour. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const { id } = await module.retrieveCatalog(req.params.id)
  await module.catalogs.releaseBrake({ catalogId: id })
  keepInStep(req.scope, id, 0)
  res.json({ catalog: toAdminCatalog(module, await module.retrieveCatalog(id)) })
}
