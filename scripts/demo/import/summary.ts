import type { SeededVariant, StoreFacts } from "../../../integration-tests/store/seed-store"
import type { MadeVariant } from "./create-products"
import type { ImportReport } from "./import-products"
import type { Note } from "./read-products"

/** What a person is told of an import; the lists begin with the first lines of the file. */
export type ImportSummary = { products: number; variants: number; on_sale: number; refused: number; remarks: number; first: Note[] }

const MOST_NOTES = 40
/** The demo asks the store about each of these one by one. */
const MOST_FACTS = 500

/** The counts of an import and the first of its notes. */
export function summaryOf({ products, variants, onSale, refused, remarks }: ImportReport): ImportSummary {
  const first = [...refused.map(({ line, reason }) => ({ line, reason: `not imported: ${reason}` })), ...remarks].sort((a, b) => a.line - b.line)
  return { products, variants: variants.length, on_sale: onSale, refused: refused.length, remarks: remarks.length, first: first.slice(0, MOST_NOTES) }
}

/** Facts of a shop with imported products as if they had been seeded; of many variants the first. */
export function withImported(facts: StoreFacts, { products, variants }: ImportReport): StoreFacts {
  return { ...facts, productCount: products, variantCount: variants.length, variants: variants.slice(0, MOST_FACTS).map(toSeeded) }
}

function toSeeded({ source, isPublished, ...variant }: MadeVariant): SeededVariant {
  const kind = !isPublished ? "draft" : source.quantity === null ? "unmanaged" : source.allowsBackorder ? "backorder" : "plain"
  return { ...variant, kind, sku: source.sku }
}
