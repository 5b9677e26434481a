import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import type { FeedFormat } from "../feeds/feed-format"
import { feedUrl } from "../feeds/feed-url"
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
    let feedId: string

    beforeEach(async () => {
      feedId = (await givenCatalog(service)).feedId
    })

    /** The ending Meta would be told, whether it has to be told, and the format of what is served. */
    async function state() {
      const feed = await service.retrieveFeed(feedId)
      const served = (await service.fetches.findServed({ id: feedId }))?.file
      const ending = feedUrl(PUBLIC_URL, feed).split(`${feedId}.`)[1]
      return { ending, stale: feed.meta_stale_since !== null, served: served?.format ?? null, wanted: feed.format }
    }
    const start = async () => (await service.snapshots.startSnapshot({ feedId }))!
    const publish = async (snapshotId: string) => await service.snapshots.publishSnapshot({ snapshotId, counts, file })
    const tell = async (told: FeedFormat) =>
      await service.feeds.recordMetaFeed({ feedId, metaFeedId: "1", told, staleSince: (await service.retrieveFeed(feedId)).meta_stale_since })
    const change = async (format: FeedFormat) => await service.feeds.changeFormat({ feedId, format })

    it("keeps the old file and URL until the new file is published, and has Meta told then", async () => {
      await publish((await start()).id)
      await tell("csv")
      expect(await state()).toEqual({ ending: "csv.gz", stale: false, served: "csv", wanted: "csv" })
      expect(await change("rss")).toBe(true)
      expect(await state()).toEqual({ ending: "csv.gz", stale: false, served: "csv", wanted: "rss" })
      expect(await service.snapshots.listDueFeeds({ publicUrl: PUBLIC_URL })).toEqual([{ id: feedId, snapshot_number: 1 }])
      expect((await service.retrieveFeed(feedId)).upload_requested_at).not.toBeNull()
      const next = await start()
      expect(next.format).toBe("rss")
      expect(await state()).toMatchObject({ ending: "csv.gz", stale: false, served: "csv" })
      await publish(next.id)
      expect(await state()).toEqual({ ending: "xml.gz", stale: true, served: "rss", wanted: "rss" })
      await tell("rss")
      expect(await state()).toMatchObject({ ending: "xml.gz", stale: false })
    })

    it("lets a build that was under way end in the format it began in, under that format's name", async () => {
      await publish((await start()).id)
      await tell("csv")
      await change("tsv")
      const tsv = await start()
      await change("atom")
      await publish(tsv.id)
      expect(await state()).toEqual({ ending: "tsv.gz", stale: true, served: "tsv", wanted: "atom" })
      await publish((await start()).id)
      expect(await state()).toMatchObject({ ending: "xml.gz", stale: true, served: "atom" })
    })

    it("says the new URL at once while nothing is served, also where the first build then ends in the old format", async () => {
      await tell("csv")
      const first = await start()
      await change("tsv")
      expect(await state()).toEqual({ ending: "tsv.gz", stale: true, served: null, wanted: "tsv" })
      await tell("tsv")
      await publish(first.id)
      expect(await state()).toEqual({ ending: "csv.gz", stale: true, served: "csv", wanted: "tsv" })
    })

    it("has Meta told again when the file was switched while Meta was being told", async () => {
      await publish((await start()).id)
      await change("tsv")
      await publish((await start()).id)
      await tell("csv")
      expect(await state()).toMatchObject({ ending: "tsv.gz", stale: true })
      await tell("tsv")
      expect(await state()).toMatchObject({ ending: "tsv.gz", stale: false })
    })

    it("releases a held file under the name of its own format", async () => {
      await publish((await start()).id)
      await tell("csv")
      await change("tsv")
      const held = await start()
      await service.snapshots.holdSnapshot({ snapshotId: held.id, counts, file, reason: "it shrinks" })
      expect(await state()).toMatchObject({ ending: "csv.gz", stale: false, served: "csv" })
      await service.snapshots.releaseSnapshot({ snapshotId: held.id })
      expect(await state()).toMatchObject({ ending: "tsv.gz", stale: true, served: "tsv" })
    })

    it("asks for nothing when the feed has the format already, or is a file of updates", async () => {
      expect(await change("csv")).toBe(false)
      await service.updateFeeds([{ id: feedId, kind: "update_only" }])
      expect(await change("tsv")).toBe(false)
      expect((await service.retrieveFeed(feedId)).build_requested_at).toBeNull()
    })
  },
})
