import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import { PRIORITY } from "../push/priority"
import { readDue } from "../push/ranking"
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL, sqlOf } from "./given"

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const next = async (catalogId: string) => await service.nextWork.nextPush({ catalogId, pushDelayMs: 1_000 })

    const claim = async (catalogId: string, maxPriority: number | null = null) =>
      (await service.batches.claimItems({ catalogId, publicUrl: PUBLIC_URL, owner: "w", limit: 100, maxPriority })).items.map((item) => item.retailer_id)

    async function givenDue(count: number, callsPerHour = 200) {
      const catalog = await givenCatalog(service, { calls_per_hour: callsPerHour })
      const itemIds = await givenItems(service, { ...catalog, count }, { due_at: new Date(Date.now() - 5_000), marked_at: new Date(), priority: PRIORITY.stock })
      return { catalogId: catalog.catalogId, itemIds }
    }

    /** Uses the ordinary budget of ten calls up, the last of them just now. */
    async function useUp(catalogId: string): Promise<void> {
      for (let call = 0; call < 8; call += 1) {
        await service.budget.takeCall({ catalogId, urgency: "ordinary" })
      }
    }

    async function rank(catalogId: string, priorities: Record<string, number>): Promise<void> {
      const items = await service.ranking.listUnranked({ catalogId, limit: 100 })
      const retailerIds = new Map((await service.listItems({ catalog_id: catalogId })).map((item) => [item.id, item.retailer_id]))
      const ranks = items.map(({ id, marked_at }) => ({ id, marked_at, priority: priorities[retailerIds.get(id)!] ?? PRIORITY.rest }))
      await service.ranking.recordRanks({ ranks })
    }

    describe("ranks", () => {
      it("are asked for where the hour is used up, and let a sell-out go with the reserve while the others wait", async () => {
        const { catalogId } = await givenDue(3, 10)
        expect((await next(catalogId))!.step).toMatchObject({ step: "call", maxPriority: null, inMs: 0 })
        await useUp(catalogId)
        expect((await next(catalogId))!.step).toEqual({ step: "rank", inMs: 0 })
        await rank(catalogId, { "SKU-2": PRIORITY.sellOut })
        const { step } = (await next(catalogId))!
        expect(step).toMatchObject({ step: "call", urgency: "sell_out", maxPriority: PRIORITY.sellOut, inMs: 0 })
        expect(await claim(catalogId, PRIORITY.sellOut)).toEqual(["SKU-2"])
        expect((await next(catalogId))!.step).toMatchObject({ step: "call", urgency: "ordinary" })
        const wait = await service.nextWork.nextWorkIn({ catalogId, publicUrl: PUBLIC_URL, pushDelayMs: 1_000 })
        expect(wait).toBeGreaterThan(3_600_000 - 60_000)
        await moveClock(service, "62 minutes")
        expect((await next(catalogId))!.step).toMatchObject({ step: "call", urgency: "ordinary", inMs: 0 })
        expect(await claim(catalogId)).toEqual(["SKU-1", "SKU-3"])
      })

      it("order a claim: sell-outs, restocks, less, then the rest", async () => {
        const { catalogId } = await givenDue(4)
        await rank(catalogId, { "SKU-1": PRIORITY.rest, "SKU-2": PRIORITY.lower, "SKU-3": PRIORITY.restock, "SKU-4": PRIORITY.sellOut })
        const order: string[] = []
        for (let turn = 0; turn < 4; turn += 1) {
          const { items } = await service.batches.claimItems({ catalogId, publicUrl: PUBLIC_URL, owner: "w", limit: 1 })
          order.push(items[0].retailer_id)
        }
        expect(order).toEqual(["SKU-4", "SKU-3", "SKU-2", "SKU-1"])
      })

      it("are forgotten by a new mark, and never given for a value that has changed since it was read", async () => {
        const { catalogId, itemIds } = await givenDue(2)
        await rank(catalogId, {})
        expect(await service.ranking.listUnranked({ catalogId, limit: 100 })).toEqual([])
        await service.items.markItemsDue({ itemIds: [itemIds[0]], reason: "stock", priority: PRIORITY.stock })
        const [unranked] = await service.ranking.listUnranked({ catalogId, limit: 100 })
        expect(unranked.id).toBe(itemIds[0])
        // The value was read; then the stock changes again.
        await service.items.markItemsDue({ itemIds: [itemIds[0]], reason: "stock", priority: PRIORITY.stock })
        await service.ranking.recordRanks({ ranks: [{ id: unranked.id, marked_at: unranked.marked_at, priority: PRIORITY.sellOut }] })
        expect(await service.retrieveItem(itemIds[0])).toMatchObject({ is_ranked: false })
        await rank(catalogId, { "SKU-1": PRIORITY.sellOut })
        expect(await service.retrieveItem(itemIds[0])).toMatchObject({ is_ranked: true, priority: PRIORITY.sellOut })
      })

      it("do not outlive their claim", async () => {
        const { catalogId, itemIds } = await givenDue(1)
        await rank(catalogId, { "SKU-1": PRIORITY.sellOut })
        await claim(catalogId)
        expect(await service.retrieveItem(itemIds[0])).toMatchObject({ is_ranked: false, priority: PRIORITY.sweep })
      })
    })

    describe("a catalogue whose items are updated one by one", () => {
      it("is not bound by the batch budget, only by what Meta asks of all calls", async () => {
        const { catalogId } = await givenDue(1, 10)
        await useUp(catalogId)
        await service.updateCatalogs([{ id: catalogId, transport: "item_node" }])
        const found = (await next(catalogId))!
        expect(found.budget.isMetered).toBe(false)
        expect(found.step).toMatchObject({ step: "call", inMs: 0 })
        await service.catalogs.quietCatalog({ catalogId, waitMs: 60_000 })
        expect((await next(catalogId))!.step.inMs).toBeGreaterThan(50_000)
      })
    })

    describe("what waits", () => {
      it("is found by the indexes, not by reading the catalogue", async () => {
        const { catalogId } = await givenDue(1)
        await sqlOf(service).raw(
          `insert into meta_catalog_item (id, catalog_id, retailer_id, variant_id, product_id, listed_at)
           select 'bulk_' || n, :catalogId, 'B' || n, 'v' || n, 'p', now() from generate_series(1, 20000) n`,
          { catalogId }
        )
        await sqlOf(service).raw("analyze meta_catalog_item")
        const read = async (before = "select 1") => {
          const transaction = await sqlOf(service).transaction()
          await transaction.raw(before)
          await readDue(transaction, { catalogId })
          const { rows } = await transaction.raw("select seq_tup_read::int as read from pg_stat_xact_user_tables where relname = 'meta_catalog_item'")
          await transaction.rollback()
          return rows[0].read
        }
        expect(await read()).toBe(0)
        expect(await read("set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off")).toBeGreaterThan(20_000)
      })
    })
  },
})
