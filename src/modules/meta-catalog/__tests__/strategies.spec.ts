import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL, sqlOf } from "./given"

const counts = { scanned: 1, rows: 1, kept: 0, omitted: 0, retired: 0 }
const file = { key: "file", sha256: "0".repeat(64), bytes: 1, plainBytes: 1 }
const HOUR_MS = 3_600_000

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const itemOf = async (id: string) => (await service.listItems({ id }))[0]
    const change = async (id: string, patch: Record<string, unknown>) => void (await service.updateItems([{ id, ...patch }]))

    async function givenFeed(catalogId: string, patch: Record<string, unknown>): Promise<string> {
      const [feed] = await service.createFeeds([
        { catalog_id: catalogId, name: "feed", schedule: { interval: "DAILY" }, token: `${catalogId}-${JSON.stringify(patch)}`, ...patch },
      ])
      return feed.id
    }

    async function published(feedId: string): Promise<{ id: string; number: number }> {
      const started = await service.snapshots.startSnapshot({ feedId })
      await service.snapshots.publishSnapshot({ snapshotId: started!.id, counts, file })
      return started!
    }

    let sessions = 0
    async function ended(catalogId: string, feedId: string, snapshotId: string): Promise<string> {
      const [upload] = await service.createUploads([
        { catalog_id: catalogId, feed_id: feedId, meta_upload_id: String((sessions += 1)), snapshot_id: snapshotId, started_at: new Date(), ended_at: new Date(), detected: 1 },
      ])
      return upload.id
    }

    describe("a session of the update schedule", () => {
      it("makes unknown and due what changed since the file was read or is in flight, of its own feed, and lists and unlists nothing", async () => {
        const { catalogId, feedId } = await givenCatalog(service)
        const updates = await givenFeed(catalogId, { kind: "update_only", main_feed_id: feedId })
        const held = { acknowledged_quantity: 3, acknowledged_availability: "in stock", acknowledged_at: new Date(Date.now() - HOUR_MS) }
        const [changed, quiet, inFlight, unlisted] = await givenItems(service, { catalogId, feedId, count: 4 }, held)
        const [other] = await service.createItems([
          { catalog_id: catalogId, feed_id: await givenFeed(catalogId, { strategy: "fast" }), retailer_id: "OTHER", variant_id: "v", product_id: "p", listed_at: new Date(), marked_at: new Date(Date.now() + HOUR_MS), ...held },
        ])
        await change(unlisted, { listed_at: null })
        const snapshot = await published(updates)
        await change(changed, { marked_at: new Date(Date.now() + 1_000) })
        await change(inFlight, { batch_id: "mcbatch_1" })
        const uploadId = await ended(catalogId, updates, snapshot.id)

        expect(await service.uploads.ingestUpdate({ uploadId })).toEqual({ reasserted: 2 })
        expect(await itemOf(changed)).toMatchObject({ acknowledged_availability: null, acknowledged_quantity: null, due_at: expect.any(Date), reassert: false })
        expect(await itemOf(inFlight)).toMatchObject({ acknowledged_availability: null, reassert: true })
        for (const id of [quiet, other.id]) expect(await itemOf(id)).toMatchObject({ acknowledged_quantity: 3, due_at: null, listed_at: expect.any(Date) })
        expect(await itemOf(unlisted)).toMatchObject({ listed_at: null, due_at: null })
        expect(await service.uploads.ingestUpdate({ uploadId })).toBeNull()
      })

      it("is found in the list of the main feed's sessions by its file's name, and waits there in order", async () => {
        const { catalogId, feedId } = await givenCatalog(service)
        const updates = await givenFeed(catalogId, { kind: "update_only", main_feed_id: feedId })
        const session = (meta_upload_id: string, named_feed_id: string | null, minute: number) => ({
          meta_upload_id, named_feed_id, snapshot_id: null, batch_id: null, input_method: "Server Fetch", detected: 1, persisted: 1, deleted: 0, invalid: 0,
          error_count: 0, warning_count: 0, started_at: new Date(Date.UTC(2026, 10, 22, 3, minute)), ended_at: new Date(Date.UTC(2026, 10, 22, 4)),
        })
        const foreign = (await givenCatalog(service)).feedId
        await service.uploads.recordUploads({ catalogId, feedId, uploads: [session("u1", updates, 2), session("u2", feedId, 1), session("u3", foreign, 3)] })
        const waiting = await service.uploads.listEndedUploads({ feedId })
        expect(waiting.map((upload) => [upload.meta_upload_id, upload.feed_id, upload.is_update])).toEqual([
          ["u2", feedId, false],
          ["u1", updates, true],
          ["u3", feedId, false],
        ])
      })
    })

    describe("the next fetch of a feed that Meta fetches every few hours", () => {
      const nextOf = async (id: string) => new Date((await service.retrieveFeed(id)).next_fetch_at as Date).getTime()

      it("may be any hour until Meta has fetched, and is counted from its last fetch then", async () => {
        const { catalogId } = await givenCatalog(service)
        const id = await givenFeed(catalogId, { strategy: "slow", schedule: { interval: "HOURLY", interval_count: 6, minute: 30 } })
        await service.feeds.renewNextFetches()
        expect(await nextOf(id)).toBeLessThanOrEqual(Date.now() + HOUR_MS)

        const fetchedAt = new Date()
        fetchedAt.setUTCMinutes(30, 20, 0)
        if (fetchedAt.getTime() > Date.now()) fetchedAt.setUTCHours(fetchedAt.getUTCHours() - 1)
        await service.createFetches([{ feed_id: id, snapshot_id: "mcsnap_1", completed_at: fetchedAt }])
        await sqlOf(service).raw("update meta_catalog_feed set next_fetch_at = null where id = ?", [id])
        await service.feeds.renewNextFetches()
        expect(await nextOf(id)).toBe(fetchedAt.getTime() - 20_000 + 6 * HOUR_MS)

        await moveClock(service, "7 hours")
        await service.feeds.renewNextFetches()
        expect(await nextOf(id)).toBeGreaterThan(Date.now() + 7 * HOUR_MS)
        expect(await nextOf(id)).toBeLessThanOrEqual(Date.now() + 8 * HOUR_MS)
      })
    })

    it.each([["fast", 5], ["combined", 100], ["slow", 100]] as const)("an item that a %s feed's upload has listed is due with priority %d", async (strategy, priority) => {
      const { catalogId, feedId } = await givenCatalog(service)
      await service.updateFeeds([{ id: feedId, strategy }])
      const [id] = await givenItems(service, { catalogId, feedId, count: 1 }, { listed_at: null })
      const snapshot = await published(feedId)
      await service.uploads.ingestUpload({ uploadId: await ended(catalogId, feedId, snapshot.id) })
      expect(await itemOf(id)).toMatchObject({ listed_at: expect.any(Date), due_at: expect.any(Date), priority })
    })

    describe("a file of updates", () => {
      it("is due for a build only while Meta holds an item it speaks of", async () => {
        const { catalogId, feedId } = await givenCatalog(service)
        const updates = await givenFeed(catalogId, { kind: "update_only", main_feed_id: feedId })
        const isDue = async () => (await service.snapshots.listDueFeeds({ publicUrl: PUBLIC_URL })).some((feed) => feed.id === updates)
        expect(await isDue()).toBe(false)
        await givenItems(service, { catalogId, feedId, count: 1 })
        expect(await isDue()).toBe(true)
      })
    })

    describe("items that move to another feed", () => {
      async function givenTwoFeeds() {
        const { catalogId, feedId } = await givenCatalog(service)
        return { catalogId, from: feedId, to: await givenFeed(catalogId, { strategy: "slow" }) }
      }

      it("are kept from calls and from the new file until a later file of the old feed was taken in", async () => {
        const { catalogId, from, to } = await givenTwoFeeds()
        const first = await published(from)
        const [id] = await givenItems(service, { catalogId, feedId: from, count: 1 }, { due_at: new Date(0) })
        expect(await service.moves.moveItems({ catalogId, toFeedId: to, itemIds: [id] })).toEqual([{ feed_id: from, items: 1 }])
        expect(await itemOf(id)).toMatchObject({ feed_id: to, moved_from_feed_id: from, moved_at_number: 1, listed_at: null, written_since: null })
        const { items } = await service.batches.claimItems({ catalogId, publicUrl: PUBLIC_URL, owner: "me", limit: 10 })
        expect(items).toEqual([])
        expect(await service.moves.countLeaving({ feedId: from, publishedNumber: first.number })).toBe(1)

        // A session that read the file from before the move deleted nothing.
        await service.uploads.ingestUpload({ uploadId: await ended(catalogId, from, first.id) })
        expect(await itemOf(id)).toMatchObject({ moved_from_feed_id: from })
        const second = await published(from)
        expect(await service.moves.countLeaving({ feedId: from, publishedNumber: second.number })).toBe(0)
        await service.uploads.ingestUpload({ uploadId: await ended(catalogId, from, second.id) })
        expect(await itemOf(id)).toMatchObject({ moved_from_feed_id: null, listed_at: null, feed_id: to })
        expect(await service.retrieveFeed(to)).toMatchObject({ build_requested_at: expect.any(Date), upload_requested_at: expect.any(Date) })
      })

      it("are not those that an upload carries, that are gone, that move already, or that are there", async () => {
        const { catalogId, from, to } = await givenTwoFeeds()
        const ids = await givenItems(service, { catalogId, feedId: from, count: 5 })
        await change(ids[0], { carrier_id: "mcbatch_1" })
        await change(ids[1], { discontinued_at: new Date() })
        await change(ids[2], { moved_from_feed_id: to, moved_at_number: 1 })
        await change(ids[3], { feed_id: to })
        expect(await service.moves.moveItems({ catalogId, toFeedId: to, itemIds: ids })).toEqual([{ feed_id: from, items: 1 }])
        expect(await itemOf(ids[4])).toMatchObject({ feed_id: to })
      })

      it("that Meta never had need not wait", async () => {
        const { catalogId, from, to } = await givenTwoFeeds()
        const [id] = await givenItems(service, { catalogId, feedId: from, count: 1 }, { listed_at: null, written_since: null })
        await service.moves.moveItems({ catalogId, toFeedId: to, itemIds: [id] })
        expect(await itemOf(id)).toMatchObject({ feed_id: to, moved_from_feed_id: null })
      })
    })

    describe("a whole feed whose items come over to another", () => {
      async function givenMigration({ items = 2 } = {}) {
        const { catalogId, feedId: from } = await givenCatalog(service)
        await service.updateFeeds([{ id: from, meta_feed_id: "1" }])
        const to = await givenFeed(catalogId, { strategy: "slow", meta_feed_id: "2" })
        const older = await published(to)
        const ids = await givenItems(service, { catalogId, feedId: from, count: items })
        expect(await service.moves.migrateFeed({ fromFeedId: from, toFeedId: to })).toBe(items)
        await service.feeds.requestBuild({ feedId: to, thenUpload: true })
        return { catalogId, from, to, ids, older }
      }

      const takesUpload = async (catalogId: string) => (await service.feeds.takeRequestedUploads({ catalogId, publicUrl: PUBLIC_URL })).map((taken) => taken.feed_id)

      async function complete(to: string, ids: string[]) {
        const snapshot = await published(to)
        await service.itemRegistration.recordMembership({ feedId: to, number: snapshot.number, joined: ids, left: [] })
        return snapshot
      }

      async function ingested(catalogId: string, feedId: string, snapshotId: string): Promise<string> {
        const uploadId = await ended(catalogId, feedId, snapshotId)
        await service.uploads.ingestUpload({ uploadId })
        return uploadId
      }

      it("stays listed, and Meta may know of it only when a file that was begun since is published", async () => {
        const { to, ids } = await givenMigration()
        expect(await itemOf(ids[0])).toMatchObject({ feed_id: to, listed_at: expect.any(Date), moved_from_feed_id: null, written_since: null })
        expect(await service.retrieveFeed(to)).toMatchObject({ meta_stale_since: null })
        expect(await service.moves.migrationToTell({ feedId: to })).toBeUndefined()
        const held = await service.snapshots.startSnapshot({ feedId: to })
        await service.snapshots.holdSnapshot({ snapshotId: held!.id, counts, file, reason: "brake" })
        expect(await service.moves.migrationToTell({ feedId: to })).toBeUndefined()
        await service.snapshots.releaseSnapshot({ snapshotId: held!.id })
        expect(await service.moves.migrationToTell({ feedId: to })).toBe("1")
        expect(await service.retrieveFeed(to)).toMatchObject({ meta_stale_since: expect.any(Date) })
      })

      it("is not told of by a file whose build had begun before", async () => {
        const { catalogId, feedId: from } = await givenCatalog(service)
        await service.updateFeeds([{ id: from, meta_feed_id: "1" }])
        const to = await givenFeed(catalogId, { strategy: "slow", meta_feed_id: "2" })
        const running = await service.snapshots.startSnapshot({ feedId: to })
        expect(await service.moves.migrateFeed({ fromFeedId: from, toFeedId: to })).toBe(0)
        await service.snapshots.publishSnapshot({ snapshotId: running!.id, counts, file })
        expect(await service.moves.migrationToTell({ feedId: to })).toBeUndefined()
        expect(await service.moves.lacksMigrating({ snapshotId: running!.id })).toBe(true)
        const later = await published(to)
        expect(await service.moves.migrationToTell({ feedId: to })).toBe("1")
        expect(await service.moves.lacksMigrating({ snapshotId: later.id })).toBe(false)
      })

      it("is uploaded only when Meta was told, and the file of the feed it left no more", async () => {
        const { catalogId, from, to, ids } = await givenMigration()
        await published(from)
        await service.feeds.requestUpload({ feedId: from })
        await complete(to, ids)
        expect(await takesUpload(catalogId)).toEqual([])
        await service.moves.recordMigrationTold({ feedId: to })
        expect(await takesUpload(catalogId)).toEqual([to])
      })

      it("ends when a session that began after Meta was told has read all of it", async () => {
        const { catalogId, from, to, ids } = await givenMigration()
        const snapshot = await complete(to, ids)
        await ingested(catalogId, to, snapshot.id)
        expect(await service.moves.endMigrated({ catalogId })).toEqual([])
        await service.updateUploads({ selector: { feed_id: to }, data: { started_at: new Date(Date.now() - HOUR_MS) } })
        await service.moves.recordMigrationTold({ feedId: to })
        expect(await service.moves.endMigrated({ catalogId })).toEqual([])
        await ingested(catalogId, to, snapshot.id)
        expect(await service.moves.endMigrated({ catalogId })).toEqual(["feed"])
        expect(await service.listFeeds({ id: from })).toEqual([])
        expect(await service.moves.migratingFeed({ feedIds: [from, to] })).toBeUndefined()
      })

      it("does not end while Meta refused one of its rows, or gave no reasons for rows it refused", async () => {
        const { catalogId, to, ids } = await givenMigration()
        const snapshot = await complete(to, ids)
        await service.moves.recordMigrationTold({ feedId: to })
        const refused = await ended(catalogId, to, snapshot.id)
        const { retailer_id } = await itemOf(ids[0])
        await service.issues.storeIssues([
          { catalog_id: catalogId, upload_id: refused, source: "feed_upload", severity: "error", retailer_id, code: "x", title: "refused", message: "belongs to another feed" } as never,
        ])
        await service.uploads.ingestUpload({ uploadId: refused })
        expect(await service.moves.endMigrated({ catalogId })).toEqual([])
        const silent = await ingested(catalogId, to, snapshot.id)
        await service.updateUploads({ id: silent, invalid: 1, report_status: "SESSION_DATA_NOT_FOUND" })
        expect(await service.moves.endMigrated({ catalogId })).toEqual([])
        await ingested(catalogId, to, snapshot.id)
        expect(await service.moves.endMigrated({ catalogId })).toEqual(["feed"])
      })

      it("does not end before the last session of the feed it left is taken in, which makes unknown what it may have put back", async () => {
        const { catalogId, from, to, ids } = await givenMigration()
        await service.updateItems(ids.map((id) => ({ id, acknowledged_quantity: 2, acknowledged_availability: "in stock", acknowledged_at: new Date(Date.now() - HOUR_MS) })))
        const old = await published(from)
        await service.updateItems([{ id: ids[0], acknowledged_at: new Date(Date.now() + 1_000) }])
        const snapshot = await complete(to, ids)
        await service.moves.recordMigrationTold({ feedId: to })
        const last = await ended(catalogId, from, old.id)
        await service.moves.reassertMigrating({ uploadId: last })
        expect(await itemOf(ids[0])).toMatchObject({ acknowledged_quantity: null, due_at: expect.any(Date), listed_at: expect.any(Date) })
        expect(await itemOf(ids[1])).toMatchObject({ acknowledged_quantity: 2, due_at: null })
        await ingested(catalogId, to, snapshot.id)
        expect(await service.moves.endMigrated({ catalogId })).toEqual([])
        await service.uploads.ingestUpload({ uploadId: last })
        expect(await service.moves.endMigrated({ catalogId })).toEqual(["feed"])
      })

      it("is refused back, twice, or while the feed it would leave is being built", async () => {
        const { catalogId, from, to, ids } = await givenMigration()
        expect(await service.moves.migrateFeed({ fromFeedId: to, toFeedId: from })).toBeNull()
        expect(await service.moves.migrateFeed({ fromFeedId: from, toFeedId: to })).toBeNull()
        expect(await service.moves.migratingFeed({ feedIds: [from] })).toBe(to)
        expect(await service.moves.migratingFeed({ feedIds: [to] })).toBe(to)
        const snapshot = await complete(to, ids)
        await service.moves.recordMigrationTold({ feedId: to })
        await ingested(catalogId, to, snapshot.id)
        await service.moves.endMigrated({ catalogId })
        const next = await givenFeed(catalogId, { strategy: "fast" })
        const running = await service.snapshots.startSnapshot({ feedId: to })
        expect(await service.moves.migrateFeed({ fromFeedId: to, toFeedId: next })).toBeNull()
        await service.snapshots.publishSnapshot({ snapshotId: running!.id, counts, file })
        expect(await service.moves.migrateFeed({ fromFeedId: to, toFeedId: next })).toBe(ids.length)
      })

      it("takes along what was registered with the feed it left later on", async () => {
        const { catalogId, from, to, ids } = await givenMigration()
        const [{ id: late }] = await service.createItems([{ catalog_id: catalogId, feed_id: from, retailer_id: "LATE", variant_id: "late", product_id: "late" }])
        const snapshot = await complete(to, ids)
        await service.moves.recordMigrationTold({ feedId: to })
        await ingested(catalogId, to, snapshot.id)
        expect(await service.moves.endMigrated({ catalogId })).toEqual([])
        await service.moves.handOverLate({ catalogId })
        expect(await itemOf(late)).toMatchObject({ feed_id: to })
        expect(await service.retrieveFeed(to)).toMatchObject({ build_requested_at: expect.any(Date) })
        expect(await service.moves.endMigrated({ catalogId })).toEqual(["feed"])
      })
    })

    it("a build of the feed an item has left says nothing of it any more", async () => {
      const { catalogId, feedId } = await givenCatalog(service)
      const to = await givenFeed(catalogId, { strategy: "slow" })
      const [id] = await givenItems(service, { catalogId, feedId, count: 1 })
      await service.moves.moveItems({ catalogId, toFeedId: to, itemIds: [id] })
      await service.itemRegistration.recordMembership({ feedId, number: 9, joined: [id], left: [] })
      expect((await itemOf(id)).written_since).toBeNull()
    })
  },
})
