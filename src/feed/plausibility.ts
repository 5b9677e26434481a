import type { LostColumn } from "./lost-columns"

/** What one build did with every item it considered. */
export type BuildCounts = {
  /** Offered variants read from the store. */
  offered: number
  /** Items that are no longer offered. */
  gone: number
  /** Rows mapped from the store as it is. */
  fresh: number
  /** Rows of offered but invalid items, written from their last valid row. */
  keptInvalid: number
  /** Rows of gone items, written from their last valid row. */
  keptGone: number
  /** Items without a row. */
  omitted: number
  /** Gone items without a row because they are gone for longer than the catalogue keeps them. */
  retired: number
  /** Rows of the served file that this one leaves out on purpose, each known by its item. */
  leaving: number
  /** Lines the writer was given. */
  rows: number
}

/** What the counts are judged by. */
export type PlausibilityInput = {
  counts: BuildCounts
  /** Rows of the snapshot served now, null before the first. */
  publishedRows: number | null
  /** How much smaller a feed may become at once. */
  shrink: { sharePercent: number; minimumItems: number }
  /** Columns that have a value in far fewer rows than in the served file; see `lostColumns`. */
  lostColumns: LostColumn[]
  /** Items on sale at Meta, and how many of them the build would take off sale although no stock event said so. */
  massChange: { selling: number; unavailable: number; isHeld: boolean }
  /** A person has released a mass change. */
  isReleased: boolean
}

export type Verdict = { publish: true } | { publish: false; reason: string }

/**
 * Decides whether a complete file may replace the one served now. Pure.
 *
 * A replace feed deletes what it omits, so a file that lacks items by accident is worse than an old one. What leaves on purpose does
 * not count as lost.
 *
 * @throws Error when the counts contradict each other: the build itself is wrong then, and no person can release it.
 */
export function judge({ counts, publishedRows, shrink, lostColumns, massChange, isReleased }: PlausibilityInput): Verdict {
  const accounted = counts.fresh + counts.keptInvalid + counts.keptGone
  if (counts.rows !== accounted || counts.offered + counts.gone !== accounted + counts.omitted + counts.retired) {
    throw new Error(`The feed does not add up, it was not published: ${JSON.stringify(counts)}`)
  }
  if (counts.rows === 0) {
    return hold("The feed would be empty: no product is published, linked to the sales channel and complete enough for Meta.")
  }
  if (isReleased) return { publish: true }
  const reasons: string[] = []
  const lost = (publishedRows ?? 0) - counts.leaving - counts.rows
  if (lost >= shrink.minimumItems && lost * 100 > (publishedRows ?? 0) * shrink.sharePercent) {
    reasons.push(`The feed would shrink from ${publishedRows} to ${counts.rows} rows, and Meta deletes what is missing.`)
  }
  if (lostColumns.length > 0) {
    const columns = lostColumns.map(({ column, before, now }) => `${column} (${before} rows before, ${now} now)`).join(", ")
    reasons.push(`Values would be lost in ${columns}, and Meta may clear what a file leaves empty.`)
  }
  if (massChange.isHeld) {
    reasons.push(`${massChange.unavailable} of ${massChange.selling} items on sale would become unavailable at once.`)
  }
  return reasons.length > 0 ? hold(reasons.join(" ")) : { publish: true }
}

function hold(reason: string): Verdict {
  return { publish: false, reason }
}
