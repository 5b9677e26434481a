import type { MetaFeed, MetaFeedSchedule } from "../../../graph-api/product-feeds"
import { feedDifferences, scheduleOfMeta, type ToldSettings } from "../feed-differences"

const TOKEN = "c2VjcmV0LXBhdGg"

const told: ToldSettings = {
  name: "Medusa Kiln (mcfeed_1)",
  encoding: "UTF8",
  delimiter: "AUTODETECT",
  deletionEnabled: true,
  schedule: { interval: "WEEKLY", day_of_week: "MONDAY", hour: 3, minute: 20, timezone: "Asia/Calcutta", url: `https://store.test/meta-catalog/feeds/${TOKEN}/mcfeed_1.csv.gz`, username: "meta", password: "pw" },
  updateSchedule: null,
}

const schedule: MetaFeedSchedule = {
  id: "1",
  interval: "WEEKLY",
  intervalCount: 1,
  hour: 3,
  minute: 20,
  timezone: "Asia/Kolkata",
  dayOfWeek: "MONDAY",
  dayOfMonth: null,
  url: told.schedule.url,
  username: "meta",
}

const meta = (patch: Partial<MetaFeed> = {}): MetaFeed => ({
  id: "90417",
  name: told.name,
  country: "US",
  defaultCurrency: "EUR",
  deletionEnabled: true,
  encoding: "UTF8",
  delimiter: "AUTODETECT",
  quotedFieldsMode: "autodetect",
  productCount: 3,
  createdAt: null,
  ingestionSourceType: "primary_feed",
  overrideType: null,
  primaryFeedIds: [],
  schedule,
  updateSchedule: null,
  ...patch,
})

describe("what Meta has otherwise than it was told", () => {
  it("is nothing where all is as it was told, also under another name of the zone", () => {
    expect(feedDifferences(told, meta())).toEqual([])
  })

  it("is nothing where Meta does not say", () => {
    const silent = { ...schedule, intervalCount: null, hour: null, minute: null, timezone: null, dayOfWeek: null, url: null, username: null }
    expect(feedDifferences(told, meta({ name: null, encoding: null, delimiter: null, deletionEnabled: null, schedule: silent }))).toEqual([])
  })

  it.each<[Partial<MetaFeed>, string, unknown, unknown]>([
    [{ name: "Mine" }, "name", told.name, "Mine"],
    [{ encoding: "LATIN1" }, "encoding", "UTF8", "LATIN1"],
    [{ delimiter: "TAB" }, "delimiter", "AUTODETECT", "TAB"],
    [{ deletionEnabled: false }, "deletion_enabled", true, false],
    [{ schedule: null }, "schedule", "WEEKLY", null],
    [{ updateSchedule: schedule }, "update_schedule", null, "WEEKLY"],
    [{ schedule: { ...schedule, interval: "DAILY" } }, "schedule.interval", "WEEKLY", "DAILY"],
    [{ schedule: { ...schedule, intervalCount: 2 } }, "schedule.interval_count", 1, 2],
    [{ schedule: { ...schedule, hour: 4 } }, "schedule.hour", 3, 4],
    [{ schedule: { ...schedule, minute: 0 } }, "schedule.minute", 20, 0],
    [{ schedule: { ...schedule, timezone: "UTC" } }, "schedule.timezone", "Asia/Calcutta", "UTC"],
    [{ schedule: { ...schedule, dayOfWeek: "FRIDAY" } }, "schedule.day_of_week", "MONDAY", "FRIDAY"],
    [{ schedule: { ...schedule, username: "other" } }, "schedule.username", "meta", "other"],
  ])("%j is seen", (patch, field, ours, metas) => {
    expect(feedDifferences(told, meta(patch))).toEqual([{ field, ours, metas }])
  })

  it("shows addresses without their secret parts, also where they then look alike", () => {
    const [moved] = feedDifferences(told, meta({ schedule: { ...schedule, url: "https://me:hidden@elsewhere.test/a/other.csv?key=hidden" } }))
    expect(moved).toEqual({ field: "schedule.url", ours: "https://store.test/…/mcfeed_1.csv.gz", metas: "https://elsewhere.test/…/other.csv" })
    const [rotated] = feedDifferences(told, meta({ schedule: { ...schedule, url: told.schedule.url.replace(TOKEN, "b2xk") } }))
    expect(rotated).toEqual({ field: "schedule.url", ours: "https://store.test/…/mcfeed_1.csv.gz", metas: "https://store.test/…/mcfeed_1.csv.gz" })
  })
})

describe("Meta's schedule as one of ours", () => {
  it("leaves out place, credentials and what belongs to another interval", () => {
    expect(scheduleOfMeta({ ...schedule, dayOfMonth: 3 })).toEqual({ interval: "WEEKLY", interval_count: 1, hour: 3, minute: 20, timezone: "Asia/Kolkata", day_of_week: "MONDAY" })
    expect(scheduleOfMeta({ ...schedule, interval: "HOURLY" })).toEqual({ interval: "HOURLY", interval_count: 1, minute: 20, timezone: "Asia/Kolkata" })
  })

  it("is none where Meta has none, or one that is not known", () => {
    expect(scheduleOfMeta(null)).toBeNull()
    expect(scheduleOfMeta({ ...schedule, interval: "YEARLY" })).toBeNull()
  })
})
