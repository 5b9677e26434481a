import type { CancelledItems } from "../../../modules/meta-catalog/orders/cancellations"
import type { MetaCatalogModuleService } from "../../../modules/meta-catalog/service"
import type { AdminCancellation, AdminOrder } from "./order-types"

type OrderRow = Awaited<ReturnType<MetaCatalogModuleService["retrieveOrder"]>>
type CancellationRow = Awaited<ReturnType<MetaCatalogModuleService["retrieveCancellation"]>>

/** Orders with their items and cancellations, read in one statement each. */
export async function toAdminOrders(module: MetaCatalogModuleService, orders: OrderRow[]): Promise<AdminOrder[]> {
  const orderIds = orders.map(({ id }) => id)
  const all = { take: null, order: { id: "ASC" } } as const
  const items = await module.listOrderItems({ order_id: orderIds }, all)
  const cancellations = await module.listCancellations({ order_id: orderIds }, all)
  return orders.map((order) => ({
    meta_order_id: order.meta_order_id,
    state: order.state,
    created_at_meta: text(order.created_at_meta),
    updated_at_meta: text(order.updated_at_meta),
    acknowledged_at: text(order.acknowledged_at),
    booked_at: text(order.booked_at),
    medusa_order_id: order.medusa_order_id,
    told_at: text(order.told_at),
    late_notified_at: text(order.late_notified_at),
    items: items
      .filter(({ order_id }) => order_id === order.id)
      .map(({ retailer_id, quantity, ordered_quantity, cancelled_quantity }) => ({ retailer_id, quantity, ordered_quantity, cancelled_quantity })),
    cancellations: cancellations.filter(({ order_id }) => order_id === order.id).map(toAdminCancellation),
  }))
}

export function toAdminCancellation(cancellation: CancellationRow): AdminCancellation {
  return {
    id: cancellation.id,
    meta_order_id: cancellation.meta_order_id,
    intent: cancellation.intent,
    items: cancellation.items as CancelledItems,
    reason_code: cancellation.reason_code,
    reason_description: cancellation.reason_description,
    restock_items: cancellation.restock_items,
    status: cancellation.status,
    error: cancellation.error,
    attempts: cancellation.attempts,
    done_at: text(cancellation.done_at),
    created_at: text(cancellation.created_at) as string,
  }
}

function text(time: Date | string | null | undefined): string | null {
  return time ? new Date(time).toISOString() : null
}
