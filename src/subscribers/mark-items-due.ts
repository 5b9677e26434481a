import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import {
  variantsOfChannelLinks,
  variantsOfInventoryItems,
  variantsOfInventoryLevels,
  variantsOfInventoryLinks,
  variantsOfProducts,
  variantsOfReservations,
} from "../catalog/affected-variants"
import { PRIORITY } from "../modules/meta-catalog/priority"
import { markVariantsDue, requestBuildsForNewVariants, requestSweeps } from "../workflows/mark-due"

type Reach = {
  /** Variants an id of the event speaks for. */
  variants: (sql: Knex, ids: string[]) => Promise<string[]>
  priority: number
  /** The event may bring variants the feed does not have yet. */
  mayBeNew: boolean
}

const stock = (variants: Reach["variants"]): Reach => ({ variants, priority: PRIORITY.stock, mayBeNew: false })
const product = (variants: Reach["variants"]): Reach => ({ variants, priority: PRIORITY.product, mayBeNew: true })
const themselves: Reach["variants"] = async (_sql, ids) => ids

/**
 * Events that speak for single variants. Both families are heard: workflow-level names are the documented ones, module-level
 * names also come from direct service calls and are the only ones for stock that a reservation takes.
 */
const ITEM_EVENTS: Record<string, Reach> = {
  "inventory-level.created": stock(variantsOfInventoryLevels),
  "inventory-level.updated": stock(variantsOfInventoryLevels),
  "inventory-level.deleted": stock(variantsOfInventoryLevels),
  "inventory.inventory-level.created": stock(variantsOfInventoryLevels),
  "inventory.inventory-level.updated": stock(variantsOfInventoryLevels),
  "inventory.inventory-level.deleted": stock(variantsOfInventoryLevels),
  "inventory.inventory-level.restored": stock(variantsOfInventoryLevels),
  "reservation-item.created": stock(variantsOfReservations),
  "reservation-item.updated": stock(variantsOfReservations),
  "reservation-item.deleted": stock(variantsOfReservations),
  "inventory.reservation-item.created": stock(variantsOfReservations),
  "inventory.reservation-item.updated": stock(variantsOfReservations),
  "inventory.reservation-item.deleted": stock(variantsOfReservations),
  "inventory-item.deleted": stock(variantsOfInventoryItems),
  "inventory.inventory-item.deleted": stock(variantsOfInventoryItems),
  "inventory.inventory-item.restored": stock(variantsOfInventoryItems),
  "product-variant.created": product(themselves),
  "product-variant.updated": product(themselves),
  "product-variant.deleted": product(themselves),
  "product.product-variant.created": product(themselves),
  "product.product-variant.updated": product(themselves),
  "product.product-variant.deleted": product(themselves),
  "product.product-variant.restored": product(themselves),
  "product.created": product(variantsOfProducts),
  "product.updated": product(variantsOfProducts),
  "product.deleted": product(variantsOfProducts),
  "product.product.created": product(variantsOfProducts),
  "product.product.updated": product(variantsOfProducts),
  "product.product.deleted": product(variantsOfProducts),
  "product.product.restored": product(variantsOfProducts),
  // Made with every new product: a sweep for each would be a pass over the whole catalogue.
  "LinkProductVariantInventoryItem.attached": product(variantsOfInventoryLinks),
  "LinkProductSalesChannel.attached": product(variantsOfChannelLinks),
}

/** Events that may take any number of items out of stock by one wrong click, so the sweep and its brake look at them. */
const SWEEP_EVENTS = [
  "LinkProductVariantInventoryItem.detached",
  "LinkProductSalesChannel.detached",
  "LinkSalesChannelStockLocation.attached",
  "LinkSalesChannelStockLocation.detached",
  "sales-channel.deleted",
  "sales_channel.sales-channel.deleted",
  "stock_location.stock-location.deleted",
  "stock_location.stock-location.restored",
]

/**
 * Marks what an event may have changed. Events are hints: the push reads the truth, so an event heard twice, late or out of
 * order changes nothing.
 */
export default async function metaCatalogMarkItemsDue({ event, container }: SubscriberArgs<{ id: string | string[] }>): Promise<void> {
  const reach = ITEM_EVENTS[event.name]
  if (!reach) {
    await requestSweeps(container)
    return
  }
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const variantIds = await reach.variants(sql, [event.data.id].flat())
  await markVariantsDue(container, { variantIds, reason: event.name, priority: reach.priority })
  if (reach.mayBeNew) {
    await requestBuildsForNewVariants(container, variantIds)
  }
}

export const config: SubscriberConfig = {
  event: [...Object.keys(ITEM_EVENTS), ...SWEEP_EVENTS],
  context: { subscriberId: "meta-catalog-mark-items-due" },
}
