import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { keepInStep } from "../../../../../../../workflows/keep-in-step"
import { metaCatalog } from "../../../../../../../workflows/open-catalog"
import { refillBody } from "../../../../stock-validators"
import { parseInput } from "../../../../validators"

/** Fills fixed allocations again: from now on orders draw on them anew. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse<{ refilled: number }>): Promise<void> {
  const { rule_ids } = parseInput(refillBody, req.body)
  const module = metaCatalog(req.scope)
  const { id } = await module.retrieveCatalog(req.params.id)
  const refilled = await module.stockRules.refillAllocations({ catalogId: id, ruleIds: rule_ids ?? null })
  keepInStep(req.scope, id, 0)
  res.json({ refilled })
}
