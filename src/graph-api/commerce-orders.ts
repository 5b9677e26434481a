import { z } from "@medusajs/framework/zod"
import { isMissingObject } from "./classify-error"
import type { GraphClient } from "./client"
import { GraphError } from "./graph-error"
import { readPages } from "./pages"
import { changeReply, graphCount, graphId, graphText, graphTime } from "./reply-values"

// Meta closed these edges in 2026 (CONTRACT 8.1); they are written to the former contract (CONTRACT 8.3) and proven against the sandbox.

/** Meta's words for where an order stands, in the order of its life. */
export const ORDER_STATES = ["FB_PROCESSING", "CREATED", "IN_PROGRESS", "COMPLETED"] as const

export type OrderState = (typeof ORDER_STATES)[number]

/** Why a seller cancels. */
export const CANCEL_REASON_CODES = ["CUSTOMER_REQUESTED", "OUT_OF_STOCK", "INVALID_ADDRESS", "SUSPICIOUS_ORDER", "CANCEL_REASON_OTHER"] as const

export type CancelReasonCode = (typeof CANCEL_REASON_CODES)[number]

/** Units of one item; each retailer id once. */
export type OrderUnits = { retailerId: string; quantity: number }

/** An order as Meta shows it. `state` may be a word that is not in `ORDER_STATES`. Times are Meta's clock. */
export type CommerceOrder = { id: string; state: string; createdAt: Date; updatedAt: Date; units: OrderUnits[] }

/** At most and by default (CONTRACT 8.3). */
const PAGE = 25

const ORDER_FIELDS = "id,order_status,created,last_updated,items{retailer_id,quantity}"

const itemReply = z.looseObject({ retailer_id: graphText, quantity: graphCount })

const orderReply = z.looseObject({
  id: graphId,
  order_status: z.looseObject({ state: z.string() }),
  created: graphTime,
  last_updated: graphTime,
  items: z.looseObject({ data: z.array(itemReply), paging: z.looseObject({ next: z.string().nullish() }).nullish() }).nullish(),
})

/**
 * Yields the orders of a shop that are in one of these states, whole, page after page and in no promised order. An order that moves
 * on between two pages may be missed.
 *
 * @param ownerId `cms_id` or page id
 * @param updatedAfter only orders Meta has changed since, to the second
 */
export async function* listOrders(
  client: GraphClient,
  { ownerId, states, updatedAfter }: { ownerId: string; states: readonly OrderState[]; updatedAfter?: Date }
): AsyncGenerator<CommerceOrder, void, undefined> {
  const query = {
    state: states.join(","),
    updated_after: updatedAfter && Math.floor(updatedAfter.getTime() / 1000),
    fields: ORDER_FIELDS,
    limit: PAGE,
  }
  for await (const order of readPages(client, { path: `${encodeURIComponent(ownerId)}/commerce_orders`, query }, orderReply)) {
    yield await toOrder(client, order)
  }
}

/** One order, or null when Meta does not know it, as one that never got beyond FB_PROCESSING (CONTRACT 8.3). */
export async function readOrder(client: GraphClient, { orderId }: { orderId: string }): Promise<CommerceOrder | null> {
  try {
    return await toOrder(client, await client.request({ method: "GET", path: encodeURIComponent(orderId), query: { fields: ORDER_FIELDS } }, orderReply))
  } catch (error) {
    if (error instanceof GraphError && isMissingObject(error)) {
      return null
    }
    throw error
  }
}

/** What a seller takes back of an order. Without `units` all of it. `restockItems`: buyers may take the units again. */
export type Cancellation = {
  orderId: string
  reasonCode: CancelReasonCode
  reasonDescription?: string | null
  restockItems: boolean
  units: OrderUnits[] | null
  /** Meta carries a key out once, so a call whose outcome is unknown may be made again with the same one. */
  idempotencyKey: string
}

/** Cancels an order or some of its units (CONTRACT 8.3). Possible after FB_PROCESSING, or when that lasts over 24 hours. */
export async function cancelOrder(client: GraphClient, cancellation: Cancellation): Promise<void> {
  const { orderId, reasonCode, reasonDescription, restockItems, units, idempotencyKey } = cancellation
  const json = {
    cancel_reason: { reason_code: reasonCode, ...(reasonDescription ? { reason_description: reasonDescription } : {}) },
    restock_items: restockItems,
    ...(units ? { items: units.map(({ retailerId, quantity }) => ({ retailer_id: retailerId, quantity })) } : {}),
    idempotency_key: idempotencyKey,
  }
  await client.request({ method: "POST", path: `${encodeURIComponent(orderId)}/cancellations`, json }, changeReply)
}

async function toOrder(client: GraphClient, order: z.infer<typeof orderReply>): Promise<CommerceOrder> {
  const units = new Map<string, number>()
  for await (const { retailer_id, quantity } of itemsOf(client, order)) {
    units.set(retailer_id, (units.get(retailer_id) ?? 0) + quantity)
  }
  return {
    id: order.id,
    state: order.order_status.state.toUpperCase(),
    createdAt: order.created,
    updatedAt: order.last_updated,
    units: [...units].map(([retailerId, quantity]) => ({ retailerId, quantity })),
  }
}

/** The list inside an order may be cut; its own edge then has all of it. */
async function* itemsOf(client: GraphClient, order: z.infer<typeof orderReply>): AsyncGenerator<z.infer<typeof itemReply>, void, undefined> {
  if (order.items && !order.items.paging?.next) {
    yield* order.items.data
    return
  }
  const query = { fields: "retailer_id,quantity", limit: PAGE }
  yield* readPages(client, { path: `${encodeURIComponent(order.id)}/items`, query }, itemReply)
}
