import { stringify } from "csv-stringify/sync"
import { PRODUCT_COLUMNS, VARIANT_COLUMNS, type FeedRow, type ProductCells, type VariantFieldName } from "../catalog/field-table"

const LINE_END = "\n"
/** What stands between cells. */
export type Delimiter = "," | "\t"
/** What makes a cell need quotes (RFC 4180). */
const SPECIAL = { ",": /[",\r\n]/, "\t": /["\t\r\n]/ } as const satisfies Record<Delimiter, RegExp>
/** Quoted cells that are remembered: variants of one product often share theirs, such as a list of images. */
const REMEMBERED = 1_000

/** The header line. No byte order mark: what Meta makes of one is not known (CONTRACT 7.3). `columns` are those of the variant's half. */
export function csvHeader(delimiter: Delimiter = ",", columns: readonly VariantFieldName[] = VARIANT_COLUMNS): string {
  return stringify([[...columns, ...PRODUCT_COLUMNS]], { delimiter, record_delimiter: LINE_END })
}

/** Turns a page of rows into lines. */
export type CsvRows = (page: FeedRow[]) => string

/**
 * Writes pages of rows as CSV, or with tabs as TSV, which quotes in the same way. csv-stringify spends several small objects
 * on every cell, which at millions of cells is most of the work; so it gets a product's half of the lines once for all
 * variants, and of the variant's half the cells that need quotes.
 */
export function csvWriter(delimiter: Delimiter = ",", columns: readonly VariantFieldName[] = VARIANT_COLUMNS): CsvRows {
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
      product = { cells, half: stringify([PRODUCT_COLUMNS.map((column) => cells[column])], { delimiter, record_delimiter: LINE_END }) }
    }
    return product.half
  }

  return (page) => {
    let lines = ""
    for (const row of page) {
      for (const column of columns) lines += cell(row.variant[column]) + delimiter
      lines += productHalf(row.product)
    }
    return lines
  }
}
