import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { resumeSellingWorkflow, stopSellingWorkflow } from "../../../../../../workflows/catalogs/stop-selling"
import { toAdminCatalog } from "../../../presenters"
import { panicBody, parseInput } from "../../../validators"

/** Stops selling on Meta at once: everything, or what `scope` names. Said again it replaces the scope. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const { scope } = parseInput(panicBody, req.body)
  const module = metaCatalog(req.scope)
  const { id } = await module.retrieveCatalog(req.params.id)
  const { result } = await stopSellingWorkflow(req.scope).run({ input: { catalog_id: id, scope } })
  res.json({ catalog: toAdminCatalog(module, await module.retrieveCatalog(id)), items: result.items ?? 0 })
}

/** Selling goes on; every value is computed anew. */
export async function DELETE(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const { id } = await module.retrieveCatalog(req.params.id)
  const { result } = await resumeSellingWorkflow(req.scope).run({ input: { catalog_id: id } })
  res.json({ catalog: toAdminCatalog(module, await module.retrieveCatalog(id)), items: result.items ?? 0 })
}
