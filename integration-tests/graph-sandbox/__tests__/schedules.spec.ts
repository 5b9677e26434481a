import { nextUploadTime, scheduleSchema } from "../schedules"

const next = (schedule: Record<string, unknown>, after: string, first = true) =>
  nextUploadTime(scheduleSchema.parse({ url: "https://shop.test/f.csv", ...schedule }), new Date(after), first).toISOString()

describe("a schedule", () => {
  const accepts = (schedule: Record<string, unknown>) => scheduleSchema.safeParse({ url: "https://shop.test/f.csv", ...schedule }).success

  test.each([
    [{ interval: "WEEKLY" }, false],
    [{ interval: "WEEKLY", day_of_week: "MONDAY" }, true],
    [{ interval: "WEEKLY", day_of_week: "Monday" }, false],
    [{ interval: "WEEKLY", day_of_week: "MONDAY", day_of_month: 3 }, false],
    [{ interval: "MONTHLY" }, false],
    [{ interval: "MONTHLY", day_of_month: 31 }, true],
    [{ interval: "MONTHLY", day_of_month: 0 }, false],
    [{ interval: "HOURLY", day_of_week: "MONDAY" }, false],
    [{ interval: "DAILY", hour: "22", day_of_week: "MONDAY" }, true],
    [{ interval: "DAILY", hour: 24 }, false],
    [{ interval: "DAILY", interval_count: 0 }, false],
    [{ interval: "MINUTELY" }, false],
    [{ interval: "DAILY", timezone: "Europe/Nowhere" }, false],
    [{ interval: "DAILY", weekday: "MONDAY" }, false],
  ])("%j is taken: %s", (schedule, expected) => {
    expect(accepts(schedule)).toBe(expected)
  })
})

describe("the next upload time", () => {
  test("an hourly schedule comes at its minute of the next hour", () => {
    expect(next({ interval: "HOURLY", minute: 15 }, "2026-11-21T12:10:00Z")).toBe("2026-11-21T12:15:00.000Z")
    expect(next({ interval: "HOURLY", minute: 15 }, "2026-11-21T12:15:00Z")).toBe("2026-11-21T13:15:00.000Z")
    expect(next({ interval: "HOURLY", interval_count: 6 }, "2026-11-21T12:00:00Z", false)).toBe("2026-11-21T18:00:00.000Z")
  })

  test("a daily schedule without a time zone is Pacific time", () => {
    expect(next({ interval: "DAILY", hour: 22 }, "2026-11-21T12:00:00Z")).toBe("2026-11-22T06:00:00.000Z")
    expect(next({ interval: "DAILY", hour: 22 }, "2026-07-21T12:00:00Z")).toBe("2026-07-22T05:00:00.000Z")
  })

  test("a daily schedule keeps its wall time over a clock change", () => {
    const london = { interval: "DAILY", hour: 3, minute: 20, timezone: "Europe/London" }
    expect(next(london, "2026-10-24T12:00:00Z")).toBe("2026-10-25T03:20:00.000Z")
    expect(next(london, "2026-10-23T12:00:00Z")).toBe("2026-10-24T02:20:00.000Z")
  })

  test("a wall time the clock change skips still comes that day", () => {
    const berlin = { interval: "DAILY", hour: 2, minute: 30, timezone: "Europe/Berlin" }
    expect(next(berlin, "2026-03-28T12:00:00Z")).toBe("2026-03-29T01:30:00.000Z")
    expect(next(berlin, "2026-03-29T01:30:00Z")).toBe("2026-03-30T00:30:00.000Z")
  })

  test("a wall time that comes twice comes once", () => {
    const berlin = { interval: "DAILY", hour: 2, minute: 30, timezone: "Europe/Berlin" }
    expect(next(berlin, "2026-10-24T12:00:00Z")).toBe("2026-10-25T00:30:00.000Z")
    expect(next(berlin, "2026-10-25T00:30:00Z")).toBe("2026-10-26T01:30:00.000Z")
  })

  test("an hourly schedule comes at the minute of its zone's clocks", () => {
    expect(next({ interval: "HOURLY", minute: 15, timezone: "Asia/Kathmandu" }, "2026-11-21T12:00:00Z")).toBe("2026-11-21T12:30:00.000Z")
  })

  test("every second week and every third month are counted from the last", () => {
    const weekly = { interval: "WEEKLY", interval_count: 2, day_of_week: "FRIDAY", hour: 1, timezone: "America/New_York" }
    expect(next(weekly, "2026-10-30T05:00:01Z", false)).toBe("2026-11-13T06:00:00.000Z")
    const monthly = { interval: "MONTHLY", interval_count: 3, day_of_month: 29, timezone: "UTC" }
    expect(next(monthly, "2026-11-29T00:00:00Z", false)).toBe("2027-02-28T00:00:00.000Z")
  })

  test("every third day is three days after the last", () => {
    const schedule = { interval: "DAILY", interval_count: 3, hour: 3, timezone: "UTC" }
    expect(next(schedule, "2026-11-21T03:00:00Z")).toBe("2026-11-22T03:00:00.000Z")
    expect(next(schedule, "2026-11-22T03:00:00Z", false)).toBe("2026-11-25T03:00:00.000Z")
  })

  test("a weekly schedule comes on its day", () => {
    const schedule = { interval: "WEEKLY", day_of_week: "MONDAY", hour: 6, timezone: "UTC" }
    expect(next(schedule, "2026-11-21T12:00:00Z")).toBe("2026-11-23T06:00:00.000Z")
    expect(next(schedule, "2026-11-23T06:00:00Z")).toBe("2026-11-30T06:00:00.000Z")
  })

  test("a monthly schedule on the 31st comes on the last day of a shorter month", () => {
    const schedule = { interval: "MONTHLY", day_of_month: 31, hour: 6, timezone: "UTC" }
    expect(next(schedule, "2026-11-21T12:00:00Z")).toBe("2026-11-30T06:00:00.000Z")
    expect(next(schedule, "2026-11-30T06:00:00Z")).toBe("2026-12-31T06:00:00.000Z")
  })
})
