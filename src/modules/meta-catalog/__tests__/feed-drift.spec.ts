import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from "../index"
import type { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL, sqlOf } from "./given"

jest.setTimeout(60_000)

const MINUTE_MS = 60_000

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  moduleOptions: OPTIONS,
  resolve: `${__dirname}/..`,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const drift = [{ field: "schedule.hour", ours: 3, metas: 5 }]
    const atFive = { schedule: { interval: "DAILY", hour: 5, timezone: "UTC" }, updateSchedule: null }

    async function givenFeedAtMeta(patch: Record<string, unknown> = {}) {
      const catalog = await givenCatalog(service)
      const schedule = { interval: "DAILY", hour: 3, timezone: "UTC" }
      await service.updateFeeds([{ id: catalog.feedId, meta_feed_id: "90417", schedule, ...patch }])
      return catalog
    }

    describe("what somebody changed at Meta", () => {
      it("is read once an hour, by one process, and not while Meta has to be told", async () => {
        const { catalogId, feedId } = await givenFeedAtMeta({ meta_stale_since: new Date() })
        const take = async () => await service.feeds.takeSettingsReading({ catalogId, everyMs: 60 * MINUTE_MS })
        expect(await take()).toEqual([])
        await service.feeds.recordMetaFeed({ feedId, metaFeedId: "90417", told: "csv", staleSince: (await service.retrieveFeed(feedId)).meta_stale_since })
        expect(await take()).toEqual([])
        await moveClock(service, "61 minutes")
        expect(await take()).toMatchObject([{ id: feedId }])
        expect(await take()).toEqual([])
      })

      it("is kept with when it was first seen, times the builds, and ends when Meta is told", async () => {
        const { catalogId, feedId } = await givenFeedAtMeta()
        const read = async () => (await service.feeds.takeSettingsReading({ catalogId, everyMs: 0 }))[0]
        await service.feeds.renewNextFetches()
        const record = async () => await service.feeds.recordDrift({ reading: await read(), drift, schedules: atFive })
        expect(await record()).toEqual({ isKept: true, isNew: true })
        const seen = (await service.retrieveFeed(feedId)).drift_seen_at
        expect(await record()).toEqual({ isKept: true, isNew: false })
        await service.feeds.renewNextFetches()
        const feed = await service.retrieveFeed(feedId)
        expect(feed).toMatchObject({ drift, drift_seen_at: seen, schedule: { hour: 3 } })
        expect(new Date(feed.next_fetch_at!).getUTCHours()).toBe(5)

        await service.feeds.recordMetaFeed({ feedId, metaFeedId: "90417", told: "csv", staleSince: null })
        await service.feeds.renewNextFetches()
        const told = await service.retrieveFeed(feedId)
        expect(told).toMatchObject({ drift: null, drift_seen_at: null, schedule_at_meta: null })
        expect(new Date(told.next_fetch_at!).getUTCHours()).toBe(3)
      })

      it("is gone when a reading finds nothing", async () => {
        const { catalogId, feedId } = await givenFeedAtMeta()
        const record = async (found: unknown[]) => {
          const [reading] = await service.feeds.takeSettingsReading({ catalogId, everyMs: 0 })
          return await service.feeds.recordDrift({ reading, drift: found, schedules: { schedule: null, updateSchedule: null } })
        }
        await record(drift)
        expect(await record([])).toEqual({ isKept: true, isNew: true })
        expect(await service.retrieveFeed(feedId)).toMatchObject({ drift: null, drift_seen_at: null })
      })

      it("is not kept where Meta was told, or is to be told, since the reading began", async () => {
        const { catalogId, feedId } = await givenFeedAtMeta()
        const [early] = await service.feeds.takeSettingsReading({ catalogId, everyMs: 0 })
        await service.feeds.recordMetaFeed({ feedId, metaFeedId: "90417", told: "csv", staleSince: null })
        expect(await service.feeds.recordDrift({ reading: early, drift, schedules: atFive })).toEqual({ isKept: false, isNew: false })
        const [reading] = await service.feeds.takeSettingsReading({ catalogId, everyMs: 0 })
        await service.feeds.markMetaStale({ feedId })
        expect(await service.feeds.recordDrift({ reading, drift, schedules: atFive })).toEqual({ isKept: false, isNew: false })
        expect((await service.retrieveFeed(feedId)).drift).toBeNull()
      })
    })

    it("a feed that was deleted at Meta takes its items' places with it, and another one is filled", async () => {
      const catalog = await givenFeedAtMeta()
      const [itemId] = await givenItems(service, { ...catalog, count: 1 }, { acknowledged_quantity: 4, acknowledged_availability: "in stock" })
      const given = { feedId: catalog.feedId, gone: "90417", metaFeedId: "90500" }
      await service.feeds.replaceMetaFeed(given)
      expect(await service.retrieveItem(itemId)).toMatchObject({ listed_at: null, acknowledged_availability: null })
      expect(await service.retrieveFeed(catalog.feedId)).toMatchObject({ meta_feed_id: "90500", upload_requested_at: expect.any(Date) })
      await service.updateItems([{ id: itemId, listed_at: new Date() }])
      await service.feeds.replaceMetaFeed(given)
      expect((await service.retrieveItem(itemId)).listed_at).not.toBeNull()
    })

    describe("an upload of everything", () => {
      const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTE_MS)

      /** A feed that may be uploaded now, with this about it changed. */
      async function isTaken(patch: Record<string, unknown>, { updates, session }: { updates?: Record<string, unknown>; session?: Record<string, unknown> } = {}) {
        const { catalogId, feedId } = await givenFeedAtMeta({ published_snapshot_id: "mcsnap_1", upload_requested_at: new Date(0), next_fetch_at: inMinutes(600), ...patch })
        const other = { catalog_id: catalogId, kind: "update_only" as const, strategy: "slow" as const, name: "updates", schedule: { interval: "HOURLY" }, main_feed_id: feedId }
        if (updates) {
          await service.createFeeds([{ ...other, token: `${catalogId}-u`, next_fetch_at: inMinutes(600), ...updates }])
        }
        if (session) {
          await service.createUploads([{ catalog_id: catalogId, feed_id: feedId, meta_upload_id: `u-${catalogId}`, ingested_at: null, ...session }])
        }
        return (await service.feeds.takeRequestedUploads({ catalogId, publicUrl: PUBLIC_URL })).length === 1
      }

      const cases: [string, boolean, Parameters<typeof isTaken>][] = [
        ["starts where nothing is near", true, [{}, { updates: {} }]],
        ["waits where Meta fetches everything within a minute", false, [{ next_fetch_at: inMinutes(0.9) }]],
        ["starts where Meta fetches everything in more than a minute", true, [{ next_fetch_at: inMinutes(2) }]],
        ["waits where the last one took half as long as there is time", false, [{ next_fetch_at: inMinutes(9) }, { session: { started_at: inMinutes(-65), ended_at: inMinutes(-60), ingested_at: new Date() } }]],
        ["waits no longer than a quarter of an hour for that", true, [{ next_fetch_at: inMinutes(16) }, { session: { started_at: inMinutes(-120), ended_at: inMinutes(-60), ingested_at: new Date() } }]],
        ["waits where Meta fetches the updates within a minute", false, [{}, { updates: { next_fetch_at: inMinutes(0.9) } }]],
        ["waits where a fetch is due and has not been seen to begin", false, [{ fetch_due_at: inMinutes(-2) }]],
        ["starts where a fetch that was due has ended", true, [{ fetch_due_at: inMinutes(-2) }, { session: { started_at: inMinutes(-1), ended_at: new Date(), ingested_at: new Date() } }]],
        ["waits where only an upload of ours has begun since", false, [{ fetch_due_at: inMinutes(-2) }, { session: { started_at: inMinutes(-1), ended_at: new Date(), ingested_at: new Date(), snapshot_tie: "named" } }]],
        ["starts where a fetch that was due has not begun for five minutes", true, [{ fetch_due_at: inMinutes(-6) }]],
        ["waits while another session runs", false, [{}, { session: { started_at: inMinutes(-30) } }]],
        ["starts where a session has not ended for six hours", true, [{}, { session: { started_at: inMinutes(-361) } }]],
      ]

      it("starts where no other session of its feed runs or is about to begin", async () => {
        for (const [name, expected, given] of cases) {
          expect([name, await isTaken(...given)]).toEqual([name, expected])
        }
      })
    })

    it("a schedule is replaced as a whole", async () => {
      const { feedId } = await givenFeedAtMeta({ schedule: { interval: "WEEKLY", day_of_week: "MONDAY", hour: 3, timezone: "UTC" }, next_fetch_at: new Date() })
      await service.feeds.setSchedule({ feedId, schedule: { interval: "HOURLY", minute: 5 } })
      expect(await service.retrieveFeed(feedId)).toMatchObject({ next_fetch_at: null })
      expect((await service.retrieveFeed(feedId)).schedule).toEqual({ interval: "HOURLY", minute: 5 })
    })

    it("the time that has passed is kept: Meta may be about to begin", async () => {
      const passed = new Date(Date.now() - MINUTE_MS)
      const { feedId } = await givenFeedAtMeta({ next_fetch_at: passed })
      await service.feeds.renewNextFetches()
      expect(await service.retrieveFeed(feedId)).toMatchObject({ fetch_due_at: passed })
    })

    it("a schedule that cannot be read holds up no other", async () => {
      const broken = await givenFeedAtMeta({ schedule: { interval: "DAILY", hour: 3, timezone: "Mars/Olympus" } })
      const good = await givenFeedAtMeta()
      await service.feeds.renewNextFetches()
      expect((await service.retrieveFeed(broken.feedId)).next_fetch_at).toBeNull()
      expect((await service.retrieveFeed(good.feedId)).next_fetch_at).not.toBeNull()
    })

    it("agrees with PostgreSQL's own calendar over clock changes of a year", async () => {
      const { feedId } = await givenFeedAtMeta({ schedule: { interval: "DAILY", hour: 3, minute: 20, timezone: "Europe/London" } })
      const { rows } = await sqlOf(service).raw<{ rows: { now: string; expected: Date }[] }>(
        `select d::text as now, (date_trunc('day', d at time zone 'Europe/London') + interval '1 day 3 hours 20 minutes') at time zone 'Europe/London' as expected
         from generate_series(timestamptz '2026-12-01T12:00:00Z', timestamptz '2027-11-30T12:00:00Z', interval '72 hours') d`
      )
      for (const { now, expected } of rows) {
        await sqlOf(service).raw(`create or replace function meta_catalog_now() returns timestamptz language sql stable as $$ select timestamptz '${now}' $$`)
        await service.updateFeeds([{ id: feedId, next_fetch_at: null }])
        await service.feeds.renewNextFetches()
        expect([now, (await service.retrieveFeed(feedId)).next_fetch_at]).toEqual([now, expected])
      }
    })
  },
})
