import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { retestCatalog } from "../../../../../../workflows/catalogs/connect-catalog"
import { keepInStep } from "../../../../../../workflows/pace/keep-in-step"
import { metaCatalog } from "../../../../../../workflows/open-catalog"

/** Tests the stored connection; a paused catalogue resumes when everything works. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const catalog = await metaCatalog(req.scope).retrieveCatalog(req.params.id)
  const test = await retestCatalog(req.scope, catalog)
  keepInStep(req.scope, catalog.id, 0)
  res.json({ test })
}
