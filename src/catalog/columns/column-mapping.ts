import { hash } from "node:crypto"
import { cellFormat } from "./cell-formats"
import type { CellFormat, Report } from "./cell-text"
import type { ColumnSettings, ColumnSource } from "./column-source"
import { cellOf, EXTRA_COLUMNS, FEED_FIELDS, fieldOf, NO_EXTRA, PRODUCT_COLUMNS } from "./field-table"
import type { ExtraFieldName, FeedField, FeedFieldName, FeedRow, ProductCells, ProductFieldName } from "./field-table"
import type { Loss } from "../items/loss"
import type { MappedItem } from "../items/map-item"
import type { MapItemCatalog, MapItemHook } from "../map-item-hook"
import type { ProductSource } from "../store/product-details"
import type { VariantSource } from "../store/product-sources"
import type { Currency } from "../prices/price-text"
import { closeSources } from "./read-only"
import { hookFailure, runHook } from "./run-hook"
import { joinDetails, type DetailNames } from "../store/source-details"
import { detailsOf, sourceReader, type SourceReader } from "./source-readers"

/** What a catalogue's column settings and the store's own code make of a row; worked out once and used for every row. */
export type ColumnMapping = {
  /** Columns its files have beyond the default ones, in file order. */
  extra: readonly ExtraFieldName[]
  /** What has to be read of the store beyond what every build reads. */
  details: DetailNames
  /** Fills the columns of a row that the built-in mapping has made. `item` is changed and must be nobody else's. */
  apply(item: MappedItem, sources: { variant: VariantSource; product: ProductSource }): MappedItem
}

/** What a mapping is made from. `catalog` is what the hook is told. */
export type ColumnMappingInput = { sources: ColumnSettings; hook: MapItemHook | null; currency: Currency; catalog: MapItemCatalog }

type SettableField = FeedField & { name: FeedFieldName }

/** A column whose value is chosen. An alternative of null is the built-in source. */
type SetColumn = { name: FeedFieldName; alternatives: (SourceReader | null)[]; format: CellFormat; report: Report }

/** A row being filled: its product half is shared and only copied where it changes. */
type Filling = { row: FeedRow; extra: Partial<Record<ExtraFieldName, string>>; product: Partial<ProductCells>; changes: string[] }

/**
 * Compiles column settings and hook into one function. Settings of columns that are not known or cannot be set are passed over. Pure.
 *
 * @returns null where neither is there: the built-in mapping then stands as it is.
 */
