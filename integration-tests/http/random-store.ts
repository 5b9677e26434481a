import type { Link } from "@medusajs/framework/modules-sdk"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules, PriceListStatus, PriceListType, ProductStatus } from "@medusajs/framework/utils"
import {
  createPriceListsWorkflow,
  createProductCategoriesWorkflow,
  createProductsWorkflow,
  createRegionsWorkflow,
  createSalesChannelsWorkflow,
  createStockLocationsWorkflow,
  deleteInventoryItemWorkflow,
  deleteProductsWorkflow,
  deleteProductVariantsWorkflow,
} from "@medusajs/medusa/core-flows"
import fc from "fast-check"

type ValueOf<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never

const PARTS = 10
const LOCATIONS = 4

const amount = fc.integer({ min: 1, max: 9_999 }).map((cents) => cents / 100)

const variantPlan = fc.record({
  hasSku: fc.boolean(),
  manages: fc.boolean(),
  backorders: fc.boolean(),
  isDeleted: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
  eur: fc.option(amount, { freq: 6 }),
  usd: fc.option(amount),
  europe: fc.option(amount, { freq: 2 }),
  tier: fc.option(amount, { freq: 2 }),
  sale: fc.option(amount, { freq: 2 }),
  override: fc.option(amount, { freq: 2 }),
  /** Inventory items it needs; none, one, or a kit. */
  parts: fc.uniqueArray(fc.record({ part: fc.nat(PARTS - 1), required: fc.integer({ min: 1, max: 4 }) }), { maxLength: 3, selector: ({ part }) => part }),
  hasThumbnail: fc.boolean(),
  /** No price list and no rule touches it, so that its price is the base price. */
  isPlain: fc.boolean(),
}).map((variant) => (variant.isPlain ? { ...variant, europe: null, sale: null, override: null } : variant))

const productPlan = fc.record({
  status: fc.constantFrom(ProductStatus.PUBLISHED, ProductStatus.PUBLISHED, ProductStatus.PUBLISHED, ProductStatus.PUBLISHED, ProductStatus.PUBLISHED, ProductStatus.PUBLISHED, ProductStatus.DRAFT, ProductStatus.PROPOSED, ProductStatus.REJECTED),
  channels: fc.constantFrom(["own"], ["own"], ["own"], ["own"], ["own", "other"], ["other"], []),
  isDeleted: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  description: fc.option(fc.constantFrom("Plain, \"quoted\"\nand broken", "<p>Rich <b>text</b></p>", "日本語 😀")),
  images: fc.nat(4),
  hasThumbnail: fc.boolean(),
  type: fc.option(fc.nat(2)),
  tags: fc.uniqueArray(fc.nat(3), { maxLength: 3 }),
  categories: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
  metadata: fc.option(fc.record({ brand: fc.constantFrom("Kiln", "Forge") })),
  variants: fc.array(variantPlan, { minLength: 1, maxLength: 5 }),
  hasColours: fc.boolean(),
})

const partPlan = fc.record({
  /** Stock and reservations by location; null means no level there. */
  levels: fc.array(fc.option(fc.record({ stocked: fc.nat(40), reserved: fc.option(fc.integer({ min: 1, max: 50 })), isDeleted: fc.integer({ min: 0, max: 9 }).map((n) => n === 0) }), { freq: 3 }), {
    minLength: LOCATIONS,
    maxLength: LOCATIONS,
  }),
  isDeleted: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
})

const storePlan = fc.record({
  products: fc.array(productPlan, { minLength: 16, maxLength: 20 }),
  parts: fc.array(partPlan, { minLength: PARTS, maxLength: PARTS }),
})

export type RandomStore = {
  channelId: string
  /** Some products are offered in this one, too, and some only here. */
  otherChannelId: string
  regionId: string
  productIds: string[]
  variantIds: string[]
  inventoryItemIds: string[]
}

/**
 * Makes a store of drafts, deleted rows, kits, unlinked locations, reservations beyond the stock, prices by region, tier and
 * list, and variants without any of them; the same store for the same seed.
 */
