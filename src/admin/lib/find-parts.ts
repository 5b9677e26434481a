import { sdk } from "./sdk"
import type { Part } from "./stock-draft"

/** What a person looks for: a text, and of products only those of a collection or a category; "" for any. */
export type PartQuery = { scope: Part["scope"]; q: string; collection_id: string; category_id: string }

export type FoundParts = { parts: Part[]; count: number }

type Page = { limit: number; offset: number }

/** One page of what is found, by name, and how many there are in all. */
export async function findParts(query: PartQuery, page: Page): Promise<FoundParts> {
  const { scope } = query
  const { found, count } = await finders[scope](query, { ...page, q: query.q.trim() || undefined })
  return { parts: found.map(({ id, name }) => ({ scope, reference_id: id, name })), count }
}

/** As many as the API takes in one call. */
export const mostParts = 1_000

/** All that are found, up to {@link mostParts}. */
export async function findAllParts(query: PartQuery): Promise<Part[]> {
  const limit = 200
  const parts: Part[] = []
  for (let offset = 0; offset < mostParts; offset += limit) {
    const page = await findParts(query, { limit, offset })
    parts.push(...page.parts)
    if (page.parts.length < limit) {
      break
    }
  }
  return parts
}

type Found = { found: { id: string; name: string }[]; count: number }
type Finder = (query: PartQuery, page: Page & { q: string | undefined }) => Promise<Found>

const finders: Record<Part["scope"], Finder> = {
  type: async (_query, page) => {
    const { product_types, count } = await sdk.admin.productType.list({ ...page, order: "value", fields: "id,value" })
    return { found: product_types.map(({ id, value }) => ({ id, name: value })), count }
  },
  collection: async (_query, page) => {
    const { collections, count } = await sdk.admin.productCollection.list({ ...page, order: "title", fields: "id,title" })
    return { found: collections.map(({ id, title }) => ({ id, name: title })), count }
  },
  category: async (_query, page) => {
    const { product_categories, count } = await sdk.admin.productCategory.list({ ...page, order: "name", fields: "id,name" })
    return { found: product_categories.map(({ id, name }) => ({ id, name })), count }
  },
  tag: async (_query, page) => {
    const { product_tags, count } = await sdk.admin.productTag.list({ ...page, order: "value", fields: "id,value" })
    return { found: product_tags.map(({ id, value }) => ({ id, name: value })), count }
  },
  product: async ({ collection_id, category_id }, page) => {
    const filter = { ...(collection_id ? { collection_id } : {}), ...(category_id ? { category_id } : {}) }
    const { products, count } = await sdk.admin.product.list({ ...page, ...filter, order: "title", fields: "id,title" })
    return { found: products.map(({ id, title }) => ({ id, name: title })), count }
  },
  variant: async (_query, page) => {
    const { variants, count } = await sdk.admin.productVariant.list({ ...page, fields: "id,title,sku,product.title" })
    const nameOf = (variant: (typeof variants)[number]) => [variant.product?.title, variant.title ?? variant.sku].filter(Boolean).join(" – ")
    return { found: variants.map((variant) => ({ id: variant.id, name: nameOf(variant) })), count }
  },
}
