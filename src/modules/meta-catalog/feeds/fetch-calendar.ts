/** Days as Meta writes them (CONTRACT 5.2), in the order of a JavaScript week. */
export const WEEKDAYS = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"] as const

/** Hours of a schedule without a timezone are Pacific time (CONTRACT 5.2). */
export const DEFAULT_ZONE = "America/Los_Angeles"

/** When Meta fetches a file: its schedule object without place and credentials (CONTRACT 5.2). */
export type FetchSchedule = {
  interval: "HOURLY" | "DAILY" | "WEEKLY" | "MONTHLY"
  interval_count?: number
  hour?: number
  minute?: number
  timezone?: string
  day_of_week?: (typeof WEEKDAYS)[number]
  day_of_month?: number
}

type Wall = { year: number; month: number; day: number; hour: number; minute: number }

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/**
 * The next time Meta fetches by this schedule, later than `after`. Meta does not say from when it counts several intervals: they are
 * counted from its last fetch, and until it has fetched any occurrence may be the one.
 *
 * A time that a clock change skips comes as much later as the clock jumps; of a time that occurs twice the first counts, because a file
 * has to be ready for it. The 29th to 31st is the last day of a shorter month. How Meta sees these three is not known.
 *
 * @throws RangeError for a timezone that is none.
 */
export function nextFetch(schedule: FetchSchedule, { after, lastFetch }: { after: Date; lastFetch?: Date | null }): Date {
  const every = schedule.interval_count ?? 1
  if (every > 1 && lastFetch) {
    const counted = occurrence(schedule, lastFetch, every)
    if (counted > after) {
      return counted
    }
  }
  return occurrence(schedule, after, 1)
}

/** The `nth` occurrence later than `after` of the schedule with an interval count of one. */
function occurrence(schedule: FetchSchedule, after: Date, nth: number): Date {
  let found = after
  for (let passed = 0; passed < nth; passed += 1) {
    found = schedule.interval === "HOURLY" ? nextHour(schedule, found) : nextDay(schedule, found)
  }
  return found
}

function nextHour({ minute = 0, timezone = DEFAULT_ZONE }: FetchSchedule, after: Date): Date {
  let instant = Math.floor(after.getTime() / MINUTE_MS) * MINUTE_MS + MINUTE_MS
  // Twice, because the clock may change by part of an hour in between.
  for (let round = 0; round < 2; round += 1) {
    instant += ((minute - wallTime(instant, timezone).minute + 60) % 60) * MINUTE_MS
  }
  return new Date(instant)
}

function nextDay(schedule: FetchSchedule, after: Date): Date {
  const zone = schedule.timezone ?? DEFAULT_ZONE
  const today = { ...wallTime(after.getTime(), zone), hour: schedule.hour ?? 0, minute: schedule.minute ?? 0 }
  // From the one before: a clock change may have put it off.
  for (let step = -1; ; step += 1) {
    const instant = instantOf(candidate(schedule, today, step), zone)
    if (instant > after.getTime()) {
      return new Date(instant)
    }
  }
}

function candidate({ interval, day_of_week, day_of_month = 1 }: FetchSchedule, today: Wall, step: number): Wall {
  if (interval === "MONTHLY") {
    const first = new Date(Date.UTC(today.year, today.month - 1 + step, 1))
    const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
    return { ...today, year: first.getUTCFullYear(), month: first.getUTCMonth() + 1, day: Math.min(day_of_month, days) }
  }
  const weekday = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay()
  const ahead = interval === "WEEKLY" ? ((day_of_week ? WEEKDAYS.indexOf(day_of_week) : 0) - weekday + 7) % 7 + 7 * step : step
  const date = new Date(Date.UTC(today.year, today.month - 1, today.day + ahead))
  return { ...today, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** The first instant at which the zone's clocks show this time; where they skip it, as much later as they jump. */
function instantOf(wall: Wall, zone: string): number {
  const shown = asUtc(wall)
  const before = shown - offsetAt(shown - DAY_MS, zone)
  const after = shown - offsetAt(shown + DAY_MS, zone)
  const [earlier, later] = before < after ? [before, after] : [after, before]
  if (asUtc(wallTime(earlier, zone)) === shown) {
    return earlier
  }
  return asUtc(wallTime(later, zone)) === shown ? later : before
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  return asUtc(wallTime(instant, zone)) - Math.floor(instant / MINUTE_MS) * MINUTE_MS
}

function asUtc({ year, month, day, hour, minute }: Wall): number {
  return Date.UTC(year, month - 1, day, hour, minute)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function wallTime(instant: number, zone: string): Wall {
  const clock = clocks.get(zone) ?? new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...NUMBERS })
  clocks.set(zone, clock)
  const parts = Object.fromEntries(clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  return { year: parts.year, month: parts.month, day: parts.day, hour: parts.hour, minute: parts.minute }
}

const NUMBERS = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const

/** Fetches of everything and of updates must be this far apart, because Meta may not take in both at once (CONTRACT 5.2). */
export const MINUTES_APART = 10

/** How many fetches of everything are looked at: more than a year of days, so that every clock change is among them. */
const LOOKED_AT = 370

/**
 * The first time a fetch of everything and one of updates come too near each other, or null where they never do. With several intervals
 * at a time any occurrence may be the one.
 */
export function collision(schedule: FetchSchedule, updates: FetchSchedule, from: Date): Date | null {
  const distance = MINUTES_APART * MINUTE_MS
  let whole = from
  for (let seen = 0; seen < (schedule.interval === "HOURLY" ? 24 : LOOKED_AT); seen += 1) {
    whole = occurrence(schedule, whole, 1)
    const update = occurrence(updates, new Date(whole.getTime() - distance), 1)
    if (update.getTime() < whole.getTime() + distance) {
      return whole
    }
  }
  return null
}

/** Whether two names mean the same clock, now and in both halves of a year. */
export function isSameZone(one: string, other: string): boolean {
  const year = new Date().getUTCFullYear()
  return [Date.now(), Date.UTC(year, 0, 15), Date.UTC(year, 6, 15)].every((instant) => {
    try {
      return offsetAt(instant, one) === offsetAt(instant, other)
    } catch {
      return one === other
    }
  })
}
