import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { toAdminOrders } from "../../../order-presenter"
import { listOrdersQuery } from "../../../order-validators"
import { parseInput } from "../../../validators"

/** Orders at Meta as they were last read, the newest first, with what is booked and cancelled of them. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const { limit, offset, state, booked } = parseInput(listOrdersQuery, req.query)
  const module = metaCatalog(req.scope)
  const { id } = await module.retrieveCatalog(req.params.id)
  const filter = { catalog_id: id, ...(state ? { state } : {}), ...(booked === undefined ? {} : { booked_at: booked ? { $ne: null } : null }) }
  const [orders, count] = await module.listAndCountOrders(filter, { order: { created_at_meta: "DESC", id: "DESC" }, take: limit, skip: offset })
  res.json({ orders: await toAdminOrders(module, orders), count, limit, offset })
}
