import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import type { BatchEntry } from "../batches/batch-entry"
import type { BatchHold } from "../batches/batches"
import type { CarriedItem } from "../carriers/carriers"
import { PRIORITY } from "../push/priority"
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL, sqlOf, WINDOW_MS } from "./given"

const MINUTE_MS = 60_000

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    type Place = { catalogId: string; feedId: string }
    const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS)
    const itemsOf = async (ids: string[]) => await service.listItems({ id: ids }, { order: { retailer_id: "ASC" } })
    const itemOf = async (id: string) => await service.retrieveItem(id)

    const claim = (place: Place, patch: Partial<Parameters<typeof service.carriers.claimCarrier>[0]> = {}) =>
      service.carriers.claimCarrier({ feedId: place.feedId, publicUrl: PUBLIC_URL, owner: "worker", carriesDue: false, limit: 100, ...patch })

    const entriesOf = (items: CarriedItem[], quantity = 5): BatchEntry[] =>
      items.map((item) => ({ item_id: item.id, retailer_id: item.retailer_id, quantity, availability: "in stock", price: null, reason: item.due_reason }))

    async function givenSnapshot(feedId: string, number: number, patch: Record<string, unknown> = {}): Promise<string> {
      const [snapshot] = await service.createSnapshots([
        { feed_id: feedId, number, status: "superseded", started_at: ago(90), first_read_at: ago(90), heartbeat_at: ago(89), published_at: ago(89), ...patch },
      ])
      return snapshot.id
    }

    async function givenSession({ catalogId, feedId }: Place, patch: Record<string, unknown> = {}): Promise<string> {
      const session = { catalog_id: catalogId, feed_id: feedId, meta_upload_id: `meta-${Math.random()}`, started_at: ago(80), ended_at: ago(79), detected: 3, ...patch }
      const [upload] = await service.createUploads([session])
      return upload.id
    }

    /** A feed Meta knows, whose second snapshot is published and whose first was uploaded and taken in. */
    async function givenPlace(patch: Record<string, unknown> = {}): Promise<Place> {
      const place = await givenCatalog(service, patch)
      await givenSnapshot(place.feedId, 1)
      const published = await givenSnapshot(place.feedId, 2, { status: "ready", first_read_at: ago(30) })
      await service.updateFeeds([{ id: place.feedId, meta_feed_id: place.feedId.slice(-8), published_snapshot_id: published, snapshot_number: 2 }])
      await givenSession(place, { ingested_at: ago(78) })
      return place
    }

    const givenNewItems = async (place: Place, count = 1, patch: Record<string, unknown> = {}) =>
      await givenItems(service, { ...place, count }, { listed_at: null, written_since: 2, ...patch })

    /** New items whose carrier has been posted and whose session Meta has ended. */
    async function givenEndedCarrier(place: Place, session: Record<string, unknown> = {}): Promise<{ hold: BatchHold; uploadId: string; items: CarriedItem[] }> {
      const { hold, items } = await claim(place, { carriesDue: true })
      expect(await service.carriers.prepareCarrier(hold, { entries: entriesOf(items), unchanged: [] })).toBe(true)
      await service.carriers.recordCarrierSession({ batchId: hold.batchId, feedId: place.feedId, metaUploadId: `meta-${hold.batchId}` })
      const [upload] = await service.listUploads({ batch_id: hold.batchId })
      await service.updateUploads([{ id: upload.id, started_at: ago(2), ended_at: ago(1), detected: items.length, ...session }])
      return { hold, uploadId: upload.id, items }
    }

    const refuse = async (place: Place, uploadId: string, retailerId: string) =>
      await service.issues.storeIssues([
        { catalog_id: place.catalogId, source: "feed_upload", severity: "error", code: "X", title: "t", message: "No image.", retailer_id: retailerId, upload_id: uploadId },
      ])

    describe("what a carrier claims", () => {
      it("is new items that the published snapshot holds, and their marks are cleared", async () => {
        const place = await givenPlace()
        const [fresh, listed, unpublished, left, invalid, gone] = await givenNewItems(place, 6, { due_at: ago(1) })
        await service.updateItems([
          { id: listed, listed_at: ago(60) },
          { id: unpublished, written_since: 3 },
          { id: left, written_since: 1, omitted_since: 2 },
          { id: invalid, invalid_since: ago(5) },
          { id: gone, discontinued_at: ago(5) },
        ])
        const { hold, items } = await claim(place)
        expect(items).toMatchObject([{ id: fresh, is_new: true, retailer_id: "SKU-1" }])
        expect(await itemOf(fresh)).toMatchObject({ carrier_id: hold.batchId, batch_id: null, due_at: null })
        expect(await service.retrieveBatch(hold.batchId)).toMatchObject({ transport: "upload", status: "claimed", item_count: 1 })
        expect(await itemOf(listed)).toMatchObject({ carrier_id: null })
      })

      it("is nothing for a catalogue that is paused, or connected under another public URL", async () => {
        const paused = await givenPlace({ state: "paused" })
        const elsewhere = await givenPlace({ public_url: "https://elsewhere.test" })
        await givenNewItems(paused)
        await givenNewItems(elsewhere)
        expect((await claim(paused)).items).toEqual([])
        expect((await claim(elsewhere)).items).toEqual([])
        expect(await service.listBatches({})).toEqual([])
      })

      it("is nothing before the first whole upload was taken in, nor while one is running, wanted or not taken in yet", async () => {
        const place = await givenPlace()
        await givenNewItems(place)
        const [first] = await service.listUploads({ feed_id: place.feedId })
        await service.updateUploads([{ id: first.id, ingested_at: null }])
        expect((await claim(place)).items).toEqual([])
        await service.updateUploads([{ id: first.id, ingested_at: ago(78), detected: 0 }])
        expect((await claim(place)).items).toEqual([])
        await service.updateUploads([{ id: first.id, detected: 3 }])
        await service.feeds.requestUpload({ feedId: place.feedId })
        expect((await claim(place)).items).toEqual([])
        await service.updateFeeds([{ id: place.feedId, upload_requested_at: null }])
        const running = await givenSession(place, { started_at: ago(10), ended_at: null, detected: null })
        expect((await claim(place)).items).toEqual([])
        await service.updateUploads([{ id: running, started_at: ago(7 * 60) }])
        expect((await claim(place)).items).toHaveLength(1)
      })

      it("is never in two carriers, and a catalogue has one at a time", async () => {
        const place = await givenPlace()
        await givenNewItems(place, 40)
        const claims = await Promise.all(Array.from({ length: 8 }, (_, worker) => claim(place, { owner: `worker ${worker}`, limit: 5 })))
        expect(claims.filter(({ items }) => items.length > 0)).toHaveLength(1)
        expect(await service.listBatches({})).toHaveLength(1)
        expect((await claim(place)).items).toEqual([])
      })

      it("waits out a back-off, and an item Meta refused waits for its next change", async () => {
        const place = await givenPlace()
        const [later, refused] = await givenNewItems(place, 2)
        await service.updateItems([
          { id: later, due_at: new Date(Date.now() + MINUTE_MS) },
          { id: refused, rejected_at: ago(5), marked_at: ago(6) },
        ])
        expect((await claim(place)).items).toEqual([])
        await service.updateItems([{ id: refused, marked_at: ago(4) }])
        expect((await claim(place)).items).toMatchObject([{ id: refused }])
      })

      it("is also what is due where batch calls do not suffice, but never a sell-out, an item in flight or one with a sale to end", async () => {
        const place = await givenPlace({ pushes_prices: true })
        const noSale = { price: "1.00 EUR", sale_price: "", sale_price_effective_date: "" }
        const ids = await givenItems(service, { ...place, count: 5 }, { due_at: ago(1), acknowledged_price: noSale })
        await service.updateItems([
          { id: ids[1], priority: PRIORITY.sellOut },
          { id: ids[2], batch_id: "some batch" },
          { id: ids[3], acknowledged_price: { ...noSale, sale_price: "0.50 EUR" } },
          { id: ids[4], acknowledged_price: null },
        ])
        expect((await claim(place)).items).toEqual([])
        expect((await claim(place, { carriesDue: true })).items).toMatchObject([{ id: ids[0], is_new: false }])
      })

      it("stays out of items_batch until it has ended, except what sold out meanwhile", async () => {
        const place = await givenPlace()
        const ids = await givenItems(service, { ...place, count: 2 }, { due_at: ago(1) })
        await claim(place, { carriesDue: true })
        await service.items.markItemsDue({ itemIds: ids, reason: "stock", priority: PRIORITY.stock })
        const claimItems = () => service.batches.claimItems({ catalogId: place.catalogId, publicUrl: PUBLIC_URL, owner: "other", limit: 10 })
        expect((await claimItems()).items).toEqual([])
        await service.items.markItemsDue({ itemIds: [ids[1]], reason: "stock", priority: PRIORITY.sellOut })
        expect((await claimItems()).items).toMatchObject([{ id: ids[1] }])
      })
    })

    describe("a prepared carrier", () => {
      it("has its values and their history committed, and lets go of what it does not bring", async () => {
        const place = await givenPlace()
        const ids = await givenItems(service, { ...place, count: 3 }, { due_at: ago(1), due_reason: "stock" })
        const [invalid] = await service.createItems([
          { catalog_id: place.catalogId, feed_id: place.feedId, retailer_id: "NEW", variant_id: "v", product_id: "p", written_since: 2 },
        ])
        const { hold, items } = await claim(place, { carriesDue: true })
        const byId = (id: string) => items.filter((item) => item.id === id)
        await service.carriers.prepareCarrier(hold, { entries: entriesOf(byId(ids[0])), unchanged: entriesOf(byId(ids[1])) })
        const [brought, unchanged, soldOut] = await itemsOf(ids)
        expect(brought).toMatchObject({ carrier_id: hold.batchId, sent_quantity: 5, sent_availability: "in stock", wanted_reason: "stock" })
        expect(unchanged).toMatchObject({ carrier_id: null, due_at: null })
        expect(soldOut).toMatchObject({ carrier_id: null, due_at: expect.any(Date), priority: PRIORITY.sellOut })
        expect(await itemOf(invalid.id)).toMatchObject({ carrier_id: null, due_at: null, rejected_at: expect.any(Date), listed_at: null })
        const { changes } = await service.history.listItemChanges({ itemId: ids[0], limit: 5, offset: 0 })
        expect(changes).toMatchObject([{ quantity: 5, reason: "stock", outcome: "in_flight" }])
      })

      it("is released when nothing is left of it, and refused to a worker that was taken for dead", async () => {
        const place = await givenPlace()
        await givenNewItems(place)
        const { hold } = await claim(place)
        expect(await service.carriers.prepareCarrier({ ...hold, owner: "another" }, { entries: [], unchanged: [] })).toBe(false)
        expect(await service.carriers.prepareCarrier(hold, { entries: [], unchanged: [] })).toBe(true)
        expect(await service.retrieveBatch(hold.batchId)).toMatchObject({ status: "released" })
      })

      it("holds back whole uploads of ours until it has ended", async () => {
        const place = await givenPlace()
        await givenNewItems(place)
        const { uploadId } = await givenEndedCarrier(place)
        await service.feeds.requestUpload({ feedId: place.feedId })
        const take = () => service.feeds.takeRequestedUploads({ catalogId: place.catalogId, publicUrl: PUBLIC_URL })
        expect(await take()).toEqual([])
        await service.carriers.ingestCarrier({ uploadId, listsNew: true })
        expect(await take()).toHaveLength(1)
      })

      it("is not claimed while an upload that deletes nothing is wanted or being started, which brings the same items", async () => {
        const place = await givenPlace()
        await givenNewItems(place)
        await service.feeds.requestUpload({ feedId: place.feedId, updateOnly: true })
        expect((await claim(place)).items).toEqual([])
        expect(await service.feeds.takeRequestedUploads({ catalogId: place.catalogId, publicUrl: PUBLIC_URL })).toMatchObject([{ update_only: true }])
        expect((await claim(place)).items).toEqual([])
      })
    })

    describe("an ended session", () => {
      it("lists and acknowledges what was carried, and leaves every other item alone", async () => {
        const place = await givenPlace()
        const known = { acknowledged_quantity: 7, acknowledged_availability: "in stock", acknowledged_at: ago(60) }
        const [untouched] = await givenItems(service, { ...place, count: 1 }, { retailer_id: "OLD", written_since: 1, ...known })
        const ids = await service.createItems(
          ["A", "B"].map((name) => ({ catalog_id: place.catalogId, feed_id: place.feedId, retailer_id: name, variant_id: name, product_id: "p", written_since: 2 }))
        )
        const { uploadId, hold } = await givenEndedCarrier(place)
        expect(await service.carriers.ingestCarrier({ uploadId, listsNew: true })).toEqual({ listed: 2, acknowledged: 2, refused: 0, reasserted: 0 })
        for (const item of await itemsOf(ids.map(({ id }) => id))) {
          expect(item).toMatchObject({ carrier_id: null, due_at: null, acknowledged_quantity: 5, acknowledged_availability: "in stock", attempts: 0 })
          expect(item.listed_at).not.toBeNull()
        }
        expect(await itemOf(untouched)).toMatchObject({ ...known, due_at: null, carrier_id: null, listed_at: expect.any(Date) })
        expect(await service.retrieveBatch(hold.batchId)).toMatchObject({ status: "settled", acknowledged_count: 2 })
        expect(await service.carriers.ingestCarrier({ uploadId, listsNew: true })).toBeNull()
      })

      it("leaves a refused new item unlisted with Meta's words, and sends a refused listed one by items_batch", async () => {
        const place = await givenPlace()
        const [fresh] = await givenNewItems(place)
        const [listed] = await givenItems(service, { ...place, count: 1 }, { retailer_id: "L", variant_id: "L", due_at: ago(1), acknowledged_availability: "in stock" })
        const { uploadId } = await givenEndedCarrier(place)
        await refuse(place, uploadId, "SKU-1")
        await refuse(place, uploadId, "L")
        expect(await service.carriers.ingestCarrier({ uploadId, listsNew: true })).toMatchObject({ listed: 0, acknowledged: 0, refused: 2 })
        expect(await itemOf(fresh)).toMatchObject({ listed_at: null, carrier_id: null, due_at: null, last_error: "No image.", rejected_at: expect.any(Date) })
        expect(await itemOf(listed)).toMatchObject({ carrier_id: null, due_at: expect.any(Date), acknowledged_availability: null, rejected_at: expect.any(Date) })
        expect((await claim(place, { carriesDue: true })).items).toEqual([])
      })

      it("carries a refused new item again that was changed since the claim", async () => {
        const place = await givenPlace()
        const [id] = await givenNewItems(place)
        const { uploadId } = await givenEndedCarrier(place)
        await refuse(place, uploadId, "SKU-1")
        await service.items.markItemsDue({ itemIds: [id], reason: "product", priority: PRIORITY.product })
        await service.carriers.ingestCarrier({ uploadId, listsNew: true })
        expect((await claim(place)).items).toMatchObject([{ id, is_rejected: true }])
      })

      it.each([
        ["was marked", async (id: string) => void (await service.items.markItemsDue({ itemIds: [id], reason: "stock", priority: PRIORITY.stock }))],
        ["was marked and its mark answered", async (id: string) => void (await service.updateItems([{ id, marked_at: new Date(Date.now() + 1_000) }]))],
        ["was sent beside it", async (id: string) => void (await service.updateItems([{ id, sent_at: new Date(Date.now() + 1_000) }]))],
        ["was acknowledged beside it", async (id: string) => void (await service.updateItems([{ id, acknowledged_at: new Date(Date.now() + 1_000) }]))],
        ["was rejected beside it", async (id: string) => void (await service.updateItems([{ id, rejected_at: new Date(Date.now() + 1_000) }]))],
      ])("asserts once more what %s since the claim", async (_what, happen) => {
        const place = await givenPlace()
        const [id] = await givenNewItems(place)
        const { uploadId } = await givenEndedCarrier(place)
        await happen(id)
        expect(await service.carriers.ingestCarrier({ uploadId, listsNew: true })).toMatchObject({ listed: 1, acknowledged: 0, reasserted: 1 })
        expect(await itemOf(id)).toMatchObject({ carrier_id: null, acknowledged_availability: null, due_at: expect.any(Date), listed_at: expect.any(Date) })
      })

      it("has an item in flight beside it asserted again after its batch has settled", async () => {
        const place = await givenPlace()
        const [id] = await givenItems(service, { ...place, count: 1 }, { due_at: ago(1) })
        const { uploadId } = await givenEndedCarrier(place)
        await service.items.markItemsDue({ itemIds: [id], reason: "sold", priority: PRIORITY.sellOut })
        const { hold, items } = await service.batches.claimItems({ catalogId: place.catalogId, publicUrl: PUBLIC_URL, owner: "w", limit: 10 })
        const entries = items.map((item) => ({ item_id: item.id, retailer_id: item.retailer_id, quantity: 0, availability: "out of stock", price: null }))
        await service.batches.prepareBatch(hold, { entries, unchanged: [] })
        await service.batches.recordSent(hold, { handle: "h", rejected: [], mustVerify: false, pollAfterMs: 0 })
        await service.carriers.ingestCarrier({ uploadId, listsNew: true })
        expect(await itemOf(id)).toMatchObject({ carrier_id: null, batch_id: hold.batchId, reassert: true })
        await service.batches.settleBatch(hold.batchId, { rejected: [], from: "sent" })
        expect(await itemOf(id)).toMatchObject({ batch_id: null, acknowledged_availability: null, due_at: expect.any(Date), sent_quantity: 0 })
      })

      it("lists nothing new without the full report, and carries it again after a back-off", async () => {
        const place = await givenPlace()
        const [id] = await givenNewItems(place)
        const { uploadId } = await givenEndedCarrier(place)
        expect(await service.carriers.ingestCarrier({ uploadId, listsNew: false })).toMatchObject({ listed: 0, acknowledged: 0 })
        const item = await itemOf(id)
        expect(item).toMatchObject({ listed_at: null, carrier_id: null, attempts: 1 })
        expect(item.due_at!.getTime()).toBeGreaterThan(Date.now())
      })

      it("counts for nothing certain where a replace session ran at the same time", async () => {
        const place = await givenPlace()
        const older = (await service.listSnapshots({ feed_id: place.feedId, number: 1 }))[0].id
        const [fresh] = await givenNewItems(place)
        const [known] = await givenItems(service, { ...place, count: 1 }, { retailer_id: "K", variant_id: "K", written_since: 1, due_at: ago(1) })
        const { uploadId } = await givenEndedCarrier(place)
        await givenSession(place, { started_at: ago(3), ended_at: ago(1.5), ingested_at: ago(1), snapshot_id: older })
        expect(await service.carriers.ingestCarrier({ uploadId, listsNew: true })).toEqual({ listed: 0, acknowledged: 0, refused: 0, reasserted: 2 })
        expect(await itemOf(fresh)).toMatchObject({ listed_at: null, carrier_id: null })
        expect(await itemOf(known)).toMatchObject({ listed_at: expect.any(Date), acknowledged_availability: null, due_at: expect.any(Date) })
        expect((await claim(place)).items).toMatchObject([{ id: fresh }])
      })

      it("is followed by another carrier when a later replace session of an older file takes the item away", async () => {
        const place = await givenPlace()
        const older = (await service.listSnapshots({ feed_id: place.feedId, number: 1 }))[0].id
        const [id] = await givenNewItems(place)
        const { uploadId } = await givenEndedCarrier(place)
        await service.carriers.ingestCarrier({ uploadId, listsNew: true })
        const replace = await givenSession(place, { started_at: ago(0.8), ended_at: ago(0.5), snapshot_id: older })
        expect(await service.uploads.ingestUpload({ uploadId: replace })).toMatchObject({ unlisted: 1 })
        expect(await itemOf(id)).toMatchObject({ listed_at: null, acknowledged_availability: null })
        expect((await claim(place)).items).toMatchObject([{ id }])
      })
    })

    describe("a carrier that comes to nothing", () => {
      it("is carried again after a back-off, and the first failure in a row is told", async () => {
        const place = await givenPlace()
        const [id] = await givenNewItems(place)
        const { hold } = await givenEndedCarrier(place)
        expect(await service.carriers.abandonCarrier(hold.batchId, { error: "Meta read nothing", backOff: true })).toBe(true)
        const item = await itemOf(id)
        expect(item).toMatchObject({ carrier_id: null, attempts: 1, last_error: "Meta read nothing" })
        expect(item.due_at!.getTime()).toBeGreaterThan(Date.now())
        expect((await claim(place)).items).toEqual([])
        expect(await service.carriers.abandonCarrier(hold.batchId, { error: "again", backOff: true })).toBe(false)
      })

      it("gives its items back when its worker died before the POST", async () => {
        const place = await givenPlace()
        const [id] = await givenNewItems(place)
        const { hold } = await claim(place)
        await service.batches.expireLeases({ windowMs: WINDOW_MS })
        await moveClock(service, "3 minutes")
        await service.batches.expireLeases({ windowMs: WINDOW_MS })
        expect(await service.retrieveBatch(hold.batchId)).toMatchObject({ status: "claimed" })
        expect(await service.carriers.expireCarriers({ windowMs: WINDOW_MS })).toEqual([place.catalogId])
        expect(await service.retrieveBatch(hold.batchId)).toMatchObject({ status: "released" })
        expect(await itemOf(id)).toMatchObject({ carrier_id: null, due_at: expect.any(Date) })
      })

      it("is doubtful when its worker died in the POST or its session never ends, and every item is asserted after the window", async () => {
        const place = await givenPlace()
        const known = { acknowledged_quantity: 2, acknowledged_availability: "in stock" }
        const [id] = await givenItems(service, { ...place, count: 1 }, { due_at: ago(1), ...known })
        const { hold, items } = await claim(place, { carriesDue: true })
        await service.carriers.prepareCarrier(hold, { entries: entriesOf(items), unchanged: [] })
        expect(await service.uploads.hasOpenUploads({ catalogId: place.catalogId })).toBe(true)
        await moveClock(service, "3 minutes")
        await service.carriers.expireCarriers({ windowMs: WINDOW_MS })
        expect(await service.retrieveBatch(hold.batchId)).toMatchObject({ status: "doubtful" })
        expect(await itemOf(id)).toMatchObject({ carrier_id: null, acknowledged_availability: null, due_at: expect.any(Date) })
        await service.updateItems([{ id, due_at: null, ...known }])
        await service.batches.closeDoubtful()
        expect(await itemOf(id)).toMatchObject({ ...known, due_at: null })
        await moveClock(service, "20 minutes")
        await service.batches.closeDoubtful()
        expect(await itemOf(id)).toMatchObject({ acknowledged_availability: null, due_at: expect.any(Date) })
      })

      it("is given up an hour after it was posted, and its session's late end is still taken in", async () => {
        const place = await givenPlace()
        const [id] = await givenNewItems(place)
        const { hold, uploadId } = await givenEndedCarrier(place, { ended_at: null })
        await moveClock(service, "50 minutes")
        expect(await service.carriers.expireCarriers({ windowMs: WINDOW_MS })).toEqual([])
        await moveClock(service, "61 minutes")
        expect(await service.carriers.expireCarriers({ windowMs: WINDOW_MS })).toEqual([place.catalogId])
        expect(await itemOf(id)).toMatchObject({ carrier_id: null, listed_at: null })
        await service.updateUploads([{ id: uploadId, ended_at: new Date() }])
        expect(await service.carriers.ingestCarrier({ uploadId, listsNew: true })).toMatchObject({ listed: 1, acknowledged: 0, reasserted: 1 })
        expect(await service.retrieveBatch(hold.batchId)).toMatchObject({ status: "settled" })
      })

      it("is found by the name of its file when the reply to its POST was lost", async () => {
        const place = await givenPlace()
        await givenNewItems(place)
        const { hold, items } = await claim(place)
        await service.carriers.prepareCarrier(hold, { entries: entriesOf(items), unchanged: [] })
        const session = {
          meta_upload_id: "found", snapshot_id: null, batch_id: hold.batchId, input_method: "Manual Upload", started_at: new Date(), ended_at: null,
          detected: null, persisted: null, deleted: null, invalid: null, error_count: null, warning_count: null,
        }
        await service.uploads.recordUploads({ ...place, uploads: [session, { ...session, meta_upload_id: "other", batch_id: "mcbatch_X" }] })
        expect(await service.listUploads({ meta_upload_id: ["found", "other"] }, { order: { meta_upload_id: "ASC" } })).toMatchObject([
          { update_only: true, batch_id: hold.batchId },
          { update_only: false, batch_id: null },
        ])
        expect(await service.retrieveBatch(hold.batchId)).toMatchObject({ status: "sent" })
        await service.carriers.recordCarrierSession({ batchId: hold.batchId, feedId: place.feedId, metaUploadId: "found" })
        expect(await service.listUploads({ batch_id: hold.batchId })).toHaveLength(1)
      })
    })

    describe("the hour's budget", () => {
      const exceeds = async (place: Place) => await service.carriers.exceedsBudget({ catalogId: place.catalogId })
      const used = async ({ catalogId }: Place, count: number) =>
        void (await service.createCalls(Array.from({ length: count }, () => ({ catalog_id: catalogId, made_at: ago(5) }))))

      it("is exceeded where more is due than the calls left can take, sell-outs aside", async () => {
        const place = await givenPlace({ calls_per_hour: 100 })
        const ids = await givenItems(service, { ...place, count: 2 }, { due_at: ago(1) })
        expect(await exceeds(place)).toBe(false)
        await used(place, 80)
        expect(await exceeds(place)).toBe(true)
        await service.updateItems(ids.map((id) => ({ id, priority: PRIORITY.sellOut })))
        expect(await exceeds(place)).toBe(false)
        await service.updateItems(ids.map((id) => ({ id, priority: PRIORITY.stock, due_at: null })))
        expect(await exceeds(place)).toBe(false)
      })

      it("is exceeded by more items than one call takes, when one call is left", async () => {
        const place = await givenPlace({ calls_per_hour: 100 })
        await givenItems(service, { ...place, count: 1 }, { due_at: ago(1) })
        await sqlOf(service).raw(
          `insert into meta_catalog_item (id, catalog_id, feed_id, retailer_id, variant_id, product_id, listed_at, due_at)
           select i.id || n, i.catalog_id, i.feed_id, i.retailer_id || n, i.variant_id || n, i.product_id, i.listed_at, i.due_at
           from meta_catalog_item i, generate_series(1, 2999) n where i.catalog_id = ?`,
          [place.catalogId]
        )
        await used(place, 78)
        expect(await exceeds(place)).toBe(false)
        await used(place, 1)
        expect(await exceeds(place)).toBe(true)
      })

      it("counts for nothing while Meta throttles for minutes, and a short wait is waited out", async () => {
        const place = await givenPlace()
        await givenItems(service, { ...place, count: 1 }, { due_at: ago(1) })
        await service.catalogs.slowDown({ catalogId: place.catalogId })
        expect(await exceeds(place)).toBe(false)
        await service.catalogs.endSlowDown({ catalogId: place.catalogId })
        await service.catalogs.throttleCatalog({ catalogId: place.catalogId, waitMs: 5 * MINUTE_MS })
        expect(await exceeds(place)).toBe(true)
      })

      it("wakes the pace at once for a carrier that may start", async () => {
        const place = await givenPlace({ calls_per_hour: 100 })
        await givenItems(service, { ...place, count: 1 }, { due_at: ago(1), is_ranked: true })
        await used(place, 80)
        const nextWork = async () => (await service.nextWork.nextWorkIn({ catalogId: place.catalogId, publicUrl: PUBLIC_URL, pushDelayMs: 1_000 }))!
        expect(await nextWork()).toBeLessThanOrEqual(0)
        const running = await givenSession(place, { started_at: ago(1), ended_at: null })
        expect(await nextWork()).toBeGreaterThan(0)
        await service.updateUploads([{ id: running, ingested_at: ago(0) }])
        expect(await nextWork()).toBeLessThanOrEqual(0)
      })
    })

    describe("a mark of an item in a carrier", () => {
      it("is ranked, because only its rank shows whether it is a sell-out, and what Meta holds counts as unknown", async () => {
        const place = await givenPlace()
        const ids = await givenItems(service, { ...place, count: 1 }, { due_at: ago(1), acknowledged_quantity: 0, acknowledged_availability: "out of stock" })
        await claim(place, { carriesDue: true })
        const nextPush = async () => await service.nextWork.nextPush({ catalogId: place.catalogId, pushDelayMs: 0 })
        expect(await nextPush()).toBeNull()
        await service.items.markItemsDue({ itemIds: ids, reason: "stock", priority: PRIORITY.stock })
        expect((await nextPush())!.step).toMatchObject({ step: "rank" })
        const [unranked] = await service.ranking.listUnranked({ catalogId: place.catalogId, limit: 10 })
        expect(unranked).toMatchObject({ id: ids[0], acknowledged_quantity: null, acknowledged_availability: null })
        await service.ranking.recordRanks({ ranks: [{ ...unranked, priority: PRIORITY.rest }] })
        expect(await nextPush()).toBeNull()
        await service.items.markItemsDue({ itemIds: ids, reason: "stock", priority: PRIORITY.stock })
        const [again] = await service.ranking.listUnranked({ catalogId: place.catalogId, limit: 10 })
        await service.ranking.recordRanks({ ranks: [{ ...again, priority: PRIORITY.sellOut }] })
        expect((await nextPush())!.step).toMatchObject({ step: "call", urgency: "sell_out" })
      })
    })

    describe("the pace", () => {
      const nextWork = (place: Place) => service.nextWork.nextWorkIn({ catalogId: place.catalogId, publicUrl: PUBLIC_URL, pushDelayMs: 1_000 })

      it("wakes for a new item, for a carrier whose session is unknown, and not for what a carrier holds", async () => {
        const place = await givenPlace()
        expect(await nextWork(place)).toBeNull()
        const [id] = await givenNewItems(place)
        expect(await nextWork(place)).toBeLessThanOrEqual(0)
        const { hold, items } = await claim(place)
        await service.updateItems([{ id, due_at: ago(1) }])
        await givenNewItems(place, 1, { retailer_id: "LATER", variant_id: "later" })
        expect(await nextWork(place)).toBeNull()
        await service.carriers.prepareCarrier(hold, { entries: entriesOf(items), unchanged: [] })
        expect(await nextWork(place)).toBeGreaterThan(0)
      })

      it("does not wake for new items that cannot be carried now", async () => {
        const place = await givenPlace()
        await givenNewItems(place)
        await service.updateFeeds([{ id: place.feedId, published_snapshot_id: null }])
        expect(await nextWork(place)).toBeNull()
      })
    })

    it("removes issues its session no longer reports, of carried items only", async () => {
      const place = await givenPlace()
      await givenNewItems(place, 2)
      const { uploadId } = await givenEndedCarrier(place)
      await refuse(place, uploadId, "SKU-1")
      await refuse(place, uploadId, "OTHER")
      await moveClock(service, "1 minute")
      const before = await service.issues.databaseNow()
      await refuse(place, uploadId, "SKU-2")
      await service.carriers.removeStaleCarriedIssues({ uploadId, before })
      const left = await sqlOf(service)("meta_catalog_issue").select("retailer_id").orderBy("retailer_id")
      expect(left.map((row) => row.retailer_id)).toEqual(["OTHER", "SKU-2"])
    })
  },
})
