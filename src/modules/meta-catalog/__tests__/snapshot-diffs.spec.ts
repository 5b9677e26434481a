import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, moveClock, OPTIONS } from "./given"

const counts = { scanned: 1, rows: 1, kept: 0, omitted: 0, retired: 0 }
const file = { key: "file", sha256: "0".repeat(64), bytes: 1, plainBytes: 1 }

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const start = async (feedId: string) => (await service.snapshots.startSnapshot({ feedId }))!.id
    const published = async (feedId: string) => {
      const snapshotId = await start(feedId)
      await service.snapshots.publishSnapshot({ snapshotId, counts, file })
      return snapshotId
    }
    const held = async (feedId: string) => {
      const snapshotId = await start(feedId)
      await service.snapshots.holdSnapshot({ snapshotId, counts, file, reason: "a reason" })
      return snapshotId
    }
    const againstOf = async (snapshotId: string) => (await service.snapshotDiffs.readComparison({ snapshotId }))!.against?.id

    it("a snapshot is compared with the one published before it, whatever became of those in between and of itself", async () => {
      const { feedId } = await givenCatalog(service)
      const first = await published(feedId)
      expect(await againstOf(first)).toBeUndefined()
      const failed = await start(feedId)
      await service.snapshots.failSnapshot({ snapshotId: failed, error: "an error" })
      const heldOne = await held(feedId)
      const heldTwo = await held(feedId)
      for (const snapshotId of [heldOne, heldTwo]) expect(await againstOf(snapshotId)).toBe(first)
      expect(await service.snapshots.releaseSnapshot({ snapshotId: heldTwo })).toBe(true)
      expect(await againstOf(heldTwo)).toBe(first)
      const last = await published(feedId)
      expect(await againstOf(last)).toBe(heldTwo)
      const { feedId: another } = await givenCatalog(service)
      expect(await againstOf(await published(another))).toBeUndefined()
      expect(await service.snapshotDiffs.readComparison({ snapshotId: "mcsnap_none" })).toBeUndefined()
    })

    it("a comparison is made by one of those who ask at once, and by another when that one has gone silent", async () => {
      const { feedId } = await givenCatalog(service)
      const snapshotId = await published(feedId)
      const state = async () => {
        const { diff, diff_error, is_computing } = (await service.snapshotDiffs.readComparison({ snapshotId }))!
        return { diff, diff_error, is_computing }
      }
      const claims = async () => (await Promise.all([1, 2, 3, 4].map(() => service.snapshotDiffs.claimDiff({ snapshotId })))).filter(Boolean).length
      expect(await state()).toEqual({ diff: null, diff_error: null, is_computing: false })
      expect(await claims()).toBe(1)
      expect(await state()).toEqual({ diff: null, diff_error: null, is_computing: true })

      await moveClock(service, "1 minute")
      await service.snapshotDiffs.keepDiffAlive({ snapshotId })
      await moveClock(service, "2 minutes 50 seconds")
      expect(await claims()).toBe(0)
      await moveClock(service, "4 minutes")
      expect(await state()).toMatchObject({ is_computing: false })
      expect(await claims()).toBe(1)

      await service.snapshotDiffs.failDiff({ snapshotId, error: "a reason" })
      expect(await state()).toEqual({ diff: null, diff_error: "a reason", is_computing: false })
      expect(await claims()).toBe(1)
      expect(await state()).toMatchObject({ diff_error: null, is_computing: true })
      await service.snapshotDiffs.storeDiff({ snapshotId, diff: { added: 1 } })
      await service.snapshotDiffs.storeDiff({ snapshotId, diff: { added: 2 } })
      await service.snapshotDiffs.failDiff({ snapshotId, error: "too late" })
      expect(await state()).toEqual({ diff: { added: 1, computed_at: expect.any(String) }, diff_error: null, is_computing: false })
      expect(await claims()).toBe(0)
    })

    it("the columns of the served file are those that were counted for it", async () => {
      const { feedId } = await givenCatalog(service)
      expect(await service.snapshotColumns.servedColumns({ feedId })).toBeUndefined()
      await published(feedId)
      expect(await service.snapshotColumns.servedColumns({ feedId })).toBeUndefined()
      const snapshotId = await start(feedId)
      await service.snapshotColumns.recordColumns({ snapshotId, filled: { id: 1, gtin: 0 }, settings: { brand: "Kiln" } })
      expect(await service.snapshotColumns.servedColumns({ feedId })).toBeUndefined()
      await service.snapshots.publishSnapshot({ snapshotId, counts, file })
      await service.snapshotColumns.recordColumns({ snapshotId, filled: { id: 9 }, settings: {} })
      expect(await service.snapshotColumns.servedColumns({ feedId })).toEqual({ rows: 1, filled: { id: 1, gtin: 0 }, settings: { brand: "Kiln" } })
    })

    it("files are listed newest first, each with its own fetches", async () => {
      const { feedId } = await givenCatalog(service)
      const ids = [await published(feedId), await published(feedId), await held(feedId)]
      await service.fetches.recordFetch({ feedId, snapshotId: ids[1], namedSnapshot: true, notModified: false, userAgent: "Meta" })
      const { snapshots, count } = await service.snapshots.listFeedSnapshots({ feedId, limit: 2, offset: 0 })
      expect(count).toBe(3)
      expect(snapshots.map(({ id, status, fetches, has_file }) => ({ id, status, fetches, has_file }))).toEqual([
        { id: ids[2], status: "held", fetches: 0, has_file: true },
        { id: ids[1], status: "ready", fetches: 1, has_file: true },
      ])
      expect((await service.snapshots.listFeedSnapshots({ feedId, limit: 2, offset: 2 })).snapshots.map(({ id }) => id)).toEqual([ids[0]])
    })
  },
})
