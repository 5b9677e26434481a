import { hash } from "node:crypto"
import { ITEM_CELLS, itemCells } from "./known-items"
import type { Policies } from "../stock/policies"
import { policyFactsSql, type StorePart } from "../stock/policy-facts"
import { basePrice } from "../prices/prices"
import type { Bindings } from "./query"
import type { CatalogScope } from "./scope"
import { availableIn, isStopped, stockLinks } from "../stock/stock-sql"
import { variantOptions } from "./variant-options"

/** One catalogue that is read for. */
export type ReadScope = { scope: CatalogScope; policies: Policies }

/** Where the cells of one catalogue are in a row. */
export type ScopePlace = { available: number; amount: number; hasRules: number; isStopped: number; policyFacts: number; item: number }

/** One statement that reads the variants of a page of products for several catalogues; `:ids` are the products. */
export type StoreStatement = { name: string; statement: string; bindings: Bindings; places: ScopePlace[] }

/** The cells every row begins with, whatever it is read for; see `VariantCell`. */
const VARIANT_CELLS = `v.id, v.product_id, p.type_id, v.title, v.sku, v.barcode, v.ean, v.upc, v.material, v.thumbnail, v.metadata,
  v.manage_inventory, v.allow_backorder, vo.options, vps.price_set_id`

/** Places of `VARIANT_CELLS`. */
export const VariantCell = {
  id: 0, productId: 1, typeId: 2, title: 3, sku: 4, barcode: 5, ean: 6, upc: 7, material: 8, thumbnail: 9, metadata: 10,
  managesInventory: 11, allowsBackorder: 12, options: 13, priceSetId: 14,
} as const

const PART: StorePart = { variants: "array(select id from variant)", products: "array(select id from part)" }

/** Collects columns and gives each its place in the row; one that several catalogues share is read once. */
class Columns {
  private readonly places = new Map<string, number>()
  private count = Object.keys(VariantCell).length

  place(sql: string, width = 1): number {
    const known = this.places.get(sql)
    if (known !== undefined) return known
    const place = this.count
    this.places.set(sql, place)
    this.count += width
    return place
  }

  get sql(): string {
    return [...this.places.keys()].join(",\n  ")
  }
}

/**
 * Writes the statement. Every table is read by an array of ids from its index: a page at a time that costs PostgreSQL no more than
 * one statement over the whole store does, begins at once and needs no sort of the whole. Channels, currencies and catalogues that
 * are the same in several scopes share their columns.
 *
 * @param isPart only the variants of `:variantIds`
 */
export function storeStatement(scopes: readonly ReadScope[], { isPart }: { isPart: boolean }): StoreStatement {
  const channels = distinct(scopes.map(({ scope }) => scope.salesChannelId))
  const currencies = distinct(scopes.map(({ scope }) => scope.currencyCode.toLowerCase()))
  const catalogs = distinct(scopes.map(({ scope }) => scope.catalogId))
  const bindings: Bindings = {}
  const columns = new Columns()
  const withs: string[] = []
  const joins: string[] = []

  channels.forEach((salesChannelId, index) => {
    bindings[`channel_${index}`] = salesChannelId
    withs.push(availableIn({ suffix: `_${index}`, salesChannelId: `:channel_${index}`, isPart: true }))
    joins.push(`left join available_${index} a_${index} on a_${index}.variant_id = v.id`)
  })
  currencies.forEach((code, index) => {
    bindings[`currency_${index}`] = code
    withs.push(basePrice("pr.price_set_id = any(array(select price_set_id from variant_price_set))", { suffix: `_${index}`, currencyCode: `:currency_${index}` }))
    joins.push(`left join base_price_${index} bp_${index} on bp_${index}.price_set_id = vps.price_set_id`)
  })
  const facts = catalogs.map((catalogId, index) => {
    const { scope, policies } = scopes.find((one) => one.scope.catalogId === catalogId)!
    bindings[`catalog_${index}`] = catalogId
    withs.push(itemsOf(index))
    const more = policyFactsSql(policies, { ...scope, part: PART, suffix: `_${index}` })
    Object.assign(bindings, more.bindings)
    if (more.with) withs.push(more.with.replace(/,\s*$/, ""))
    joins.push(`left join item_${index} i_${index} on i_${index}.variant_id = v.id left join item_row_${index} r_${index} on r_${index}.item_id = i_${index}.id ${more.joins}`)
    return more.column
  })
  const places = scopes.map(({ scope }): ScopePlace => {
    const [channel, currency, catalog] = [channels.indexOf(scope.salesChannelId), currencies.indexOf(scope.currencyCode.toLowerCase()), catalogs.indexOf(scope.catalogId)]
    return {
      available: columns.place(`a_${channel}.available`),
      amount: columns.place(`bp_${currency}.amount::text`),
      hasRules: columns.place(`bp_${currency}.has_rules`),
      isStopped: columns.place(isStopped("p", `:catalog_${catalog}`)),
      // Two catalogues without rules read the same null.
      policyFacts: columns.place(facts[catalog]),
      item: columns.place(`${ITEM_CELLS.map((cell) => `i_${catalog}.${cell}`).join(", ")}, r_${catalog}.hash`, ITEM_CELLS.length + 1),
    }
  })
  const statement = `
    with part as materialized (select p.id, p.type_id, p.collection_id from product p where p.id = any(:ids)),
    variant as materialized (
      select v.id, v.product_id, v.title, v.sku, v.barcode, v.ean, v.upc, v.material, v.thumbnail, v.metadata, v.manage_inventory, v.allow_backorder
      from product_variant v
      where v.product_id = any(${PART.products}) and v.deleted_at is null ${isPart ? "and v.id = any(:variantIds)" : ""}),
    variant_price_set as materialized (
      select vps.variant_id, vps.price_set_id from product_variant_price_set vps
      where vps.variant_id = any(${PART.variants}) and vps.deleted_at is null),
    ${[stockLinks(PART.variants), variantOptions(PART.variants), ...withs].join(",\n")}
    select ${VARIANT_CELLS}, ${columns.sql}
    from variant v
    join part p on p.id = v.product_id
    left join variant_price_set vps on vps.variant_id = v.id
    left join variant_option vo on vo.variant_id = v.id
    ${joins.join("\n")}
    order by v.product_id, v.id`
  return { name: `meta_catalog_${hash("md5", statement)}`, statement, bindings, places }
}

/** The items of a page's variants in one catalogue, with what the policies read of them, and the hashes of their last valid rows. */
function itemsOf(index: number): string {
  return `
    item_${index} as materialized (
      select ${itemCells()},
             i.variant_id, i.sent_quantity, i.units_per_day, i.velocity_bucket
      from meta_catalog_item i
      where i.variant_id = any(${PART.variants}) and i.catalog_id = :catalog_${index} and i.deleted_at is null),
    item_row_${index} as (
      select r.item_id, r.hash from meta_catalog_item_row r where r.item_id = any(array(select id from item_${index})))`
}

function distinct(values: string[]): string[] {
  return [...new Set(values)]
}
