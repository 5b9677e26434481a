import { setImmediate } from "node:timers/promises"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { ColumnSource } from "../../catalog/columns/column-source"
import { cellOf, FEED_FIELDS, isStockField, type FeedFieldName } from "../../catalog/columns/field-table"
import type { ItemSettings } from "../../catalog/items/item-settings"
import { mapItem, type MappedItem } from "../../catalog/items/map-item"
import { productMapper } from "../../catalog/items/map-product"
import { streamProductSources } from "../../catalog/store/product-sources"
import { openSnapshot } from "../../catalog/store/query"
import { retailerId } from "../../catalog/items/retailer-id"
import { joinDetails, type DetailNames } from "../../catalog/store/source-details"
import { isValid, validateItem, type Finding } from "../../catalog/items/validate-item"
import { openPrices } from "../catalogs/catalog-prices"
import { columnsOf, itemSettingsOf } from "../catalogs/item-settings-of"
import { metaCatalog, scopeOf, type CatalogRow } from "../open-catalog"
import { draftColumns } from "./draft-columns"

const PAGE_SIZE = 250
const MOST_SAMPLES = 5
const NO_DETAILS: DetailNames = { product: [], variant: [] }
/** Stock follows no column settings. */
const COMPARED = FEED_FIELDS.map((field) => field.name as FeedFieldName).filter((name) => !isStockField(name))

/** One item whose cell would change; empty text is no value. */
export type ColumnSample = { retailer_id: string; title: string; before: string; after: string }

/** What changed settings would do to one column, over all offered variants. */
export type ColumnPreview = {
  field: string
  filled_before: number
  filled_after: number
  changed: number
  /** Items with a finding about the column. */
  findings_before: number
  findings_after: number
  samples: ColumnSample[]
}

export type ColumnsPreview = {
  /** Offered variants that were looked at. */
  items: number
  /** Of these, those without a valid row. */
  invalid_before: number
  invalid_after: number
  /** The columns whose settings would change, and every other one that would have other values. */
  columns: ColumnPreview[]
}

/**
 * Maps every offered variant by the settings as they are and as they would be, in one pass over the store and with the mapping that builds
 * use. Nothing is stored, and a page is kept at a time.
 *
 * @throws MedusaError as `draftColumns`.
 */
export async function previewColumns(container: MedusaContainer, catalog: CatalogRow, changes: Record<string, ColumnSource[] | null>): Promise<ColumnsPreview> {
  const module = metaCatalog(container)
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const { draft } = await draftColumns({ sql, module }, catalog, changes)
  const before = await itemSettingsOf({ sql, module }, catalog)
  const after: ItemSettings = { ...before, columns: columnsOf({ module, catalog, currency: before.currency }, draft) }
  const details = joinDetails(before.columns?.details ?? NO_DETAILS, after.columns?.details ?? NO_DETAILS)
  const scope = scopeOf(catalog)
  const priceVariants = await openPrices(container, scope)
  // Both mappings begin with the same built-in one, so a product is worked out once for both.
  const mapProduct = productMapper(before)
  const tally = new Tally(before.currency.code)
  const snapshot = await openSnapshot(sql)
  try {
    for await (const page of streamProductSources(snapshot, scope, { pageSize: PAGE_SIZE, priceVariants, details })) {
      for (const variant of page.variants) {
        const product = mapProduct(page.products.get(variant.productId)!)
        const id = variant.item?.retailerId ?? retailerId(variant, catalog.retailer_id_scheme)
        tally.add(mapItem(variant, product, before, id), mapItem(variant, product, after, id))
      }
      // The store has its turn between two pages.
      await setImmediate()
    }
  } finally {
    await snapshot.rollback()
  }
  return tally.result(new Set(Object.keys(changes)))
}

/** Counts over all items; holds a few samples per column and nothing else of them. */
class Tally {
  private items = 0
  private readonly invalid = { before: 0, after: 0 }
  private readonly columns = new Map<string, ColumnPreview>(
    COMPARED.map((field) => [field, { field, filled_before: 0, filled_after: 0, changed: 0, findings_before: 0, findings_after: 0, samples: [] }])
  )

  constructor(private readonly currencyCode: string) {}

  add(before: MappedItem, after: MappedItem): void {
    this.items += 1
    for (const field of COMPARED) this.compare(field, before, after)
    this.invalid.before += this.countFindings(validateItem(before, this.currencyCode), "findings_before")
    this.invalid.after += this.countFindings(validateItem(after, this.currencyCode), "findings_after")
  }

  result(changed: Set<string>): ColumnsPreview {
    const columns = [...this.columns.values()].filter((column) => changed.has(column.field) || column.changed > 0)
    return { items: this.items, invalid_before: this.invalid.before, invalid_after: this.invalid.after, columns }
  }

  private compare(field: FeedFieldName, before: MappedItem, after: MappedItem): void {
    const [was, is] = [cellOf(before.row, field), cellOf(after.row, field)]
    if (was === "" && is === "") return
    const column = this.columns.get(field)!
    if (was !== "") column.filled_before += 1
    if (is !== "") column.filled_after += 1
    if (was === is) return
    column.changed += 1
    if (column.samples.length < MOST_SAMPLES) {
      column.samples.push({ retailer_id: after.row.variant.id, title: after.row.product.title, before: was, after: is })
    }
  }

  /** @returns 1 for an item without a valid row. */
  private countFindings(findings: Finding[], into: "findings_before" | "findings_after"): 0 | 1 {
    for (const field of new Set(findings.map((finding) => finding.field))) {
      const column = this.columns.get(field)
      if (column) column[into] += 1
    }
    return isValid(findings) ? 0 : 1
  }
}
