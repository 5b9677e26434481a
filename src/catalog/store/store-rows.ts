import { knownItemAt } from "./known-items"
import type { Policies } from "../stock/policies"
import { withPolicy, type PolicyColumn } from "../stock/policy-facts"
import type { PricedVariant, PriceSource } from "../prices/prices"
import type { VariantSource } from "./product-sources"
import type { Cells } from "./query"
import type { Details, VariantDetail } from "./source-details"
import { VariantCell, type ScopePlace } from "./store-statement"
import { parseOptions } from "./variant-options"

/** What every catalogue reads of a variant alike. */
export type SharedVariant = Omit<VariantSource, "stock" | "policy" | "price" | "item">

/** The id of a row's variant. */
export function variantId(row: Cells): string {
  return row[VariantCell.id] as string
}

/** The half of a row that is the same for every catalogue. Pure. */
export function sharedVariant(row: Cells, details: Map<string, Details<VariantDetail>>): SharedVariant {
  const id = variantId(row)
  return {
    id,
    productId: row[VariantCell.productId] as string,
    title: row[VariantCell.title] as string,
    sku: row[VariantCell.sku] as string | null,
    barcode: row[VariantCell.barcode] as string | null,
    ean: row[VariantCell.ean] as string | null,
    upc: row[VariantCell.upc] as string | null,
    material: row[VariantCell.material] as string | null,
    thumbnail: row[VariantCell.thumbnail] as string | null,
    metadata: row[VariantCell.metadata] as Record<string, unknown> | null,
    details: details.size === 0 ? null : (details.get(id) ?? null),
    options: parseOptions(row[VariantCell.options] as string | null),
  }
}

/** The variant as one catalogue sees it. Pure. */
export function variantSource(
  shared: SharedVariant,
  row: Cells,
  { place, policies, price }: { place: ScopePlace; policies: Policies; price: PriceSource }
): VariantSource {
  const base = {
    isOffered: true,
    isStopped: row[place.isStopped] as boolean,
    managesInventory: row[VariantCell.managesInventory] as boolean,
    allowsBackorder: row[VariantCell.allowsBackorder] as boolean,
    available: row[place.available] as number | null,
  }
  const { stock, policy } = withPolicy(base, row[place.policyFacts] as PolicyColumn, policies)
  // Every field by name: objects of one shape are what makes a hundred thousand of them cheap.
  return {
    id: shared.id,
    productId: shared.productId,
    title: shared.title,
    sku: shared.sku,
    barcode: shared.barcode,
    ean: shared.ean,
    upc: shared.upc,
    material: shared.material,
    thumbnail: shared.thumbnail,
    metadata: shared.metadata,
    details: shared.details,
    options: shared.options,
    stock,
    policy,
    price,
    item: knownItemAt(row, place.item),
  }
}

/** What the price tables say of a row's variant in the currency of one catalogue. Pure. */
export function pricedVariant(row: Cells, place: ScopePlace): PricedVariant {
  return {
    variantId: variantId(row),
    productId: row[VariantCell.productId] as string,
    productTypeId: row[VariantCell.typeId] as string | null,
    priceSetId: row[VariantCell.priceSetId] as string | null,
    amount: row[place.amount] as string | null,
    hasRules: (row[place.hasRules] as boolean | null) ?? false,
  }
}
