import type { EntityManager } from "typeorm"
import { isCounted, moveQuantity, type Units } from "./commerce-stock"
import { nextNodeId } from "./database"
import { CancellationEntity, OrderEntity, OrderItemEntity, type CancellationRow, type OrderRow } from "./entities/commerce"
import { badParameter } from "./errors"
import type { World } from "./world"

export type UnitsToCancel = {
  order: OrderRow
  catalogId: string
  by: CancellationRow["by"]
  reasonCode: string
  /** Buyers' cancellations always restock; sellers' only when they say so (CONTRACT 8.3). */
  restock: boolean
  items: Units[]
}

/** What is left of an order. */
export async function unitsLeft(db: EntityManager, orderId: string): Promise<Units[]> {
  return db.query<Units[]>(
    "SELECT retailer_id, (quantity - cancelled)::int AS quantity FROM commerce_order_item WHERE order_id = $1 AND quantity > cancelled ORDER BY id",
    [orderId]
  )
}

/** Cancels units of an order; an order without any left is COMPLETED. Throws 100 for units it does not have. */
export async function cancelUnits(world: World, db: EntityManager, { order, catalogId, by, reasonCode, restock, items }: UnitsToCancel): Promise<void> {
  const left = new Map((await unitsLeft(db, order.id)).map((unit) => [unit.retailer_id, unit.quantity]))
  for (const { retailer_id, quantity } of items) {
    if ((left.get(retailer_id) ?? 0) < quantity) {
      throw badParameter(`items: the order has ${left.get(retailer_id) ?? 0} of ${retailer_id} left, not ${quantity}`)
    }
    left.set(retailer_id, (left.get(retailer_id) ?? 0) - quantity)
    await db.getRepository(OrderItemEntity).increment({ order_id: order.id, retailer_id }, "cancelled", quantity)
  }
  await moveStock(world, db, { order, catalogId, restock, items })
  const isEmpty = [...left.values()].every((quantity) => quantity === 0)
  const now = world.clock.now()
  await db.getRepository(OrderEntity).update({ id: order.id }, { updated_at: now, ...(isEmpty ? { state: "COMPLETED" as const } : {}) })
  const id = await nextNodeId(world.db)
  await db.getRepository(CancellationEntity).insert({ id, order_id: order.id, by, reason_code: reasonCode, restock_items: restock, items, created_at: now })
}

/**
 * Cancelled units leave the counter of unconfirmed orders by themselves, which gives them back; units that are not to be
 * restocked are taken from the quantity instead. Where no counter held them it is the other way round.
 */
async function moveStock(world: World, db: EntityManager, { order, catalogId, restock, items }: Omit<UnitsToCancel, "by" | "reasonCode">): Promise<void> {
  const wasHeldByCounter = world.settings.order_netting === "counter" && isCounted(world, order)
  if (wasHeldByCounter === restock) {
    return
  }
  const sign = restock ? 1 : -1
  await moveQuantity(world, db, { catalogId, units: items.map(({ retailer_id, quantity }) => ({ retailer_id, quantity: quantity * sign })) })
}
