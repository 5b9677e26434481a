import type { CreateProductWorkflowInputDTO, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules, ProductStatus } from "@medusajs/framework/utils"
import { batchPriceListPricesWorkflow, createInventoryLevelsWorkflow, createProductsWorkflow } from "@medusajs/medusa/core-flows"
import type { FileProduct, FileVariant, Notes } from "./read-products"

/** Where imported products go. */
export type ImportPlace = {
  salesChannelId: string
  /** Holds all imported stock. */
  locationId: string
  currencyCode: string
  /** A price list of the type sale. */
  priceListId: string
}

/** A variant that was made, with what the file said of it. */
export type MadeVariant = {
  productId: string
  variantId: string
  inventoryItemIds: string[]
  handle: string
  title: string
  source: FileVariant
  isPublished: boolean
}

type Into = { place: ImportPlace; notes: Notes }

/**
 * Makes products with their variants, prices, sales and stock through Medusa's own workflows. A product the store refuses is
 * noted with the store's words, and the others are made.
 */
export async function createProducts(container: MedusaContainer, products: FileProduct[], { place, notes }: Into): Promise<MadeVariant[]> {
  const fresh = await withoutKnown(container, products, notes)
  const ids = await idsOfNames(container, fresh)
  const make = async (some: FileProduct[]) => {
    await createProductsWorkflow(container).run({ input: { products: some.map((product) => toInput(product, { place, ids })) } })
  }
  const made: MadeVariant[] = []
  try {
    await make(fresh)
    made.push(...(await readMade(container, fresh)))
  } catch {
    // The workflow takes back all it has made: one after the other, to find the product it is about.
    for (const product of fresh) {
      try {
        await make([product])
        made.push(...(await readMade(container, [product])))
      } catch (error) {
        const reason = `the store refused the product: ${messageOf(error)}`
        for (const { line } of product.variants) notes.refused.push({ line, reason })
      }
    }
  }
  await stock(container, made, place)
  await putOnSale(container, made, place)
  return made
}

/** Workflows throw an error's fields as a plain object. */
function messageOf(error: unknown): string {
  return typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error)
}

/** Handles and SKUs are unique in a store, which may have some of them already. */
async function withoutKnown(container: MedusaContainer, products: FileProduct[], notes: Notes): Promise<FileProduct[]> {
  const module = container.resolve(Modules.PRODUCT)
  const skus = products.flatMap(({ variants }) => variants.flatMap(({ sku }) => sku ?? []))
  const [knownProducts, knownVariants] = await Promise.all([
    module.listProducts({ handle: products.map(({ handle }) => handle) }, { select: ["handle"], take: null }),
    module.listProductVariants({ sku: skus }, { select: ["sku"], take: null }),
  ])
  const handles = new Set(knownProducts.map(({ handle }) => handle))
  const known = new Set(knownVariants.map(({ sku }) => sku))
  return products.flatMap((product) => {
    const isKnown = handles.has(product.handle)
    const variants = product.variants.filter(({ line, sku }) => {
      if (isKnown) notes.refused.push({ line, reason: `the store has a product with the handle "${product.handle}"` })
      else if (sku !== null && known.has(sku)) notes.refused.push({ line, reason: `the store has a variant with the SKU "${sku}"` })
      else return true
      return false
    })
    return variants.length > 0 ? [{ ...product, variants }] : []
  })
}

type NameIds = { types: Map<string, string>; tags: Map<string, string> }

/** Types and tags are named in the file and have ids in the store; those it has not yet are made. */
async function idsOfNames(container: MedusaContainer, products: FileProduct[]): Promise<NameIds> {
  const module = container.resolve(Modules.PRODUCT)
  const typeNames = [...new Set(products.flatMap(({ type }) => type ?? []))]
  const tagNames = [...new Set(products.flatMap(({ tags }) => tags))]
  const types = new Map((await module.listProductTypes({}, { take: null })).map(({ value, id }) => [value, id]))
  const tags = new Map((await module.listProductTags({ value: tagNames }, { take: null })).map(({ value, id }) => [value, id]))
  const newTypes = typeNames.filter((value) => !types.has(value))
  const newTags = tagNames.filter((value) => !tags.has(value))
  if (newTypes.length > 0) for (const { value, id } of await module.createProductTypes(newTypes.map((value) => ({ value })))) types.set(value, id)
  if (newTags.length > 0) for (const { value, id } of await module.createProductTags(newTags.map((value) => ({ value })))) tags.set(value, id)
  return { types, tags }
}

