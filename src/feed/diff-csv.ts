import { stringify } from "csv-stringify/sync"
import type { RowComparison, RowDifference } from "./compare-rows"
import { titleOf } from "./diff-summary"
import type { ColumnIndex } from "./stored-rows"

const LINES_AT_ONCE = 500
const HEADER = ["retailer_id", "kind", "column", "before", "after"]

/**
 * Every difference as CSV for a spreadsheet: a line for each cell that changed, and one with the title for each row that was added or
 * removed. Cells that begin like a formula get an apostrophe in front, and a byte order mark tells the spreadsheet that it is UTF-8.
 */
export async function* diffCsv(comparison: RowComparison, columns: ColumnIndex): AsyncGenerator<string> {
  yield stringify([HEADER], { bom: true })
  let lines: string[][] = []
  for await (const difference of comparison.differences()) {
    lines.push(...linesOf(difference, columns))
    if (lines.length >= LINES_AT_ONCE) {
      yield stringify(lines, { escape_formulas: true })
      lines = []
    }
  }
  if (lines.length > 0) yield stringify(lines, { escape_formulas: true })
}

function linesOf(difference: RowDifference, columns: ColumnIndex): string[][] {
  switch (difference.kind) {
    case "added":
      return [[difference.id, "added", "title", "", titleOf(difference.after, columns)]]
    case "removed":
      return [[difference.id, "removed", "title", titleOf(difference.before, columns), ""]]
    case "changed":
      return difference.positions.map((position) => [
        difference.id,
        "changed",
        columns.names[position],
        difference.before.cells[position] ?? "",
        difference.after.cells[position] ?? "",
      ])
  }
}
