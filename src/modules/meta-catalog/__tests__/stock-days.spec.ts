import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, sqlOf } from "./given"

const DAY = 86_400_000
const NOTHING = { unitsWithheld: 0, itemsShort: 0 }

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    /** Noon of yesterday in UTC, so that a span of hours stays within its day; every time below is minutes from it. */
    const noon = Math.floor(Date.now() / DAY) * DAY - DAY / 2
    const at = (minutes: number) => new Date(noon + minutes * 60_000)
    const dayOf = (time: Date) => time.toISOString().slice(0, 10)

    async function given(count = 1) {
      const catalog = await givenCatalog(service)
      return { ...catalog, itemIds: await givenItems(service, { ...catalog, count }) }
    }

    type Change = {
      due: number | null
      sent?: number
      settled?: number | null
      availability?: string
      before?: string | null
      reason?: string
      error?: string
      rejected?: string[]
    }

    /** One value of one item as a batch of its own left it behind. */
    async function sent(catalogId: string, itemId: string, change: Change): Promise<void> {
      const { due, sent: sentAt = due ?? 0, settled = null, availability = "out of stock", before = "in stock", reason = "inventory-level.updated", error = null, rejected = null } = change
      const [batch] = await service.createBatches([
        {
          catalog_id: catalogId,
          status: settled === null ? "sent" : "settled",
          owner: "test",
          lease_until: new Date(),
          values: [] as unknown as Record<string, unknown>,
          settled_at: settled === null ? null : at(settled),
          error,
          rejected: rejected as unknown as Record<string, unknown> | null,
        },
      ])
      await service.createItemChanges([
        {
          batch_id: batch.id,
          item_id: itemId,
          catalog_id: catalogId,
          reason,
          due_at: due === null ? null : at(due),
          sent_at: at(sentAt),
          quantity: availability === "out of stock" ? 0 : 5,
          availability,
          before_availability: before,
        },
      ])
    }

    describe("the delay until Meta has acknowledged a change", () => {
      const settle = async (catalogId: string, itemIds: string[], change: Partial<Change> = {}) => {
        for (const [index, itemId] of itemIds.entries()) {
          await sent(catalogId, itemId, { due: 0, settled: index + 1, ...change })
        }
      }

      it("is what 95 of 100 stock changes of the last week stayed within", async () => {
        const { catalogId, itemIds } = await given(21)
        await settle(catalogId, itemIds)
        expect(await service.latency.measureLatencies({ everyMs: 0 })).toEqual([{ id: catalogId, latency_p95_s: 20 * 60, latency_samples: 21 }])
        expect(await service.retrieveCatalog(catalogId)).toMatchObject({ latency_p95_s: 1_200, latency_samples: 21, latency_measured_at: expect.any(Date) })
      })

      it("is unknown with too few changes, and forgotten with the week", async () => {
        const { catalogId, itemIds } = await given(20)
        await settle(catalogId, itemIds.slice(1))
        expect(await service.latency.measureLatencies({ everyMs: 0 })).toEqual([{ id: catalogId, latency_p95_s: null, latency_samples: 19 }])
        await settle(catalogId, itemIds.slice(0, 1))
        expect(await service.latency.measureLatencies({ everyMs: 0 })).toMatchObject([{ latency_p95_s: expect.any(Number), latency_samples: 20 }])
        await moveClock(service, "8 days")
        expect(await service.latency.measureLatencies({ everyMs: 0 })).toEqual([{ id: catalogId, latency_p95_s: null, latency_samples: 0 }])
      })

      it("leaves out what no stock event told of, and what Meta did not take", async () => {
        const { catalogId, itemIds } = await given(8)
        await settle(catalogId, itemIds.slice(0, 1), { reason: "sweep" })
        await settle(catalogId, itemIds.slice(1, 2), { reason: "selling was stopped" })
        await settle(catalogId, itemIds.slice(2, 3), { due: null })
        await settle(catalogId, itemIds.slice(3, 4), { settled: null })
        await settle(catalogId, itemIds.slice(4, 5), { error: "the call was lost" })
        await settle(catalogId, itemIds.slice(5, 6), { rejected: ["SKU-6"] })
        await settle(catalogId, itemIds.slice(6, 7), { rejected: ["SKU-1"] })
        await settle(catalogId, itemIds.slice(7, 8), { reason: "reservation-item.created" })
        expect(await service.latency.measureLatencies({ everyMs: 0 })).toMatchObject([{ latency_samples: 2 }])
      })

      it("is measured by one of several processes, and again when its time has come", async () => {
        const { catalogId } = await given()
        const all = await Promise.all([1, 2, 3].map(() => service.latency.measureLatencies({ everyMs: 3_600_000 })))
        expect(all.flat().map(({ id }) => id)).toEqual([catalogId])
        await moveClock(service, "61 minutes")
        expect((await service.latency.measureLatencies({ everyMs: 3_600_000 })).map(({ id }) => id)).toEqual([catalogId])
      })
    })

    describe("minutes in which an unavailable item was offered", () => {
      const minutesOf = async (catalogId: string, time = at(0)) => {
        await service.stockDays.writeStockDays({ catalogId, withheld: NOTHING })
        const days = await service.stockDays.listStockDays({ catalogId, days: 10 })
        return days.find(({ day }) => day === dayOf(time))?.minutes_offered_unavailable ?? 0
      }

      it("last from the mark to Meta's word, and add up over the items", async () => {
        const { catalogId, itemIds } = await given(2)
        await sent(catalogId, itemIds[0], { due: 0, sent: 1, settled: 3 })
        expect(await minutesOf(catalogId)).toBeCloseTo(3, 3)
        await sent(catalogId, itemIds[1], { due: 10, settled: 14 })
        expect(await minutesOf(catalogId)).toBeCloseTo(7, 3)
      })

      it("are none where Meta did not offer the item, or was not known to", async () => {
        const { catalogId, itemIds } = await given(3)
        await sent(catalogId, itemIds[0], { due: 0, settled: 9, before: "out of stock" })
        await sent(catalogId, itemIds[1], { due: 0, settled: 9, before: null })
        await sent(catalogId, itemIds[2], { due: 0, settled: 9, availability: "in stock" })
        expect(await minutesOf(catalogId)).toBe(0)
      })

      it("go on through tries that came to nothing, once each", async () => {
        const { catalogId, itemIds } = await given()
        await sent(catalogId, itemIds[0], { due: 0, sent: 1, settled: 4, error: "the call was lost" })
        await sent(catalogId, itemIds[0], { due: 4, sent: 5, settled: 7, rejected: ["SKU-1"] })
        await sent(catalogId, itemIds[0], { due: 8, sent: 9, settled: 12, before: null })
        expect(await minutesOf(catalogId)).toBeCloseTo(12, 3)
      })

      it("end when there is something to sell again", async () => {
        const { catalogId, itemIds } = await given()
        await sent(catalogId, itemIds[0], { due: 0, sent: 1, settled: 4, error: "the call was lost" })
        await sent(catalogId, itemIds[0], { due: 6, sent: 7, settled: 9, availability: "in stock" })
        expect(await minutesOf(catalogId)).toBeCloseTo(6, 3)
      })

      it("go on while Meta has not answered, and fall to the days they are in", async () => {
        const { catalogId, itemIds } = await given()
        // Since an hour before the end of yesterday, and still under way.
        await sent(catalogId, itemIds[0], { due: 11 * 60 })
        expect(await minutesOf(catalogId)).toBeCloseTo(60, 3)
        const sinceMidnight = (Date.now() % DAY) / 60_000
        expect(await minutesOf(catalogId, new Date())).toBeCloseTo(sinceMidnight, 0)
      })

      it("of a change that waited for days fall to each of them", async () => {
        const { catalogId, itemIds } = await given()
        // From noon three days before yesterday until noon of yesterday.
        await sent(catalogId, itemIds[0], { due: -3 * 24 * 60, sent: -5, settled: 0 })
        await service.stockDays.writeStockDays({ catalogId, withheld: NOTHING })
        const days = await service.stockDays.listStockDays({ catalogId, days: 10 })
        expect(days.map(({ minutes_offered_unavailable }) => minutes_offered_unavailable)).toEqual([0, 720, 1440, 1440, 720])

        await service.deleteItemChanges({ catalog_id: catalogId })
        await sent(catalogId, itemIds[0], { due: -5, settled: 0 })
        await service.stockDays.writeStockDays({ catalogId, withheld: NOTHING })
        expect(await service.stockDays.listStockDays({ catalogId, days: 10 })).toEqual(days)
      })
    })

    describe("the days of a catalogue", () => {
      it("hold what is withheld now in today's row, and leave earlier days as they were", async () => {
        const { catalogId } = await given()
        await service.stockDays.writeStockDays({ catalogId, withheld: { unitsWithheld: 30, itemsShort: 2 } })
        await service.stockDays.writeStockDays({ catalogId, withheld: { unitsWithheld: 41, itemsShort: 3 } })
        await moveClock(service, "1 day")
        await service.stockDays.writeStockDays({ catalogId, withheld: { unitsWithheld: 7, itemsShort: 0 } })
        expect(await service.stockDays.listStockDays({ catalogId, days: 10 })).toEqual([
          { day: dayOf(new Date(Date.now() + DAY)), units_withheld: 7, items_short: 0, minutes_offered_unavailable: 0, cancellations_for_stock: 0 },
          { day: dayOf(new Date()), units_withheld: 41, items_short: 3, minutes_offered_unavailable: 0, cancellations_for_stock: 0 },
        ])
        expect(await service.stockDays.listStockDays({ catalogId, days: 1 })).toHaveLength(1)
      })

      it("count the cancellations Meta carried out because the stock was gone, on their own day", async () => {
        const { catalogId } = await given()
        const cancelled = (intent: string, done: Date | null, patch: Record<string, unknown> = {}) => ({
          catalog_id: catalogId,
          order_id: "mcorder_1",
          meta_order_id: "1",
          intent,
          idempotency_key: intent,
          reason_code: "OUT_OF_STOCK",
          status: done ? ("done" as const) : ("waiting" as const),
          done_at: done,
          ...patch,
        })
        await service.createCancellations([
          cancelled("a", at(0)),
          cancelled("b", at(1)),
          cancelled("c", new Date()),
          cancelled("d", null),
          cancelled("e", at(0), { reason_code: "CUSTOMER_REQUESTED" }),
          cancelled("f", at(0), { catalog_id: "mcat_other" }),
        ])
        await service.stockDays.writeStockDays({ catalogId, withheld: NOTHING })
        const days = await service.stockDays.listStockDays({ catalogId, days: 10 })
        expect(days.map(({ day, cancellations_for_stock }) => [day, cancellations_for_stock])).toEqual([
          [dayOf(new Date()), 1],
          [dayOf(at(0)), 2],
        ])
      })

      it("are forgotten with the history, and with the catalogue", async () => {
        const { catalogId } = await given()
        await service.stockDays.writeStockDays({ catalogId, withheld: NOTHING })
        await moveClock(service, "29 days")
        await service.retention.forgetHistory({ historyDays: 30 })
        expect(await service.stockDays.listStockDays({ catalogId, days: 10 })).toHaveLength(1)
        await moveClock(service, "32 days")
        await service.retention.forgetHistory({ historyDays: 30 })
        expect(await service.stockDays.listStockDays({ catalogId, days: 10 })).toEqual([])
        await service.stockDays.writeStockDays({ catalogId, withheld: NOTHING })
        await service.catalogs.forgetCatalog({ catalogId })
        expect(await service.stockDays.listStockDays({ catalogId, days: 10 })).toEqual([])
        await service.stockDays.writeStockDays({ catalogId, withheld: NOTHING })
        expect((await sqlOf(service).raw("select count(*)::int as n from meta_catalog_stock_day")).rows[0].n).toBe(0)
      })

      it("are taken by one of several processes", async () => {
        const { catalogId } = await given()
        const takers = await Promise.all([1, 2, 3].map(() => service.stockDays.takeStockMeasurement({ everyMs: 3_600_000 })))
        expect(takers.filter((taken) => taken !== undefined)).toEqual([catalogId])
      })
    })
  },
})
