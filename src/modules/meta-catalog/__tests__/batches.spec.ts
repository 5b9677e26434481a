import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import type { BatchEntry } from "../batches/batch-entry"
import type { BatchHold, ClaimedItem } from "../batches/batches"
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL, WINDOW_MS } from "./given"

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const entriesOf = (items: ClaimedItem[], quantity = 5): BatchEntry[] =>
      items.map((item) => ({ item_id: item.id, retailer_id: item.retailer_id, quantity, availability: "in stock", price: null }))

    const claim = (catalogId: string, limit = 100, owner = "worker") => service.batches.claimItems({ catalogId, publicUrl: PUBLIC_URL, owner, limit })

    /** Marks, claims, prepares and records one batch as sent. */
    async function sendAll(catalogId: string, quantity = 5): Promise<{ hold: BatchHold; items: ClaimedItem[] }> {
      const { hold, items } = await claim(catalogId)
      expect(await service.batches.prepareBatch(hold, { entries: entriesOf(items, quantity), unchanged: [] })).toBe(true)
      await service.batches.recordSent(hold, { handle: "h1", rejected: [], mustVerify: false, pollAfterMs: 0 })
      return { hold, items }
    }

    const itemOf = async (id: string) => await service.retrieveItem(id)

    async function givenDueItems(count: number, patch: Record<string, unknown> = {}) {
      const catalog = await givenCatalog(service)
      const itemIds = await givenItems(service, { ...catalog, count }, { due_at: new Date(Date.now() - 1_000), ...patch })
      return { ...catalog, itemIds }
    }

    describe("claims", () => {
      it("clear the due mark before anything is read, so a change during the push is not lost", async () => {
        const { catalogId, itemIds } = await givenDueItems(1)
        const { hold, items } = await claim(catalogId)
        expect((await itemOf(itemIds[0])).due_at).toBeNull()

        await service.items.markVariantsDue({ variantIds: [items[0].variant_id], reason: "changed during the read", priority: 10 })
        await service.batches.prepareBatch(hold, { entries: entriesOf(items), unchanged: [] })
        await service.batches.recordSent(hold, { handle: "h", rejected: [], mustVerify: false, pollAfterMs: 0 })
        expect((await claim(catalogId)).items).toEqual([])

        await service.batches.settleBatch(hold.batchId, { rejected: [], from: "sent" })
        expect((await claim(catalogId)).items.map((item) => item.id)).toEqual(itemIds)
      })

      it("never hand one item to two workers that claim at once", async () => {
        const { catalogId } = await givenDueItems(60)
        const claims = await Promise.all(Array.from({ length: 6 }, (_, worker) => claim(catalogId, 20, `worker-${worker}`)))
        const ids = claims.flatMap(({ items }) => items.map((item) => item.id))
        expect(ids).toHaveLength(60)
        expect(new Set(ids).size).toBe(60)
      })

      it("leave out items that are not listed, and every item of a paused, throttled or foreign catalogue", async () => {
        const unlisted = await givenDueItems(2, { listed_at: null })
        expect((await claim(unlisted.catalogId)).items).toEqual([])

        const { catalogId } = await givenDueItems(2)
        await service.catalogs.pauseCatalog({ catalogId, reason: "token_invalid", message: "…" })
        expect((await claim(catalogId)).items).toEqual([])
        await service.catalogs.resumeCatalog({ catalogId })
        await service.catalogs.throttleCatalog({ catalogId, waitMs: 60_000 })
        expect((await claim(catalogId)).items).toEqual([])
        await moveClock(service, "2 minutes")
        expect((await service.batches.claimItems({ catalogId, publicUrl: "https://copy.test", owner: "w", limit: 9 })).items).toEqual([])
        expect((await claim(catalogId)).items).toHaveLength(2)
      })

      it("take sell-outs and restocks before sweeps", async () => {
        const { catalogId, itemIds } = await givenDueItems(3)
        const [first, second, third] = await service.listItems({ id: itemIds }, { order: { retailer_id: "ASC" } })
        await service.updateItems([{ id: second.id, priority: 10 }, { id: third.id, priority: 50 }])
        const order = []
        for (let turn = 0; turn < 3; turn += 1) {
          order.push((await claim(catalogId, 1)).items[0].id)
        }
        expect(order).toEqual([second.id, third.id, first.id])
      })
    })

    describe("a batch", () => {
      it("stands in the database with its values before it is sent", async () => {
        const { catalogId, itemIds } = await givenDueItems(2)
        const { hold, items } = await claim(catalogId)
        await service.batches.prepareBatch(hold, { entries: entriesOf(items, 7), unchanged: [] })
        const batch = await service.retrieveBatch(hold.batchId)
        expect(batch).toMatchObject({ status: "sending", item_count: 2, handle: null })
        expect(await itemOf(itemIds[0])).toMatchObject({ sent_quantity: 7, sent_availability: "in stock", acknowledged_availability: null })
      })

      it("counts as acknowledged only when it has settled, not when it was sent", async () => {
        const { catalogId, itemIds } = await givenDueItems(1)
        const { hold } = await sendAll(catalogId, 9)
        expect((await itemOf(itemIds[0])).acknowledged_availability).toBeNull()
        expect(await service.batches.settleBatch(hold.batchId, { rejected: [], from: "sent" })).toEqual({ acknowledged: ["SKU-1"], rejected: 0 })
        expect(await itemOf(itemIds[0])).toMatchObject({ acknowledged_quantity: 9, acknowledged_availability: "in stock", batch_id: null })
      })

      it("is settled once, whoever asks twice", async () => {
        const { catalogId } = await givenDueItems(1)
        const { hold } = await sendAll(catalogId)
        const [one, two] = await Promise.all([1, 2].map(() => service.batches.settleBatch(hold.batchId, { rejected: [], from: "sent" })))
        expect([one, two].filter(Boolean)).toHaveLength(1)
      })

      it("lets go of rejected items with Meta's words and acknowledges the others", async () => {
        const { catalogId, itemIds } = await givenDueItems(2)
        const { hold } = await sendAll(catalogId, 3)
        await service.batches.settleBatch(hold.batchId, { rejected: [{ retailer_id: "SKU-2", message: "Bad price" }], from: "sent" })
        const [good, bad] = await service.listItems({ id: itemIds }, { order: { retailer_id: "ASC" } })
        expect(good).toMatchObject({ acknowledged_quantity: 3, rejected_at: null })
        expect(bad).toMatchObject({ acknowledged_availability: null, last_error: "Bad price", batch_id: null, due_at: null })
        expect(bad.rejected_at).not.toBeNull()
      })

      it("that was certainly not applied leaves what Meta is known to hold untouched", async () => {
        const { catalogId, itemIds } = await givenDueItems(1, { acknowledged_quantity: 4, acknowledged_availability: "in stock" })
        const { hold } = await claimAndPrepare(catalogId)
        const before = Date.now()
        await service.batches.abandonBatch(hold.batchId, { error: "busy", backOff: true, perhapsApplied: false, from: ["sending"] })
        const item = await itemOf(itemIds[0])
        expect(item).toMatchObject({ acknowledged_quantity: 4, batch_id: null, attempts: 1 })
        expect(item.due_at!.getTime()).toBeGreaterThan(before + 1_000)
      })

      it("refused as a whole goes on in two halves of the same worker, none of its items lost", async () => {
        const { catalogId, itemIds } = await givenDueItems(5)
        const { hold, entries } = await claimAndPrepare(catalogId)
        const holds = await service.batches.splitBatch(hold, [entries.slice(0, 3), entries.slice(3)])
        expect(holds).toHaveLength(2)
        const items = await service.listItems({ id: itemIds })
        expect(new Set(items.map((item) => item.batch_id))).toEqual(new Set(holds.map((part) => part.batchId)))
        expect((await service.retrieveBatch(hold.batchId)).status).toBe("settled")
      })

      it("cannot be overwritten by a worker that was taken for dead", async () => {
        const { catalogId } = await givenDueItems(1)
        const { hold, items } = await claim(catalogId)
        await moveClock(service, "10 minutes")
        await service.batches.expireLeases({ windowMs: WINDOW_MS })
        expect(await service.batches.prepareBatch(hold, { entries: entriesOf(items), unchanged: [] })).toBe(false)
      })
    })

    describe("a refused item that needs no call", () => {
      const NO_SALE = { sale_price: "", sale_price_effective_date: "" }
      const price = { price: "20.00 USD", ...NO_SALE }

      it.each([
        ["forgets the refusal when Meta holds all it should have", price, null],
        ["keeps it when it is left alone because its price is refused", { price: "0.00 USD", ...NO_SALE }, expect.any(Date)],
      ])("%s", async (_, wanted, rejected_at) => {
        const known = { acknowledged_quantity: 4, acknowledged_availability: "in stock", acknowledged_price: price }
        const { catalogId, itemIds } = await givenDueItems(1, { ...known, rejected_at: new Date(), last_error: "refused" })
        const { hold, items } = await claim(catalogId)
        const unchanged = entriesOf(items, 4).map((entry) => ({ ...entry, price: wanted }))
        await service.batches.prepareBatch(hold, { entries: [], unchanged })
        expect(await itemOf(itemIds[0])).toMatchObject({ rejected_at, last_error: rejected_at && "refused", batch_id: null })
      })
    })

    describe("a worker that dies", () => {
      it("before it sent anything gives its items back, with what Meta is known to hold", async () => {
        const { catalogId, itemIds } = await givenDueItems(1, { acknowledged_quantity: 4, acknowledged_availability: "in stock" })
        await claim(catalogId)
        await moveClock(service, "10 minutes")
        expect(await service.batches.expireLeases({ windowMs: WINDOW_MS })).toEqual([catalogId])
        expect((await claim(catalogId)).items).toMatchObject([{ id: itemIds[0], acknowledged_quantity: 4 }])
      })

      it("while sending leaves a doubtful batch: its items go again at once, and once more when the window has closed", async () => {
        const { catalogId, itemIds } = await givenDueItems(1, { acknowledged_quantity: 4, acknowledged_availability: "in stock" })
        await claimAndPrepare(catalogId)
        await moveClock(service, "3 minutes")
        await service.batches.expireLeases({ windowMs: WINDOW_MS })
        expect(await itemOf(itemIds[0])).toMatchObject({ acknowledged_availability: null, batch_id: null })

        const { hold } = await sendAll(catalogId, 6)
        await service.batches.settleBatch(hold.batchId, { rejected: [], from: "sent" })
        expect(await service.batches.closeDoubtful()).toEqual([])
        expect((await claim(catalogId)).items).toEqual([])

        await moveClock(service, "14 minutes")
        expect(await service.batches.closeDoubtful()).toEqual([catalogId])
        expect(await itemOf(itemIds[0])).toMatchObject({ acknowledged_availability: null })
        expect((await claim(catalogId)).items).toHaveLength(1)
      })
    })

    describe("an item in flight when a doubt window closes", () => {
      it("is asserted once more after its batch settles", async () => {
        const { catalogId, itemIds } = await givenDueItems(1)
        const lost = await claimAndPrepare(catalogId)
        await service.batches.doubtBatch(lost.hold.batchId, { error: "reset", windowMs: 1_000 })
        const { hold } = await sendAll(catalogId, 6)
        await moveClock(service, "1 minute")
        await service.batches.closeDoubtful()
        await service.batches.settleBatch(hold.batchId, { rejected: [], from: "sent" })
        const item = await itemOf(itemIds[0])
        expect(item).toMatchObject({ acknowledged_availability: null, batch_id: null, reassert: false })
        expect(item.due_at).not.toBeNull()
      })
    })

    describe("polls", () => {
      it("are taken by one worker each and put off further each time", async () => {
        const { catalogId } = await givenDueItems(1)
        await sendAll(catalogId)
        const take = () => service.batches.takePolls({ catalogId, publicUrl: PUBLIC_URL, limit: 10 })
        const taken = await Promise.all([take(), take()])
        expect(taken.flat()).toHaveLength(1)
        expect(await take()).toEqual([])
        await moveClock(service, "2 seconds")
        expect(await take()).toMatchObject([{ handle: "h1", polls: 2 }])
        expect(await take()).toEqual([])
      })
    })

    async function claimAndPrepare(catalogId: string) {
      const { hold, items } = await claim(catalogId)
      const entries = entriesOf(items)
      await service.batches.prepareBatch(hold, { entries, unchanged: [] })
      return { hold, items, entries }
    }
  },
})
