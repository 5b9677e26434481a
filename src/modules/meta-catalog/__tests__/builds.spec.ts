import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, OPTIONS, PUBLIC_URL } from "./given"

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
  },
})
