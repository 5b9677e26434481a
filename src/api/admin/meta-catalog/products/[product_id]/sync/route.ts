import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { syncProductWorkflow } from "../../../../../../workflows/push/sync-product"
import type { AdminProductSync } from "../../../item-types"
import { parseInput, syncProductBody } from "../../../validators"

/** *Sync this product now*: sends all its items, in every catalogue or in one, whatever Meta holds or has refused. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminProductSync>): Promise<void> {
  const { catalog_id } = parseInput(syncProductBody, req.body)
  const { result } = await syncProductWorkflow(req.scope).run({ input: { product_id: req.params.product_id, catalog_id } })
  res.status(202).json(result)
}
