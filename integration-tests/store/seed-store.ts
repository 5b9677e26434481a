import {
  createApiKeysWorkflow,
  createCollectionsWorkflow,
  createInventoryItemsWorkflow,
  createInventoryLevelsWorkflow,
  createPriceListsWorkflow,
  createProductCategoriesWorkflow,
  createProductsWorkflow,
  createRegionsWorkflow,
  createSalesChannelsWorkflow,
  createStockLocationsWorkflow,
  createTaxRegionsWorkflow,
  createUserAccountWorkflow,
  linkSalesChannelsToApiKeyWorkflow,
  linkSalesChannelsToStockLocationWorkflow,
  updateStoresWorkflow,
} from "@medusajs/medusa/core-flows"
import type { CreateProductWorkflowInputDTO, MedusaContainer } from "@medusajs/framework/types"
import { ApiKeyType, ContainerRegistrationKeys, Modules, PriceListStatus, PriceListType, ProductStatus } from "@medusajs/framework/utils"
import { categories, collections, components, productRange, type Kind, type PlannedProduct, type PlannedVariant, type Stock } from "./product-range"

/** One variant as the seed made it. */
export interface SeededVariant {
  kind: Kind
  productId: string
  variantId: string
  handle: string
  title: string
  sku: string | null
  /** The variant's own inventory item, or the parts of a kit; empty for unmanaged stock. */
  inventoryItemIds: string[]
}

/** What a seeded store holds, for tests and the demo. */
export interface StoreFacts {
  admin: { email: string; password: string }
  /** Token of a secret API key of that admin user; the user name of HTTP Basic authentication. */
  secretKey: string
  /** Key for /store requests, with the shop's sales channel. */
  publishableKey: string
  /** The shop's channel: everything but `other_channel` is in it. */
  salesChannelId: string
  otherSalesChannelId: string
  /** Europe sells in EUR with tax included, the United States in USD without. */
  regionIds: { europe: string; unitedStates: string }
  /** Berlin and Rotterdam supply the shop's channel, repairs supplies none. */
  locationIds: Record<keyof Stock, string>
  priceListId: string
  productCount: number
  variantCount: number
  variants: SeededVariant[]
}

export const admin = { email: "admin@example.com", password: "supersecret" }

/**
 * Fills a migrated, empty store through Medusa's own workflows with {@link productRange}. The same products, texts,
 * prices and stock every time; ids differ. Takes a few seconds.
 * @param container of a loaded app whose subscribers may be running
 * @param range an empty one makes a shop that has everything but products
 */
export async function seedStore(container: MedusaContainer, range: PlannedProduct[] = productRange()): Promise<StoreFacts> {
  const channels = await createChannels(container)
  const regionIds = await createRegions(container, channels.shop)
  const locationIds = await createLocations(container, channels)
  const keys = await createAccess(container, channels.shop)
  const variants = await createRange(container, { range, channels, regionIds, locationIds })
  const priceListId = await createPriceLists(container, { range, variants })
  return {
    admin,
    ...keys,
    salesChannelId: channels.shop,
    otherSalesChannelId: channels.wholesale,
    regionIds,
    locationIds,
    priceListId,
    productCount: range.length,
    variantCount: variants.length,
    variants,
  }
}

interface Channels {
  shop: string
  wholesale: string
}

async function createChannels(container: MedusaContainer): Promise<Channels> {
  const { result } = await createSalesChannelsWorkflow(container).run({
    input: { salesChannelsData: [{ name: "Web shop" }, { name: "Wholesale" }] },
  })
  return { shop: idOf(result, "Web shop"), wholesale: idOf(result, "Wholesale") }
}

async function createRegions(container: MedusaContainer, shop: string): Promise<StoreFacts["regionIds"]> {
  const [store] = await container.resolve(Modules.STORE).listStores({}, { take: 1 })
  await updateStoresWorkflow(container).run({
    input: {
      selector: { id: store.id },
      update: {
        name: "Example Outdoor",
        default_sales_channel_id: shop,
        supported_currencies: [{ currency_code: "eur", is_default: true, is_tax_inclusive: true }, { currency_code: "usd" }],
      },
    },
  })
  const { result } = await createRegionsWorkflow(container).run({
    input: {
      regions: [
        { name: "Europe", currency_code: "eur", countries: ["de", "fr", "nl", "at"], is_tax_inclusive: true, payment_providers: ["pp_system_default"] },
        { name: "United States", currency_code: "usd", countries: ["us"], is_tax_inclusive: false, payment_providers: ["pp_system_default"] },
      ],
    },
  })
  await createTaxRegionsWorkflow(container).run({
    input: [
      { country_code: "de", provider_id: "tp_system", default_tax_rate: { name: "VAT", code: "vat-de", rate: 19 } },
      { country_code: "us", provider_id: "tp_system", default_tax_rate: { name: "Sales tax", code: "us", rate: 0 } },
    ],
  })
  return { europe: idOf(result, "Europe"), unitedStates: idOf(result, "United States") }
}

