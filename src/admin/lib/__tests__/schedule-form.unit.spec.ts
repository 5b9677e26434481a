import { meetingOf, newSchedule, newUpdates, nextFetchOf, scheduleProblems, scheduleValues, timezones, toSchedule, withInterval } from "../schedule-form"

const daily = newSchedule("Europe/Berlin")

describe("a schedule as it is typed", () => {
  it.each([
    { interval: "HOURLY", interval_count: 6, minute: 5, timezone: "Asia/Kolkata" },
    { interval: "DAILY", interval_count: 1, hour: 23, minute: 59, timezone: "UTC" },
    { interval: "WEEKLY", interval_count: 2, hour: 0, minute: 0, day_of_week: "SATURDAY", timezone: "America/New_York" },
    { interval: "MONTHLY", interval_count: 1, hour: 4, minute: 30, day_of_month: 31, timezone: "Europe/London" },
  ] as const)("comes back as it was: $interval", (schedule) => {
    expect(toSchedule(scheduleValues(schedule))).toEqual(schedule)
  })

  it("sends with an interval only what belongs to it", () => {
    expect(toSchedule({ ...daily, interval: "WEEKLY", day_of_month: "99" })).toEqual({
      ...{ interval: "WEEKLY", interval_count: 1, hour: 3, minute: 20 },
      ...{ day_of_week: "MONDAY", timezone: "Europe/Berlin" },
    })
  })

  it("keeps the minute when the hour goes, and the other way round", () => {
    const hourly = withInterval(daily, "HOURLY")
    expect(hourly.minute).toBe("20")
    expect(withInterval({ ...hourly, minute: "7" }, "DAILY").time).toBe("03:07")
    expect(withInterval({ ...hourly, minute: "x" }, "DAILY").time).toBe("03:20")
  })

  it.each([
    [{ every: "0" }, ["every"]],
    [{ every: "25" }, ["every"]],
    [{ every: "1.5" }, ["every"]],
    [{ time: "" }, ["time"]],
    [{ interval: "HOURLY", minute: "60" }, ["minute"]],
    [{ interval: "MONTHLY", day_of_month: "0" }, ["day_of_month"]],
    [{ interval: "MONTHLY", day_of_month: "32", timezone: "Mars/Olympus" }, ["day_of_month", "timezone"]],
    [{ timezone: "+01:00" }, ["timezone"]],
  ] as const)("is not sent with %j", (change, fields) => {
    expect(Object.keys(scheduleProblems({ ...daily, ...change }))).toEqual(fields)
    expect(toSchedule({ ...daily, ...change })).toBeNull()
    expect(nextFetchOf({ ...daily, ...change })).toBeNull()
  })
})

it("tells the next fetch by the clock of the zone", () => {
  const next = new Date(nextFetchOf(daily)!)
  expect(next.getTime()).toBeGreaterThan(Date.now())
  expect(new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", timeStyle: "short" }).format(next)).toBe("03:20")
})

describe("two schedules", () => {
  it("never meet as they are offered", () => {
    expect(meetingOf(daily, newUpdates(daily))).toBeNull()
    const hourly = withInterval(daily, "HOURLY")
    expect(newUpdates({ ...hourly, minute: "45" }).minute).toBe("15")
  })

  it("say when they meet", () => {
    const meeting = new Date(meetingOf(daily, { ...newUpdates(daily), minute: "25" })!)
    expect(meeting.getUTCMinutes()).toBe(20)
    expect(meetingOf(daily, { ...newUpdates(daily), minute: "x" })).toBeNull()
  })
})

it("offers UTC, which the browser's list may leave out", () => {
  expect(timezones()).toEqual(expect.arrayContaining(["UTC", "Europe/Berlin", "America/Los_Angeles"]))
})
