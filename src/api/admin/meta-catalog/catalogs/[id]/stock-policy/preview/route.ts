import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { metaCatalog } from "../../../../../../../workflows/open-catalog"
import { previewRules } from "../../../../../../../workflows/stock-policy/preview-rules"
import { previewStockRulesBody } from "../../../../stock-validators"
import { toAdminStockPreview } from "../../../../stock-policy"
import type { AdminStockPreview } from "../../../../stock-types"
import { parseInput } from "../../../../validators"

/** What saving these rules would do, computed over the whole catalogue. Changes nothing. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminStockPreview>): Promise<void> {
  const { rules } = parseInput(previewStockRulesBody, req.body)
  const catalog = await metaCatalog(req.scope).retrieveCatalog(req.params.id)
  res.json(await toAdminStockPreview(req.scope, await previewRules(req.scope, catalog, rules)))
}
