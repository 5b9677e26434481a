import { limitOf, outlook, type HourOfCalls, type Urgency } from "./call-pace"
import { PRIORITY } from "./priority"

/** What waits to be claimed. Times are milliseconds from now, negative for a past mark; null where there is none. */
export type DueItems = {
  /** Due now, counted up to `ITEMS_PER_CALL`. */
  count: number
  oldestInMs: number | null
  oldestSellOutInMs: number | null
  oldestOtherInMs: number | null
  /** The oldest mark whose value nobody has compared yet, sell-outs excepted. */
  oldestUnrankedInMs: number | null
  /** The oldest mark of an item in a carrier, likewise: only its rank shows whether it is a sell-out, which alone may be sent. */
  oldestCarriedInMs: number | null
}

/**
 * What a push does next, and in how long. `rank` compares due values with what Meta holds, so that sell-outs can go first;
 * `call` claims up to `maxPriority` (null: everything) and sends.
 */
export type PushStep = { inMs: number } & ({ step: "rank" } | { step: "call"; urgency: Urgency; maxPriority: number | null })

/** Meta takes 5000 items in a call and advises fewer than 3000 (CONTRACT 3.1). */
export const ITEMS_PER_CALL = 2_999

export type PushPace = {
  /** How long a change waits for company, while the budget is ample. */
  pushDelayMs: number
  /** False right after ranking: marks that came meanwhile must not hold up the call. */
  mayRank?: boolean
}

/** What has waited this long goes along with the reserve's calls, or a row of sell-outs would hold it up for good. */
const LONGEST_UNFAIR_WAIT_MS = 5 * 60_000
/** A full call gains no company by waiting, so it need not keep to the pace, as long as this share of the budget is left. */
const FULL_CALLS_LEAVE = 0.25

/**
 * The next step of a catalogue's push. Pure. A change waits `pushDelayMs` for company, and longer as the hour is used up
 * (see `call-pace.ts`). A call takes everything that is due, sell-outs first; only a call of the reserve takes sell-outs alone.
 * Values are compared before the call only where not everything can leave at once, because otherwise the order is no matter.
 *
 * @returns null when nothing waits.
 */
export function planPush(due: DueItems, hour: HourOfCalls, { pushDelayMs, mayRank = true }: PushPace): PushStep | null {
  const steps = due.oldestInMs === null ? [] : stepsOf({ ...due, oldestInMs: due.oldestInMs }, hour, { pushDelayMs, mayRank })
  if (mayRank && due.oldestCarriedInMs !== null) {
    steps.unshift({ step: "rank", inMs: Math.max(0, due.oldestCarriedInMs + pushDelayMs, hour.blockedMs) })
  }
  return steps.reduce<PushStep | null>((next, other) => (next === null || other.inMs < next.inMs ? other : next), null)
}

/** What may be done about items that can be claimed; of two steps at the same time the first goes first. */
function stepsOf(due: DueItems & { oldestInMs: number }, hour: HourOfCalls, { pushDelayMs, mayRank }: Required<PushPace>): PushStep[] {
  const isFull = due.count >= ITEMS_PER_CALL
  const gatheredIn = (markInMs: number) => Math.max(0, markInMs + (isFull ? 0 : pushDelayMs))
  const ordinary = outlook(hour, "ordinary")
  const keepsPace = !isFull || ordinary.left <= limitOf(hour.callsPerHour, "ordinary") * FULL_CALLS_LEAVE
  const call = {
    step: "call" as const,
    urgency: "ordinary" as const,
    maxPriority: null,
    inMs: Math.max(gatheredIn(due.oldestInMs), keepsPace ? ordinary.waitMs : ordinary.fitsInMs),
  }
  const steps: PushStep[] = [call]
  if (due.oldestSellOutInMs !== null) {
    const isUnfair = due.oldestOtherInMs !== null && due.oldestOtherInMs < -LONGEST_UNFAIR_WAIT_MS
    steps.unshift({
      step: "call",
      urgency: "sell_out",
      maxPriority: ordinary.left > 0 || isUnfair ? null : PRIORITY.sellOut,
      inMs: Math.max(gatheredIn(due.oldestSellOutInMs), outlook(hour, "sell_out").waitMs),
    })
  }
  if (mayRank && due.oldestUnrankedInMs !== null) {
    const rankIn = Math.max(gatheredIn(due.oldestUnrankedInMs), hour.blockedMs)
    if (call.inMs > rankIn || (isFull && ordinary.paceMs > 0)) {
      steps.unshift({ step: "rank", inMs: rankIn })
    }
  }
  return steps
}
