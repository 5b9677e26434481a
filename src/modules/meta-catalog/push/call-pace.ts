/** Who asks for a call: the reserve is kept for sell-outs. */
export type Urgency = "sell_out" | "ordinary"

/** What a catalogue's hour looks like; times are milliseconds from now. */
export type HourOfCalls = {
  callsPerHour: number
  /** The counted calls by the moment each stops counting, earliest first: our own, and those of others as far as we know. */
  leaving: { inMs: number; calls: number }[]
  /** Null when no call is on record. */
  sinceLastCallMs: number | null
  /** Until Meta, or a row of failures, lets calls pass again; 0 when nothing is in the way. */
  blockedMs: number
}

/** What one kind of call may do. */
export type CallOutlook = {
  /** Calls of this kind that fit into the hour right now. */
  left: number
  /** The distance between calls that lasts; 0 while the budget is ample. */
  paceMs: number
  /** Until the next call at that pace; 0 when it may be made now. */
  waitMs: number
  /** Until a call fits at all, whatever the pace. */
  fitsInMs: number
}

/** Meta's budgets are counted over a rolling hour (CONTRACT 2.2). */
export const HOUR_MS = 3_600_000

/** How long a call of ours counts: it begins when it is recorded, Meta's hour when it arrives, which may take a minute and a half. */
export const COUNTED_MS = HOUR_MS + 90_000

/** The share of the budget that only sell-outs may use. */
export const RESERVE = 0.2

/** Up to this share of use calls follow each other freely; from the second on they keep to the pace that lasts the hour. */
const AMPLE = 0.2
const SCARCE = 0.5
/** With this much of the reserve left sell-outs, too, keep to the pace that lasts. */
const THIN_RESERVE = 0.25

/** Calls of this kind that the whole budget has room for. */
export function limitOf(callsPerHour: number, urgency: Urgency): number {
  return Math.max(1, urgency === "sell_out" ? callsPerHour : callsPerHour - Math.ceil(callsPerHour * RESERVE))
}

/**
 * When the next call of this kind may be made. Pure.
 *
 * A rolling hour forgives nothing: what a burst used is missing for an hour. So the distance between calls grows from
 * nothing to the *lasting pace* while the use of the budget grows from a fifth to a half: the pace at which what is left
 * lasts, at every moment of the coming hour, until earlier calls stop counting. The limit is approached and not run into.
 * Sell-outs go by the same rule with the reserve: freely while it is whole, at the lasting pace when a quarter of it is left.
 */
export function outlook(hour: HourOfCalls, urgency: Urgency): CallOutlook {
  const limit = limitOf(hour.callsPerHour, urgency)
  const used = hour.leaving.reduce((sum, { calls }) => sum + calls, 0)
  const left = Math.max(0, limit - used)
  const paceMs = Math.round(scarcity(urgency, left / limit) * lastingPaceMs(hour, limit))
  const fitsInMs = Math.max(hour.blockedMs, untilGone(hour, used - limit + 1))
  const pacedInMs = hour.sinceLastCallMs === null ? 0 : paceMs - hour.sinceLastCallMs
  return { left, paceMs, fitsInMs, waitMs: Math.max(fitsInMs, pacedInMs) }
}

/** 0 = spend freely, 1 = keep to the lasting pace. */
function scarcity(urgency: Urgency, shareLeft: number): number {
  if (urgency === "ordinary") {
    return clamp((1 - shareLeft - AMPLE) / (SCARCE - AMPLE))
  }
  return clamp((1 - shareLeft / RESERVE) / (1 - THIN_RESERVE))
}

/** The shortest distance at which no moment of the coming hour meets an empty budget. */
function lastingPaceMs({ leaving }: HourOfCalls, limit: number): number {
  let room = limit - leaving.reduce((sum, { calls }) => sum + calls, 0)
  let pace = COUNTED_MS / limit
  for (const { inMs, calls } of leaving) {
    pace = Math.max(pace, inMs / Math.max(1, room))
    room += calls
  }
  return pace
}

/** Until this many counted calls have stopped counting. */
function untilGone({ leaving }: HourOfCalls, count: number): number {
  let missing = count
  for (const { inMs, calls } of missing > 0 ? leaving : []) {
    missing -= calls
    if (missing <= 0) {
      return inMs
    }
  }
  return 0
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share))
}
