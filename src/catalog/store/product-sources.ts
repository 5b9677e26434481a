import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { KnownItem } from "./known-items"
import type { PriceSource, PriceVariants } from "../prices/prices"
import type { ProductSource } from "./product-details"
import type { CatalogScope } from "./scope"
import type { DetailNames, Details, VariantDetail } from "./source-details"
import type { Stock } from "../stock/stock-facts"
import type { StockPolicy } from "../stock/stock-policy"
import { streamStorePages } from "./store-pages"
import type { OptionValue } from "./variant-options"

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
  options: readonly OptionValue[]
  stock: Stock
  policy: StockPolicy
  price: PriceSource
  item: KnownItem | null
}

/** A page of variants together with the products they belong to. */
export type SourcePage = { variants: VariantSource[]; products: Map<string, ProductSource> }

/** What is read in one go, and which variants: all that are offered, or of these only `variantIds`. */
export type SourceRange = { pageSize: number; priceVariants: PriceVariants; variantIds?: readonly string[]; details?: DetailNames }

/**
 * Streams every variant one catalogue offers, with its product, options, stock, price and item, in pages ordered so that a
 * product's variants follow each other and lie on one page. Everything but rules, price lists and taxes is read from the one state of
 * the database that `snapshot` sees. The next pages are read while one is worked on.
 */
export async function* streamProductSources(
  snapshot: Knex.Transaction,
  scope: CatalogScope,
  { pageSize, priceVariants, variantIds, details }: SourceRange
): AsyncGenerator<SourcePage> {
  for await (const [page] of streamStorePages(snapshot, [{ scope, priceVariants, details }], { pageSize, variantIds })) {
    if (page.variants.length > 0) yield page
  }
}
