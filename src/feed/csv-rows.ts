import { stringify } from "csv-stringify/sync"
import { DEFAULT_LAYOUT, type FeedRow, type ProductCells, type RowLayout } from "../catalog/columns/field-table"

const LINE_END = "\n"
/** What stands between cells. */
export type Delimiter = "," | "\t"
/** What makes a cell need quotes (RFC 4180). */
const SPECIAL = { ",": /[",\r\n]/, "\t": /["\t\r\n]/ } as const satisfies Record<Delimiter, RegExp>
/** Quoted cells that are remembered: variants of one product often share theirs, such as a list of images. */
const REMEMBERED = 1_000

/** The header line. No byte order mark: what Meta makes of one is not known (CONTRACT 7.3). */
export function csvHeader(delimiter: Delimiter = ",", { variant, extra, product }: RowLayout = DEFAULT_LAYOUT): string {
  return stringify([[...variant, ...extra, ...product]], { delimiter, record_delimiter: LINE_END })
}

/** Turns a page of rows into lines. */
export type CsvRows = (page: FeedRow[]) => string

/**
 * Writes pages of rows as CSV, or with tabs as TSV, which quotes in the same way. csv-stringify spends several small objects
 * on every cell, which at millions of cells is most of the work; so it gets a product's half of the lines once for all
 * variants, and of the variant's half the cells that need quotes.
 */
export function csvWriter(delimiter: Delimiter = ",", layout: RowLayout = DEFAULT_LAYOUT): CsvRows {
  const special = SPECIAL[delimiter]
  const quoted = new Map<string, string>()
  let product: { cells: ProductCells; half: string } | undefined

  function cell(text: string): string {
    if (!special.test(text)) return text
    let known = quoted.get(text)
    if (known === undefined) {
      if (quoted.size >= REMEMBERED) quoted.clear()
      known = stringify([[text]], { eof: false, quoted: true })
      quoted.set(text, known)
    }
    return known
  }

  function productHalf(cells: ProductCells): string {
    if (product?.cells !== cells) {
      product = { cells, half: stringify([layout.product.map((column) => cells[column])], { delimiter, record_delimiter: LINE_END }) }
    }
    return product.half
  }

  return (page) => {
    let lines = ""
    for (const row of page) {
      for (const column of layout.variant) lines += cell(row.variant[column]) + delimiter
      for (const column of layout.extra) lines += cell(row.extra[column] ?? "") + delimiter
      // Every cell before the product's half has a delimiter behind it; without that half the last one is the line's end.
      lines = layout.product.length > 0 ? lines + productHalf(row.product) : lines.slice(0, -1) + LINE_END
    }
    return lines
  }
}
