import fc from "fast-check"
import { collision, isSameZone, nextFetch, WEEKDAYS, type FetchSchedule } from "../fetch-calendar"

const next = (schedule: FetchSchedule, after: string, lastFetch?: string) =>
  nextFetch(schedule, { after: new Date(after), lastFetch: lastFetch ? new Date(lastFetch) : null }).toISOString().replace(":00.000Z", "Z")

describe("the next fetch", () => {
  const daily: FetchSchedule = { interval: "DAILY", hour: 3, minute: 20, timezone: "Europe/London" }

  test.each<[string, FetchSchedule, string, string]>([
    ["keeps its wall time when clocks go back", daily, "2026-10-24T12:00:00Z", "2026-10-25T03:20Z"],
    ["is never the moment itself", daily, "2026-10-25T03:20:00Z", "2026-10-26T03:20Z"],
    ["is Pacific time without a timezone", { interval: "DAILY", hour: 22 }, "2026-07-21T12:00:00Z", "2026-07-22T05:00Z"],
    ["comes later by the jump where clocks skip it", { ...daily, hour: 2, minute: 30, timezone: "America/New_York" }, "2026-03-08T00:00:00Z", "2026-03-08T07:30Z"],
    ["is the first of two where clocks repeat it", { ...daily, hour: 1, minute: 30, timezone: "America/New_York" }, "2026-11-01T00:00:00Z", "2026-11-01T05:30Z"],
    ["comes once where clocks repeat it", { ...daily, hour: 1, minute: 30, timezone: "America/New_York" }, "2026-11-01T05:30:00Z", "2026-11-02T06:30Z"],
    ["is the last day of a shorter month", { interval: "MONTHLY", day_of_month: 31, hour: 6, timezone: "UTC" }, "2026-11-21T12:00:00Z", "2026-11-30T06:00Z"],
    ["is the 29th of a February that has one", { interval: "MONTHLY", day_of_month: 30, hour: 6, timezone: "UTC" }, "2028-02-01T00:00:00Z", "2028-02-29T06:00Z"],
    ["is in the next year", { interval: "MONTHLY", day_of_month: 5, hour: 0, timezone: "UTC" }, "2026-12-05T00:00:00Z", "2027-01-05T00:00Z"],
    ["comes on its weekday there", { interval: "WEEKLY", day_of_week: "MONDAY", hour: 1, timezone: "Asia/Tokyo" }, "2026-11-21T12:00:00Z", "2026-11-22T16:00Z"],
    ["comes at its minute of clocks that are half an hour off", { interval: "HOURLY", minute: 15, timezone: "Asia/Kolkata" }, "2026-11-21T12:00:00Z", "2026-11-21T12:45Z"],
  ])("%s", (_, schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected)
  })

  test("counts several intervals from Meta's last fetch, and takes any occurrence where that has passed", () => {
    const everySix: FetchSchedule = { interval: "HOURLY", interval_count: 6, minute: 5, timezone: "UTC" }
    expect(next(everySix, "2026-11-21T09:00:00Z", "2026-11-21T08:06:00Z")).toBe("2026-11-21T14:05Z")
    expect(next(everySix, "2026-11-21T15:00:00Z", "2026-11-21T08:06:00Z")).toBe("2026-11-21T15:05Z")
    expect(next(everySix, "2026-11-21T09:00:00Z")).toBe("2026-11-21T09:05Z")
    const everySecondWeek: FetchSchedule = { interval: "WEEKLY", interval_count: 2, day_of_week: "FRIDAY", timezone: "UTC" }
    expect(next(everySecondWeek, "2026-11-21T00:00:00Z", "2026-11-20T00:01:00Z")).toBe("2026-12-04T00:00Z")
  })

  test("is the first minute whose wall clock shows it, in every zone", () => {
    const zone = fc.constantFrom("UTC", "America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca")
    const schedule = fc.record({
      interval: fc.constantFrom("HOURLY" as const, "DAILY" as const, "WEEKLY" as const, "MONTHLY" as const),
      // Clocks change in the first hours of a day.
      hour: fc.integer({ min: 4, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
      timezone: zone,
      day_of_week: fc.constantFrom(...WEEKDAYS),
      day_of_month: fc.integer({ min: 1, max: 31 }),
    })
    const after = fc.date({ min: new Date("2025-01-01"), max: new Date("2030-01-01"), noInvalidDate: true })
    fc.assert(
      fc.property(schedule, after, (given, moment) => {
        const found = nextFetch(given, { after: moment })
        expect(found > moment && matches(given, found)).toBe(true)
        expect(earlierMatch(given, moment, found)).toBeNull()
      }),
      { numRuns: 150 }
    )
  })
})

describe("a fetch of everything and one of updates", () => {
  const from = new Date("2026-11-22T00:00:00Z")
  const daily: FetchSchedule = { interval: "DAILY", hour: 3, minute: 0, timezone: "Europe/Berlin" }

  test.each<[string, FetchSchedule, boolean]>([
    ["hourly at the same minute", { interval: "HOURLY", minute: 0 }, true],
    ["every twelve hours at the same minute, wherever Meta begins to count", { interval: "HOURLY", interval_count: 12, minute: 55 }, true],
    ["hourly half an hour apart", { interval: "HOURLY", minute: 30 }, false],
    ["at minute 30 of a clock half an hour off", { interval: "HOURLY", minute: 30, timezone: "Asia/Kolkata" }, true],
    ["daily at another hour", { interval: "DAILY", hour: 9, minute: 0, timezone: "Europe/Berlin" }, false],
    ["daily at an hour that is the same in the weeks between two zones' clock changes", { interval: "DAILY", hour: 22, timezone: "America/New_York" }, true],
  ])("%s: %#", (_, updates, collides) => {
    expect(collision(daily, updates, from) !== null).toBe(collides)
  })
})

test("two names of one clock are the same zone", () => {
  expect(isSameZone("Asia/Kolkata", "Asia/Calcutta")).toBe(true)
  expect(isSameZone("Europe/London", "UTC")).toBe(false)
  expect(isSameZone("Europe/Nowhere", "UTC")).toBe(false)
})

const clocks = new Map<string, Intl.DateTimeFormat>()

function shown(instant: Date, zone: string) {
  const clock = clocks.get(zone) ?? new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "long", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" })
  clocks.set(zone, clock)
  const [, weekday, day, month, year, hour, minute] = /^(\w+)\D+(\d+)\/(\d+)\/(\d+)\D+(\d+):(\d+)/.exec(clock.format(instant))!
  return { year: Number(year), month: Number(month), day: Number(day), hour: Number(hour) % 24, minute: Number(minute), weekday: weekday.toUpperCase() }
}

function matches(schedule: FetchSchedule, instant: Date): boolean {
  const wall = shown(instant, schedule.timezone!)
  const lastOfMonth = new Date(Date.UTC(wall.year, wall.month, 0)).getUTCDate()
  return (
    instant.getTime() % 60_000 === 0 &&
    wall.minute === schedule.minute &&
    (schedule.interval === "HOURLY" || wall.hour === schedule.hour) &&
    (schedule.interval !== "WEEKLY" || wall.weekday === schedule.day_of_week) &&
    (schedule.interval !== "MONTHLY" || wall.day === Math.min(schedule.day_of_month!, lastOfMonth))
  )
}

/** Walks the quarter hours' minutes that can match, from `after` to `found`. */
function earlierMatch(schedule: FetchSchedule, after: Date, found: Date): Date | null {
  for (let time = Math.floor(after.getTime() / 900_000) * 900_000; time < found.getTime(); time += 900_000) {
    const minute = new Date(time + (schedule.minute! % 15) * 60_000)
    if (minute > after && minute < found && matches(schedule, minute)) {
      return minute
    }
  }
  return null
}
