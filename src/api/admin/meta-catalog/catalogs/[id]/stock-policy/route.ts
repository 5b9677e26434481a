import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { saveStockRulesWorkflow } from "../../../../../../workflows/stock-policy/save-rules"
import { readStockPolicy } from "../../../stock-policy"
import { saveStockRulesBody } from "../../../stock-validators"
import type { AdminStockPolicy } from "../../../stock-types"
import { parseInput } from "../../../validators"

/** What Meta may be promised of the store's stock: the catalogue's settings and the rules for parts of it. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminStockPolicy>): Promise<void> {
  res.json(await readStockPolicy(req.scope, await metaCatalog(req.scope).retrieveCatalog(req.params.id)))
}

/** Saves rules, each in the place of the one about the same; one without settings is taken away. Every item is computed anew. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminStockPolicy>): Promise<void> {
  const { rules, accept_mass_change } = parseInput(saveStockRulesBody, req.body)
  const catalog = await metaCatalog(req.scope).retrieveCatalog(req.params.id)
  await saveStockRulesWorkflow(req.scope).run({ input: { catalog_id: catalog.id, rules, accept_mass_change } })
  res.json(await readStockPolicy(req.scope, catalog))
}
