import { CatalogEntity } from "./entities/catalog"
import { MerchantEntity, OrderEntity, type MerchantRow, type OrderRow } from "./entities/commerce"
import { badParameter, GraphError, unknownObject } from "./errors"
import type { GraphRequest } from "./graph-request"
import type { SandboxSettings } from "./settings"

/**
 * The shop a call names. Throws 100/33 when the token does not see its catalogue, and the refusal of the closed API unless the
 * setting `commerce_orders` is "open": Meta took these edges out of every version in 2026 (CONTRACT 8.1).
 */
export async function openMerchant(request: GraphRequest, merchantId: string): Promise<MerchantRow> {
  const { world, token, method } = request
  const merchant = await world.db.getRepository(MerchantEntity).findOneBy({ id: merchantId })
  const isSeen = merchant && token.catalog_ids.includes(merchant.catalog_id)
  if (!merchant || !isSeen || !(await world.db.getRepository(CatalogEntity).existsBy({ id: merchant.catalog_id }))) {
    throw unknownObject(method, request.segments[0])
  }
  if (world.settings.commerce_orders === "closed") {
    throw closedApi(world.settings, request.segments[1] ?? "")
  }
  return merchant
}

/** An order the caller may see, with its shop. */
export async function openOrder(request: GraphRequest): Promise<{ order: OrderRow; merchant: MerchantRow }> {
  const order = await request.world.db.getRepository(OrderEntity).findOneBy({ id: request.segments[0] })
  if (!order) {
    throw unknownObject(request.method, request.segments[0])
  }
  return { order, merchant: await openMerchant(request, order.merchant_id) }
}

/** Meta documents no shape for removed edges: one of the three that are to be expected (CONTRACT 8.1). */
function closedApi({ commerce_orders_closed_code: code }: SandboxSettings, edge: string): GraphError {
  if (code === 12) {
    return new GraphError({ code: 12, message: "(#12) The Commerce Order Management API is deprecated for all versions" })
  }
  if (code === 3) {
    return new GraphError({ code: 3, message: "(#3) Application does not have the capability to make this API call." })
  }
  return badParameter(`Tried accessing nonexisting field (${edge || "order_status"}) on node type (CommerceMerchantSettings)`)
}