export function compileColumns({ sources, hook, currency, catalog }: ColumnMappingInput): ColumnMapping | null {
  const fields = FEED_FIELDS.filter((field) => isSettable(field.name) && sources.has(field.name))
  if (fields.length === 0 && hook === null) return null
  let losses: Loss[] = []
  const reportFor = (field: FeedFieldName): Report => (kind, value, reason) => losses.push({ kind, field, value, ...(reason ? { reason } : {}) })
  const formatFor = (field: SettableField) => ({ name: field.name, format: cellFormat(field, currency), report: reportFor(field.name) })
  const columns: SetColumn[] = fields.map((field) => ({ ...formatFor(field), alternatives: alternativesOf(sources.get(field.name)!, field.name) }))
  const isSet = new Set<string>(columns.map((column) => column.name))
  const declared = new Set<string>([...columns.filter(({ alternatives }) => alternatives.length > 0).map(({ name }) => name), ...(hook?.columns ?? [])])
  const extra = EXTRA_COLUMNS.filter((name) => declared.has(name))
  // A column that is emptied is in no file, and is written to all the same.
  const hasExtra = extra.length > 0 || EXTRA_COLUMNS.some((name) => isSet.has(name))
  const writable = new Map(FEED_FIELDS.filter((field) => isSettable(field.name) && (declared.has(field.name) || !isExtra(field.name))).map((field) => [field.name as string, formatFor(field)]))
  const shareProduct = productSharer()

  function fromSources(filling: Filling, item: MappedItem, variant: VariantSource, product: ProductSource): void {
    for (const column of columns) {
      let cell = ""
      for (const read of column.alternatives) {
        if (read === null) {
          cell = cellOf(item.row, column.name)
          losses.push(...item.losses.filter((loss) => loss.field === column.name))
        } else {
          cell = column.format(read(variant, product), column.report)
        }
        if (cell !== "") break
      }
      put(filling, column.name, cell)
    }
  }

  function fromHook(filling: Filling, map: MapItemHook["map"], variant: VariantSource, product: ProductSource): void {
    closeSources(variant, product)
    const changed = runHook(map, { ...filling.row, product: { ...filling.row.product, ...filling.product }, extra: filling.extra }, { variant, product, catalog })
    if (!Array.isArray(changed)) {
      losses.push(changed)
      return
    }
    for (const [name, value] of changed) {
      const column = writable.get(name)
      if (column) put(filling, column.name, hookCell(column, value))
      else losses.push({ kind: "hook_refused", field: name, reason: refusalOf(name) })
    }
  }

  /** What was wrong with the value that this one takes the place of is of no concern any more. */
  function hookCell(column: Pick<SetColumn, "name" | "format" | "report">, value: unknown): string {
    losses = losses.filter((loss) => loss.field !== column.name)
    try {
      return column.format(value, column.report)
    } catch (error) {
      // The value is the store's own object: it may hold itself, or throw when it is read.
      losses.push(hookFailure(error))
      return ""
    }
  }

  return {
    extra,
    details: columnDetails(sources),
    apply(item, { variant, product }) {
      const filling: Filling = { row: item.row, extra: hasExtra ? {} : NO_EXTRA, product: {}, changes: [] }
      losses = item.losses.filter((loss) => !isSet.has(loss.field))
      fromSources(filling, item, variant, product)
      if (hook !== null) fromHook(filling, hook.map, variant, product)
      item.row.extra = filling.extra
      item.row.product = shareProduct(item.row.product, filling.product)
      item.losses = losses
      item.hash = hash("md5", `${item.hash}\n${filling.changes.join("\n")}`)
      return item
    },
  }
}

/** Whether a person or the store's own code may choose what fills a column. */
export function isSettable(name: string): boolean {
  const field = fieldOf(name)
  return field !== undefined && field.fixed !== true
}

function alternativesOf(sources: readonly ColumnSource[], field: FeedFieldName): (SourceReader | null)[] {
  return sources.map((source) => (source.from === "default" ? null : sourceReader(source, field)))
}

function columnDetails(sources: ColumnSettings): DetailNames {
  return [...sources.values()].flat().map(detailsOf).reduce(joinDetails, { product: [], variant: [] })
}

function put(filling: Filling, name: FeedFieldName, cell: string): void {
  filling.changes.push(name, cell)
  if (isExtra(name)) filling.extra[name] = cell
  else if (isOfProduct(name)) filling.product[name] = cell
  else filling.row.variant[name] = cell
}

/**
 * Gives rows whose product half is changed in the same way the same object again, as long as they follow each other, so that what it
 * costs to write is paid once.
 */
function productSharer(): (base: ProductCells, changes: Partial<ProductCells>) => ProductCells {
  let last: { base: ProductCells; key: string; cells: ProductCells } | undefined
  return (base, changes) => {
    const key = JSON.stringify(changes)
    if (key === "{}") return base
    if (last?.base !== base || last.key !== key) last = { base, key, cells: { ...base, ...changes } }
    return last.cells
  }
}

const EXTRA: ReadonlySet<string> = new Set(EXTRA_COLUMNS)
const OF_PRODUCT: ReadonlySet<string> = new Set(PRODUCT_COLUMNS)

function isExtra(name: string): name is ExtraFieldName {
  return EXTRA.has(name)
}

function isOfProduct(name: Exclude<FeedFieldName, ExtraFieldName>): name is ProductFieldName {
  return OF_PRODUCT.has(name)
}

function refusalOf(name: string): string {
  if (fieldOf(name) === undefined) return "is no column of Meta's that the plugin knows"
  return isSettable(name) ? "is not in the file: name it in the hook's columns" : "is filled in by the plugin and cannot be changed"
}
