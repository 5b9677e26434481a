import { setImmediate as yieldToOthers } from "node:timers/promises"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { categoryTree, readCategoryRows, type Category } from "../../../catalog/categories/category-tree"
import { categoryById, suggestFor } from "../../../catalog/categories/google-taxonomy"
import { query } from "../../../catalog/store/query"
import type { AdminCategory, AdminGoogleCategory } from "./category-types"

/** The store's categories, each before those below it and in the merchant's order, with what they are at Google in this catalogue. */
export async function readCategories(container: MedusaContainer, catalogId: string): Promise<AdminCategory[]> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const [rows, facts] = await Promise.all([readCategoryRows(sql, catalogId), readFacts(sql)])
  const tree = categoryTree(rows)
  const parents = new Map(rows.map((row) => [row.id, row.parent_category_id]))
  const categories: AdminCategory[] = []
  for (const id of inOrder([...tree.keys()], parents, facts)) {
    const category = tree.get(id)!
    const own = category.mapping?.fromId === id
    if (!own) await yieldToOthers()
    categories.push({
      id,
      parent_category_id: parents.get(id) ?? null,
      name: category.names.at(-1)!,
      path: category.names,
      is_public: category.isPublic,
      product_count: facts.get(id)?.product_count ?? 0,
      ...mappingOf(id, category, tree),
      suggestion: own ? null : ((await suggestFor(category.names)) ?? null),
    })
  }
  return categories
}

function mappingOf(id: string, { mapping }: Category, tree: Map<string, Category>): Pick<AdminCategory, "own" | "inherited"> {
  if (!mapping) {
    return { own: null, inherited: null }
  }
  const google = toGoogle(mapping.googleProductCategory)
  return mapping.fromId === id ? { own: google, inherited: null } : { own: null, inherited: { ...google, from: tree.get(mapping.fromId)!.names } }
}

/** An id that a later release of the taxonomy no longer has is still shown. */
function toGoogle(id: string): AdminGoogleCategory {
  return categoryById(id) ?? { id, path: id }
}

type Facts = { id: string; rank: number; product_count: number }

async function readFacts(sql: Knex): Promise<Map<string, Facts>> {
  const rows = await query<Facts>(
    sql,
    `select c.id, c.rank, count(p.id)::int as product_count
     from product_category c
     left join product_category_product pcp on pcp.product_category_id = c.id
     left join product p on p.id = pcp.product_id and p.deleted_at is null
     where c.deleted_at is null group by c.id, c.rank`
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** Depth first; siblings by the rank a merchant gave them. */
function inOrder(ids: string[], parents: Map<string, string | null>, facts: Map<string, Facts>): string[] {
  const children = new Map<string | null, string[]>()
  for (const id of ids) {
    const parent = parents.get(id) ?? null
    const siblings = children.get(parent)
    if (siblings) siblings.push(id)
    else children.set(parent, [id])
  }
  const rank = (id: string) => facts.get(id)?.rank ?? 0
  const below = (parent: string | null): string[] =>
    (children.get(parent) ?? []).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)).flatMap((id) => [id, ...below(id)])
  return below(null)
}
