import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "../store/query"

/** A Medusa category as it is stored, with what a merchant has mapped it to in one catalogue. */
export type CategoryRow = {
  id: string
  name: string
  parent_category_id: string | null
  /** Shoppers see it: active and not internal. */
  is_public: boolean
  /** Id in Google's taxonomy, null where the category has no mapping of its own. */
  google_product_category: string | null
}

/** The mapping that counts for a category, and from where it comes. */
export type CategoryMapping = {
  googleProductCategory: string
  /** The category that carries the mapping: itself or the nearest above it. */
  fromId: string
  /** Depth of that category, 1 for one without a parent. */
  depth: number
}

/** A Medusa category with what it gives to a feed. */
export type Category = {
  /** Names from the root. */
  names: string[]
  /** Whether it and all above it are shown to shoppers: only then its names go to Meta. */
  isPublic: boolean
  mapping: CategoryMapping | null
}

/** All categories by id; a parent comes before its children. */
export type CategoryTree = Map<string, Category>

/** Reads the categories with their mappings in a catalogue, in one statement. Ordered by path, a parent comes before its children. */
export async function readCategoryRows(sql: Knex, catalogId: string): Promise<CategoryRow[]> {
  return await query<CategoryRow>(
    sql,
    `select c.id, c.name, c.parent_category_id, c.is_active and not c.is_internal as is_public, m.google_product_category
     from product_category c
     left join meta_catalog_category_mapping m on m.catalog_id = :catalogId and m.product_category_id = c.id and m.deleted_at is null
     where c.deleted_at is null order by c.mpath`,
    { catalogId }
  )
}

/** The trees of several catalogues by their ids: the same categories, each with its own mappings. One statement for all. */
export async function readCategoryTrees(sql: Knex, catalogIds: readonly string[]): Promise<Map<string, CategoryTree>> {
  const rows = await query<Omit<CategoryRow, "google_product_category"> & { mappings: Record<string, string> | null }>(
    sql,
    `select c.id, c.name, c.parent_category_id, c.is_active and not c.is_internal as is_public, m.mappings
     from product_category c
     left join (
       select product_category_id, json_object_agg(catalog_id, google_product_category) as mappings from meta_catalog_category_mapping
       where catalog_id = any(:catalogIds) and deleted_at is null group by product_category_id) m on m.product_category_id = c.id
     where c.deleted_at is null order by c.mpath`,
    { catalogIds }
  )
  const treeOf = (catalogId: string) => categoryTree(rows.map(({ mappings, ...row }) => ({ ...row, google_product_category: mappings?.[catalogId] ?? null })))
  return new Map(catalogIds.map((catalogId) => [catalogId, treeOf(catalogId)]))
}

/**
 * Works out paths and inheritance. A category without a mapping of its own has its parent's. A branch below a hidden category is
 * hidden with it, but mappings reach through: what a category is does not depend on who sees it. Pure.
 *
 * @param rows parents before children; one whose parent is gone is left out
 */
export function categoryTree(rows: readonly CategoryRow[]): CategoryTree {
  const tree: CategoryTree = new Map()
  for (const { id, name, parent_category_id, is_public, google_product_category } of rows) {
    const parent = parent_category_id === null ? ROOT : tree.get(parent_category_id)
    if (!parent) continue
    const names = [...parent.names, name]
    const own = google_product_category === null ? null : { googleProductCategory: google_product_category, fromId: id, depth: names.length }
    tree.set(id, { names, isPublic: is_public && parent.isPublic, mapping: own ?? parent.mapping })
  }
  return tree
}

const ROOT: Category = { names: [], isPublic: true, mapping: null }

/** Path of the most specific public category among these; empty without one. Pure. */
export function deepestPath(categoryIds: readonly string[], tree: CategoryTree): string[] {
  return categoryIds.reduce<string[]>((best, id) => {
    const category = tree.get(id)
    return category?.isPublic && category.names.length > best.length ? category.names : best
  }, [])
}

/**
 * Google's category for a product in these categories: of the mappings that count for them, the one that was made deepest in the
 * tree, since it says most; of two equally deep ones that of the category with the smaller id, so that it stays the same. Pure.
 */
export function mappedCategory(categoryIds: readonly string[], tree: CategoryTree): string | null {
  let best: CategoryMapping | null = null
  for (const id of categoryIds) {
    const mapping = tree.get(id)?.mapping
    if (mapping && (!best || mapping.depth > best.depth || (mapping.depth === best.depth && mapping.fromId < best.fromId))) best = mapping
  }
  return best?.googleProductCategory ?? null
}
