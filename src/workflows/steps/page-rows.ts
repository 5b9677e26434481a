import { fromStored, toStored, type FeedRow, type StoredCells } from "../../catalog/columns/field-table"
import type { ItemSettings } from "../../catalog/items/item-settings"
import { idsIn, isWritten, mayBeAtMeta, wasHeldBy, type KnownItem } from "../../catalog/store/known-items"
import { mapItem } from "../../catalog/items/map-item"
import type { MappedProduct } from "../../catalog/items/map-product"
import type { ProductSource } from "../../catalog/store/product-details"
import type { GoneItem } from "../../catalog/store/gone-items"
import type { SourcePage, VariantSource } from "../../catalog/store/product-sources"
import { quantityToSell, type Availability } from "../../catalog/stock/quantity-to-sell"
import { retailerId, type RetailerIdScheme } from "../../catalog/items/retailer-id"
import { isValid, validateItem, type Finding } from "../../catalog/items/validate-item"

/** What decides about every row of a build. */
export type RowSettings = {
  items: ItemSettings
  /** Maps what a product's variants share; see `productMapper`. */
  mapProduct: (product: ProductSource) => MappedProduct
  scheme: RetailerIdScheme
  /** Number of the snapshot that is built; null where the rows are for another file. */
  number: number | null
  /** Number of the newest snapshot that was ever published. */
  publishedNumber: number
  /** Database time; the date of a preorder is counted from here. */
  builtAt: Date
}

/** Everything one page comes to: lines for the file and changes for the database. */
export type PageOutcome = {
  rows: FeedRow[]
  counts: {
    fresh: number
    kept: number
    omitted: number
    retired: number
    /** Of the served file's rows those that are left out on purpose. */
    leaving: number
  }
  selling: number
  /** Selling items that would become unavailable although no stock event told of it. */
  unavailable: number
  /** Offered but invalid items that Meta may hold: written from their last valid row. */
  invalid: KnownItem[]
  storedRows: { item_id: string; cells: StoredCells; hash: string }[]
  findings: { variant: VariantSource; retailerId: string; finding: Finding }[]
  /** Items this snapshot is the first to hold, or the first to leave out again. */
  joined: string[]
  left: string[]
  /** Items that are offered again, or no longer. */
  back: string[]
  gone: string[]
  /** Items whose row is no longer valid, or valid again, since the last published file. */
  becameInvalid: string[]
  becameValid: string[]
  /** Items at rest whose row says something else than Meta acknowledged: an upload of this file would change them unnoticed. */
  differing: string[]
}

export function emptyOutcome(): PageOutcome {
  return {
    rows: [], counts: { fresh: 0, kept: 0, omitted: 0, retired: 0, leaving: 0 }, selling: 0, unavailable: 0,
    invalid: [], storedRows: [], findings: [], joined: [], left: [], back: [], gone: [],
    becameInvalid: [], becameValid: [], differing: [],
  }
}

/** Decides about the offered variants of one page. Pure, except that invalid items still need their last valid rows. */
export function decidePage(page: SourcePage, items: Map<string, KnownItem>, settings: RowSettings): PageOutcome {
  const outcome = emptyOutcome()
  decideVariants(outcome, page, items, settings)
  return outcome
}

/** As `decidePage`, adding to an outcome, so that a page can be decided about in parts. */
export function decideVariants(outcome: PageOutcome, page: SourcePage, items: Map<string, KnownItem>, settings: RowSettings): void {
  for (const variant of page.variants) {
    const item = variant.item ?? items.get(variant.id)
    if (item) decideVariant(outcome, variant, { item, product: settings.mapProduct(page.products.get(variant.productId)!), settings })
    else outcome.counts.omitted += 1
  }
}

function decideVariant(
  outcome: PageOutcome,
  variant: VariantSource,
  { item, product, settings }: { item: KnownItem; product: MappedProduct; settings: RowSettings }
): void {
  const mapped = mapItem(variant, product, settings.items, idsIn(item, settings.number).id)
  if (settings.scheme === "sku" && item.retailerId === variant.id && !variant.sku?.trim()) mapped.losses.push({ kind: "absent", field: "id" })
  const findings = validateItem(mapped, settings.items.currency.code)
  if (settings.scheme === "sku" && keepsOldSku(item, variant)) findings.push(changedSku(item, variant))
  for (const finding of findings) outcome.findings.push({ variant, retailerId: item.retailerId, finding })
  if (item.isDiscontinued) outcome.back.push(item.id)
  if (item.isSelling) outcome.selling += 1
  if (!isValid(findings)) {
    if (item.isSelling) outcome.unavailable += 1
    if (!item.isInvalid) outcome.becameInvalid.push(item.id)
    if (mayBeAtMeta(item, settings.publishedNumber)) outcome.invalid.push(item)
    else omit(outcome, item)
    return
  }
  const { quantity, availability } = quantityToSell(variant.stock, variant.policy)
  if (item.isInvalid) outcome.becameValid.push(item.id)
  const isTold = item.acknowledgedQuantity === quantity && item.acknowledgedAvailability === availability
  if (item.listed && !item.isMoving && item.acknowledgedAvailability !== null && !isTold) outcome.differing.push(item.id)
  if (item.isSelling && !item.isMoving && !variant.stock.isStopped && availability === "out of stock") outcome.unavailable += 1
  if (item.rowHash !== mapped.hash) outcome.storedRows.push({ item_id: item.id, cells: toStored(mapped.row), hash: mapped.hash })
  outcome.counts.fresh += 1
  const availabilityDate = availability === "preorder" ? dayAfter(settings.builtAt, variant.policy.backorder_days) : ""
  write(outcome, item, withStock(mapped.row, { quantity, availability, availabilityDate, status: "active" }), settings)
}

