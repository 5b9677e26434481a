import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { publicUrlProblem } from "../../../../../../modules/meta-catalog/options"
import { keepInStep } from "../../../../../../workflows/pace/keep-in-step"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { toAdminCatalog } from "../../../presenters"

/** "The store has moved": the catalogue belongs to this public URL from now on, and Meta is told the feeds' new URLs. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const { id } = await module.retrieveCatalog(req.params.id)
  const problem = publicUrlProblem(module.options)
  if (problem) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `public_url: ${problem}`)
  }
  await module.catalogs.adoptCatalog({ catalogId: id, publicUrl: module.publicUrl })
  keepInStep(req.scope, id, 0)
  res.json({ catalog: toAdminCatalog(module, await module.retrieveCatalog(id)) })
}