export async function makeRandomStore(container: MedusaContainer, seed: number): Promise<RandomStore> {
  const [sampled] = fc.sample(storePlan, { seed, numRuns: 1 })
  // fast-check also makes objects without a prototype, which workflows cannot take.
  const plan = withoutRefusals(structuredClone(sampled))
  const { result: channels } = await createSalesChannelsWorkflow(container).run({ input: { salesChannelsData: [{ name: "own" }, { name: "other" }] } })
  const channelId = { own: channels[0].id, other: channels[1].id }
  const { result: regions } = await createRegionsWorkflow(container).run({ input: { regions: [{ name: "Europe", currency_code: "eur", countries: ["de"] }] } })
  const locationIds = await makeLocations(container, channelId)
  const inventoryItemIds = await makeParts(container, plan.parts, locationIds)
  const made = await makeProducts(container, { plans: plan.products, channelId, regionId: regions[0].id, inventoryItemIds })
  await deleteSome(container, { plan, made, inventoryItemIds })
  return {
    channelId: channelId.own,
    otherChannelId: channelId.other,
    regionId: regions[0].id,
    productIds: made.map(({ id }) => id),
    variantIds: made.flatMap(({ variantIds }) => variantIds),
    inventoryItemIds,
  }
}

/** Core refuses to delete what is reserved: the inventory items of a deleted variant, and levels. */
function withoutRefusals(plan: ValueOf<typeof storePlan>): ValueOf<typeof storePlan> {
  for (const { levels } of plan.parts) for (const level of levels) if (level?.isDeleted) level.reserved = null
  const isFree = ({ part }: { part: number }) => plan.parts[part].levels.every((level) => !level?.reserved)
  for (const product of plan.products) {
    for (const variant of product.variants) if (product.isDeleted || variant.isDeleted) variant.parts = variant.parts.filter(isFree)
  }
  return plan
}

async function makeLocations(container: MedusaContainer, channelId: { own: string; other: string }): Promise<string[]> {
  const { result } = await createStockLocationsWorkflow(container).run({ input: { locations: Array.from({ length: LOCATIONS }, (_, n) => ({ name: `L${n}` })) } })
  const ids = result.map((location) => location.id)
  const link = container.resolve<Link>(ContainerRegistrationKeys.LINK)
  const between = (sales_channel_id: string, stock_location_id: string) => ({ [Modules.SALES_CHANNEL]: { sales_channel_id }, [Modules.STOCK_LOCATION]: { stock_location_id } })
  // The third is unlinked again and the fourth belongs to the other channel only.
  await link.create([between(channelId.own, ids[0]), between(channelId.own, ids[1]), between(channelId.own, ids[2]), between(channelId.other, ids[3]), between(channelId.other, ids[1])])
  await link.dismiss([between(channelId.own, ids[2])])
  return ids
}

type PartPlan = ValueOf<typeof partPlan>

async function makeParts(container: MedusaContainer, plans: PartPlan[], locationIds: string[]): Promise<string[]> {
  const inventory = container.resolve(Modules.INVENTORY)
  const items = await inventory.createInventoryItems(plans.map((_, n) => ({ sku: `part-${n}` })))
  const at = plans.flatMap(({ levels }, n) => levels.flatMap((level, l) => (level ? [{ ...level, inventory_item_id: items[n].id, location_id: locationIds[l] }] : [])))
  const levels = await inventory.createInventoryLevels(at.map(({ inventory_item_id, location_id, stocked }) => ({ inventory_item_id, location_id, stocked_quantity: stocked })))
  const reserved = at.flatMap(({ inventory_item_id, location_id, reserved }) => (reserved ? [{ inventory_item_id, location_id, quantity: reserved, allow_backorder: true }] : []))
  await inventory.createReservationItems(reserved)
  await inventory.softDeleteInventoryLevels(levels.filter((_, n) => at[n].isDeleted).map(({ id }) => id))
  return items.map(({ id }) => id)
}

