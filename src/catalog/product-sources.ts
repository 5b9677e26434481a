import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { categoryTree, readCategoryRows } from "./category-tree"
import { IS_OWN, KNOWN_ITEM_COLUMNS, toKnownItem, type KnownItem, type KnownItemRow } from "./known-items"
import { basePrice, NO_PRICE, type PricedVariant, type PriceSource, type PriceVariants } from "./prices"
import { readProducts, type ProductSource } from "./product-details"
import { readProductDetails, readVariantDetails, type DetailNames, type Details, type VariantDetail } from "./source-details"
import { readPolicies, type Policies } from "./policies"
import { policyFactsSql, withPolicy, type PolicyColumn, type PolicyFactsSql } from "./policy-facts"
import { openCursor } from "./query"
import { readAhead } from "./read-ahead"
import type { CatalogScope } from "./scope"
import type { Stock } from "./stock-facts"
import type { StockPolicy } from "./stock-policy"
import { availableByVariant, isStopped } from "./stock-sql"
import { parseOptions, VARIANT_OPTIONS, type OptionValue } from "./variant-options"

/** One offered variant as the store has it, before any decision. */
export type VariantSource = {
  id: string
  productId: string
  title: string
  sku: string | null
  barcode: string | null
  ean: string | null
  upc: string | null
  material: string | null
  thumbnail: string | null
  metadata: Record<string, unknown> | null
  /** What `SourceRange.details` asks for; null where it asks for nothing. */
  details: Details<VariantDetail> | null
  options: OptionValue[]
  stock: Stock
  policy: StockPolicy
  price: PriceSource
  item: KnownItem | null
}

/** A page of variants together with the products they belong to. */
export type SourcePage = { variants: VariantSource[]; products: Map<string, ProductSource> }

type VariantRow = KnownItemRow & {
  id: string
  product_id: string
  product_type_id: string | null
  title: string
  sku: string | null
  barcode: string | null
  ean: string | null
  upc: string | null
  material: string | null
  thumbnail: string | null
  metadata: Record<string, unknown> | null
  manage_inventory: boolean
  allow_backorder: boolean
  available: number | null
  is_stopped: boolean
  policy_facts: PolicyColumn
  options: string | null
  amount: string | null
  has_rules: boolean | null
  price_set_id: string | null
}

/** A page takes two statements, so with two pages under way PostgreSQL need not wait for us between them. */
const PAGES_AHEAD = 2

/** Every offered variant, or with `isPart` those of `:variantIds`; with `isOfFeed` only items of `:feedId` and variants without an item. */
const offeredVariants = ({ isPart, isOfFeed }: { isPart: boolean; isOfFeed: boolean }, more: PolicyFactsSql): string => `
  with ${more.with} ${availableByVariant(isPart ? "l.variant_id = any(:variantIds)" : "true")},
  ${basePrice(isPart ? "pr.price_set_id in (select price_set_id from product_variant_price_set where variant_id = any(:variantIds))" : "true")},
  ${VARIANT_OPTIONS}
  select v.id, v.product_id, p.type_id as product_type_id, v.title, v.sku, v.barcode, v.ean, v.upc, v.material, v.thumbnail, v.metadata,
         v.manage_inventory, v.allow_backorder, a.available, ${isStopped("p")} as is_stopped, ${more.column} as policy_facts, vo.options,
         bp.amount::text as amount, bp.has_rules, vps.price_set_id,
         ${KNOWN_ITEM_COLUMNS}
  from product p
  join product_sales_channel psc
    on psc.product_id = p.id and psc.sales_channel_id = :salesChannelId and psc.deleted_at is null
  join product_variant v on v.product_id = p.id and v.deleted_at is null
  left join product_variant_price_set vps on vps.variant_id = v.id and vps.deleted_at is null
  left join base_price bp on bp.price_set_id = vps.price_set_id
  left join available a on a.variant_id = v.id
  left join variant_option vo on vo.variant_id = v.id
  left join meta_catalog_item i on i.catalog_id = :catalogId and i.variant_id = v.id and i.deleted_at is null
  left join meta_catalog_item_row r on r.item_id = i.id
  ${more.joins}
  where p.status = 'published' and p.deleted_at is null ${isPart ? "and v.id = any(:variantIds)" : ""}
    ${isOfFeed ? `and (i.id is null or ${IS_OWN})` : ""}
  order by v.product_id, v.id`

