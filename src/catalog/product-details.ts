import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { deepestPath, mappedCategory, type CategoryTree } from "./category-tree"
import { preparedQuery } from "./query"
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

type ProductRow = Omit<ProductSource, "details" | "categoryPath" | "mappedCategory" | "images" | "variantCount"> & {
  category_ids: string[]
  images: [url: string, variantIds: string[] | null][]
  variant_count: number
}

const PRODUCTS = `
  select p.id, p.title, p.subtitle, p.description, p.handle, p.thumbnail, p.material, p.metadata, pt.value as type,
         array(select t.value from product_tags pts join product_tag t on t.id = pts.product_tag_id and t.deleted_at is null
               where pts.product_id = p.id order by t.value) as tags,
         array(select pcp.product_category_id from product_category_product pcp
               where pcp.product_id = p.id order by pcp.product_category_id) as category_ids,
         coalesce((
           select json_agg(json_build_array(im.url, (
                    select json_agg(vi.variant_id order by vi.variant_id) from product_variant_product_image vi
                    where vi.image_id = im.id and vi.deleted_at is null)) order by im.rank, im.id)
           from image im where im.product_id = p.id and im.deleted_at is null), '[]') as images,
         (select count(*)::int from product_variant v where v.product_id = p.id and v.deleted_at is null) as variant_count
  from product p
  left join product_type pt on pt.id = p.type_id and pt.deleted_at is null
  where p.id = any(:ids)`

/** Reads these products with images, tags and categories in one statement. */
export async function readProducts(snapshot: Knex.Transaction, ids: string[], categories: CategoryTree): Promise<ProductSource[]> {
  if (ids.length === 0) return []
  const rows = await preparedQuery<ProductRow>(snapshot, { name: "meta_catalog_products", statement: PRODUCTS, bindings: { ids } })
  return rows.map(({ category_ids, images, variant_count, ...product }) => ({
    ...product,
    details: null,
    categoryPath: deepestPath(category_ids, categories),
    mappedCategory: mappedCategory(category_ids, categories),
    images: images.map(([url, variantIds]) => ({ url, variantIds: variantIds ?? [] })),
    variantCount: variant_count,
  }))
}
