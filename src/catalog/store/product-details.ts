import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { deepestPath, mappedCategory, type CategoryTree } from "../categories/category-tree"
import { preparedCells } from "./query"
import type { Details, ProductDetail } from "./source-details"

/** A product as the store has it, with what belongs to all of its variants. */
export type ProductSource = {
  id: string
  title: string
  subtitle: string | null
  description: string | null
  handle: string | null
  thumbnail: string | null
  material: string | null
  metadata: Record<string, unknown> | null
  /** What the reader was asked for beyond this; null where it was asked for nothing. */
  details: Details<ProductDetail> | null
  type: string | null
  tags: string[]
  /** Path of its most specific public category, from the root: `["Clothing", "Shirts"]`. Empty without one. */
  categoryPath: string[]
  /** Id in Google's taxonomy that its categories are mapped to; null where none is. */
  mappedCategory: string | null
  /** In the merchant's order. `variantIds` is empty for an image of the whole product. */
  images: { url: string; variantIds: string[] }[]
  /** Live variants, offered or not. */
  variantCount: number
}

/** A product as it is stored: what every catalogue reads alike, and the ids of its categories, of which each makes its own. */
export type StoredProduct = Omit<ProductSource, "details" | "categoryPath" | "mappedCategory"> & { categoryIds: string[] }

const IDS = "cast(:ids as text[])"

// Set by set and each by an array of ids: what is looked up product by product is never planned as a set.
const PRODUCTS = `
  with wanted as materialized (
    select p.id, p.title, p.subtitle, p.description, p.handle, p.thumbnail, p.material, p.metadata, p.type_id from product p where p.id = any(${IDS})),
  picture as materialized (
    select im.id, im.product_id, im.url, im.rank from image im
    where im.product_id = any(array(select id from wanted)) and im.deleted_at is null),
  picture_variant as (
    select vi.image_id, json_agg(vi.variant_id order by vi.variant_id) as variants from product_variant_product_image vi
    where vi.image_id = any(array(select id from picture)) and vi.deleted_at is null group by vi.image_id),
  pictures as (
    select picture.product_id, json_agg(json_build_array(picture.url, pv.variants) order by picture.rank, picture.id) as images
    from picture left join picture_variant pv on pv.image_id = picture.id group by picture.product_id),
  tag_link as materialized (
    select pts.product_id, pts.product_tag_id from product_tags pts where pts.product_id = any(array(select id from wanted))),
  tags as (
    select l.product_id, json_agg(t.value order by t.value) as tags
    from tag_link l
    join product_tag t on t.id = l.product_tag_id and t.id = any(array(select product_tag_id from tag_link)) and t.deleted_at is null
    group by l.product_id),
  categories as (
    select pcp.product_id, json_agg(pcp.product_category_id order by pcp.product_category_id) as ids from product_category_product pcp
    where pcp.product_id = any(array(select id from wanted)) group by pcp.product_id),
  siblings as (
    select v.product_id, count(*)::int as count from product_variant v
    where v.product_id = any(array(select id from wanted)) and v.deleted_at is null group by v.product_id)
  select p.id, p.title, p.subtitle, p.description, p.handle, p.thumbnail, p.material, p.metadata, pt.value,
         tags.tags, categories.ids, pictures.images, coalesce(siblings.count, 0)
  from wanted p
  left join product_type pt on pt.id = p.type_id and pt.id = any(array(select type_id from wanted)) and pt.deleted_at is null
  left join tags on tags.product_id = p.id
  left join categories on categories.product_id = p.id
  left join pictures on pictures.product_id = p.id
  left join siblings on siblings.product_id = p.id`

type ProductCells = [
  id: string, title: string, subtitle: string | null, description: string | null, handle: string | null, thumbnail: string | null, material: string | null,
  metadata: Record<string, unknown> | null, type: string | null, tags: string[] | null, categoryIds: string[] | null,
  images: [url: string, variantIds: string[] | null][] | null, variantCount: number,
]

/** Reads these products with images, tags and categories in one statement. */
export async function readProducts(snapshot: Knex.Transaction, ids: string[]): Promise<StoredProduct[]> {
  if (ids.length === 0) return []
  const rows = (await preparedCells(snapshot, { name: "meta_catalog_products", statement: PRODUCTS, bindings: { ids } })) as unknown as ProductCells[]
  return rows.map(([id, title, subtitle, description, handle, thumbnail, material, metadata, type, tags, categoryIds, images, variantCount]) => ({
    id, title, subtitle, description, handle, thumbnail, material, metadata, type,
    tags: tags ?? [],
    categoryIds: categoryIds ?? [],
    images: (images ?? []).map(([url, variantIds]) => ({ url, variantIds: variantIds ?? [] })),
    variantCount,
  }))
}

/** A stored product as one catalogue sees it. Pure. */
export function productSource({ categoryIds, ...product }: StoredProduct, categories: CategoryTree, details: ProductSource["details"]): ProductSource {
  return { ...product, details, categoryPath: deepestPath(categoryIds, categories), mappedCategory: mappedCategory(categoryIds, categories) }
}