/**
 * What is read in one go, and which variants: all, or only those of `variantIds` that are offered; with `feedId` only items of
 * that feed and variants without an item.
 */
export type SourceRange = { pageSize: number; priceVariants: PriceVariants; variantIds?: readonly string[]; feedId?: string; details?: DetailNames }

/** Where no column asks for more than every build reads. */
const NO_DETAILS: DetailNames = { product: [], variant: [] }

/**
 * Streams every variant the catalogue offers, with its product, options, stock, price and item, in pages ordered so that a
 * product's variants follow each other. Everything but rules, price lists and taxes is read from the one state of the database that
 * `snapshot` sees. The next pages are read while one is worked on.
 */
export async function* streamProductSources(
  snapshot: Knex.Transaction,
  scope: CatalogScope,
  range: SourceRange
): AsyncGenerator<SourcePage> {
  const read = await openReader(snapshot, scope, range)
  yield* readAhead(read, PAGES_AHEAD)
}

/** Opens the cursor; the function it answers with reads one page after the other, null at the end. */
async function openReader(
  snapshot: Knex.Transaction,
  scope: CatalogScope,
  { pageSize, priceVariants, variantIds, feedId, details = NO_DETAILS }: SourceRange
): Promise<() => Promise<SourcePage | null>> {
  const categories = categoryTree(await readCategoryRows(snapshot, scope.catalogId))
  const policies = await readPolicies(snapshot, scope)
  const more = policyFactsSql(policies, { ...scope, isPart: variantIds !== undefined })
  const cursor = await openCursor<VariantRow>(snapshot, {
    name: "meta_catalog_sources",
    statement: offeredVariants({ isPart: variantIds !== undefined, isOfFeed: feedId !== undefined }, more),
    bindings: {
      catalogId: scope.catalogId,
      salesChannelId: scope.salesChannelId,
      currencyCode: scope.currencyCode.toLowerCase(),
      ...(variantIds ? { variantIds } : {}),
      ...(feedId === undefined ? {} : { feedId }),
      ...more.bindings,
    },
    pageSize,
  })
  let last: { variantId: string; product: ProductSource } | null = null
  return async () => {
    const fetched = await cursor.fetch()
    if (fetched.length === 0) return null
    // A variant with two price sets would come twice, and Meta drops every row of a repeated id.
    const rows = fetched.filter((row, index) => row.id !== (index === 0 ? last?.variantId : fetched[index - 1].id))
    // The product a page breaks off in is carried over, so that it is read and mapped once.
    const products = new Map<string, ProductSource>(last ? [[last.product.id, last.product]] : [])
    const missing = [...new Set(rows.map((row) => row.product_id))].filter((id) => !products.has(id))
    const [found, prices] = await Promise.all([readProducts(snapshot, missing, categories), priceVariants(rows.map(toPriced))])
    const ofProducts = await readProductDetails(snapshot, missing, details.product)
    const ofVariants = await readVariantDetails(snapshot, details.variant.length > 0 ? rows.map((row) => row.id) : [], details.variant)
    for (const product of found) products.set(product.id, Object.assign(product, { details: ofProducts.get(product.id) ?? null }))
    const end = fetched[fetched.length - 1]
    last = { variantId: end.id, product: products.get(end.product_id)! }
    return {
      products,
      variants: rows.map((row) => toVariant(row, { price: prices.get(row.id) ?? NO_PRICE, details: ofVariants.get(row.id) ?? null }, policies)),
    }
  }
}

function toPriced(row: VariantRow): PricedVariant {
  return {
    variantId: row.id,
    productId: row.product_id,
    productTypeId: row.product_type_id,
    priceSetId: row.price_set_id,
    amount: row.amount,
    hasRules: row.has_rules ?? false,
  }
}

function toVariant(row: VariantRow, { price, details }: Pick<VariantSource, "price" | "details">, policies: Policies): VariantSource {
  const base = {
    isOffered: true,
    isStopped: row.is_stopped,
    managesInventory: row.manage_inventory,
    allowsBackorder: row.allow_backorder,
    available: row.available,
  }
  return {
    id: row.id,
    productId: row.product_id,
    title: row.title,
    sku: row.sku,
    barcode: row.barcode,
    ean: row.ean,
    upc: row.upc,
    material: row.material,
    thumbnail: row.thumbnail,
    metadata: row.metadata,
    details,
    options: parseOptions(row.options),
    price,
    ...withPolicy(base, row.policy_facts, policies),
    item: toKnownItem(row),
  }
}
