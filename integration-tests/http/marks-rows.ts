import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import {
  batchPriceListPricesWorkflow,
  createInventoryLevelsWorkflow,
  createPriceListsWorkflow,
  createProductsWorkflow,
  createProductVariantsWorkflow,
  createReservationsWorkflow,
  deleteInventoryItemWorkflow,
  deleteInventoryLevelsWorkflow,
  deletePriceListsWorkflow,
  deleteProductsWorkflow,
  deleteProductVariantsWorkflow,
  deleteReservationsWorkflow,
  deleteSalesChannelsWorkflow,
  deleteStockLocationsWorkflow,
  linkProductsToSalesChannelWorkflow,
  linkSalesChannelsToStockLocationWorkflow,
  updateInventoryLevelsWorkflow,
  updatePriceListsWorkflow,
  updateProductsWorkflow,
  updateProductVariantsWorkflow,
  updateReservationsWorkflow,
  upsertVariantPricesWorkflow,
} from "@medusajs/medusa/core-flows"
import { priceSetOf, type Place } from "./marks-place"
import { taxes } from "./marks-taxes"

/** What follows a change; every key is one thing the plugin does about it, and none means that only the sweep finds it. */
export type Outcome = {
  /** The variants are due, under an event's name and as urgent as this. */
  mark?: "stock" | "product"
  sweep?: "at once" | "within 5 minutes"
  build?: "at once" | "within 10 minutes"
  /** The minute's look at price lists marks the variants. */
  check?: true
}

/** One way in which what an item should say can change; a line of the table in `docs/events.md`. */
export type Row = {
  what: string
  /** Every event the subscriber hears of it. */
  heard: string[]
  then: Outcome
  /** Brings the store to where the change can be made; its own events do not count. Its result is handed to `act`. */
  given?: (place: Place) => Promise<string>
  /** Makes the change and answers with the variants it concerns. */
  act: (place: Place, given: string) => Promise<string[]>
}

const LEVEL = { created: ["inventory-level.created", "inventory.inventory-level.created"], updated: ["inventory-level.updated", "inventory.inventory-level.updated"] }
const MODULE_LEVEL = "inventory.inventory-level.updated"
const RESERVATION = (what: string) => [MODULE_LEVEL, `inventory.reservation-item.${what}`, `reservation-item.${what}`]

const inventory = ({ container }: Place) => container.resolve(Modules.INVENTORY)
const products = ({ container }: Place) => container.resolve(Modules.PRODUCT)
const pricing = ({ container }: Place) => container.resolve(Modules.PRICING)
const link = ({ container }: Place) => container.resolve(ContainerRegistrationKeys.LINK)
const berlin = ({ facts }: Place) => facts.locationIds.berlin
const partOf = ({ plain }: Place, index = 0) => plain[index].inventoryItemIds[0]
const siblings = ({ facts }: Place, productId: string) => facts.variants.filter((variant) => variant.productId === productId).map((variant) => variant.variantId)

const levelOf = async (place: Place): Promise<string> =>
  (await inventory(place).listInventoryLevels({ inventory_item_id: partOf(place), location_id: berlin(place) }))[0].id

const newLocation = async (place: Place): Promise<string> => {
  const { id } = await place.container.resolve(Modules.STOCK_LOCATION).createStockLocations({ name: "Outlet" })
  await link(place).create({ [Modules.SALES_CHANNEL]: { sales_channel_id: place.facts.salesChannelId }, [Modules.STOCK_LOCATION]: { stock_location_id: id } })
  return id
}

const reserve = async (place: Place): Promise<string> =>
  (await inventory(place).createReservationItems([{ inventory_item_id: partOf(place), location_id: berlin(place), quantity: 2 }]))[0].id

