import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, OPTIONS, PUBLIC_URL } from "./given"

const MINUTE_MS = 60_000

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS)

    async function givenSnapshot(feedId: string, number = 1): Promise<string> {
      const at = ago(5)
      const [snapshot] = await service.createSnapshots([{ feed_id: feedId, number, status: "ready", started_at: at, first_read_at: at, heartbeat_at: at, published_at: at }])
      return snapshot.id
    }

    async function givenOverlay(catalogId: string, patch: Record<string, unknown> = {}): Promise<string> {
      const [feed] = await service.createFeeds([
        { catalog_id: catalogId, name: "overlay", kind: "override", override_type: "country", override_value: "GB", schedule: { interval: "DAILY" }, token: `t-${Math.random()}`, ...patch },
      ])
      return feed.id
    }

    async function givenUpload({ catalogId, feedId }: { catalogId: string; feedId: string }, patch: Record<string, unknown>): Promise<string> {
      const [upload] = await service.createUploads([
        { catalog_id: catalogId, feed_id: feedId, meta_upload_id: `meta-${Math.random()}`, started_at: ago(2), ended_at: ago(1), ...patch },
      ])
      return upload.id
    }

    const listedOf = async (ids: string[]) => (await service.listItems({ id: ids }, { order: { retailer_id: "ASC" } })).map((item) => item.listed_at !== null)

    describe("an upload that deletes nothing", () => {
      it.each([
        ["by request", { upload: { update_only: true }, feed: {} }, [true, true]],
        ["because its feed was made so", { upload: {}, feed: { never_deletes: true } }, [true, true]],
        ["otherwise it unlists what its snapshot lacked", { upload: {}, feed: {} }, [true, false]],
      ])("%s", async (_case, { upload, feed }, listed) => {
        const catalog = await givenCatalog(service)
        await service.updateFeeds([{ id: catalog.feedId, ...feed }])
        const [held, absent] = await givenItems(service, { ...catalog, count: 2 })
        await service.updateItems([{ id: absent, written_since: 2, due_at: null }])
        const uploadId = await givenUpload(catalog, { snapshot_id: await givenSnapshot(catalog.feedId), ...upload })
        await service.uploads.ingestUpload({ uploadId })
        expect(await listedOf([held, absent])).toEqual(listed)
      })

      it("lists and re-asserts what it brought like any other", async () => {
        const catalog = await givenCatalog(service)
        const [fresh, sent] = await givenItems(service, { ...catalog, count: 2 }, { acknowledged_availability: "in stock", acknowledged_quantity: 3 })
        await service.updateItems([{ id: fresh, listed_at: null }, { id: sent, acknowledged_at: new Date() }])
        const uploadId = await givenUpload(catalog, { snapshot_id: await givenSnapshot(catalog.feedId), update_only: true })
        expect(await service.uploads.ingestUpload({ uploadId })).toEqual({ listed: 1, unlisted: 0, reasserted: 1 })
        expect((await service.listItems({ id: [fresh, sent] })).every((item) => item.due_at !== null && item.acknowledged_availability === null)).toBe(true)
      })

      it("of another feed's values leaves every item alone", async () => {
        const catalog = await givenCatalog(service)
        const ids = await givenItems(service, { ...catalog, count: 2 })
        const feedId = await givenOverlay(catalog.catalogId)
        const uploadId = await givenUpload({ ...catalog, feedId }, { snapshot_id: await givenSnapshot(feedId) })
        expect(await service.uploads.ingestUpload({ uploadId })).toEqual({ listed: 0, unlisted: 0, reasserted: 0 })
        expect(await listedOf(ids)).toEqual([true, true])
      })
    })

    describe("a request for an upload", () => {
      const take = async (catalogId: string) => await service.feeds.takeRequestedUploads({ catalogId, publicUrl: PUBLIC_URL })

      async function givenReady() {
        const catalog = await givenCatalog(service)
        const snapshotId = await givenSnapshot(catalog.feedId)
        await service.updateFeeds([{ id: catalog.feedId, meta_feed_id: `m-${Math.random()}`, published_snapshot_id: snapshotId }])
        return { ...catalog, snapshotId }
      }

      it("may delete nothing and bring its file along, and is cleared when the session stands", async () => {
        const { catalogId, feedId, snapshotId } = await givenReady()
        await service.feeds.requestUpload({ feedId, updateOnly: true, asFile: true })
        expect(await take(catalogId)).toEqual([{ feed_id: feedId, catalog_id: catalogId, snapshot_id: snapshotId, update_only: true, as_file: true }])
        expect(await take(catalogId)).toEqual([])
        await service.uploads.recordStartedUpload({ catalogId, feedId, metaUploadId: "m1", snapshotId, updateOnly: true })
        expect(await service.retrieveFeed(feedId)).toMatchObject({ upload_requested_at: null, update_upload_requested_at: null, upload_as_file: false })
        expect((await service.listUploads({ meta_upload_id: "m1" }))[0].update_only).toBe(true)
      })

      it("for all of the file stands for one that deletes nothing, and keeps being wanted when only that one has begun", async () => {
        const { catalogId, feedId, snapshotId } = await givenReady()
        await service.feeds.requestUpload({ feedId, updateOnly: true })
        await service.feeds.requestUpload({ feedId })
        expect(await take(catalogId)).toMatchObject([{ update_only: false }])
        expect((await service.retrieveFeed(feedId)).update_upload_requested_at).toBeNull()
        await service.uploads.recordStartedUpload({ catalogId, feedId, metaUploadId: "m2", snapshotId, updateOnly: true })
        expect((await service.retrieveFeed(feedId)).upload_requested_at).not.toBeNull()
      })

      it("is tried again after the wait where it could not be started", async () => {
        const { catalogId, feedId } = await givenReady()
        await service.feeds.requestUpload({ feedId, updateOnly: true })
        await take(catalogId)
        await service.feeds.postponeUpload({ feedId, updateOnly: true, waitMs: -1, error: "refused" })
        expect(await take(catalogId)).toMatchObject([{ update_only: true }])
      })
    })

    describe("a feed over the items of others", () => {
      it("is built when Meta holds an item of the catalogue, whichever feed it is of", async () => {
        const catalog = await givenCatalog(service)
        const feedId = await givenOverlay(catalog.catalogId)
        const due = async () => (await service.snapshots.listDueFeeds({ publicUrl: PUBLIC_URL })).map((feed) => feed.id)
        const [id] = await givenItems(service, { ...catalog, count: 1 }, { listed_at: null })
        expect(await due()).not.toContain(feedId)
        await service.updateItems([{ id, listed_at: new Date() }])
        expect(await due()).toContain(feedId)
      })

      it("is asked for a build and an upload when items are listed, and an earlier request is kept", async () => {
        const catalog = await givenCatalog(service)
        const feedId = await givenOverlay(catalog.catalogId)
        await service.overlays.requestOverlays({ catalogId: catalog.catalogId, withinMs: 0 })
        const first = (await service.retrieveFeed(feedId)).build_requested_at
        await service.overlays.requestOverlays({ catalogId: catalog.catalogId, withinMs: 600_000 })
        expect(await service.retrieveFeed(feedId)).toMatchObject({ build_requested_at: first, upload_requested_at: expect.any(Date) })
        expect((await service.retrieveFeed(catalog.feedId)).build_requested_at).toBeNull()
      })

      it("remembers what it has rows for, and forgets it when it ends", async () => {
        const catalog = await givenCatalog(service)
        const feedId = await givenOverlay(catalog.catalogId)
        const record = async (items: { itemId: string; isHidden: boolean }[]) => await service.overlays.recordOverridden({ feedId, items })
        await record([{ itemId: "a", isHidden: false }, { itemId: "b", isHidden: true }])
        await record([{ itemId: "b", isHidden: false }])
        expect(await service.overlays.readOverridden({ feedId, itemIds: ["a", "b", "c"] })).toEqual(new Map([["a", { isHidden: false }], ["b", { isHidden: false }]]))
        expect(await service.overlays.endOverlay({ feedId: catalog.feedId })).toBe(false)
        expect(await service.overlays.endOverlay({ feedId })).toBe(true)
        expect(await service.overlays.readOverridden({ feedId, itemIds: ["a"] })).toEqual(new Map())
        expect(await service.listFeeds({ id: feedId })).toEqual([])
        await givenOverlay(catalog.catalogId)
      })

      it("is the only one of its catalogue for its country, beside others of other kinds", async () => {
        const { catalogId } = await givenCatalog(service)
        await givenOverlay(catalogId)
        await expect(givenOverlay(catalogId)).rejects.toThrow()
        await givenOverlay(catalogId, { override_value: "FR" })
        await givenOverlay(catalogId, { kind: "supplementary", override_type: null, override_value: null })
        await givenOverlay(catalogId, { override_type: "language", override_value: "fr_XX" })
      })
    })
  },
})