type ProductPlan = ValueOf<typeof productPlan>
type Made = { id: string; variantIds: string[] }

async function makeProducts(
  container: MedusaContainer,
  { plans, channelId, regionId, inventoryItemIds }: { plans: ProductPlan[]; channelId: { own: string; other: string }; regionId: string; inventoryItemIds: string[] }
): Promise<Made[]> {
  const products = container.resolve(Modules.PRODUCT)
  const types = await products.createProductTypes([0, 1, 2].map((n) => ({ value: `Type ${n}` })))
  const tags = await products.createProductTags([0, 1, 2, 3].map((n) => ({ value: `tag ${n}` })))
  const { result: roots } = await createProductCategoriesWorkflow(container).run({ input: { product_categories: [{ name: "Root", is_active: true }, { name: "Hidden", is_active: false }] } })
  const { result: leaves } = await createProductCategoriesWorkflow(container).run({
    input: { product_categories: [{ name: "Leaf", is_active: true, parent_category_id: roots[0].id }, { name: "Below hidden", is_active: true, parent_category_id: roots[1].id }] },
  })
  const categories = [...roots, ...leaves]
  const { result } = await createProductsWorkflow(container).run({
    input: {
      products: plans.map((plan, p) => ({
        title: `Product ${p}`,
        handle: `product-${p}`,
        status: plan.status,
        description: plan.description ?? undefined,
        thumbnail: plan.hasThumbnail ? `https://cdn.example.com/${p}/thumb.jpg` : undefined,
        images: Array.from({ length: plan.images }, (_, n) => ({ url: `https://cdn.example.com/${p}/${n}.jpg` })),
        type_id: plan.type === null ? undefined : types[plan.type].id,
        tag_ids: plan.tags.map((n) => tags[n].id),
        category_ids: plan.categories.map((n) => categories[n].id),
        metadata: plan.metadata ?? undefined,
        sales_channels: plan.channels.map((name) => ({ id: channelId[name as "own" | "other"] })),
        options: [{ title: "Size", values: plan.variants.map((_, v) => `S${v}`) }, ...(plan.hasColours ? [{ title: "Color", values: ["Black", "White"] }] : [])],
        variants: plan.variants.map((variant, v) => ({
          title: `Variant ${v}`,
          sku: variant.hasSku ? `SKU-${p}-${v}` : undefined,
          // Switched on below: core would otherwise make an inventory item for each.
          manage_inventory: false,
          allow_backorder: variant.backorders,
          thumbnail: variant.hasThumbnail ? `https://cdn.example.com/${p}/${v}/thumb.jpg` : undefined,
          options: { Size: `S${v}`, ...(plan.hasColours ? { Color: v % 2 ? "Black" : "White" } : {}) },
          prices: [
            ...(variant.eur === null ? [] : [{ currency_code: "eur", amount: variant.eur }]),
            ...(variant.usd === null ? [] : [{ currency_code: "usd", amount: variant.usd }]),
            ...(variant.europe === null ? [] : [{ currency_code: "eur", amount: variant.europe, rules: { region_id: regionId } }]),
          ],
        })),
      })),
    },
  })
  const made = result.map((product, p) => ({ id: product.id, variantIds: plans[p].variants.map((_, v) => product.variants.find((one) => one.title === `Variant ${v}`)!.id) }))
  const planned = plans.flatMap((plan, p) => plan.variants.map((variant, v) => ({ variant, id: made[p].variantIds[v] })))
  await container.resolve<Link>(ContainerRegistrationKeys.LINK).create(
    planned.flatMap(({ variant, id }) =>
      variant.parts.map(({ part, required }) => ({
        [Modules.PRODUCT]: { variant_id: id },
        [Modules.INVENTORY]: { inventory_item_id: inventoryItemIds[part] },
        data: { required_quantity: required },
      }))
    )
  )
  for (const { variant, id } of planned) if (variant.manages) await products.updateProductVariants(id, { manage_inventory: true })
  await giveImagesToVariants(container, made)
  await addTiers(container, planned)
  await makePriceLists(container, planned)
  return made
}