const levels: Row[] = [
  {
    what: "`createInventoryLevelsWorkflow`",
    heard: LEVEL.created,
    then: { mark: "stock" },
    given: newLocation,
    act: async (place, locationId) => {
      await place.run(createInventoryLevelsWorkflow, { inventory_levels: [{ inventory_item_id: partOf(place), location_id: locationId, stocked_quantity: 4 }] })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "`updateInventoryLevelsWorkflow`",
    heard: LEVEL.updated,
    then: { mark: "stock" },
    act: async (place) => {
      const updates = [0, 1].map((index) => ({ inventory_item_id: partOf(place, index), location_id: berlin(place), stocked_quantity: 71 }))
      await place.run(updateInventoryLevelsWorkflow, { updates })
      return [place.plain[0].variantId, place.plain[1].variantId]
    },
  },
  {
    what: "`updateInventoryLevelsWorkflow` on a part that kits share",
    heard: LEVEL.updated,
    then: { mark: "stock" },
    act: async (place) => {
      const kits = place.facts.variants.filter(({ kind }) => kind === "kit")
      const shared = kits.flatMap(({ inventoryItemIds }) => inventoryItemIds).find((id) => kits.filter((kit) => kit.inventoryItemIds.includes(id)).length > 1)!
      await place.run(updateInventoryLevelsWorkflow, { updates: [{ inventory_item_id: shared, location_id: berlin(place), stocked_quantity: 1 }] })
      return place.facts.variants.filter(({ inventoryItemIds }) => inventoryItemIds.includes(shared)).map(({ variantId }) => variantId)
    },
  },
  {
    what: "`deleteInventoryLevelsWorkflow`",
    heard: ["inventory-level.deleted", "inventory.inventory-level.deleted"],
    then: { mark: "stock" },
    act: async (place) => {
      await place.run(deleteInventoryLevelsWorkflow, { id: [await levelOf(place)], force: true })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `createInventoryLevels`",
    heard: ["inventory.inventory-level.created"],
    then: { mark: "stock" },
    given: newLocation,
    act: async (place, locationId) => {
      await inventory(place).createInventoryLevels([{ inventory_item_id: partOf(place), location_id: locationId, stocked_quantity: 4 }])
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `updateInventoryLevels`",
    heard: [MODULE_LEVEL],
    then: { mark: "stock" },
    act: async (place) => {
      await inventory(place).updateInventoryLevels([{ inventory_item_id: partOf(place), location_id: berlin(place), stocked_quantity: 71 }])
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `adjustInventory`",
    heard: [MODULE_LEVEL],
    then: { mark: "stock" },
    act: async (place) => {
      await inventory(place).adjustInventory(partOf(place), berlin(place), 3)
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `softDeleteInventoryLevels`",
    heard: ["inventory.inventory-level.deleted"],
    then: { mark: "stock" },
    act: async (place) => {
      await inventory(place).softDeleteInventoryLevels([await levelOf(place)])
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `deleteInventoryLevels`, which leaves nothing behind",
    heard: ["inventory.inventory-level.deleted"],
    then: { sweep: "at once" },
    act: async (place) => {
      await inventory(place).deleteInventoryLevels([await levelOf(place)])
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `restoreInventoryLevels`",
    heard: [],
    then: {},
    given: async (place) => {
      const id = await levelOf(place)
      await inventory(place).softDeleteInventoryLevels([id])
      return id
    },
    act: async (place, levelId) => {
      await inventory(place).restoreInventoryLevels([levelId])
      return [place.plain[0].variantId]
    },
  },
]

const reservations: Row[] = [
  {
    what: "`createReservationsWorkflow`",
    heard: RESERVATION("created"),
    then: { mark: "stock" },
    act: async (place) => {
      await place.run(createReservationsWorkflow, { reservations: [{ inventory_item_id: partOf(place), location_id: berlin(place), quantity: 1 }] })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "`updateReservationsWorkflow`",
    heard: RESERVATION("updated"),
    then: { mark: "stock" },
    given: reserve,
    act: async (place, id) => {
      await place.run(updateReservationsWorkflow, { updates: [{ id, quantity: 1 }] })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "`deleteReservationsWorkflow`",
    heard: RESERVATION("deleted"),
    then: { mark: "stock" },
    given: reserve,
    act: async (place, id) => {
      await place.run(deleteReservationsWorkflow, { ids: [id] })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `createReservationItems`",
    heard: [MODULE_LEVEL, "inventory.reservation-item.created"],
    then: { mark: "stock" },
    act: async (place) => {
      await reserve(place)
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `updateReservationItems`",
    heard: [MODULE_LEVEL, "inventory.reservation-item.updated"],
    then: { mark: "stock" },
    given: reserve,
    act: async (place, id) => {
      await inventory(place).updateReservationItems([{ id, quantity: 1 }])
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `softDeleteReservationItems`",
    heard: [MODULE_LEVEL, "inventory.reservation-item.deleted"],
    then: { mark: "stock" },
    given: reserve,
    act: async (place, id) => {
      await inventory(place).softDeleteReservationItems([id])
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `deleteReservationItems`, which leaves nothing behind",
    heard: [MODULE_LEVEL, "inventory.reservation-item.deleted"],
    then: { mark: "stock" },
    given: reserve,
    act: async (place, id) => {
      await inventory(place).deleteReservationItems([id])
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `restoreReservationItems`",
    heard: [MODULE_LEVEL],
    then: { mark: "stock" },
    given: async (place) => {
      const id = await reserve(place)
      await inventory(place).softDeleteReservationItems([id])
      return id
    },
    act: async (place, id) => {
      await inventory(place).restoreReservationItems([id])
      return [place.plain[0].variantId]
    },
  },
]

const ordered = ({ plain }: Place): string[] => [plain[0].variantId]

const orders: Row[] = [
  {
    what: "an order is placed",
    heard: RESERVATION("created"),
    then: { mark: "stock" },
    act: async (place) => {
      await place.orders.place(2)
      return ordered(place)
    },
  },
  {
    what: "an order is edited",
    heard: [MODULE_LEVEL, "inventory.reservation-item.created", "inventory.reservation-item.deleted", "reservation-item.created", "reservation-item.deleted"],
    then: { mark: "stock" },
    given: (place) => place.orders.place(1),
    act: async (place, orderId) => {
      await place.orders.edit(orderId, 3)
      return ordered(place)
    },
  },
  {
    what: "an order is cancelled",
    heard: RESERVATION("deleted"),
    then: { mark: "stock" },
    given: (place) => place.orders.place(1),
    act: async (place, orderId) => {
      await place.orders.cancel(orderId)
      return ordered(place)
    },
  },
  {
    what: "an order is fulfilled",
    heard: [...LEVEL.updated, "inventory.reservation-item.deleted", "reservation-item.deleted"],
    then: { mark: "stock" },
    given: (place) => place.orders.place(2),
    act: async (place, orderId) => {
      await place.orders.fulfil(orderId, 2)
      return ordered(place)
    },
  },
  {
    what: "an order is fulfilled in part",
    heard: [...LEVEL.updated, "inventory.reservation-item.updated", "reservation-item.updated"],
    then: { mark: "stock" },
    given: (place) => place.orders.place(2),
    act: async (place, orderId) => {
      await place.orders.fulfil(orderId, 1)
      return ordered(place)
    },
  },
  {
    what: "a fulfilment is cancelled",
    heard: [...LEVEL.updated, "inventory.reservation-item.created", "reservation-item.created"],
    then: { mark: "stock" },
    given: async (place) => {
      const orderId = await place.orders.place(1)
      return `${orderId} ${await place.orders.fulfil(orderId, 1)}`
    },
    act: async (place, ids) => {
      const [orderId, fulfilmentId] = ids.split(" ")
      await place.orders.cancelFulfilment(orderId, fulfilmentId)
      return ordered(place)
    },
  },
  {
    what: "a return is received",
    heard: LEVEL.updated,
    then: { mark: "stock" },
    given: (place) => place.orders.placeAndShip(2),
    act: async (place, orderId) => {
      await place.orders.returnOne(orderId)
      return ordered(place)
    },
  },
  {
    what: "a claim sends a replacement",
    heard: RESERVATION("created"),
    then: { mark: "stock" },
    given: (place) => place.orders.placeAndShip(1),
    act: async (place, orderId) => {
      await place.orders.replaceOne(orderId)
      return ordered(place)
    },
  },
  {
    what: "an exchange sends another piece",
    heard: RESERVATION("created"),
    then: { mark: "stock" },
    given: (place) => place.orders.placeAndShip(1),
    act: async (place, orderId) => {
      await place.orders.exchangeOne(orderId)
      return ordered(place)
    },
  },
]

const partLink = (place: Place, inventoryItemId: string) => ({ [Modules.PRODUCT]: { variant_id: place.plain[0].variantId }, [Modules.INVENTORY]: { inventory_item_id: inventoryItemId } })

const links: Row[] = [
  {
    what: "`deleteInventoryItemWorkflow`",
    heard: ["inventory-item.deleted", "inventory.inventory-item.deleted", "inventory.inventory-level.deleted", "LinkProductVariantInventoryItem.detached"],
    then: { mark: "stock", sweep: "at once" },
    act: async (place) => {
      await place.run(deleteInventoryItemWorkflow, [partOf(place)])
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `softDeleteInventoryItems`",
    heard: ["inventory.inventory-item.deleted", "inventory.inventory-level.deleted"],
    then: { mark: "stock" },
    act: async (place) => {
      await inventory(place).softDeleteInventoryItems([partOf(place)])
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `deleteInventoryItems`, which leaves nothing behind",
    heard: ["inventory.inventory-item.deleted"],
    then: { mark: "stock" },
    act: async (place) => {
      await inventory(place).deleteInventoryItems([partOf(place)])
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Inventory Module: `restoreInventoryItems`",
    heard: [],
    then: {},
    given: async (place) => {
      await inventory(place).softDeleteInventoryItems([partOf(place)])
      return partOf(place)
    },
    act: async (place, id) => {
      await inventory(place).restoreInventoryItems([id])
      return [place.plain[0].variantId]
    },
  },
  {
    what: "an inventory item is linked to a variant, or its required quantity is changed",
    heard: ["LinkProductVariantInventoryItem.attached"],
    then: { mark: "product" },
    act: async (place) => {
      await link(place).create({ ...partLink(place, partOf(place)), data: { required_quantity: 3 } })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "such a link is removed",
    heard: ["LinkProductVariantInventoryItem.detached"],
    then: { sweep: "at once" },
    act: async (place) => {
      await link(place).dismiss(partLink(place, partOf(place)))
      return [place.plain[0].variantId]
    },
  },
  {
    what: "such a link is restored",
    heard: ["LinkProductVariantInventoryItem.attached"],
    then: { mark: "product" },
    given: async (place) => {
      await link(place).delete({ [Modules.INVENTORY]: { inventory_item_id: partOf(place) } })
      return partOf(place)
    },
    act: async (place, id) => {
      await link(place).restore({ [Modules.INVENTORY]: { inventory_item_id: id } })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "`linkProductsToSalesChannelWorkflow`: products join a channel",
    heard: ["LinkProductSalesChannel.attached"],
    then: { mark: "product" },
    given: async (place) => {
      await place.run(linkProductsToSalesChannelWorkflow, { id: place.facts.salesChannelId, remove: [place.plain[0].productId] })
      return place.plain[0].productId
    },
    act: async (place, productId) => {
      await place.run(linkProductsToSalesChannelWorkflow, { id: place.facts.salesChannelId, add: [productId] })
      return siblings(place, productId)
    },
  },
  {
    what: "`linkProductsToSalesChannelWorkflow`: products leave a channel",
    heard: ["LinkProductSalesChannel.detached"],
    then: { sweep: "at once" },
    act: async (place) => {
      await place.run(linkProductsToSalesChannelWorkflow, { id: place.facts.salesChannelId, remove: [place.plain[0].productId] })
      return siblings(place, place.plain[0].productId)
    },
  },
  {
    what: "`linkSalesChannelsToStockLocationWorkflow`: a location begins to supply a channel",
    heard: ["LinkSalesChannelStockLocation.attached"],
    then: { sweep: "at once" },
    given: async (place) => {
      const { id } = await place.container.resolve(Modules.STOCK_LOCATION).createStockLocations({ name: "Outlet" })
      await inventory(place).createInventoryLevels([{ inventory_item_id: partOf(place), location_id: id, stocked_quantity: 4 }])
      return id
    },
    act: async (place, locationId) => {
      await place.run(linkSalesChannelsToStockLocationWorkflow, { id: locationId, add: [place.facts.salesChannelId] })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "`linkSalesChannelsToStockLocationWorkflow`: a location no longer supplies a channel",
    heard: ["LinkSalesChannelStockLocation.detached"],
    then: { sweep: "at once" },
    given: async (place) => {
      const id = await newLocation(place)
      await inventory(place).createInventoryLevels([{ inventory_item_id: partOf(place), location_id: id, stocked_quantity: 4 }])
      return id
    },
    act: async (place, locationId) => {
      await place.run(linkSalesChannelsToStockLocationWorkflow, { id: locationId, remove: [place.facts.salesChannelId] })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "`deleteStockLocationsWorkflow`",
    heard: ["LinkSalesChannelStockLocation.detached", "stock_location.stock-location.deleted"],
    then: { sweep: "at once" },
    given: async (place) => {
      const id = await newLocation(place)
      await inventory(place).createInventoryLevels([{ inventory_item_id: partOf(place), location_id: id, stocked_quantity: 4 }])
      return id
    },
    act: async (place, locationId) => {
      await place.run(deleteStockLocationsWorkflow, { ids: [locationId] })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "`deleteSalesChannelsWorkflow`",
    heard: ["LinkProductSalesChannel.detached", "LinkSalesChannelStockLocation.detached", "sales-channel.deleted", "sales_channel.sales-channel.deleted"],
    then: { sweep: "at once" },
    act: async (place) => {
      await place.sql.raw("update store set default_sales_channel_id = ?", [place.facts.otherSalesChannelId])
      await place.run(deleteSalesChannelsWorkflow, { ids: [place.facts.salesChannelId] })
      const { rows } = await place.sql.raw<{ rows: { variant_id: string }[] }>("select variant_id from meta_catalog_item where acknowledged_quantity > 0")
      return rows.map((row) => row.variant_id)
    },
  },
]

const newProduct = (place: Place) => ({
  title: "New",
  handle: "new",
  status: "published" as const,
  options: [{ title: "Size", values: ["S"] }],
  sales_channels: [{ id: place.facts.salesChannelId }],
  variants: [{ title: "S", sku: "NEW-S", manage_inventory: false, options: { Size: "S" }, prices: [{ currency_code: "eur", amount: 5 }] }],
})

const catalogue: Row[] = [
  {
    what: "`createProductsWorkflow`",
    heard: [
      "LinkProductSalesChannel.attached",
      "LinkProductVariantPriceSet.attached",
      "pricing.price.created",
      "product-variant.created",
      "product.created",
      "product.product-variant.created",
      "product.product.created",
    ],
    then: { build: "at once" },
    act: async (place) => {
      await place.run(createProductsWorkflow, { products: [newProduct(place)] })
      return []
    },
  },
  {
    what: "`updateProductsWorkflow`",
    heard: ["product.updated"],
    then: { mark: "product" },
    act: async (place) => {
      await place.run(updateProductsWorkflow, { products: [{ id: place.plain[0].productId, status: "draft" }] })
      return siblings(place, place.plain[0].productId)
    },
  },
  {
    what: "`deleteProductsWorkflow`",
    heard: [
      "inventory-item.deleted",
      "inventory.inventory-item.deleted",
      "inventory.inventory-level.deleted",
      "LinkProductSalesChannel.detached",
      "LinkProductVariantInventoryItem.detached",
      "LinkProductVariantPriceSet.detached",
      "pricing.price.deleted",
      "product.deleted",
      "product.product-variant.deleted",
      "product.product.deleted",
    ],
    then: { mark: "stock", sweep: "at once", build: "within 10 minutes" },
    act: async (place) => {
      await place.run(deleteProductsWorkflow, { ids: [place.plain[0].productId] })
      return siblings(place, place.plain[0].productId)
    },
  },
  {
    what: "Product Module: `createProducts`, and a link to a channel",
    heard: ["LinkProductSalesChannel.attached", "product.product-variant.created", "product.product.created"],
    then: { build: "at once" },
    act: async (place) => {
      const { sales_channels: _, variants: __, ...product } = newProduct(place)
      const [made] = await products(place).createProducts([{ ...product, variants: [{ title: "S", sku: "NEW-S", options: { Size: "S" } }] }])
      await link(place).create({ [Modules.PRODUCT]: { product_id: made.id }, [Modules.SALES_CHANNEL]: { sales_channel_id: place.facts.salesChannelId } })
      return []
    },
  },
  {
    what: "Product Module: `updateProducts`",
    heard: ["product.product.updated"],
    then: { mark: "product" },
    act: async (place) => {
      await products(place).updateProducts(place.plain[0].productId, { status: "draft" })
      return siblings(place, place.plain[0].productId)
    },
  },
  {
    what: "Product Module: `upsertProducts`",
    heard: [],
    then: {},
    act: async (place) => {
      await products(place).upsertProducts([{ id: place.plain[0].productId, status: "draft" }])
      return siblings(place, place.plain[0].productId)
    },
  },
  {
    what: "Product Module: `softDeleteProducts`",
    heard: ["product.product-variant.deleted", "product.product.deleted"],
    then: { mark: "product" },
    act: async (place) => {
      await products(place).softDeleteProducts([place.plain[0].productId])
      return siblings(place, place.plain[0].productId)
    },
  },
  {
    what: "Product Module: `deleteProducts`, which leaves nothing behind",
    heard: ["product.product.deleted"],
    then: { mark: "product" },
    act: async (place) => {
      await products(place).deleteProducts([place.plain[0].productId])
      return siblings(place, place.plain[0].productId)
    },
  },
  {
    what: "Product Module: `restoreProducts`",
    heard: [],
    then: {},
    given: async (place) => {
      await products(place).softDeleteProducts([place.plain[0].productId])
      return place.plain[0].productId
    },
    act: async (place, productId) => {
      await products(place).restoreProducts([productId])
      return siblings(place, productId)
    },
  },
  {
    what: "`createProductVariantsWorkflow`",
    heard: ["LinkProductVariantPriceSet.attached", "pricing.price.created", "product-variant.created", "product.product-variant.created"],
    then: { build: "at once" },
    given: async (place) => {
      const [made] = await place.run<{ id: string }[]>(createProductsWorkflow, { products: [{ ...newProduct(place), options: [{ title: "Size", values: ["S", "M"] }] }] })
      return made.id
    },
    act: async (place, productId) => {
      const variant = { product_id: productId, title: "M", sku: "NEW-M", manage_inventory: false, options: { Size: "M" }, prices: [{ currency_code: "eur", amount: 5 }] }
      await place.run(createProductVariantsWorkflow, { product_variants: [variant] })
      return []
    },
  },
  {
    what: "`updateProductVariantsWorkflow`",
    heard: ["product-variant.updated", "product.product-variant.updated"],
    then: { mark: "product" },
    act: async (place) => {
      await place.run(updateProductVariantsWorkflow, { product_variants: [{ id: place.plain[0].variantId, allow_backorder: true }] })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "`deleteProductVariantsWorkflow`",
    heard: [
      "inventory-item.deleted",
      "inventory.inventory-item.deleted",
      "inventory.inventory-level.deleted",
      "LinkProductVariantInventoryItem.detached",
      "LinkProductVariantPriceSet.detached",
      "pricing.price.deleted",
      "product-variant.deleted",
      "product.product-variant.deleted",
    ],
    then: { mark: "stock", sweep: "at once", build: "within 10 minutes" },
    act: async (place) => {
      await place.run(deleteProductVariantsWorkflow, { ids: [place.plain[0].variantId] })
      return [place.plain[0].variantId]
    },
  },
  {
    what: "Product Module: `updateProductVariants`, `upsertProductVariants`",
    heard: ["product.product-variant.updated"],
    then: { mark: "product" },
    act: async (place) => {
      await products(place).updateProductVariants(place.plain[0].variantId, { allow_backorder: true })
      await products(place).upsertProductVariants([{ id: place.plain[1].variantId, allow_backorder: true }])
      return [place.plain[0].variantId, place.plain[1].variantId]
    },
  },
  {
    what: "Product Module: `softDeleteProductVariants`, `deleteProductVariants`",
    heard: ["product.product-variant.deleted"],
    then: { mark: "product" },
    act: async (place) => {
      await products(place).softDeleteProductVariants([place.plain[0].variantId])
      await products(place).deleteProductVariants([place.plain[1].variantId])
      return [place.plain[0].variantId, place.plain[1].variantId]
    },
  },
  {
    what: "Product Module: `restoreProductVariants`",
    heard: [],
    then: {},
    given: async (place) => {
      await products(place).softDeleteProductVariants([place.plain[0].variantId])
      return place.plain[0].variantId
    },
    act: async (place, variantId) => {
      await products(place).restoreProductVariants([variantId])
      return [variantId]
    },
  },
]

const own = ({ plain }: Place): string[] => [plain[0].variantId]

const prices: Row[] = [
  {
    what: "`updateProductVariantsWorkflow` with prices",
    heard: ["pricing.price.created", "pricing.price.deleted", "product-variant.updated", "product.product-variant.updated"],
    then: { mark: "product", sweep: "within 5 minutes", build: "within 10 minutes" },
    act: async (place) => {
      await place.run(updateProductVariantsWorkflow, { product_variants: [{ id: place.plain[0].variantId, prices: [{ currency_code: "eur", amount: 71 }] }] })
      return own(place)
    },
  },
  {
    what: "`upsertVariantPricesWorkflow`",
    heard: ["pricing.price.created", "pricing.price.deleted"],
    then: { mark: "product", sweep: "within 5 minutes", build: "within 10 minutes" },
    act: async (place) => {
      const [{ variantId, productId }] = place.plain
      await place.run(upsertVariantPricesWorkflow, {
        variantPrices: [{ variant_id: variantId, product_id: productId, prices: [{ currency_code: "eur", amount: 71 }] }],
        previousVariantIds: [variantId],
      })
      return own(place)
    },
  },
  {
    what: "Pricing Module: `addPrices`",
    heard: ["pricing.price.created"],
    then: { mark: "product", build: "within 10 minutes" },
    act: async (place) => {
      const { id } = await priceSetOf(place, place.plain[0].variantId)
      await pricing(place).addPrices([{ priceSetId: id, prices: [{ currency_code: "gbp", amount: 71 }] }])
      return own(place)
    },
  },
  {
    what: "Pricing Module: `updatePriceSets`, `upsertPriceSets`",
    heard: ["pricing.price.created", "pricing.price.deleted"],
    then: { mark: "product", sweep: "within 5 minutes", build: "within 10 minutes" },
    act: async (place) => {
      const [first, second] = [await priceSetOf(place, place.plain[0].variantId), await priceSetOf(place, place.plain[1].variantId)]
      await pricing(place).updatePriceSets(first.id, { prices: [{ currency_code: "eur", amount: 71 }] })
      await pricing(place).upsertPriceSets([{ id: second.id, prices: [{ currency_code: "eur", amount: 71 }] }])
      return [place.plain[0].variantId, place.plain[1].variantId]
    },
  },
  {
    what: "a rule of a price is changed",
    heard: ["pricing.price-rule.created"],
    then: { mark: "product", build: "within 10 minutes" },
    given: async (place) => {
      const { id, priceIds } = await priceSetOf(place, place.plain[0].variantId)
      await setPrices(place, { id, priceIds }, place.facts.regionIds.europe)
      return id
    },
    act: async (place) => {
      await setPrices(place, await priceSetOf(place, place.plain[0].variantId), place.facts.regionIds.unitedStates)
      return own(place)
    },
  },
  {
    what: "Pricing Module: `updatePrices`",
    heard: ["pricing.price.updated"],
    then: { mark: "product", build: "within 10 minutes" },
    act: async (place) => {
      const { priceIds } = await priceSetOf(place, place.plain[0].variantId)
      await pricingCrud(place).updatePrices([{ id: priceIds[0], amount: 71 }])
      return own(place)
    },
  },
  {
    what: "Pricing Module: `softDeletePrices`",
    heard: ["pricing.price.deleted"],
    then: { mark: "product", build: "within 10 minutes" },
    act: async (place) => {
      const { priceIds } = await priceSetOf(place, place.plain[0].variantId)
      await pricingCrud(place).softDeletePrices(priceIds)
      return own(place)
    },
  },
  {
    what: "Pricing Module: `removePrices`, which leaves nothing behind",
    heard: ["pricing.price.deleted"],
    then: { sweep: "within 5 minutes", build: "within 10 minutes" },
    given: async (place) => {
      const { id } = await priceSetOf(place, place.plain[0].variantId)
      await pricing(place).addPrices([{ priceSetId: id, prices: [{ currency_code: "eur", amount: 0.71, min_quantity: 1 }] }])
      return id
    },
    act: async (place) => {
      const { priceIds } = await priceSetOf(place, place.plain[0].variantId)
      const low = await pricing(place).listPrices({ id: priceIds }, { take: null })
      await pricing(place).removePrices(low.filter(({ amount }) => Number(amount) === 0.71).map(({ id }) => id))
      return own(place)
    },
  },
  {
    what: "Pricing Module: `restorePrices`",
    heard: [],
    then: {},
    given: async (place) => {
      const { id } = await priceSetOf(place, place.plain[0].variantId)
      await pricing(place).addPrices([{ priceSetId: id, prices: [{ currency_code: "eur", amount: 0.71, min_quantity: 1 }] }])
      const listed = await pricing(place).listPrices({ price_set_id: [id] } as never, { take: null })
      const low = listed.filter(({ amount }) => Number(amount) === 0.71).map((price) => price.id)
      await pricingCrud(place).softDeletePrices(low)
      return low[0]
    },
    act: async (place, id) => {
      await pricingCrud(place).restorePrices([id])
      return own(place)
    },
  },
  {
    what: "a variant loses its price set",
    heard: ["LinkProductVariantPriceSet.detached"],
    then: { mark: "product", build: "within 10 minutes" },
    act: async (place) => {
      const { id } = await priceSetOf(place, place.plain[0].variantId)
      await link(place).dismiss(priceSetLink(place, id))
      return own(place)
    },
  },
  {
    what: "a variant gets a price set",
    heard: ["LinkProductVariantPriceSet.attached"],
    then: { mark: "product", build: "within 10 minutes" },
    given: async (place) => {
      const { id } = await priceSetOf(place, place.plain[0].variantId)
      await link(place).dismiss(priceSetLink(place, id))
      return id
    },
    act: async (place, id) => {
      await link(place).create(priceSetLink(place, id))
      return own(place)
    },
  },
]

/** The generated methods of the Pricing Module, which its interface does not name. */
type PriceRows = {
  updatePrices(prices: { id: string; amount: number }[]): Promise<unknown>
  softDeletePrices(ids: string[]): Promise<unknown>
  restorePrices(ids: string[]): Promise<unknown>
  deletePriceLists(ids: string[]): Promise<unknown>
}

function pricingCrud(place: Place): PriceRows {
  return pricing(place) as unknown as PriceRows
}

const priceSetLink = (place: Place, priceSetId: string) => ({ [Modules.PRODUCT]: { variant_id: place.plain[0].variantId }, [Modules.PRICING]: { price_set_id: priceSetId } })

/** Keeps every price of the set and gives the first one a rule for this region. */
async function setPrices(place: Place, { id, priceIds }: { id: string; priceIds: string[] }, regionId: string): Promise<void> {
  const known = await pricing(place).listPrices({ id: priceIds }, { take: null })
  const kept = [...known].sort((a, b) => a.id.localeCompare(b.id)).map(({ id: priceId, currency_code, amount }, index) => ({
    id: priceId,
    currency_code,
    amount,
    ...(index === 0 ? { rules: { region_id: regionId } } : {}),
  }))
  await pricing(place).updatePriceSets(id, { prices: kept as never })
}

const HOUR_MS = 3_600_000

const newList = async (place: Place, patch: Record<string, unknown> = {}): Promise<string> => {
  const [list] = await place.run<{ id: string }[]>(createPriceListsWorkflow, {
    price_lists_data: [
      { title: "Flash sale", description: "-", type: "sale", status: "active", prices: [{ variant_id: place.plain[0].variantId, currency_code: "eur", amount: 0.5 }], ...patch },
    ],
  })
  return list.id
}

const passHours = async ({ sql }: Place, hours: number): Promise<void> => {
  await sql.raw(
    `create or replace function meta_catalog_now() returns timestamptz language sql stable as $$ select statement_timestamp() + interval '${hours} hours' $$`
  )
}

const priceLists: Row[] = [
  {
    what: "`createPriceListsWorkflow`",
    heard: ["pricing.price.created"],
    then: { mark: "product", build: "within 10 minutes" },
    act: async (place) => {
      await newList(place)
      return own(place)
    },
  },
  {
    what: "`updatePriceListsWorkflow`: status, dates, rules",
    heard: [],
    then: { check: true, build: "within 10 minutes" },
    given: (place) => newList(place),
    act: async (place, id) => {
      await place.run(updatePriceListsWorkflow, { price_lists_data: [{ id, status: "draft" }] })
      return own(place)
    },
  },
  {
    what: "`batchPriceListPricesWorkflow`: prices are added",
    heard: ["pricing.price.created"],
    then: { mark: "product", build: "within 10 minutes" },
    given: (place) => newList(place),
    act: async (place, id) => {
      const create = [{ variant_id: place.plain[1].variantId, currency_code: "eur", amount: 0.5 }]
      await place.run(batchPriceListPricesWorkflow, { data: { id, create, update: [], delete: [] } })
      return [place.plain[1].variantId]
    },
  },
  {
    what: "`batchPriceListPricesWorkflow`: prices are changed",
    heard: ["pricing.price.updated"],
    then: { mark: "product", build: "within 10 minutes" },
    given: (place) => newList(place),
    act: async (place, id) => {
      const [price] = await pricing(place).listPrices({ price_list_id: [id] }, { take: 1 })
      const update = [{ id: price.id, variant_id: place.plain[0].variantId, currency_code: "eur", amount: 0.6 }]
      await place.run(batchPriceListPricesWorkflow, { data: { id, create: [], update, delete: [] } })
      return own(place)
    },
  },
  {
    what: "`batchPriceListPricesWorkflow`: prices are removed",
    heard: ["pricing.price.deleted"],
    then: { mark: "product", build: "within 10 minutes" },
    given: (place) => newList(place),
    act: async (place, id) => {
      const [price] = await pricing(place).listPrices({ price_list_id: [id] }, { take: 1 })
      await place.run(batchPriceListPricesWorkflow, { data: { id, create: [], update: [], delete: [price.id] } })
      return own(place)
    },
  },
  {
    what: "Pricing Module: `setPriceListRules`, `removePriceListRules`",
    heard: ["pricing.price-list.updated"],
    then: { mark: "product", build: "within 10 minutes" },
    given: (place) => newList(place),
    act: async (place, id) => {
      await pricing(place).setPriceListRules({ price_list_id: id, rules: { "customer.groups.id": ["nobody"] } })
      return own(place)
    },
  },
  {
    what: "`deletePriceListsWorkflow`",
    heard: ["pricing.price-list.deleted", "pricing.price.deleted"],
    then: { mark: "product", build: "within 10 minutes" },
    given: (place) => newList(place),
    act: async (place, id) => {
      await place.run(deletePriceListsWorkflow, { ids: [id] })
      return own(place)
    },
  },
  {
    what: "Pricing Module: `deletePriceLists`, which leaves nothing behind",
    heard: ["pricing.price-list.deleted"],
    then: { sweep: "within 5 minutes", build: "within 10 minutes" },
    given: (place) => newList(place),
    act: async (place, id) => {
      await pricingCrud(place).deletePriceLists([id])
      return own(place)
    },
  },
  {
    what: "Pricing Module: `restorePriceLists`",
    heard: [],
    then: { check: true, build: "within 10 minutes" },
    given: async (place) => {
      const id = await newList(place)
      await pricing(place).softDeletePriceLists([id])
      return id
    },
    act: async (place, id) => {
      await pricing(place).restorePriceLists([id])
      return own(place)
    },
  },
  {
    what: "the time comes at which a price list begins",
    heard: [],
    then: { check: true, build: "at once" },
    given: (place) => newList(place, { starts_at: new Date(Date.now() + 2 * HOUR_MS).toISOString() }),
    act: async (place) => {
      await passHours(place, 3)
      return own(place)
    },
  },
  {
    what: "the time comes at which a price list ends",
    heard: [],
    then: { check: true, build: "at once" },
    given: (place) => newList(place, { ends_at: new Date(Date.now() + 2 * HOUR_MS).toISOString() }),
    act: async (place) => {
      await passHours(place, 3)
      return own(place)
    },
  },
]

const behind: Row[] = [
  {
    what: "SQL on `inventory_level`, `reservation_item` or another table of Medusa's",
    heard: [],
    then: {},
    act: async (place) => {
      await place.sql.raw("update inventory_level set stocked_quantity = stocked_quantity + 5 where inventory_item_id = ?", [partOf(place)])
      return own(place)
    },
  },
  {
    what: "SQL on `price`",
    heard: [],
    then: {},
    act: async (place) => {
      const { id } = await priceSetOf(place, place.plain[0].variantId)
      await place.sql.raw(`update price set amount = 71, raw_amount = '{"value": "71", "precision": 20}' where price_set_id = ?`, [id])
      return own(place)
    },
  },
]

/** Every line of the tables in `docs/events.md`, in their order. */
export const ROWS: Record<string, Row[]> = {
  "Stock levels": levels,
  Reservations: reservations,
  Orders: orders,
  "Inventory items, channels and locations": links,
  "Products and variants": catalogue,
  Prices: prices,
  "Price lists": priceLists,
  Taxes: taxes,
  "Behind Medusa's back": behind,
}

/** A row as the documentation has it. */
export function lineOf({ what, heard, then }: Row): string {
  const follows = [
    then.mark && `its variants, as ${then.mark}`,
    then.check && "its variants, as product, within a minute",
    then.sweep && `a sweep ${then.sweep}`,
    then.build && `a build ${then.build}`,
  ].filter(Boolean)
  const names = [...heard].sort().map((name) => `\`${name}\``)
  return `| ${what} | ${names.join(", ") || "nothing"} | ${follows.join("; ") || "found by the sweep"} |`
}
