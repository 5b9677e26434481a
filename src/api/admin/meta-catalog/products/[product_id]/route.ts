import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { readProductStatus } from "../../product-status"
import type { AdminProductStatus } from "../../item-types"

/** What Meta holds and should hold for each variant of a product, in every catalogue. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminProductStatus>): Promise<void> {
  res.json(await readProductStatus(req.scope, req.params.product_id))
}
