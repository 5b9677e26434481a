import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL, sqlOf } from "./given"

const MINUTE_MS = 60_000

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS)

    async function givenSnapshot(feedId: string, number: number, { readMinutesAgo, status = "superseded" }: { readMinutesAgo: number; status?: "ready" | "superseded" }) {
      const [snapshot] = await service.createSnapshots([
        {
          feed_id: feedId,
          number,
          status,
          started_at: ago(readMinutesAgo),
          first_read_at: ago(readMinutesAgo),
          heartbeat_at: ago(readMinutesAgo),
          published_at: ago(readMinutesAgo - 0.5),
        },
      ])
      return snapshot.id
    }

    async function givenUpload(
      { catalogId, feedId }: { catalogId: string; feedId: string },
      { startedMinutesAgo, snapshotId = null }: { startedMinutesAgo: number; snapshotId?: string | null }
    ) {
      const [upload] = await service.createUploads([
        {
          catalog_id: catalogId,
          feed_id: feedId,
          meta_upload_id: `meta-${Math.random()}`,
          snapshot_id: snapshotId,
          started_at: ago(startedMinutesAgo),
          ended_at: ago(startedMinutesAgo - 0.5),
        },
      ])
      return upload.id
    }

    const itemsOf = async (ids: string[]) => await service.listItems({ id: ids }, { order: { retailer_id: "ASC" } })

    describe("an ingested upload", () => {
      it("lists what its snapshot held and makes it due, and leaves out rows with a fatal error", async () => {
        const catalog = await givenCatalog(service)
        const ids = await givenItems(service, { ...catalog, count: 3 }, { listed_at: null })
        const snapshotId = await givenSnapshot(catalog.feedId, 1, { readMinutesAgo: 5 })
        const uploadId = await givenUpload(catalog, { startedMinutesAgo: 2, snapshotId })
        await service.issues.storeIssues([
          { catalog_id: catalog.catalogId, source: "feed_upload", severity: "error", code: "PROPERTY_VALUE_MISSING", title: "t", message: "m", retailer_id: "SKU-2", upload_id: uploadId },
          { catalog_id: catalog.catalogId, source: "feed_upload", severity: "warning", code: "GTIN", title: "t", message: "m", retailer_id: "SKU-3", upload_id: uploadId },
        ])
        expect(await service.uploads.ingestUpload({ uploadId })).toEqual({ listed: 2, unlisted: 0, reasserted: 0 })
        const [one, two, three] = await itemsOf(ids)
        expect([one.listed_at, two.listed_at, three.listed_at].map(Boolean)).toEqual([true, false, true])
        expect([one.due_at, two.due_at, three.due_at].map(Boolean)).toEqual([true, false, true])
        expect([one, two, three].map((item) => [Boolean(item.rejected_at), item.last_error])).toEqual([[false, null], [true, "m"], [false, null]])
        expect(await service.uploads.ingestUpload({ uploadId })).toBeNull()
      })

      it("keeps an item listed that Meta already had and now refuses", async () => {
        const catalog = await givenCatalog(service)
        const [id] = await givenItems(service, { ...catalog, count: 1 }, { listed_at: ago(60) })
        const snapshotId = await givenSnapshot(catalog.feedId, 1, { readMinutesAgo: 5 })
        const uploadId = await givenUpload(catalog, { startedMinutesAgo: 2, snapshotId })
        await service.issues.storeIssues([
          { catalog_id: catalog.catalogId, source: "feed_upload", severity: "error", code: "X", title: "t", message: "m", retailer_id: "SKU-1", upload_id: uploadId },
        ])
        await service.uploads.ingestUpload({ uploadId })
        expect((await service.retrieveItem(id)).listed_at).not.toBeNull()
      })

      it("unlists what its snapshot lacked: items that joined later, left earlier, or were never written", async () => {
        const catalog = await givenCatalog(service)
        const [joinedLater, leftEarlier, stillThere] = await givenItems(service, { ...catalog, count: 3 })
        await service.updateItems([
          { id: joinedLater, written_since: 3 },
          { id: leftEarlier, written_since: 1, omitted_since: 2 },
          { id: stillThere, written_since: 1, omitted_since: 3 },
        ])
        const snapshotId = await givenSnapshot(catalog.feedId, 2, { readMinutesAgo: 5 })
        const uploadId = await givenUpload(catalog, { startedMinutesAgo: 2, snapshotId })
        expect(await service.uploads.ingestUpload({ uploadId })).toMatchObject({ unlisted: 2 })
        expect((await itemsOf([joinedLater, leftEarlier, stillThere])).map((item) => Boolean(item.listed_at))).toEqual([false, false, true])
      })

      it("makes every value unknown that was acknowledged since the snapshot's first read, and no other", async () => {
        const catalog = await givenCatalog(service)
        const acknowledged = { acknowledged_quantity: 5, acknowledged_availability: "in stock", listed_at: ago(90) }
        const [before, after] = await givenItems(service, { ...catalog, count: 2 }, acknowledged)
        await service.updateItems([
          { id: before, acknowledged_at: ago(10) },
          { id: after, acknowledged_at: ago(3) },
        ])
        const snapshotId = await givenSnapshot(catalog.feedId, 1, { readMinutesAgo: 5 })
        await service.uploads.ingestUpload({ uploadId: await givenUpload(catalog, { startedMinutesAgo: 2, snapshotId }) })
        expect(await service.retrieveItem(before)).toMatchObject({ acknowledged_quantity: 5, due_at: null })
        const reasserted = await service.retrieveItem(after)
        expect(reasserted).toMatchObject({ acknowledged_availability: null })
        expect(reasserted.due_at).not.toBeNull()
      })

      it("has an item that changed and changed back during the upload sent once more", async () => {
        const catalog = await givenCatalog(service)
        const [id] = await givenItems(
          service,
          { ...catalog, count: 1 },
          { acknowledged_quantity: 5, acknowledged_availability: "in stock", acknowledged_at: ago(60), marked_at: ago(4), listed_at: ago(90) }
        )
        const snapshotId = await givenSnapshot(catalog.feedId, 1, { readMinutesAgo: 5 })
        await service.uploads.ingestUpload({ uploadId: await givenUpload(catalog, { startedMinutesAgo: 2, snapshotId }) })
        expect((await service.retrieveItem(id)).acknowledged_availability).toBeNull()
      })

      it("has an item that is in flight asserted again once its batch has settled", async () => {
        const catalog = await givenCatalog(service)
        const [id] = await givenItems(service, { ...catalog, count: 1 }, { due_at: ago(20), listed_at: ago(90) })
        const { hold, items } = await service.batches.claimItems({ catalogId: catalog.catalogId, publicUrl: PUBLIC_URL, owner: "w", limit: 10 })
        const entries = items.map((item) => ({ item_id: item.id, retailer_id: item.retailer_id, quantity: 8, availability: "in stock", price: null }))
        await service.batches.prepareBatch(hold, { entries, unchanged: [] })
        await service.batches.recordSent(hold, { handle: "h", rejected: [], mustVerify: false, pollAfterMs: 0 })

        const snapshotId = await givenSnapshot(catalog.feedId, 1, { readMinutesAgo: 5 })
        await service.uploads.ingestUpload({ uploadId: await givenUpload(catalog, { startedMinutesAgo: 2, snapshotId }) })
        expect(await service.retrieveItem(id)).toMatchObject({ batch_id: hold.batchId, reassert: true })
        await service.batches.settleBatch(hold.batchId, { rejected: [], from: "sent" })
        const item = await service.retrieveItem(id)
        expect(item).toMatchObject({ batch_id: null, acknowledged_availability: null, reassert: false })
        expect(item.due_at).not.toBeNull()
      })
    })

    describe("a scheduled session", () => {
      it("is tied to the last complete fetch near its start", async () => {
        const catalog = await givenCatalog(service)
        const older = await givenSnapshot(catalog.feedId, 1, { readMinutesAgo: 50 })
        await givenSnapshot(catalog.feedId, 2, { readMinutesAgo: 20, status: "ready" })
        await service.createFetches([{ feed_id: catalog.feedId, snapshot_id: older, completed_at: ago(9.8) }])
        const uploadId = await givenUpload(catalog, { startedMinutesAgo: 10 })
        expect(await service.uploads.tieUpload({ uploadId })).toBe(older)
        expect((await service.retrieveUpload(uploadId)).snapshot_tie).toBe("fetch")
      })

      it("is tied to the file that a 304 said Meta has, and is known to have had nothing to take in", async () => {
        const catalog = await givenCatalog(service)
        const known = await givenSnapshot(catalog.feedId, 1, { readMinutesAgo: 50 })
        await givenSnapshot(catalog.feedId, 2, { readMinutesAgo: 5, status: "ready" })
        const uploadId = await givenUpload(catalog, { startedMinutesAgo: 10 })
        expect(await service.fetches.wasUnchanged({ uploadId })).toBe(false)
        await service.fetches.recordFetch({ feedId: catalog.feedId, snapshotId: known, namedSnapshot: false, notModified: true, userAgent: null })
        expect(await service.fetches.wasUnchanged({ uploadId })).toBe(false)
        await service.updateFetches({ selector: { snapshot_id: known }, data: { completed_at: ago(9.8) } })
        expect(await service.fetches.wasUnchanged({ uploadId })).toBe(true)
        expect(await service.uploads.tieUpload({ uploadId })).toBe(known)
        expect((await service.retrieveUpload(uploadId)).snapshot_tie).toBe("fetch")
      })

      it("is tied to the oldest snapshot served since the session before it when no fetch is clear", async () => {
        const catalog = await givenCatalog(service)
        await givenSnapshot(catalog.feedId, 1, { readMinutesAgo: 120 })
        const served = await givenSnapshot(catalog.feedId, 2, { readMinutesAgo: 90 })
        await givenSnapshot(catalog.feedId, 3, { readMinutesAgo: 20, status: "ready" })
        await givenUpload(catalog, { startedMinutesAgo: 60 })
        const uploadId = await givenUpload(catalog, { startedMinutesAgo: 10 })
        expect(await service.uploads.tieUpload({ uploadId })).toBe(served)
        expect((await service.retrieveUpload(uploadId)).snapshot_tie).toBe("assumed")
      })
    })

    describe("issues", () => {
      it("are touched when found again, keep their first sight, and go when a later run no longer finds them", async () => {
        const { catalogId } = await givenCatalog(service)
        const issue = { catalog_id: catalogId, source: "check", severity: "error", code: "price_missing", title: "No price", message: "…", retailer_id: "A" } as const
        await service.issues.storeIssues([issue, { ...issue, retailer_id: "B" }])
        const [first] = await service.listIssues({ retailer_id: "A" })
        await moveClock(service, "1 hour")
        const before = await service.issues.databaseNow()
        await service.issues.storeIssues([issue])
        await service.issues.removeStaleIssues({ catalogId, source: "check", before })
        const left = await service.listIssues({ catalog_id: catalogId })
        expect(left).toHaveLength(1)
        expect(left[0].first_seen_at).toEqual(first.first_seen_at)
        expect(left[0].last_seen_at.getTime()).toBeGreaterThan(first.last_seen_at.getTime())
      })

      it("know product and variant from the item with the same retailer id", async () => {
        const catalog = await givenCatalog(service)
        await givenItems(service, { ...catalog, count: 1 })
        await service.issues.storeIssues([
          { catalog_id: catalog.catalogId, source: "feed_upload", severity: "warning", code: "X", title: "t", message: "m", retailer_id: "SKU-1" },
        ])
        expect(await service.listIssues({})).toMatchObject([{ product_id: "prod_1", variant_id: `variant_${catalog.catalogId}_1` }])
      })
    })

    describe("the next fetch", () => {
      it("follows the schedule in its own timezone", async () => {
        const catalog = await givenCatalog(service)
        await service.updateFeeds([{ id: catalog.feedId, schedule: { interval: "DAILY", hour: 3, minute: 20, timezone: "Asia/Tokyo" } }])
        await service.feeds.renewNextFetches()
        const { next_fetch_at } = await service.retrieveFeed(catalog.feedId)
        expect(next_fetch_at!.toISOString()).toMatch(/T18:20:00/)
        expect(next_fetch_at!.getTime()).toBeGreaterThan(Date.now())
        expect(next_fetch_at!.getTime()).toBeLessThan(Date.now() + 24 * 60 * MINUTE_MS)
      })
    })

    describe("forgetting a catalogue", () => {
      it("removes every row of it and of nothing else", async () => {
        const gone = await givenCatalog(service)
        const kept = await givenCatalog(service)
        await givenItems(service, { ...gone, count: 2 })
        await givenItems(service, { ...kept, count: 2 })
        await givenSnapshot(gone.feedId, 1, { readMinutesAgo: 5 })
        await service.catalogs.forgetCatalog({ catalogId: gone.catalogId })
        for (const table of ["catalog", "feed", "item", "snapshot"]) {
          const found = await sqlOf(service)(`meta_catalog_${table}`).select("*")
          expect(JSON.stringify(found)).not.toContain(gone.catalogId)
        }
        expect(await service.listItems({ catalog_id: kept.catalogId })).toHaveLength(2)
        expect(await service.listSnapshots({})).toHaveLength(0)
      })
    })
  },
})
