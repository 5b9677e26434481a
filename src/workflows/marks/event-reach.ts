import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import {
  variantsOfChannelLinks,
  variantsOfInventoryItems,
  variantsOfInventoryLevels,
  variantsOfInventoryLinks,
  variantsOfPriceLists,
  variantsOfPriceRules,
  variantsOfPrices,
  variantsOfPriceSetLinks,
  variantsOfProducts,
  variantsOfReservations,
  variantsThemselves,
  type Affected,
} from "../../catalog/store/affected-variants"
import { PRIORITY } from "../../modules/meta-catalog/push/priority"

/** What an event that speaks for single variants reaches. */
export type Reach = {
  /** Variants that ids of the event speak for. */
  variants: (sql: Knex, ids: string[]) => Promise<Affected>
  priority: number
  /** Prices matter to catalogues that push them; to the others they are a matter of the feed. */
  isPrice: boolean
  /** The event may bring variants the feed does not have yet. */
  mayBeNew: boolean
}

const stock = (variants: Reach["variants"]): Reach => ({ variants, priority: PRIORITY.stock, isPrice: false, mayBeNew: false })
const product = (variants: Reach["variants"]): Reach => ({ variants, priority: PRIORITY.product, isPrice: false, mayBeNew: true })
const price = (variants: Reach["variants"]): Reach => ({ variants, priority: PRIORITY.product, isPrice: true, mayBeNew: true })

/**
 * Events that speak for single variants. Both families are heard: workflow-level names are the documented ones, module-level
 * names also come from direct service calls and are the only ones for stock that a reservation takes and for prices. The
 * names ending in `.restored` are missing because Medusa 2.21 never sends one.
 */
export const ITEM_EVENTS: Record<string, Reach> = {
  "inventory-level.created": stock(variantsOfInventoryLevels),
  "inventory-level.updated": stock(variantsOfInventoryLevels),
  "inventory-level.deleted": stock(variantsOfInventoryLevels),
  "inventory.inventory-level.created": stock(variantsOfInventoryLevels),
  "inventory.inventory-level.updated": stock(variantsOfInventoryLevels),
  "inventory.inventory-level.deleted": stock(variantsOfInventoryLevels),
  "reservation-item.created": stock(variantsOfReservations),
  "reservation-item.updated": stock(variantsOfReservations),
  "reservation-item.deleted": stock(variantsOfReservations),
  "inventory.reservation-item.created": stock(variantsOfReservations),
  "inventory.reservation-item.updated": stock(variantsOfReservations),
  "inventory.reservation-item.deleted": stock(variantsOfReservations),
  "inventory-item.deleted": stock(variantsOfInventoryItems),
  "inventory.inventory-item.deleted": stock(variantsOfInventoryItems),
  "product-variant.created": product(variantsThemselves),
  "product-variant.updated": product(variantsThemselves),
  "product-variant.deleted": product(variantsThemselves),
  "product.product-variant.created": product(variantsThemselves),
  "product.product-variant.updated": product(variantsThemselves),
  "product.product-variant.deleted": product(variantsThemselves),
  "product.created": product(variantsOfProducts),
  "product.updated": product(variantsOfProducts),
  "product.deleted": product(variantsOfProducts),
  "product.product.created": product(variantsOfProducts),
  "product.product.updated": product(variantsOfProducts),
  "product.product.deleted": product(variantsOfProducts),
  // Made with every new product: a sweep for each would be a pass over the whole catalogue.
  "LinkProductVariantInventoryItem.attached": product(variantsOfInventoryLinks),
  "LinkProductSalesChannel.attached": product(variantsOfChannelLinks),
  "pricing.price.created": price(variantsOfPrices),
  "pricing.price.updated": price(variantsOfPrices),
  "pricing.price.deleted": price(variantsOfPrices),
  "pricing.price-rule.created": price(variantsOfPriceRules),
  "pricing.price-list.updated": price(variantsOfPriceLists),
  "pricing.price-list.deleted": price(variantsOfPriceLists),
  "LinkProductVariantPriceSet.attached": price(variantsOfPriceSetLinks),
  "LinkProductVariantPriceSet.detached": price(variantsOfPriceSetLinks),
}

/**
 * Events that may change taxes, or whether they are in the prices, and with them the prices of a catalogue that shows them with or
 * without tax. They reach any number of items, so a sweep and a build look.
 */
export const TAX_EVENTS = [
  "tax.tax-rate.created",
  "tax.tax-rate.updated",
  "tax.tax-rate.deleted",
  "tax.tax-rate-rule.created",
  "tax.tax-rate-rule.deleted",
  "tax.tax-region.created",
  "tax.tax-region.deleted",
  "region.updated",
  "region.region.updated",
  "pricing.price-preference.created",
  "pricing.price-preference.updated",
  "pricing.price-preference.deleted",
]

/** Events that may take any number of items out of stock by one wrong click, so the sweep and its brake look at them. */
export const SWEEP_EVENTS = [
  "LinkProductVariantInventoryItem.detached",
  "LinkProductSalesChannel.detached",
  "LinkSalesChannelStockLocation.attached",
  "LinkSalesChannelStockLocation.detached",
  "sales-channel.deleted",
  "sales_channel.sales-channel.deleted",
  "stock_location.stock-location.deleted",
]