async function createLocations(container: MedusaContainer, channels: Channels): Promise<StoreFacts["locationIds"]> {
  const { result } = await createStockLocationsWorkflow(container).run({
    input: {
      locations: [
        { name: "Berlin", address: { address_1: "Beispielstraße 1", city: "Berlin", country_code: "de" } },
        { name: "Rotterdam", address: { address_1: "Voorbeeldkade 2", city: "Rotterdam", country_code: "nl" } },
        { name: "Repairs", address: { address_1: "Beispielstraße 3", city: "Berlin", country_code: "de" } },
      ],
    },
  })
  const ids = { berlin: idOf(result, "Berlin"), rotterdam: idOf(result, "Rotterdam"), repairs: idOf(result, "Repairs") }
  for (const id of [ids.berlin, ids.rotterdam]) {
    await linkSalesChannelsToStockLocationWorkflow(container).run({ input: { id, add: [channels.shop] } })
  }
  return ids
}

async function createAccess(container: MedusaContainer, shop: string): Promise<Pick<StoreFacts, "secretKey" | "publishableKey">> {
  const auth = container.resolve(Modules.AUTH)
  const { success, error, authIdentity } = await auth.register("emailpass", { body: admin })
  if (!success || !authIdentity) {
    throw new Error(`The admin user could not be registered: ${error}`)
  }
  const { result: user } = await createUserAccountWorkflow(container).run({
    input: { authIdentityId: authIdentity.id, userData: { email: admin.email, first_name: "Ada", last_name: "Admin" } },
  })
  const { result: keys } = await createApiKeysWorkflow(container).run({
    input: {
      api_keys: [
        { title: "Tests", type: ApiKeyType.SECRET, created_by: user.id },
        { title: "Web shop", type: ApiKeyType.PUBLISHABLE, created_by: user.id },
      ],
    },
  })
  const secret = keys.find(({ type }) => type === ApiKeyType.SECRET)!
  const publishable = keys.find(({ type }) => type === ApiKeyType.PUBLISHABLE)!
  await linkSalesChannelsToApiKeyWorkflow(container).run({ input: { id: publishable.id, add: [shop] } })
  return { secretKey: secret.token, publishableKey: publishable.token }
}

interface RangePlace {
  range: PlannedProduct[]
  channels: Channels
  regionIds: StoreFacts["regionIds"]
  locationIds: StoreFacts["locationIds"]
}

async function createRange(container: MedusaContainer, place: RangePlace): Promise<SeededVariant[]> {
  const componentIds = await createComponents(container, place.locationIds)
  const { result: madeCategories } = await createProductCategoriesWorkflow(container).run({
    input: { product_categories: categories.map((name) => ({ name, is_active: true })) },
  })
  const { result: madeCollections } = await createCollectionsWorkflow(container).run({ input: { collections: collections.map((title) => ({ title })) } })
  const ids = {
    component: componentIds,
    category: new Map(madeCategories.map(({ name, id }) => [name, id])),
    collection: new Map(madeCollections.map(({ title, id }) => [title, id])),
  }
  for (const batch of inBatches(place.range, 25)) {
    await createProductsWorkflow(container).run({ input: { products: batch.map((planned) => productInput(planned, place, ids)) } })
  }
  const variants = await readVariants(container, place.range)
  await stockVariants(container, { ...place, variants })
  return variants
}

async function createComponents(container: MedusaContainer, locationIds: StoreFacts["locationIds"]): Promise<Map<string, string>> {
  const { result } = await createInventoryItemsWorkflow(container).run({ input: { items: components.map(({ sku, title }) => ({ sku, title })) } })
  const ids = new Map(result.map((item) => [item.sku as string, item.id]))
  await createInventoryLevelsWorkflow(container).run({
    input: { inventory_levels: components.flatMap(({ sku, stock }) => levels(ids.get(sku)!, stock, locationIds)) },
  })
  return ids
}

interface MadeIds {
  component: Map<string, string>
  category: Map<string, string>
  collection: Map<string, string>
}

