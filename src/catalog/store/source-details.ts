import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./query"

/** Facts of products and variants that few catalogues ask for; they are read only where a column is set to one of them. */
export const PRODUCT_DETAILS = ["collection", "weight", "length", "height", "width", "origin_country", "hs_code", "mid_code", "external_id"] as const
export const VARIANT_DETAILS = ["weight", "length", "height", "width", "origin_country", "hs_code", "mid_code"] as const

export type ProductDetail = (typeof PRODUCT_DETAILS)[number]
export type VariantDetail = (typeof VARIANT_DETAILS)[number]

/** Which of them are wanted. */
export type DetailNames = { product: readonly ProductDetail[]; variant: readonly VariantDetail[] }

export type Details<Name extends string> = Readonly<Partial<Record<Name, string | number | null>>>

/** Both wishes in one. */
export function joinDetails(some: DetailNames, others: DetailNames): DetailNames {
  return { product: [...new Set([...some.product, ...others.product])], variant: [...new Set([...some.variant, ...others.variant])] }
}

/** The wanted details of these products, by id. No statement is run where none is wanted. */
export async function readProductDetails(sql: Knex, ids: string[], names: readonly ProductDetail[]): Promise<Map<string, Details<ProductDetail>>> {
  const wanted = PRODUCT_DETAILS.filter((name) => names.includes(name))
  if (wanted.length === 0 || ids.length === 0) return new Map()
  const columns = wanted.map((name) => (name === "collection" ? "c.title as collection" : `p.${name}`))
  const joined = wanted.includes("collection") ? "left join product_collection c on c.id = p.collection_id and c.deleted_at is null" : ""
  return byId(await query(sql, `select p.id, ${columns.join(", ")} from product p ${joined} where p.id = any(:ids)`, { ids }))
}

/** The wanted details of these variants, by id. No statement is run where none is wanted. */
export async function readVariantDetails(sql: Knex, ids: string[], names: readonly VariantDetail[]): Promise<Map<string, Details<VariantDetail>>> {
  const wanted = VARIANT_DETAILS.filter((name) => names.includes(name))
  if (wanted.length === 0 || ids.length === 0) return new Map()
  return byId(await query(sql, `select v.id, ${wanted.map((name) => `v.${name}`).join(", ")} from product_variant v where v.id = any(:ids)`, { ids }))
}

function byId<Name extends string>(rows: ({ id: string } & Details<Name>)[]): Map<string, Details<Name>> {
  return new Map(rows.map((row) => [row.id, row]))
}
