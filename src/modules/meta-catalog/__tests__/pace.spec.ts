import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL, sqlOf } from "./given"

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const next = (catalogId: string) => service.nextWork.nextWorkIn({ catalogId, publicUrl: PUBLIC_URL, pushDelayMs: 1_000 })
    const due = () => ({ due_at: new Date(Date.now() - 10_000) })

    describe("the next round", () => {
      it("comes at once for an item that has waited its delay, and never when nothing waits", async () => {
        const idle = await givenCatalog(service)
        await givenItems(service, { ...idle, count: 2 })
        expect(await next(idle.catalogId)).toBeNull()
        const busy = await givenCatalog(service)
        await givenItems(service, { ...busy, count: 2 }, due())
        expect(await next(busy.catalogId)).toBeLessThanOrEqual(0)
      })

      it("waits for the delay after a fresh mark, so that changes in a row travel together", async () => {
        const catalog = await givenCatalog(service)
        const [id] = await givenItems(service, { ...catalog, count: 1 })
        await service.items.markItemsDue({ itemIds: [id], reason: "stock", priority: 10 })
        const wait = await next(catalog.catalogId)
        expect(wait).toBeGreaterThan(500)
        expect(wait).toBeLessThanOrEqual(1_000)
      })

      it("does not come for items while calls are throttled, nor for anything while Meta asks for quiet", async () => {
        const catalog = await givenCatalog(service)
        await givenItems(service, { ...catalog, count: 1 }, due())
        await service.catalogs.throttleCatalog({ catalogId: catalog.catalogId, waitMs: 60_000 })
        expect(await next(catalog.catalogId)).toBeGreaterThan(50_000)
        await service.catalogs.requestSweep({ catalogIds: [catalog.catalogId] })
        expect(await next(catalog.catalogId)).toBeLessThanOrEqual(0)
        await service.catalogs.quietCatalog({ catalogId: catalog.catalogId, waitMs: 90_000 })
        expect(await next(catalog.catalogId)).toBeGreaterThan(80_000)
      })

      it("is not kept alive by an old throttle when nothing is due", async () => {
        const catalog = await givenCatalog(service)
        await givenItems(service, { ...catalog, count: 1 })
        await service.catalogs.throttleCatalog({ catalogId: catalog.catalogId, waitMs: 1_000 })
        await service.catalogs.quietCatalog({ catalogId: catalog.catalogId, waitMs: 1_000 })
        await moveClock(service, "1 hour")
        expect(await next(catalog.catalogId)).toBeNull()
      })
    })

    describe("failed calls", () => {
      it("draw the wait anew each time, from twice as long, up to five minutes, and the first answer ends it", async () => {
        const catalog = await givenCatalog(service)
        await givenItems(service, { ...catalog, count: 1 }, due())
        const shares: number[] = []
        for (let failure = 1; failure <= 40; failure += 1) {
          await service.catalogs.slowDown({ catalogId: catalog.catalogId })
          const longest = Math.min(300_000, 1_000 * 2 ** failure)
          const wait = (await next(catalog.catalogId)) as number
          expect(wait).toBeGreaterThan(-1_000)
          expect(wait).toBeLessThanOrEqual(longest)
          shares.push(wait / longest)
          // The next failure comes after this wait.
          await service.updateCatalogs([{ id: catalog.catalogId, throttled_until: null }])
        }
        // Full jitter: 40 draws from the whole stretch, not from around its end.
        expect(Math.min(...shares)).toBeLessThan(0.3)
        expect(Math.max(...shares)).toBeGreaterThan(0.7)
        await service.catalogs.endSlowDown({ catalogId: catalog.catalogId })
        expect((await service.retrieveCatalog(catalog.catalogId)).failed_calls).toBe(0)
      })
    })

    describe("a lost deadlock", () => {
      it("is tried again, so that no mark is lost to a settlement of the same items", async () => {
        const catalog = await givenCatalog(service)
        const [first, last] = (await givenItems(service, { ...catalog, count: 2 })).sort()
        const other = await sqlOf(service).transaction()
        const touch = async (id: string) => await other.raw("update meta_catalog_item set updated_at = now() where id = ?", [id])
        await touch(last)
        // Locks the first, waits for the last; then the other one waits for the first.
        const mark = service.items.markItemsDue({ itemIds: [first, last], reason: "sweep", priority: 100 })
        await new Promise((resolve) => setTimeout(resolve, 300))
        await touch(first)
        await other.commit()
        expect(await mark).toBe(2)
      })
    })

    describe("history", () => {
      it("is forgotten when it is old, and what is still needed is not", async () => {
        const catalog = await givenCatalog(service)
        const batch = { catalog_id: catalog.catalogId, owner: "w", lease_until: new Date(), values: [{ item_id: "mcitem_1" }] as never }
        const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
        await service.createBatches([
          { ...batch, id: "mcbatch_old", status: "settled", settled_at: daysAgo(31) },
          { ...batch, id: "mcbatch_recent", status: "settled", settled_at: daysAgo(3) },
          { ...batch, id: "mcbatch_new", status: "settled", settled_at: new Date() },
          { ...batch, id: "mcbatch_open", status: "doubtful", doubtful_until: daysAgo(40) },
        ])
        await service.createCalls([{ id: "mccall_old", catalog_id: catalog.catalogId, made_at: daysAgo(2) }, { id: "mccall_new", catalog_id: catalog.catalogId, made_at: new Date() }])
        const change = { item_id: "mcitem_1", catalog_id: catalog.catalogId }
        await service.createItemChanges([
          { ...change, batch_id: "mcbatch_old", sent_at: daysAgo(31) },
          { ...change, batch_id: "mcbatch_recent", sent_at: daysAgo(3) },
        ])
        await service.retention.forgetHistory({ historyDays: 30 })
        const left = await sqlOf(service)("meta_catalog_batch").select("id", "values").orderBy("id")
        expect(left.map((row) => [row.id, row.values.length])).toEqual([["mcbatch_new", 1], ["mcbatch_open", 1], ["mcbatch_recent", 0]])
        expect(await sqlOf(service)("meta_catalog_item_change").pluck("batch_id")).toEqual(["mcbatch_recent"])
        expect(await sqlOf(service)("meta_catalog_call").pluck("id")).toEqual(["mccall_new"])
      })
    })
  },
})
