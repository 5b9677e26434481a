import type { EntityManager } from "typeorm"
import { z } from "zod"
import { openMerchant, openOrder } from "./commerce-access"
import { cancelUnits, unitsLeft } from "./commerce-cancel"
import { idempotencyKey, oncePerKey } from "./commerce-receipts"
import { MerchantEntity, OrderEntity, type MerchantRow, type OrderRow } from "./entities/commerce"
import { badParameter } from "./errors"
import type { GraphRequest } from "./graph-request"
import { flag, nested, nodeId, readParams } from "./params"
import type { World } from "./world"

const REASON_CODES = ["CUSTOMER_REQUESTED", "OUT_OF_STOCK", "INVALID_ADDRESS", "SUSPICIOUS_ORDER", "CANCEL_REASON_OTHER"] as const

const DAY_MS = 86_400_000

/** `POST /{cms}/acknowledge_orders`: up to 100 orders of this shop become IN_PROGRESS. All of them or none. */
export async function acknowledgeOrders(request: GraphRequest): Promise<unknown> {
  const merchant = await openMerchant(request, request.segments[0])
  const { idempotency_key, orders } = readParams(
    {
      idempotency_key: idempotencyKey,
      orders: nested(z.array(z.strictObject({ id: nodeId, merchant_order_reference: z.string().optional() })).min(1).max(100, "must hold at most 100 orders")),
    },
    request.params
  )
  return change(request.world, merchant, (db) =>
    oncePerKey(db, { nodeId: merchant.id, key: idempotency_key, request: orders }, async () => {
      for (const { id, merchant_order_reference } of orders) {
        const order = await db.getRepository(OrderEntity).findOneBy({ id, merchant_id: merchant.id })
        if (!order) {
          throw badParameter(`orders: ${id} is no order of this shop`)
        }
        await acknowledge(request.world, db, { order, reference: merchant_order_reference ?? null })
      }
      return { orders: orders.map(({ id }) => ({ id, state: "IN_PROGRESS" })) }
    })
  )
}

/** `POST /{order}/acknowledge_order`. */
export async function acknowledgeOrder(request: GraphRequest): Promise<unknown> {
  const { order, merchant } = await openOrder(request)
  const params = readParams({ merchant_order_reference: z.string().optional(), idempotency_key: idempotencyKey }, request.params)
  return change(request.world, merchant, (db) =>
    oncePerKey(db, { nodeId: order.id, key: params.idempotency_key, request: params }, async () => {
      const current = await db.getRepository(OrderEntity).findOneByOrFail({ id: order.id })
      await acknowledge(request.world, db, { order: current, reference: params.merchant_order_reference ?? null })
      return { success: true }
    })
  )
}

/** `POST /{order}/cancellations`: by the seller. Possible after FB_PROCESSING, or when that lasts over 24 hours. */
export async function cancelOrder(request: GraphRequest): Promise<unknown> {
  const { order, merchant } = await openOrder(request)
  const { world } = request
  const params = readParams(
    {
      cancel_reason: nested(z.strictObject({ reason_code: z.enum(REASON_CODES), reason_description: z.string().optional() })),
      restock_items: flag.default(false),
      items: nested(z.array(z.strictObject({ retailer_id: z.string().min(1), quantity: z.number().int().positive() })).min(1)).optional(),
      idempotency_key: idempotencyKey,
    },
    request.params
  )
  return change(world, merchant, (db) =>
    oncePerKey(db, { nodeId: order.id, key: params.idempotency_key, request: params }, async () => {
      const current = await db.getRepository(OrderEntity).findOneByOrFail({ id: order.id })
      refuseUncancellable(world, current)
      const items = params.items ?? (await unitsLeft(db, order.id))
      await cancelUnits(world, db, {
        order: current,
        catalogId: merchant.catalog_id,
        by: "seller",
        reasonCode: params.cancel_reason.reason_code,
        restock: params.restock_items,
        items,
      })
      return { success: true }
    })
  )
}

/** `POST /{cms}/order_management_apps`: from now on orders wait to be acknowledged. */
export async function registerApp(request: GraphRequest): Promise<unknown> {
  const merchant = await openMerchant(request, request.segments[0])
  readParams({}, request.params)
  await request.world.db.getRepository(MerchantEntity).update({ id: merchant.id }, { has_app: true })
  return { success: true }
}

/** One change of a shop's orders: alone in its catalogue, and whole or not at all. */
function change<T>(world: World, merchant: MerchantRow, work: (db: EntityManager) => Promise<T>): Promise<T> {
  return world.writes.hold(merchant.catalog_id, () => world.db.transaction(work))
}

/** An order that is in progress already stays as it is, with its first time of acknowledgement. */
async function acknowledge(world: World, db: EntityManager, { order, reference }: { order: OrderRow; reference: string | null }): Promise<void> {
  if (order.state === "FB_PROCESSING" || order.state === "COMPLETED") {
    throw badParameter(`Order ${order.id} cannot be acknowledged while it is ${order.state}`)
  }
  if (order.state === "CREATED") {
    const now = world.clock.now()
    await db.getRepository(OrderEntity).update(
      { id: order.id },
      { state: "IN_PROGRESS", acknowledged_at: now, updated_at: now, merchant_order_reference: reference }
    )
  }
}

function refuseUncancellable(world: World, order: OrderRow): void {
  const age = world.clock.now().getTime() - order.created_at.getTime()
  if (order.state === "FB_PROCESSING" && age <= DAY_MS) {
    throw badParameter(`Order ${order.id} cannot be cancelled while it is being processed`)
  }
  if (order.state === "COMPLETED") {
    throw badParameter(`Order ${order.id} is completed and cannot be cancelled`)
  }
}
