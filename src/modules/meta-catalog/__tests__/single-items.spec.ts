import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import { MetaCatalogModuleService } from "../service"
import type { SingleResults } from "../items/single-items"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL, WINDOW_MS } from "./given"

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const NOTHING: SingleResults = { acknowledged: [], rejected: [], doubtful: [], failed: [] }
    const PRICE = { price: "24.50 EUR", sale_price: "", sale_price_effective_date: "" }

    async function given(count: number, patch: Record<string, unknown> = {}) {
      const { catalogId, feedId } = await givenCatalog(service, { transport: "item_node" })
      const itemIds = await givenItems(service, { catalogId, feedId, count }, patch)
      return { catalogId, feedId, itemIds }
    }

    const claim = (catalogId: string) => service.batches.claimItems({ catalogId, publicUrl: PUBLIC_URL, owner: "worker", limit: 50 })

    /** Items that are claimed and about to be called one by one. */
    async function givenCalls(count: number, price: typeof PRICE | null = null) {
      const catalog = await given(count, { due_at: new Date(Date.now() - 1_000), acknowledged_quantity: 1, acknowledged_availability: "in stock" })
      const { hold, items } = await claim(catalog.catalogId)
      const entries = items.map((item) => ({ item_id: item.id, retailer_id: item.retailer_id, quantity: 5, availability: "in stock", price }))
      expect(await service.batches.prepareBatch(hold, { entries, unchanged: [] })).toBe(true)
      return { ...catalog, hold }
    }

    const settle = async ({ hold }: { hold: { batchId: string; owner: string } }, results: Partial<SingleResults>, error: string | null = null) =>
      await service.singleItems.settleSingles(hold, { ...NOTHING, ...results, error, windowMs: WINDOW_MS })

    const itemOf = async (catalogId: string, retailerId: string) => (await service.listItems({ catalog_id: catalogId, retailer_id: retailerId }))[0]
    const batchesOf = (catalogId: string) => service.listBatches({ catalog_id: catalogId }, { order: { created_at: "ASC", id: "ASC" } })

    describe("a batch of single calls", () => {
      it("says from its claim on that its items go one by one", async () => {
        const { catalogId } = await givenCalls(1)
        expect(await batchesOf(catalogId)).toMatchObject([{ transport: "item_node", status: "sending" }])
      })

      it("settles each item by its own answer, and what came to nothing is due again", async () => {
        const calls = await givenCalls(5)
        const { catalogId } = calls
        const rejected = [{ retailer_id: "SKU-2", message: "Param availability: no" }]
        await settle(calls, { acknowledged: ["SKU-1"], rejected, doubtful: ["SKU-3"], failed: ["SKU-4"] }, "the connection was lost")

        expect(await itemOf(catalogId, "SKU-1")).toMatchObject({ acknowledged_quantity: 5, acknowledged_availability: "in stock", batch_id: null, due_at: null, rejected_at: null })
        expect(await itemOf(catalogId, "SKU-2")).toMatchObject({ acknowledged_availability: null, last_error: "Param availability: no", rejected_at: expect.any(Date), due_at: null })
        expect(await itemOf(catalogId, "SKU-3")).toMatchObject({ acknowledged_availability: null, batch_id: null, due_at: expect.any(Date), rejected_at: null })
        const failed = await itemOf(catalogId, "SKU-4")
        expect(failed).toMatchObject({ acknowledged_quantity: 1, attempts: 1, batch_id: null })
        expect(failed.due_at!.getTime()).toBeGreaterThan(Date.now())
        expect(await itemOf(catalogId, "SKU-5")).toMatchObject({ acknowledged_quantity: 1, attempts: 0, batch_id: null, due_at: expect.any(Date) })
        expect((await claim(catalogId)).items.map((item) => item.retailer_id).sort()).toEqual(["SKU-3", "SKU-5"])
      })

      it("keeps only what is in doubt doubtful, and asserts it once more after the window", async () => {
        const calls = await givenCalls(3)
        const { catalogId } = calls
        await settle(calls, { acknowledged: ["SKU-1", "SKU-2"], doubtful: ["SKU-3"] }, "the connection was lost")
        const [main, rest] = await batchesOf(catalogId)
        expect(main).toMatchObject({ status: "settled", acknowledged_count: 2, rejected_count: 0, item_count: 2, error: null })
        expect(rest).toMatchObject({ status: "doubtful", transport: "item_node", item_count: 1, error: "the connection was lost" })

        const again = await claim(catalogId)
        expect(again.items.map((item) => item.retailer_id)).toEqual(["SKU-3"])
        await service.batches.prepareBatch(again.hold, {
          entries: again.items.map((item) => ({ item_id: item.id, retailer_id: item.retailer_id, quantity: 6, availability: "in stock", price: null })),
          unchanged: [],
        })
        await settle(again, { acknowledged: ["SKU-3"] })
        expect((await itemOf(catalogId, "SKU-3")).acknowledged_quantity).toBe(6)

        await moveClock(service, "11 minutes")
        expect(await service.batches.closeDoubtful()).toEqual([catalogId])
        expect((await claim(catalogId)).items.map((item) => item.retailer_id)).toEqual(["SKU-3"])
        expect((await itemOf(catalogId, "SKU-1")).acknowledged_quantity).toBe(5)
      })

      it("tells each item's history how its own call ended", async () => {
        const calls = await givenCalls(4)
        await settle(calls, { acknowledged: ["SKU-1"], rejected: [{ retailer_id: "SKU-2", message: "no" }], doubtful: ["SKU-3"] }, "lost")
        const outcomeOf = async (retailerId: string) => {
          const item = await itemOf(calls.catalogId, retailerId)
          return (await service.history.listItemChanges({ itemId: item.id, limit: 10, offset: 0 })).changes.map((change) => change.outcome)
        }
        expect(await outcomeOf("SKU-1")).toEqual(["acknowledged"])
        expect(await outcomeOf("SKU-2")).toEqual(["rejected"])
        expect(await outcomeOf("SKU-3")).toEqual(["resent"])
        expect(await outcomeOf("SKU-4")).toEqual(["resent"])
      })

      it("tries the stock alone when the call that Meta refused had prices beside it", async () => {
        const calls = await givenCalls(1, PRICE)
        await settle(calls, { rejected: [{ retailer_id: "SKU-1", message: "Param price" }] })
        expect(await itemOf(calls.catalogId, "SKU-1")).toMatchObject({ rejected_at: expect.any(Date), due_at: expect.any(Date), sent_price: PRICE })
      })

      it("does not take a value for known that was asked for again meanwhile", async () => {
        const calls = await givenCalls(1)
        await service.singleItems.askForProduct({ productId: "prod_1", catalogIds: [calls.catalogId], priority: 10 })
        await settle(calls, { acknowledged: ["SKU-1"] })
        expect(await itemOf(calls.catalogId, "SKU-1")).toMatchObject({ acknowledged_availability: null, reassert: false, due_at: expect.any(Date) })
      })

      it("is settled by its own worker only, and once", async () => {
        const calls = await givenCalls(2)
        await settle({ hold: { ...calls.hold, owner: "another" } }, { acknowledged: ["SKU-1", "SKU-2"] })
        expect(await batchesOf(calls.catalogId)).toMatchObject([{ status: "sending" }])
        await settle(calls, {}, "the token has expired")
        await settle(calls, { acknowledged: ["SKU-1", "SKU-2"] })
        expect((await batchesOf(calls.catalogId)).map((batch) => batch.status).sort()).toEqual(["released", "settled"])
        expect((await itemOf(calls.catalogId, "SKU-1")).acknowledged_quantity).toBe(1)
      })

      it("of a worker that died is doubted as a whole", async () => {
        const { catalogId } = await givenCalls(2)
        await moveClock(service, "3 minutes")
        expect(await service.batches.expireLeases({ windowMs: WINDOW_MS })).toEqual([catalogId])
        expect(await batchesOf(catalogId)).toMatchObject([{ status: "doubtful" }])
        expect((await claim(catalogId)).items).toHaveLength(2)
      })
    })

    describe("listing", () => {
      const listFound = (catalogId: string, retailerIds: string[], bound = 50) =>
        service.singleItems.listFound({ catalogId, retailerIds, bound, reason: "found" })

      it("makes found items due with an unknown value", async () => {
        const { catalogId } = await given(2, { listed_at: null, acknowledged_availability: "in stock", rejected_at: new Date(), discontinued_at: new Date() })
        expect(await listFound(catalogId, ["SKU-1", "SKU-9"])).toEqual(["SKU-1"])
        expect(await itemOf(catalogId, "SKU-1")).toMatchObject({
          listed_at: expect.any(Date), due_at: expect.any(Date), due_reason: "found", acknowledged_availability: null, rejected_at: null, discontinued_at: null,
        })
        expect((await itemOf(catalogId, "SKU-2")).listed_at).toBeNull()
        expect(await listFound(catalogId, ["SKU-1"])).toEqual([])
        expect(await service.singleItems.countListed({ catalogId })).toBe(1)
      })

      it("stops at the bound", async () => {
        const { catalogId } = await given(4, { listed_at: null })
        expect(await listFound(catalogId, ["SKU-1"], 3)).toHaveLength(1)
        expect(await listFound(catalogId, ["SKU-1", "SKU-2", "SKU-3", "SKU-4"], 3)).toHaveLength(2)
        expect(await listFound(catalogId, ["SKU-1", "SKU-2", "SKU-3", "SKU-4"], 3)).toHaveLength(0)
        expect(await service.singleItems.countListed({ catalogId })).toBe(3)
      })

      it("lets go only of what Meta has acknowledged as sold out and nothing waits for", async () => {
        const soldOut = { acknowledged_quantity: 0, acknowledged_availability: "out of stock" }
        const { catalogId, itemIds } = await given(4, soldOut)
        await service.updateItems([
          { id: itemIds[1], acknowledged_availability: "in stock" },
          { id: itemIds[2], due_at: new Date() },
          { id: itemIds[3], batch_id: "mcbatch_1" },
        ])
        await service.singleItems.unlistSoldOut({ catalogId, itemIds })
        const items = await service.listItems({ catalog_id: catalogId }, { order: { retailer_id: "ASC" } })
        expect(items.map((item) => item.listed_at !== null)).toEqual([false, true, true, true])
      })

      it("lets go of nothing while a call is in doubt", async () => {
        const calls = await givenCalls(2)
        await settle(calls, { acknowledged: ["SKU-1"], doubtful: ["SKU-2"] }, "lost")
        await service.updateItems([{ id: calls.itemIds[0], acknowledged_quantity: 0, acknowledged_availability: "out of stock" }])
        await service.singleItems.unlistSoldOut({ catalogId: calls.catalogId, itemIds: calls.itemIds })
        expect(await service.singleItems.countListed({ catalogId: calls.catalogId })).toBe(2)
      })

      it("finds variants whose item is not listed, and those without one", async () => {
        const { catalogId, itemIds } = await given(2)
        await service.updateItems([{ id: itemIds[1], listed_at: null }])
        const variantIds = [`variant_${catalogId}_1`, `variant_${catalogId}_2`, "variant_new"]
        expect(await service.singleItems.unlistedVariants({ catalogId, variantIds })).toEqual(variantIds.slice(1))
      })

      it("gives the items of before to the first feed", async () => {
        const { catalogId, feedId, itemIds } = await given(2)
        await service.updateItems([{ id: itemIds[0], feed_id: null }])
        await service.singleItems.joinFeed({ catalogId, feedId: "feed_new" })
        const items = await service.listItems({ catalog_id: catalogId }, { order: { retailer_id: "ASC" } })
        expect(items.map((item) => item.feed_id)).toEqual(["feed_new", feedId])
      })
    })

    describe("a product that a person asks for", () => {
      it("is due as a whole, also where Meta refused it or holds the value already; others stay as they are", async () => {
        const { catalogId, itemIds } = await given(3, { product_id: "prod_1", acknowledged_quantity: 5, acknowledged_availability: "in stock" })
        const later = new Date(Date.now() + 3_600_000)
        await service.updateItems([
          { id: itemIds[0], rejected_at: new Date(), attempts: 7 },
          { id: itemIds[1], listed_at: null },
          { id: itemIds[2], product_id: "prod_2", due_at: later },
        ])
        const asked = await service.singleItems.askForProduct({ productId: "prod_1", catalogIds: [catalogId], priority: 10 })
        expect(asked.map((item) => [item.retailer_id, item.is_listed])).toEqual([["SKU-1", true], ["SKU-2", false]])
        const { items } = await claim(catalogId)
        expect(items).toMatchObject([{ retailer_id: "SKU-1", acknowledged_availability: null, is_rejected: false, due_reason: "sync now" }])
      })

      it("does not wait out the pause after a failure", async () => {
        const { catalogId } = await given(1, { due_at: new Date(Date.now() + 3_600_000), attempts: 9 })
        await service.singleItems.askForProduct({ productId: "prod_1", catalogIds: [catalogId], priority: 10 })
        expect((await claim(catalogId)).items).toHaveLength(1)
      })
    })
  },
})
