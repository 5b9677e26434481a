import type { EntityManager } from "typeorm"
import { upsertItems } from "./item-store"
import type { World } from "./world"

/** Units of one item, by retailer id. */
export type Units = { retailer_id: string; quantity: number }

/** How long an acknowledged order still counts, so that its seller can send the new quantity (CONTRACT 8.2). */
const GRACE_MS = 30 * 60_000

/** An order that still lowers what buyers may take (`$grace`: acknowledged after this time, it does). */
const COUNTS = (grace: string) => `(o.state IN ('FB_PROCESSING', 'CREATED') OR o.acknowledged_at > ${grace})`

function graceOf(world: World): Date {
  return new Date(world.clock.now().getTime() - GRACE_MS)
}

/**
 * What buyers may take of each item, null where an item has no quantity and so cannot be bought. With the setting
 * `order_netting: "counter"` that is quantity to sell less unconfirmed orders, and Meta shows it nowhere; with "decrement" an
 * order has lowered the quantity itself, which the next update overwrites (CONTRACT 8.2: both are told).
 */
export async function availableUnits(
  world: World,
  db: EntityManager,
  { catalogId, retailerIds }: { catalogId: string; retailerIds: string[] | null }
): Promise<Map<string, number | null>> {
  const rows = await db.query<{ retailer_id: string; available: number | null }[]>(
    `SELECT i.retailer_id, i.quantity_to_sell_on_facebook - CASE WHEN $3 THEN coalesce(counted.units, 0) ELSE 0 END AS available
     FROM item i LEFT JOIN (
       SELECT oi.retailer_id, sum(oi.quantity - oi.cancelled)::int AS units
       FROM commerce_order o JOIN merchant m ON m.id = o.merchant_id JOIN commerce_order_item oi ON oi.order_id = o.id
       WHERE m.catalog_id = $1 AND ${COUNTS("$4")} GROUP BY oi.retailer_id) counted ON counted.retailer_id = i.retailer_id
     WHERE i.catalog_id = $1 AND ($2::text[] IS NULL OR i.retailer_id = ANY($2::text[]))`,
    [catalogId, retailerIds, world.settings.order_netting === "counter", graceOf(world)]
  )
  return new Map(rows.map((row) => [row.retailer_id, row.available]))
}

/** Adds units to the stored quantities, or takes them; never below 0. Items without a quantity, or gone, stay as they are. */
export async function moveQuantity(world: World, db: EntityManager, { catalogId, units }: { catalogId: string; units: Units[] }): Promise<void> {
  const stored = await db.query<{ retailer_id: string; quantity: number }[]>(
    `SELECT retailer_id, quantity_to_sell_on_facebook AS quantity FROM item
     WHERE catalog_id = $1 AND retailer_id = ANY($2::text[]) AND quantity_to_sell_on_facebook IS NOT NULL`,
    [catalogId, units.map((unit) => unit.retailer_id)]
  )
  const writes = stored.map(({ retailer_id, quantity }) => ({
    retailer_id,
    fields: { quantity_to_sell_on_facebook: Math.max(0, quantity + (units.find((unit) => unit.retailer_id === retailer_id)?.quantity ?? 0)) },
  }))
  await upsertItems(db, { catalogId, writes, by: "order", now: world.clock.now() })
}

/** Whether an order is still in the counter of unconfirmed orders. */
export function isCounted(world: World, order: { state: string; acknowledged_at: Date | null }): boolean {
  return order.state === "FB_PROCESSING" || order.state === "CREATED" || (order.acknowledged_at !== null && order.acknowledged_at > graceOf(world))
}
