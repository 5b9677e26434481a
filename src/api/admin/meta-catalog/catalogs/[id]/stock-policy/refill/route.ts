import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { keepInStep } from "../../../../../../../workflows/pace/keep-in-step"
import { metaCatalog } from "../../../../../../../workflows/open-catalog"
import { refillBody } from "../../../../stock-validators"
import { parseInput } from "../../../../validators"

/** Fills fixed allocations again: from now on orders draw on them anew. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse<{ refilled: number }>): Promise<void> {
  const { rule_ids } = parseInput(refillBody, req.body)
  const module = metaCatalog(req.scope)
  const { id } = await module.retrieveCatalog(req.params.id)
  const rules = rule_ids ? await module.listStockRules({ catalog_id: id, id: rule_ids }, { take: null, order: { id: "ASC" } }) : []
  rule_ids?.forEach((rule, index) => {
    if (rules.find((one) => one.id === rule)?.settings.allocation !== "fixed") {
      throw new MedusaError(MedusaError.Types.INVALID_DATA, `rule_ids.${index}: ${rule} is no rule of this catalogue with a fixed allocation of its own`)
    }
  })
  const refilled = await module.stockRules.refillAllocations({ catalogId: id, ruleIds: rule_ids ?? null })
  keepInStep(req.scope, id, 0)
  res.json({ refilled: refilled.length })
}
