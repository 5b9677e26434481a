import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL } from "./given"

const counts = { scanned: 1, rows: 1, kept: 0, omitted: 0, retired: 0 }
const file = { key: "file", sha256: "0".repeat(64), bytes: 1, plainBytes: 1 }

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    describe("a request that two processes have heard of", () => {
      it("leads to one build, also when the other one looks after it has ended", async () => {
        const { feedId } = await givenCatalog(service)
        await service.feeds.requestBuild({ feedId, thenUpload: false })
        const [{ snapshot_number: after }] = await service.snapshots.listDueFeeds({ publicUrl: PUBLIC_URL })
        const first = await service.snapshots.startSnapshot({ feedId, after })
        expect(await service.snapshots.startSnapshot({ feedId, after })).toBeUndefined()
        await service.snapshots.publishSnapshot({ snapshotId: first!.id, counts, file })
        expect(await service.snapshots.startSnapshot({ feedId, after })).toBeUndefined()
        expect(await service.listSnapshots({ feed_id: feedId })).toHaveLength(1)
      })

      it("leads to one build when both start it at the same moment", async () => {
        for (let round = 0; round < 10; round += 1) {
          const { feedId } = await givenCatalog(service)
          const started = await Promise.all([1, 2, 3].map(() => service.snapshots.startSnapshot({ feedId, after: 0 })))
          expect(started.filter(Boolean)).toHaveLength(1)
        }
      })

      it("is open again when it was made once more during the build", async () => {
        const { feedId } = await givenCatalog(service)
        await service.feeds.requestBuild({ feedId, thenUpload: false })
        const first = await service.snapshots.startSnapshot({ feedId, after: 0 })
        await service.feeds.requestBuild({ feedId, thenUpload: false })
        await service.snapshots.publishSnapshot({ snapshotId: first!.id, counts, file })
        expect(await service.snapshots.listDueFeeds({ publicUrl: PUBLIC_URL })).toEqual([{ id: feedId, snapshot_number: 1 }])
        expect(await service.snapshots.startSnapshot({ feedId, after: 1 })).toMatchObject({ number: 2 })
      })
    })

    describe("a build that found nothing to write", () => {
      const isDue = async (feedId: string) => (await service.snapshots.listDueFeeds({ publicUrl: PUBLIC_URL })).some((feed) => feed.id === feedId)
      const holdEmpty = async (feedId: string) => {
        const started = await service.snapshots.startSnapshot({ feedId })
        await service.snapshots.holdSnapshot({ snapshotId: started!.id, counts: { ...counts, scanned: 0, rows: 0 }, file, reason: "empty" })
      }

      it("comes again when an item is there, and not every ten minutes while nothing was ever served", async () => {
        const { feedId } = await givenCatalog(service)
        await holdEmpty(feedId)
        await moveClock(service, "20 minutes")
        expect(await isDue(feedId)).toBe(false)
        await service.feeds.requestBuild({ feedId, thenUpload: false })
        expect(await isDue(feedId)).toBe(true)
      })

      it("comes again soon where a file is served, because something is wrong then", async () => {
        const { feedId } = await givenCatalog(service)
        const first = await service.snapshots.startSnapshot({ feedId })
        await service.snapshots.publishSnapshot({ snapshotId: first!.id, counts, file })
        await moveClock(service, "25 hours")
        await holdEmpty(feedId)
        expect(await isDue(feedId)).toBe(false)
        await moveClock(service, "25 hours 20 minutes")
        expect(await isDue(feedId)).toBe(true)
      })

      it("is new only while no other one is held, also when a build failed in between", async () => {
        const { feedId } = await givenCatalog(service)
        const hold = async () => {
          const started = await service.snapshots.startSnapshot({ feedId })
          return (await service.snapshots.holdSnapshot({ snapshotId: started!.id, counts, file, reason: "a reason" })).isNew
        }
        expect([await hold(), await hold()]).toEqual([true, false])
        const failed = await service.snapshots.startSnapshot({ feedId })
        await service.snapshots.failSnapshot({ snapshotId: failed!.id, error: "an error" })
        expect(await hold()).toBe(false)
        const good = await service.snapshots.startSnapshot({ feedId })
        await service.snapshots.publishSnapshot({ snapshotId: good!.id, counts, file })
        expect(await hold()).toBe(true)
      })

      it("takes the place of the one held before it, whose file may go", async () => {
        const { feedId } = await givenCatalog(service)
        await holdEmpty(feedId)
        await holdEmpty(feedId)
        const snapshots = await service.listSnapshots({ feed_id: feedId }, { order: { number: "ASC" } })
        expect(snapshots.map(({ status }) => status)).toEqual(["superseded", "held"])
        await moveClock(service, "25 hours")
        expect((await service.snapshots.listExpiredFiles()).map(({ snapshot_id }) => snapshot_id)).toEqual([snapshots[0].id])
      })
    })

    it("a schedule that was changed while Meta was being told has to be told again", async () => {
      const { feedId } = await givenCatalog(service)
      await service.feeds.recordMetaFeed({ feedId, metaFeedId: "1", told: "csv", staleSince: null })
      const staleSince = async () => (await service.retrieveFeed(feedId)).meta_stale_since
      await service.feeds.markMetaStale({ feedId })
      const seen = await staleSince()
      await moveClock(service, "1 second")
      await service.feeds.markMetaStale({ feedId })
      await service.feeds.recordMetaFeed({ feedId, metaFeedId: "1", told: "csv", staleSince: seen })
      expect(await staleSince()).not.toBeNull()
      await service.feeds.recordMetaFeed({ feedId, metaFeedId: "1", told: "csv", staleSince: await staleSince() })
      expect(await staleSince()).toBeNull()
    })

    it("a variant whose item is hidden because it was offered no longer needs a build before it can be offered", async () => {
      const catalog = await givenCatalog(service)
      const [gone, there] = await givenItems(service, { ...catalog, count: 2 })
      await service.updateItems([{ id: gone, discontinued_at: new Date() }])
      const items = await service.listItems({ id: [gone, there] })
      const variantIds = items.map((item) => item.variant_id)
      expect(await service.items.variantsWithoutItem({ catalogId: catalog.catalogId, variantIds })).toEqual([items.find(({ id }) => id === gone)!.variant_id])
    })
  },
})
