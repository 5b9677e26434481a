import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { cancelMetaOrder } from "../../../../../../../../workflows/orders/cancel-order"
import { metaCatalog } from "../../../../../../../../workflows/open-catalog"
import { toAdminCancellation } from "../../../../../order-presenter"
import { cancelOrderBody } from "../../../../../order-validators"
import { parseInput } from "../../../../../validators"

/** Cancels an order at Meta, or some of its units. The answer may still read `waiting`: then it is tried again with the same key. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const input = { catalog_id: req.params.id, meta_order_id: req.params.meta_order_id, ...parseInput(cancelOrderBody, req.body) }
  const { result } = await cancelMetaOrder(req.scope).run({ input })
  res.json({ cancellation: toAdminCancellation(await module.retrieveCancellation(result.id)) })
}