/** The first image of every product with several belongs to its first variant. */
async function giveImagesToVariants(container: MedusaContainer, made: Made[]): Promise<void> {
  const products = container.resolve(Modules.PRODUCT)
  for (const { id, variantIds } of made) {
    const { images } = await products.retrieveProduct(id, { relations: ["images"] })
    if (images.length > 1) await products.addImageToVariant([{ image_id: images[0].id, variant_id: variantIds[0] }])
  }
}

/** Prices from ten pieces on, which no single piece has. The workflow that makes products leaves quantities out. */
async function addTiers(container: MedusaContainer, planned: { variant: ValueOf<typeof variantPlan>; id: string }[]): Promise<void> {
  const tiers = new Map(planned.flatMap(({ variant, id }) => (variant.tier === null ? [] : [[id, variant.tier] as const])))
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({ entity: "variant", fields: ["id", "price_set.id"], filters: { id: [...tiers.keys()] } })
  const priced = data as unknown as { id: string; price_set: { id: string } }[]
  await container.resolve(Modules.PRICING).addPrices(
    priced.map(({ id, price_set }) => ({ priceSetId: price_set.id, prices: [{ currency_code: "eur", amount: tiers.get(id)!, min_quantity: 10 }] }))
  )
}

async function makePriceLists(container: MedusaContainer, planned: { variant: ValueOf<typeof variantPlan>; id: string }[]): Promise<void> {
  const priced = (field: "sale" | "override") =>
    planned.flatMap(({ variant, id }) => (variant[field] === null ? [] : [{ variant_id: id, currency_code: "eur", amount: variant[field] }]))
  // Spread from objects, because core takes a type here that its input type does not name.
  const sale = { description: "-", status: PriceListStatus.ACTIVE, type: PriceListType.SALE }
  const override = { ...sale, type: PriceListType.OVERRIDE }
  const listed = planned.filter(({ variant }) => !variant.isPlain)
  await createPriceListsWorkflow(container).run({
    input: {
      price_lists_data: [
        { ...sale, title: "sale", ends_at: "2099-12-31T00:00:00Z", prices: priced("sale") },
        { ...override, title: "override", prices: priced("override") },
        { ...sale, title: "over", ends_at: "2001-01-01T00:00:00Z", prices: listed.map(({ id }) => ({ variant_id: id, currency_code: "eur", amount: 0.01 })) },
        { ...sale, title: "draft", status: PriceListStatus.DRAFT, prices: listed.map(({ id }) => ({ variant_id: id, currency_code: "eur", amount: 0.02 })) },
      ],
    },
  })
}

async function deleteSome(
  container: MedusaContainer,
  { plan, made, inventoryItemIds }: { plan: ValueOf<typeof storePlan>; made: Made[]; inventoryItemIds: string[] }
): Promise<void> {
  const variants = plan.products.flatMap((product, p) => product.variants.flatMap((variant, v) => (variant.isDeleted ? [made[p].variantIds[v]] : [])))
  if (variants.length > 0) await deleteProductVariantsWorkflow(container).run({ input: { ids: variants } })
  const products = plan.products.flatMap((product, p) => (product.isDeleted ? [made[p].id] : []))
  if (products.length > 0) await deleteProductsWorkflow(container).run({ input: { ids: products } })
  const inventory = container.resolve(Modules.INVENTORY)
  const left = new Set((await inventory.listInventoryItems({ id: inventoryItemIds }, { take: inventoryItemIds.length })).map(({ id }) => id))
  const parts = plan.parts.flatMap((part, n) => (part.isDeleted && left.has(inventoryItemIds[n]) && part.levels.every((level) => !level?.reserved) ? [inventoryItemIds[n]] : []))
  if (parts.length > 0) await deleteInventoryItemWorkflow(container).run({ input: parts })
}