/** Its id at Meta is not what the variant would get today, and no switch is on the way. */
function keepsOldSku(item: KnownItem, variant: VariantSource): boolean {
  const wanted = retailerId(variant, "sku")
  return wanted !== variant.id && wanted !== item.retailerId && wanted !== item.renaming?.next
}

function changedSku({ retailerId: id }: KnownItem, { sku }: VariantSource): Finding {
  return {
    code: "retailer_id_differs",
    severity: "warning",
    field: "id",
    title: "The id at Meta is not the SKU",
    message: `The SKU is now "${sku}"; the id at Meta stays "${id}", because the ad history, tags and links of the item hang on it.`,
    action: "Nothing has to be done. To use the new SKU at Meta, move the item's id: Meta is told both, and keeps what it knows of the item.",
  }
}

/** The form Meta wants for `availability_date` (seed 2), in UTC. */
function dayAfter(time: Date, days: number): string {
  return new Date(time.getTime() + days * 86_400_000).toISOString().slice(0, 10)
}

/** Writes the invalid items of a page from their last valid rows, sold out; one without such a row is left out. */
export function keepInvalid(outcome: PageOutcome, lastRows: Map<string, StoredCells>, settings: RowSettings): void {
  for (const item of outcome.invalid) keep(outcome, item, { cells: lastRows.get(item.id), status: "active", settings })
}

/**
 * Decides about items that are no longer offered: sold out and hidden, but never missing where Meta may hold them, until they are
 * gone for longer than the catalogue keeps them.
 */
export function decideGone(items: GoneItem[], settings: RowSettings): PageOutcome {
  const outcome = emptyOutcome()
  for (const item of items) {
    if (item.isSelling) {
      outcome.selling += 1
      outcome.unavailable += 1
    }
    if (!item.isDiscontinued) outcome.gone.push(item.id)
    // Nobody may have heard that it went, nor hear when it comes back: by then the file has put it out of stock.
    if (item.listed && !item.isMoving && item.acknowledgedAvailability !== null && item.acknowledgedAvailability !== "out of stock") outcome.differing.push(item.id)
    if (item.isRetired) {
      retire(outcome, item, settings.publishedNumber)
      continue
    }
    const cells = mayBeAtMeta(item, settings.publishedNumber) ? (item.cells ?? undefined) : undefined
    keep(outcome, item, { cells, status: "archived", settings })
  }
  return outcome
}

type Status = "active" | "archived"

type Kept = { cells: StoredCells | undefined; status: Status; settings: RowSettings }

function keep(outcome: PageOutcome, item: KnownItem, { cells, status, settings }: Kept): void {
  if (!cells) return omit(outcome, item)
  outcome.counts.kept += 1
  write(outcome, item, withStock(fromStored(cells), { quantity: 0, availability: "out of stock", availabilityDate: "", status }), settings)
}

function write(outcome: PageOutcome, item: KnownItem, row: FeedRow, { number }: RowSettings): void {
  const { id, previous } = idsIn(item, number)
  // A kept row may be older than its item's present id.
  row.variant.id = id
  if (previous !== null) row.extra = { ...row.extra, previous_id: previous }
  outcome.rows.push(row)
  if (!isWritten(item)) outcome.joined.push(item.id)
}

function omit(outcome: PageOutcome, item: KnownItem): void {
  outcome.counts.omitted += 1
  if (isWritten(item)) outcome.left.push(item.id)
}

function retire(outcome: PageOutcome, item: KnownItem, publishedNumber: number): void {
  outcome.counts.retired += 1
  if (wasHeldBy(item, publishedNumber)) outcome.counts.leaving += 1
  if (isWritten(item)) outcome.left.push(item.id)
}

/** Fills in the stock cells of a row nobody else holds. */
function withStock(row: FeedRow, stock: { quantity: number | null; availability: Availability; availabilityDate: string; status: Status }): FeedRow {
  row.variant.availability = stock.availability
  row.variant.availability_date = stock.availabilityDate
  row.variant.quantity_to_sell_on_facebook = stock.quantity === null ? "" : String(stock.quantity)
  row.variant.status = stock.status
  return row
}