function toInput(product: FileProduct, { place, ids }: { place: ImportPlace; ids: NameIds }): CreateProductWorkflowInputDTO {
  return {
    title: product.title,
    handle: product.handle,
    description: product.body,
    status: product.isPublished ? ProductStatus.PUBLISHED : ProductStatus.DRAFT,
    is_giftcard: product.isGiftCard,
    metadata: product.metadata,
    type_id: product.type === null ? undefined : ids.types.get(product.type),
    tag_ids: product.tags.map((tag) => ids.tags.get(tag)!),
    thumbnail: product.images[0] ?? null,
    images: product.images.map((url) => ({ url })),
    sales_channels: [{ id: place.salesChannelId }],
    options: product.optionTitles.map((title) => ({ title, values: [...new Set(product.variants.map(({ options }) => options[title]))] })),
    variants: product.variants.map((variant) => ({
      title: titleOf(variant),
      sku: variant.sku ?? undefined,
      barcode: variant.barcode ?? undefined,
      weight: variant.grams ?? undefined,
      thumbnail: variant.image ?? undefined,
      manage_inventory: variant.quantity !== null,
      allow_backorder: variant.allowsBackorder,
      options: variant.options,
      metadata: { line: variant.line },
      prices: variant.price === null ? [] : [{ currency_code: place.currencyCode, amount: Number(variant.price) }],
    })),
  }
}

function titleOf({ options }: FileVariant): string {
  return Object.values(options).join(" / ")
}

type GraphVariant = { id: string; metadata: { line: number }; inventory_items?: { inventory_item_id: string }[] }

/** The line of the file that a variant keeps in its metadata says which is which. */
async function readMade(container: MedusaContainer, products: FileProduct[]): Promise<MadeVariant[]> {
  const { data } = await container.resolve(ContainerRegistrationKeys.QUERY).graph({
    entity: "product",
    fields: ["id", "handle", "variants.id", "variants.metadata", "variants.inventory_items.inventory_item_id"],
    filters: { handle: products.map(({ handle }) => handle) },
  })
  const sources = new Map(products.flatMap((product) => product.variants.map((source) => [source.line, { source, product }] as const)))
  return (data as unknown as { id: string; handle: string; variants: GraphVariant[] }[]).flatMap(({ id, handle, variants }) =>
    variants.map((variant) => {
      const { source, product } = sources.get(variant.metadata.line)!
      const inventoryItemIds = (variant.inventory_items ?? []).map((item) => item.inventory_item_id)
      return { productId: id, variantId: variant.id, inventoryItemIds, handle, title: titleOf(source), source, isPublished: product.isPublished }
    })
  )
}

async function stock(container: MedusaContainer, made: MadeVariant[], { locationId }: ImportPlace): Promise<void> {
  const inventory_levels = made.flatMap(({ inventoryItemIds, source }) =>
    source.quantity === null ? [] : inventoryItemIds.map((inventory_item_id) => ({ inventory_item_id, location_id: locationId, stocked_quantity: source.quantity! }))
  )
  if (inventory_levels.length > 0) await createInventoryLevelsWorkflow(container).run({ input: { inventory_levels } })
}

async function putOnSale(container: MedusaContainer, made: MadeVariant[], { priceListId, currencyCode }: ImportPlace): Promise<void> {
  const create = made.flatMap(({ variantId, source }) =>
    source.salePrice === null ? [] : [{ variant_id: variantId, currency_code: currencyCode, amount: Number(source.salePrice) }]
  )
  if (create.length > 0) await batchPriceListPricesWorkflow(container).run({ input: { data: { id: priceListId, create, update: [], delete: [] } } })
}