function productInput(planned: PlannedProduct, place: RangePlace, ids: MadeIds): CreateProductWorkflowInputDTO {
  return {
    title: planned.title,
    handle: planned.handle,
    subtitle: planned.subtitle,
    description: planned.description,
    material: planned.material,
    status: planned.status === "draft" ? ProductStatus.DRAFT : ProductStatus.PUBLISHED,
    thumbnail: planned.images[0] ?? null,
    images: planned.images.map((url) => ({ url })),
    category_ids: [ids.category.get(planned.category)!],
    collection_id: planned.collection && ids.collection.get(planned.collection),
    sales_channels: [{ id: planned.inShop ? place.channels.shop : place.channels.wholesale }],
    options: Object.entries(planned.options).map(([title, values]) => ({ title, values })),
    variants: planned.variants.map((variant) => ({
      title: variant.title,
      sku: variant.sku,
      barcode: variant.barcode,
      options: variant.options,
      manage_inventory: variant.manageInventory,
      allow_backorder: variant.allowBackorder,
      prices: pricesOf(variant, place.regionIds),
      ...(variant.kit && {
        inventory_items: variant.kit.map(({ component, quantity }) => ({ inventory_item_id: ids.component.get(component)!, required_quantity: quantity })),
      }),
    })),
  }
}

function pricesOf({ prices }: PlannedVariant, regionIds: StoreFacts["regionIds"]) {
  const { eur, usd, europe } = prices
  return [
    ...(eur === undefined ? [] : [{ currency_code: "eur", amount: eur }]),
    ...(usd === undefined ? [] : [{ currency_code: "usd", amount: usd }]),
    ...(europe === undefined ? [] : [{ currency_code: "eur", amount: europe, rules: { region_id: regionIds.europe } }]),
  ]
}

interface MadeProduct {
  id: string
  handle: string
  variants: { id: string; title: string; inventory_items?: { inventory_item_id: string }[] }[]
}

/** In the order of the range. */
async function readVariants(container: MedusaContainer, range: PlannedProduct[]): Promise<SeededVariant[]> {
  const { data } = await container.resolve(ContainerRegistrationKeys.QUERY).graph({
    entity: "product",
    fields: ["id", "handle", "variants.id", "variants.title", "variants.inventory_items.inventory_item_id"],
    pagination: { take: range.length, skip: 0 },
  })
  const products = new Map((data as MadeProduct[]).map((product) => [product.handle, product]))
  return range.flatMap((planned) => {
    const made = products.get(planned.handle)!
    return planned.variants.map((variant) => {
      const { id, inventory_items: items } = made.variants.find(({ title }) => title === variant.title)!
      const inventoryItemIds = (items ?? []).map((item) => item.inventory_item_id)
      return { kind: variant.kind, productId: made.id, variantId: id, handle: planned.handle, title: variant.title, sku: variant.sku, inventoryItemIds }
    })
  })
}

async function stockVariants(container: MedusaContainer, { range, variants, locationIds }: RangePlace & { variants: SeededVariant[] }): Promise<void> {
  const planned = range.flatMap((product) => product.variants)
  const inventory_levels = planned.flatMap(({ stock }, index) =>
    stock ? variants[index].inventoryItemIds.flatMap((itemId) => levels(itemId, stock, locationIds)) : [],
  )
  for (const batch of inBatches(inventory_levels, 400)) {
    await createInventoryLevelsWorkflow(container).run({ input: { inventory_levels: batch } })
  }
}

function levels(inventory_item_id: string, stock: Stock, locationIds: StoreFacts["locationIds"]) {
  return (Object.keys(stock) as (keyof Stock)[]).map((location) => ({
    inventory_item_id,
    location_id: locationIds[location],
    stocked_quantity: stock[location],
  }))
}

/** One list that runs, one that is over and one still to come; only the first may change a price. */
async function createPriceLists(container: MedusaContainer, { range, variants }: { range: PlannedProduct[]; variants: SeededVariant[] }): Promise<string> {
  const planned = range.flatMap((product) => product.variants)
  const prices = planned.flatMap(({ sale }, index) =>
    sale ? (["eur", "usd"] as const).map((currency_code) => ({ currency_code, amount: sale[currency_code], variant_id: variants[index].variantId })) : [],
  )
  const wrong = prices.map((price) => ({ ...price, amount: 1 }))
  const list = { type: PriceListType.SALE, status: PriceListStatus.ACTIVE }
  const { result } = await createPriceListsWorkflow(container).run({
    input: {
      price_lists_data: [
        { ...list, title: "Winter sale", description: "A quarter off", starts_at: "2020-01-01T00:00:00Z", ends_at: "2099-12-31T23:59:59Z", prices },
        { ...list, title: "Sale of long ago", description: "Over", starts_at: "2019-01-01T00:00:00Z", ends_at: "2019-02-01T00:00:00Z", prices: wrong },
        { ...list, title: "Sale to come", description: "Far ahead", starts_at: "2098-01-01T00:00:00Z", prices: wrong },
      ],
    },
  })
  return result.find(({ title }) => title === "Winter sale")!.id
}

function* inBatches<T>(all: T[], size: number): Generator<T[]> {
  for (let start = 0; start < all.length; start += size) {
    yield all.slice(start, start + size)
  }
}

function idOf(made: { id: string; name: string }[], name: string): string {
  return made.find((each) => each.name === name)!.id
}
