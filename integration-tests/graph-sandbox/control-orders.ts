import { z } from "zod"
import { cancelUnits, unitsLeft } from "./commerce-cancel"
import { availableUnits, moveQuantity } from "./commerce-stock"
import { command, type Command } from "./control-command"
import { nextNodeId } from "./database"
import { MerchantEntity, OrderEntity, OrderItemEntity, ORDER_STATES, type OrderRow } from "./entities/commerce"
import type { World } from "./world"

const units = z.array(z.strictObject({ retailer_id: z.string(), quantity: z.number().int().positive() })).min(1)

const orderId = z.strictObject({ orderId: z.string() })

/** Commands that play the buyers and Meta's own part in the life of orders. */
export const ORDER_COMMANDS: Record<string, Command> = {
  "create-merchant": command(z.strictObject({ catalogId: z.string(), hasApp: z.boolean().default(true) }), async (world, { catalogId, hasApp }) => {
    const id = await nextNodeId(world.db)
    await world.db.getRepository(MerchantEntity).insert({ id, catalog_id: catalogId, has_app: hasApp })
    return { id }
  }),
  "place-order": command(z.strictObject({ merchantId: z.string(), items: units }), placeOrder),
  "advance-order": command(orderId, (world, body) => advanceOrder(world, body.orderId)),
  "drop-order": command(orderId, (world, body) => dropOrder(world, body.orderId)),
  "cancel-order-as-buyer": command(z.strictObject({ orderId: z.string(), items: units.optional() }), async (world, { orderId: id, items }) => {
    const { order, catalogId } = await findOrder(world, id)
    return world.writes.hold(catalogId, () =>
      world.db.transaction(async (db) => {
        const cancelled = items ?? (await unitsLeft(db, id))
        await cancelUnits(world, db, { order, catalogId, by: "buyer", reasonCode: "CUSTOMER_REQUESTED", restock: true, items: cancelled })
        return {}
      })
    )
  }),
  orders: command(z.strictObject({ merchantId: z.string() }), (world, { merchantId }) =>
    world.db.query(
      `SELECT o.id, o.state, o.created_at, o.updated_at, o.acknowledged_at, o.merchant_order_reference,
         (SELECT jsonb_agg(jsonb_build_object('retailer_id', retailer_id, 'quantity', quantity, 'cancelled', cancelled) ORDER BY id)
          FROM commerce_order_item WHERE order_id = o.id) AS items,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('by', c.by, 'reason_code', reason_code, 'restock_items', restock_items, 'items', c.items) ORDER BY c.id), '[]')
          FROM commerce_cancellation c WHERE c.order_id = o.id) AS cancellations
       FROM commerce_order o WHERE o.merchant_id = $1 ORDER BY o.id`,
      [merchantId]
    )
  ),
  "available-units": command(z.strictObject({ catalogId: z.string() }), async (world, { catalogId }) =>
    Object.fromEntries(await availableUnits(world, world.db.manager, { catalogId, retailerIds: null }))
  ),
}

async function merchantOf(world: World, id: string) {
  const merchant = await world.db.getRepository(MerchantEntity).findOneBy({ id })
  if (!merchant) {
    throw new Error("There is no such merchant")
  }
  return merchant
}

async function findOrder(world: World, id: string): Promise<{ order: OrderRow; catalogId: string }> {
  const order = await world.db.getRepository(OrderEntity).findOneBy({ id })
  if (!order) {
    throw new Error("There is no such order")
  }
  return { order, catalogId: (await merchantOf(world, order.merchant_id)).catalog_id }
}

/** A buyer's order: refused when it asks for more than buyers may take, by Meta's count and not by the store's. */
async function placeOrder(world: World, { merchantId, items }: { merchantId: string; items: z.output<typeof units> }): Promise<{ id: string }> {
  const { catalog_id: catalogId } = await merchantOf(world, merchantId)
  return world.writes.hold(catalogId, () =>
    world.db.transaction(async (db) => {
      const available = await availableUnits(world, db, { catalogId, retailerIds: items.map((item) => item.retailer_id) })
      const stored = await db.query<{ id: string; retailer_id: string; price: string | null; availability: string | null }[]>(
        "SELECT id, retailer_id, price, availability FROM item WHERE catalog_id = $1 AND retailer_id = ANY($2::text[])",
        [catalogId, items.map((item) => item.retailer_id)]
      )
      const id = await nextNodeId(world.db)
      const now = world.clock.now()
      await db.getRepository(OrderEntity).insert({ id, merchant_id: merchantId, state: "FB_PROCESSING", created_at: now, updated_at: now })
      for (const { retailer_id, quantity } of items) {
        const item = stored.find((candidate) => candidate.retailer_id === retailer_id)
        if (!item || item.availability !== "in stock" || (available.get(retailer_id) ?? 0) < quantity) {
          throw new Error(`Sold out: buyers may take ${available.get(retailer_id) ?? 0} of ${retailer_id}, not ${quantity}`)
        }
        const row = { id: await nextNodeId(world.db), order_id: id, product_id: item.id, retailer_id, quantity, cancelled: 0, price: item.price }
        await db.getRepository(OrderItemEntity).insert(row)
      }
      if (world.settings.order_netting === "decrement") {
        const taken = items.map(({ retailer_id, quantity }) => ({ retailer_id, quantity: -quantity }))
        await moveQuantity(world, db, { catalogId, units: taken })
      }
      return { id }
    })
  )
}

/** The next state. Where no app is registered an order that was processed is in progress at once (CONTRACT 8.3). */
async function advanceOrder(world: World, id: string): Promise<{ state: string }> {
  const { order } = await findOrder(world, id)
  const { has_app } = await merchantOf(world, order.merchant_id)
  const next = ORDER_STATES[ORDER_STATES.indexOf(order.state) + 1]
  if (!next) {
    throw new Error("The order is completed")
  }
  const state = next === "CREATED" && !has_app ? "IN_PROGRESS" : next
  const now = world.clock.now()
  await world.db.getRepository(OrderEntity).update(
    { id },
    { state, updated_at: now, ...(state === "IN_PROGRESS" ? { acknowledged_at: now } : {}) }
  )
  return { state }
}

/** An order in FB_PROCESSING that never becomes one: it is gone without a word (CONTRACT 8.3). */
async function dropOrder(world: World, id: string): Promise<Record<string, never>> {
  const { order, catalogId } = await findOrder(world, id)
  if (order.state !== "FB_PROCESSING") {
    throw new Error("Only an order that is being processed can come to nothing")
  }
  return world.writes.hold(catalogId, () =>
    world.db.transaction(async (db) => {
      if (world.settings.order_netting === "decrement") {
        await moveQuantity(world, db, { catalogId, units: await unitsLeft(db, id) })
      }
      await db.getRepository(OrderItemEntity).delete({ order_id: id })
      await db.getRepository(OrderEntity).delete({ id })
      return {}
    })
  )
}
