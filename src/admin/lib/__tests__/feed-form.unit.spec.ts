import type { AdminFeed } from "../../../api/admin/meta-catalog/types"
import { areHoursValid, blockedBy, feedValues, formatsFor, toFeedInput, withStrategy } from "../feed-form"

const feed = (change: Partial<AdminFeed>) => ({ id: "mfeed_1", strategy: "combined", format: "csv", updates: null, ...change }) as AdminFeed
const updates = { schedule: { interval: "HOURLY", interval_count: 6, minute: 17 } } as AdminFeed["updates"]
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
    expect(withStrategy({ strategy: "slow", format: "rss", hours: "6" }, "fast")).toEqual({ strategy: "fast", format: "csv", hours: "" })
    expect(withStrategy({ strategy: "combined", format: "tsv", hours: "" }, "fast").format).toBe("tsv")
  })

  it("offers every 12 hours to a slow feed, and keeps what was typed", () => {
    expect(withStrategy({ strategy: "combined", format: "csv", hours: "" }, "slow").hours).toBe("12")
    expect(withStrategy({ strategy: "combined", format: "csv", hours: "3" }, "slow").hours).toBe("3")
  })
})

it("takes whole hours from 1 to 24, and none only where none are needed or told", () => {
  const check = (hours: string, strategy: AdminFeed["strategy"], at: AdminFeed | null = null) => areHoursValid({ hours, strategy, format: "csv" }, at)
  expect(["1", "24", " 6 "].map((hours) => check(hours, "slow"))).toEqual([true, true, true])
  expect(["0", "25", "1.5", "x", ""].map((hours) => check(hours, "slow"))).toEqual([false, false, false, false, false])
  expect(check("", "combined")).toBe(true)
  expect(check("", "combined", feed({ updates }))).toBe(false)
})

describe("what is sent", () => {
  it("is nothing where nothing changed", () => {
    const given = feed({ strategy: "slow", updates })
    expect(toFeedInput(feedValues(given), given)).toEqual({})
  })

  it("is the change alone, and the minute of the hour stays", () => {
    const given = feed({ strategy: "slow", updates })
    expect(toFeedInput({ ...feedValues(given), hours: "4" }, given)).toEqual({ update_schedule: { interval_count: 4, minute: 17 } })
    expect(toFeedInput({ ...feedValues(given), format: "atom" }, given)).toEqual({ format: "atom" })
  })

  it("is everything for a new feed, without hours for a fast one", () => {
    expect(toFeedInput({ strategy: "fast", format: "tsv", hours: "" }, null)).toEqual({ strategy: "fast", format: "tsv" })
    expect(toFeedInput({ strategy: "slow", format: "csv", hours: "8" }, null)).toEqual({ strategy: "slow", format: "csv", update_schedule: { interval_count: 8 } })
  })
})
