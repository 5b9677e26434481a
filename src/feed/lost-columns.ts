import type { FilledCells } from "./filled-cells"

/** A file as its columns were counted. */
export type CountedFile = {
  /** Lines of the file. */
  rows: number
  filled: FilledCells
  /** Stands for what a person has set about a column; a column without settings is missing. */
  settings: Record<string, string>
}

/** A column that has a value in far fewer rows than before. */
export type LostColumn = { column: string; before: number; now: number }

/** These come and go with the calendar, in as many rows as they like: a sale ends, a preorder arrives, a former id has been named for long enough. */
const FLEETING: ReadonlySet<string> = new Set([
  "availability_date",
  "sale_price",
  "sale_price_effective_date",
  "offer_price",
  "offer_price_effective_date",
  "expiration_date",
  "previous_id",
])

/**
 * Columns of the served file that have lost more values than an accident may take, by the share and the number that a feed may
 * shrink by. Rows that are gone take their values with them, and rows that are new owe none. A column that the new file does not
 * have was taken out on purpose; where a person has set something else about a column since, its loss is meant. Pure.
 */
export function lostColumns(
  before: CountedFile,
  now: CountedFile,
  { sharePercent, minimumItems }: { sharePercent: number; minimumItems: number }
): LostColumn[] {
  const kept = before.rows === 0 ? 0 : Math.min(1, now.rows / before.rows)
  return Object.entries(before.filled)
    .map(([column, filled]) => ({ column, before: filled, now: now.filled[column] ?? 0 }))
    .filter((lost) => {
      if (FLEETING.has(lost.column) || !(lost.column in now.filled)) return false
      if (before.settings[lost.column] !== now.settings[lost.column]) return false
      const expected = lost.before * kept
      const missing = expected - lost.now
      return missing >= minimumItems && missing * 100 > expected * sharePercent
    })
}
