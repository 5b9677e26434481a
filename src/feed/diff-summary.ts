import { cut } from "../catalog/items/plain-text"
import type { RowComparison, RowDifference } from "./compare-rows"
import type { ColumnIndex, StoredRow } from "./stored-rows"

/** How many rows that both files have differ in one column; of these, had no value before (`filled`) or have none now (`cleared`). */
export type ColumnDiff = { column: string; rows: number; filled: number; cleared: number }

/** One row that differs, to be looked at; long cells are cut. Of an added or removed row no cells are given. */
export type DiffSample = {
  kind: RowDifference["kind"]
  retailer_id: string
  title: string
  cells: { column: string; before: string; after: string }[]
}

/** How a file differs from the one before it, in numbers of rows. `columns` come with the most rows first. */
export type DiffSummary = { added: number; removed: number; changed: number; unchanged: number; columns: ColumnDiff[]; samples: DiffSample[] }

const SAMPLES = 20
/** Of added rows, and of removed ones, that come before changed rows where there are many of each. */
const SAMPLES_OF_A_KIND = 5
/** A column is shown in this many samples before another column's turn has passed. */
const SAMPLES_OF_A_COLUMN = 2
const LONGEST_CELL = 200

/** Reads a comparison to its end and sums it up. */
export async function summariseDiff(comparison: RowComparison, columns: ColumnIndex): Promise<DiffSummary> {
  const counts = { added: 0, removed: 0, changed: 0 }
  const byColumn: ColumnDiff[] = []
  const samples: Record<RowDifference["kind"], DiffSample[]> = { added: [], removed: [], changed: [] }
  const others: DiffSample[] = []
  const shown: number[] = []

  function countColumns({ before, after, positions }: RowDifference & { kind: "changed" }): void {
    for (const position of positions) {
      const entry = (byColumn[position] ??= { column: columns.names[position], rows: 0, filled: 0, cleared: 0 })
      entry.rows += 1
      if (!before.cells[position]) entry.filled += 1
      if (!after.cells[position]) entry.cleared += 1
    }
  }

  function keepSample(difference: RowDifference): void {
    const isNews = difference.kind === "changed" && difference.positions.some((position) => (shown[position] ?? 0) < SAMPLES_OF_A_COLUMN)
    const place = difference.kind === "changed" && !isNews ? others : samples[difference.kind]
    if (place.length === SAMPLES) return
    place.push(sampleOf(difference, columns))
    if (difference.kind === "changed") for (const position of difference.positions) shown[position] = (shown[position] ?? 0) + 1
  }

  for await (const difference of comparison.differences()) {
    counts[difference.kind] += 1
    if (difference.kind === "changed") countColumns(difference)
    keepSample(difference)
  }
  return {
    ...counts,
    unchanged: comparison.unchanged,
    columns: byColumn.filter(Boolean).sort((one, other) => other.rows - one.rows),
    samples: choose(samples, others),
  }
}

function choose({ added, removed, changed }: Record<RowDifference["kind"], DiffSample[]>, others: DiffSample[]): DiffSample[] {
  const first = [...added.slice(0, SAMPLES_OF_A_KIND), ...removed.slice(0, SAMPLES_OF_A_KIND), ...changed, ...others]
  const rest = [...added.slice(SAMPLES_OF_A_KIND), ...removed.slice(SAMPLES_OF_A_KIND)]
  return [...first, ...rest].slice(0, SAMPLES)
}

function sampleOf(difference: RowDifference, columns: ColumnIndex): DiffSample {
  const row = difference.kind === "removed" ? difference.before : difference.after
  const cells = difference.kind === "changed" ? difference.positions.map((position) => cellsAt(difference, position, columns)) : []
  return { kind: difference.kind, retailer_id: difference.id, title: titleOf(row, columns), cells }
}

function cellsAt({ before, after }: { before: StoredRow; after: StoredRow }, position: number, columns: ColumnIndex) {
  return { column: columns.names[position], before: shortened(before.cells[position]), after: shortened(after.cells[position]) }
}

/** Title of a row, empty in a file without titles. */
export function titleOf(row: StoredRow, columns: ColumnIndex): string {
  return row.cells[columns.positionOf("title")] ?? ""
}

function shortened(cell: string | undefined): string {
  return cut(cell ?? "", LONGEST_CELL)
}
