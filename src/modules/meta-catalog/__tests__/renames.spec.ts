import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { pendingOrders } from "../../../catalog/stock/pending-orders-sql"
import { planRetailerIds, readRetailerIdEffects } from "../../../catalog/items/retailer-id-plan"
import { META_CATALOG_MODULE } from "../index"
import { PREVIOUS_ID_DAYS } from "../items/renames"
import type { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL, sqlOf } from "./given"

jest.setTimeout(60_000)

const counts = { scanned: 2, rows: 2, kept: 0, omitted: 0, retired: 0 }
const file = { key: "file", sha256: "abc", bytes: 1, plainBytes: 1 }

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const itemOf = async (id: string) => (await service.listItems({ id }))[0]

    /** The core's table, as far as ids are read from it. */
    async function givenSkus(skus: Record<string, string | null>): Promise<void> {
      await sqlOf(service).raw("create table if not exists product_variant (id text primary key, sku text)")
      for (const [id, sku] of Object.entries(skus)) {
        await sqlOf(service).raw("insert into product_variant values (?, ?) on conflict (id) do update set sku = excluded.sku", [id, sku])
      }
    }

    /** A catalogue with two listed items of a feed that Meta has, and a published file that holds both. */
    async function given() {
      const catalog = await givenCatalog(service)
      await service.updateFeeds([{ id: catalog.feedId, meta_feed_id: "90417" }])
      await givenSkus({ [`variant_${catalog.catalogId}_1`]: "NEW-1", [`variant_${catalog.catalogId}_2`]: "SKU-2" })
      const first = await build(catalog.feedId)
      await publish(first)
      const [a, b] = await givenItems(service, { ...catalog, count: 2 }, { acknowledged_quantity: 3, acknowledged_availability: "in stock", written_since: 1 })
      return { ...catalog, a, b, plan: { catalogId: catalog.catalogId, scheme: "sku" as const, itemIds: null } }
    }

    const build = async (feedId: string) => (await service.snapshots.startSnapshot({ feedId }))!
    const publish = async ({ id }: { id: string }) => await service.snapshots.publishSnapshot({ snapshotId: id, counts, file })
    const plan = async (given: Parameters<typeof planRetailerIds>[1]) => await planRetailerIds(sqlOf(service), given)

    async function takeIn({ catalogId, feedId }: { catalogId: string; feedId: string }, snapshotId: string) {
      const [{ id }] = await service.createUploads([{ catalog_id: catalogId, feed_id: feedId, meta_upload_id: snapshotId, snapshot_id: snapshotId, started_at: new Date(), ended_at: new Date(), detected: 2 }])
      return await service.uploads.ingestUpload({ uploadId: id })
    }

    it("says what would change, and what cannot, and changes nothing", async () => {
      const { catalogId } = await givenCatalog(service)
      const ids = await givenItems(service, { catalogId, feedId: "f", count: 6 })
      const variant = (n: number) => `variant_${catalogId}_${n}`
      await givenSkus({ [variant(1)]: " SKU-1\u00a0", [variant(2)]: "B", [variant(3)]: "TWICE", [variant(4)]: "TWICE", [variant(5)]: "x".repeat(101), [variant(6)]: "SKU-2" })
      const effects = await readRetailerIdEffects(sqlOf(service), { catalogId, scheme: "sku", itemIds: null }, 20)
      expect(effects.counts).toEqual({ same: 1, changes: 1, duplicate: 2, too_long: 1, taken: 1 })
      expect(effects.samples[0]).toEqual({ item_id: ids[1], product_id: "prod_2", variant_id: variant(2), from: "SKU-2", to: "B", verdict: "changes" })
      expect((await readRetailerIdEffects(sqlOf(service), { catalogId, scheme: "variant_id", itemIds: [ids[0]] }, 20)).counts).toMatchObject({ changes: 1, same: 0 })
      expect((await service.listItems({ next_retailer_id: { $ne: null } })).length).toBe(0)
    })

    it("leads an item from plan through publication to the upload that lists it anew, and nothing is sent on the way", async () => {
      const made = await given()
      expect(await plan(made.plan)).toBe(1)
      expect(await itemOf(made.a)).toMatchObject({ retailer_id: "SKU-1", next_retailer_id: "NEW-1", next_after_number: 1, listed_at: expect.any(Date) })
      expect(await itemOf(made.b)).toMatchObject({ retailer_id: "SKU-2", next_retailer_id: null })
      expect(await service.retrieveFeed(made.feedId)).toMatchObject({ build_requested_at: expect.any(Date) })
      expect(await service.renames.countSwitch(made)).toEqual({ planned: 1, travelling: 0, arrived: 0 })
      expect(await plan(made.plan)).toBeNull()

      const second = await build(made.feedId)
      expect(await service.renames.namesPreviousIds({ feedId: made.feedId, number: second.number })).toBe(true)
      expect(await publish(second)).toBe(true)
      expect(await itemOf(made.a)).toMatchObject({ retailer_id: "NEW-1", next_retailer_id: null, previous_retailer_id: "SKU-1", previous_until: null, listed_at: null, acknowledged_availability: null, written_since: 2 })
      expect(await itemOf(made.b)).toMatchObject({ retailer_id: "SKU-2", listed_at: expect.any(Date), acknowledged_quantity: 3 })
      expect(await service.retrieveFeed(made.feedId)).toMatchObject({ upload_requested_at: expect.any(Date) })
      expect(await service.renames.countSwitch(made)).toEqual({ planned: 0, travelling: 1, arrived: 0 })

      const [before] = await service.listSnapshots({ feed_id: made.feedId, number: 1 })
      await takeIn(made, before.id)
      expect((await itemOf(made.a)).listed_at).toBeNull()
      const over = await service.createFeeds({ catalog_id: made.catalogId, name: "over", schedule: { interval: "DAILY" }, token: `${made.catalogId}-over`, kind: "supplementary", meta_feed_id: "90418" })
      await takeIn(made, second.id)
      expect(await service.retrieveFeed(over.id)).toMatchObject({ build_requested_at: expect.any(Date), upload_requested_at: expect.any(Date) })
      expect(await itemOf(made.a)).toMatchObject({ listed_at: expect.any(Date), due_at: expect.any(Date), due_reason: "newly listed" })
      expect(await service.renames.countSwitch(made)).toEqual({ planned: 0, travelling: 0, arrived: 1 })
      expect(await service.renames.namesPreviousIds({ feedId: made.feedId, number: 3 })).toBe(true)
      await moveClock(service, `${PREVIOUS_ID_DAYS} days 1 minute`)
      expect(await service.renames.namesPreviousIds({ feedId: made.feedId, number: 3 })).toBe(false)
      expect(await service.renames.countSwitch(made)).toEqual({ planned: 0, travelling: 0, arrived: 0 })
    })

    it("is not published by a build that had begun before it was planned", async () => {
      const made = await given()
      const running = await build(made.feedId)
      await plan(made.plan)
      expect(await service.renames.namesPreviousIds({ feedId: made.feedId, number: running.number })).toBe(false)
      await publish(running)
      expect(await itemOf(made.a)).toMatchObject({ retailer_id: "SKU-1", next_retailer_id: "NEW-1", listed_at: expect.any(Date) })
    })

    it("can be taken back until a file is published; a build that runs is ended and publishes nothing", async () => {
      const made = await given()
      await plan({ ...made.plan, scheme: "variant_id" })
      expect(await service.retrieveCatalog(made.catalogId)).toMatchObject({ retailer_id_scheme: "variant_id", retailer_id_switch: { from: "sku", to: "variant_id", items: 2 } })
      const running = await build(made.feedId)
      expect(await service.renames.cancelSwitch(made)).toBe(2)
      expect(await publish(running)).toBe(false)
      expect(await itemOf(made.a)).toMatchObject({ retailer_id: "SKU-1", next_retailer_id: null, listed_at: expect.any(Date) })
      expect(await service.retrieveCatalog(made.catalogId)).toMatchObject({ retailer_id_scheme: "sku", retailer_id_switch: null })

      await plan(made.plan)
      await publish(await build(made.feedId))
      expect(await service.renames.cancelSwitch(made)).toBeNull()
    })

    it("keeps both ids from newcomers, and the item from moves and uploads of single items", async () => {
      const made = await given()
      await plan(made.plan)
      const register = async (retailer_id: string) =>
        await service.itemRegistration.registerItems({ catalogId: made.catalogId, feedId: made.feedId, number: 2, newcomers: [{ retailer_id, variant_id: `v-${retailer_id}`, product_id: "p" }] })
      expect(await register("NEW-1")).toEqual([])
      const other = await service.createFeeds({ catalog_id: made.catalogId, name: "other", schedule: { interval: "DAILY" }, token: `${made.catalogId}-other`, strategy: "fast" })
      expect(await service.moves.moveItems({ catalogId: made.catalogId, toFeedId: other.id, itemIds: [made.a] })).toEqual([])

      const second = await build(made.feedId)
      await publish(second)
      expect(await register("SKU-1")).toEqual([])
      expect(await register("FREE")).toHaveLength(1)
      // Written in the published file and not listed, as a new item is.
      await service.updateFeeds([{ id: made.feedId, upload_requested_at: null }])
      await service.createUploads([{ catalog_id: made.catalogId, feed_id: made.feedId, meta_upload_id: "whole", detected: 2, ingested_at: new Date() }])
      const { items } = await service.carriers.claimCarrier({ feedId: made.feedId, publicUrl: PUBLIC_URL, owner: "o", carriesDue: true, limit: 10 })
      expect(items.map((item) => item.retailer_id)).toEqual(["FREE"])
    })

    it("is not planned while an upload of single items is under way", async () => {
      const made = await given()
      await service.createBatches([{ catalog_id: made.catalogId, transport: "upload", status: "sent", owner: "o", lease_until: new Date(), values: {}, item_count: 0 }])
      expect(await plan(made.plan)).toBeNull()
      expect((await itemOf(made.a)).next_retailer_id).toBeNull()
    })

    describe("the upload that takes new ids in", () => {
      /** Items on their way to other ids: the file that brings them is published, and its upload is asked for. */
      async function givenTravelling() {
        const made = await given()
        await plan(made.plan)
        const second = await build(made.feedId)
        await publish(second)
        return { ...made, second }
      }

      const take = async (catalogId: string) => await service.feeds.takeRequestedUploads({ catalogId, publicUrl: PUBLIC_URL })

      it("does not wait for builds that were asked for after its file was read", async () => {
        const made = await givenTravelling()
        await service.feeds.requestBuilds({ catalogIds: [made.catalogId], withinMs: 600_000 })
        expect(await take(made.catalogId)).toMatchObject([{ feed_id: made.feedId, snapshot_id: made.second.id }])
      })

      it("waits for the build that brings what it was asked for, and for no later one", async () => {
        const made = await given()
        await service.feeds.requestBuild({ feedId: made.feedId, thenUpload: true })
        expect(await take(made.catalogId)).toEqual([])
        const wanted = await build(made.feedId)
        await service.feeds.requestBuilds({ catalogIds: [made.catalogId], withinMs: 600_000 })
        expect(await take(made.catalogId)).toEqual([])
        await publish(wanted)
        expect(await take(made.catalogId)).toMatchObject([{ snapshot_id: wanted.id }])
      })

      it("is asked for again where it came to nothing, and no longer once the ids have arrived", async () => {
        const made = await givenTravelling()
        const [{ snapshot_id: snapshotId }] = await take(made.catalogId)
        await service.uploads.recordStartedUpload({ ...made, metaUploadId: "lost", snapshotId, updateOnly: false })
        const [{ id: uploadId }] = await service.listUploads({ meta_upload_id: "lost" })
        const isAsked = async () => {
          await service.renames.requestLateUploads(made)
          return (await service.retrieveFeed(made.feedId)).upload_requested_at !== null
        }
        await moveClock(service, "1 hour")
        expect(await isAsked()).toBe(false)
        await service.uploads.closeFailedUpload({ uploadId })
        expect(await isAsked()).toBe(false)
        await moveClock(service, "1 hour 16 minutes")
        expect(await isAsked()).toBe(true)

        await service.updateFeeds([{ id: made.feedId, upload_requested_at: null }])
        await takeIn(made, made.second.id)
        await moveClock(service, "2 hours")
        expect(await isAsked()).toBe(false)
      })

      it("ends the switch of an item that it refuses or does not hold, so that another switch may begin", async () => {
        const made = await given()
        await givenSkus({ [`variant_${made.catalogId}_2`]: "NEW-2" })
        expect(await plan(made.plan)).toBe(2)
        const second = await build(made.feedId)
        await service.itemRegistration.recordMembership({ feedId: made.feedId, number: second.number, joined: [], left: [made.b] })
        await publish(second)
        expect(await service.renames.countSwitch(made)).toMatchObject({ travelling: 2 })
        const [{ id: uploadId }] = await service.createUploads([{ catalog_id: made.catalogId, feed_id: made.feedId, meta_upload_id: "whole", snapshot_id: second.id, detected: 1 }])
        await service.issues.storeIssues([{ catalog_id: made.catalogId, source: "feed_upload", severity: "error", code: "X", title: "t", message: "m", retailer_id: "NEW-1", upload_id: uploadId }])
        await service.uploads.ingestUpload({ uploadId })
        expect(await itemOf(made.a)).toMatchObject({ listed_at: null, rejected_at: expect.any(Date) })
        expect(await service.renames.countSwitch(made)).toEqual({ planned: 0, travelling: 0, arrived: 2 })
        // Its next whole file brings it, which names the former id beside the new one.
        await service.items.markItemsDue({ itemIds: [made.a], reason: "changed", priority: 5 })
        await service.updateFeeds([{ id: made.feedId, upload_requested_at: null }])
        const { items } = await service.carriers.claimCarrier({ feedId: made.feedId, publicUrl: PUBLIC_URL, owner: "o", carriesDue: true, limit: 10 })
        expect(items).toEqual([])
        expect(await plan({ ...made.plan, scheme: "variant_id" })).toBe(2)
      })
    })

    it("lets reports and orders name an item by its former id", async () => {
      const made = await given()
      await plan(made.plan)
      await publish(await build(made.feedId))
      await service.issues.storeIssues(["SKU-1", "NEW-1"].map((retailer_id) => ({ catalog_id: made.catalogId, source: "feed_upload", severity: "warning", code: "X", title: "t", message: "m", retailer_id })))
      expect((await service.listIssues({})).map((issue) => [issue.retailer_id, issue.product_id]).sort()).toEqual([["NEW-1", "prod_1"], ["SKU-1", "prod_1"]])

      await service.updateCatalogs([{ id: made.catalogId, orders_mode: "seller" }])
      const [order] = await service.createOrders([{ catalog_id: made.catalogId, meta_order_id: "1", state: "CREATED" }])
      await service.createOrderItems([{ order_id: order.id, retailer_id: "SKU-1", quantity: 2, ordered_quantity: 2 }, { order_id: order.id, retailer_id: "NEW-1", quantity: 1, ordered_quantity: 1 }])
      const { rows } = await sqlOf(service).raw(`with ${pendingOrders({ name: "pending", catalogId: ":catalogId" })} select * from pending`, { catalogId: made.catalogId })
      expect(rows).toEqual([{ retailer_id: "NEW-1", units: 3 }])
    })
  },
})
