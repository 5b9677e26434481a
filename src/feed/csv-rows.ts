import { stringify } from "csv-stringify/sync"
import { FEED_COLUMNS, type Cells } from "../catalog/field-table"

/** The header line. No byte order mark: what Meta makes of one is not known (CONTRACT 7.3). */
export function csvHeader(): string {
  return stringify([FEED_COLUMNS as string[]])
}

/**
 * A page of rows as CSV lines, quoted where RFC 4180 asks for it. A page at a time, because a stream of single rows costs
 * several times more than mapping and compressing them.
 */
export function csvRows(page: Cells[]): string {
  return stringify(page.map((cells) => FEED_COLUMNS.map((column) => cells[column] ?? "")))
}
