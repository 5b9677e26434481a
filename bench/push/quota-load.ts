/** What becomes of an item's stock at one moment of the load. */
export type PlannedChange = { atMs: number; item: number; kind: "sell_out" | "restock" | "change" }

const CHANGE_EVERY_MS = 6_000
/** Every so many changes one item sells out, and one that has sold out long enough comes back. */
const SELL_OUT_EVERY = 25
const BACK_AFTER = 4

/**
 * A shop that never rests: every six seconds the stock of another item changes, every two and a half minutes one sells out, and ten
 * minutes later it comes back. No item changes twice while it may be in flight, so no wait is a wait for Meta's own processing.
 *
 * @param items how many there are; each is used at most once, restocks apart
 */
export function planLoad({ hours, items }: { hours: number; items: number }): PlannedChange[] {
  const count = Math.floor((hours * 3_600_000) / CHANGE_EVERY_MS)
  if (items < count) {
    throw new Error(`${count} changes need as many items, and there are ${items}`)
  }
  return Array.from({ length: count }, (_, index): PlannedChange => {
    const atMs = (index + 1) * CHANGE_EVERY_MS
    const place = index % SELL_OUT_EVERY
    if (place === 0) {
      return { atMs, item: index, kind: "sell_out" }
    }
    const soldOut = index - 12 - BACK_AFTER * SELL_OUT_EVERY
    return place === 12 && soldOut >= 0 ? { atMs, item: soldOut, kind: "restock" } : { atMs, item: index, kind: "change" }
  })
}

/** How many calls it would take if each waited a second for company and no longer. */
export function callsAtOneSecond(changes: PlannedChange[]): number {
  let calls = 0
  let leavesAt = -Infinity
  for (const { atMs } of changes) {
    if (atMs > leavesAt) {
      calls += 1
      leavesAt = atMs + 1_000
    }
  }
  return calls
}
