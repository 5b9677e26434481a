import type { AdminFeed } from "../../../api/admin/meta-catalog/feed-types"
import { blockedBy, feedValues, formatsFor, isFeedValid, newFeedValues, toFeedInput, withStrategy, type FeedValues } from "../feed-form"
import { newSchedule, scheduleValues } from "../schedule-form"

const daily = { interval: "DAILY", interval_count: 1, hour: 3, minute: 20, timezone: "Europe/Berlin" } as const
const feed = (change: Partial<AdminFeed>) => ({ id: "mfeed_1", strategy: "combined", format: "csv", update_only: false, schedule: daily, updates: null, ...change }) as AdminFeed
const updates = { schedule: { interval: "HOURLY", interval_count: 6, minute: 17, timezone: "Europe/Berlin" } } as AdminFeed["updates"]
const values = (change: Partial<FeedValues>): FeedValues => ({ strategy: "combined", format: "csv", update_only: false, schedule: scheduleValues(daily), updates: null, ...change })
const catalog = { pushes_stock: true }

describe("strategies a feed can have", () => {
  it("are all of them for an only feed", () => {
    const only = feed({})
    expect((["combined", "fast", "slow"] as const).map((strategy) => blockedBy(strategy, { catalog, feeds: [only], feed: only }))).toEqual([null, null, null])
  })

  it.each([
    ["other", "fast", { feeds: [feed({ id: "a", strategy: "fast" })], feed: null }],
    ["shared", "combined", { feeds: [feed({ id: "a", strategy: "fast" })], feed: null }],
    ["shared", "slow", { feeds: [feed({ id: "a" })], feed: null }],
    ["updates", "fast", { feeds: [], feed: feed({ updates }) }],
  ] as const)("name %s as what stands against %s", (blocked, strategy, { feeds, feed: changed }) => {
    expect(blockedBy(strategy, { catalog, feeds: [...feeds], feed: changed })).toBe(blocked)
  })

  it("need a push that owns the stock to be fast", () => {
    expect(blockedBy("fast", { catalog: { pushes_stock: false }, feeds: [], feed: null })).toBe("pushes_stock")
    expect(blockedBy("slow", { catalog: { pushes_stock: false }, feeds: [], feed: null })).toBeNull()
  })
})

describe("what follows a strategy", () => {
  it("goes back to CSV where there are no columns to leave out", () => {
    expect(formatsFor("fast")).toEqual(["csv", "tsv"])
    expect(withStrategy(values({ strategy: "slow", format: "rss" }), "fast")).toMatchObject({ strategy: "fast", format: "csv", updates: null })
    expect(withStrategy(values({ format: "tsv" }), "fast").format).toBe("tsv")
  })

  it("offers a slow feed updates every 12 hours, half an hour away from the whole file, and keeps what was typed", () => {
    expect(withStrategy(values({}), "slow").updates).toMatchObject({ interval: "HOURLY", every: "12", minute: "50", timezone: "Europe/Berlin" })
    const typed = { ...newSchedule("UTC"), every: "3" }
    expect(withStrategy(values({ updates: typed }), "slow").updates).toBe(typed)
  })
})

it("can be sent only when every schedule can", () => {
  expect(isFeedValid(values({}))).toBe(true)
  expect(isFeedValid(values({ updates: { ...scheduleValues(daily), every: "25" } }))).toBe(false)
  expect(isFeedValid(values({ schedule: { ...scheduleValues(daily), timezone: "Berlin" } }))).toBe(false)
})

describe("what is sent", () => {
  it("is nothing where nothing changed", () => {
    const given = feed({ strategy: "slow", updates })
    expect(toFeedInput(feedValues(given), given)).toEqual({})
  })

  it("is nothing for a schedule that means the same in more words", () => {
    const given = feed({ schedule: { interval: "DAILY", hour: 3 } })
    expect(toFeedInput(feedValues(given), given)).toEqual({})
  })

  it("is the change alone, a whole schedule at a time", () => {
    const given = feed({ strategy: "slow", updates })
    const before = feedValues(given)
    expect(toFeedInput({ ...before, updates: { ...before.updates!, every: "4" } }, given)).toEqual({
      update_schedule: { interval: "HOURLY", interval_count: 4, minute: 17, timezone: "Europe/Berlin" },
    })
    expect(toFeedInput({ ...before, schedule: { ...before.schedule, interval: "WEEKLY", day_of_week: "FRIDAY" } }, given)).toEqual({
      schedule: { interval: "WEEKLY", interval_count: 1, hour: 3, minute: 20, day_of_week: "FRIDAY", timezone: "Europe/Berlin" },
    })
    expect(toFeedInput({ ...before, format: "atom" }, given)).toEqual({ format: "atom" })
  })

  it("is everything for a new feed, without updates for a fast one", () => {
    const fast = newFeedValues("fast")
    expect(toFeedInput(fast, null)).toEqual({
      strategy: "fast",
      format: "csv",
      schedule: { interval: "DAILY", interval_count: 1, hour: 3, minute: 20, timezone: fast.schedule.timezone },
    })
    expect(toFeedInput({ ...fast, update_only: true }, null).update_only).toBe(true)
    expect(toFeedInput(newFeedValues("slow"), null).update_schedule).toMatchObject({ interval: "HOURLY", interval_count: 12, minute: 50 })
  })
})
