import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import fc from "fast-check"
import { META_CATALOG_MODULE } from ".."
import { pendingOrders } from "../../../catalog/stock/pending-orders-sql"
import { query } from "../../../catalog/store/query"
import type { ReadOrder } from "../orders/meta-orders"
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL, sqlOf } from "./given"

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const minute = (n: number) => new Date(Date.UTC(2026, 5, 1, 12, n))

    const order = (id: string, state: string, quantity: number, { at = 0, retailerId = "SKU-1" } = {}): ReadOrder => ({
      id,
      state,
      createdAt: minute(0),
      updatedAt: minute(at),
      units: [{ retailerId, quantity }],
    })

    const store = (catalogId: string, ...orders: ReadOrder[]) => service.metaOrders.storeOrders({ catalogId, orders })

    const pending = async (catalogId: string) => {
      const found = await query<{ retailer_id: string; units: number }>(sqlOf(service), `with ${pendingOrders({ name: "pending_order", catalogId: ":catalogId" })} select * from pending_order`, { catalogId })
      return Object.fromEntries(found.map((row) => [row.retailer_id, row.units]))
    }

    async function given(patch: Record<string, unknown> = {}, count = 3) {
      const catalog = await givenCatalog(service, { orders_mode: "seller", orders_owner_id: "77", ...patch })
      await givenItems(service, { ...catalog, count })
      return catalog.catalogId
    }

    const due = async (catalogId: string) => (await service.listItems({ catalog_id: catalogId, due_at: { $ne: null } })).map((item) => item.retailer_id).sort()
    const settle = async (catalogId: string) => {
      const items = await service.listItems({ catalog_id: catalogId })
      await service.updateItems(items.map(({ id }) => ({ id, due_at: null })))
    }

    describe("what is subtracted", () => {
      it("are the units of FB_PROCESSING orders and of CREATED ones that are not booked, in seller mode only", async () => {
        const catalogId = await given()
        await store(
          catalogId,
          order("1", "FB_PROCESSING", 2),
          order("2", "CREATED", 3),
          order("3", "CREATED", 5),
          order("4", "IN_PROGRESS", 7),
          order("5", "COMPLETED", 11),
          order("6", "FB_PROCESSING", 13, { retailerId: "SKU-2" })
        )
        await service.metaOrders.bookOrders({ catalogId, bookings: [{ meta_order_id: "3", medusa_order_id: "order_3" }] })
        expect(await pending(catalogId)).toEqual({ "SKU-1": 5, "SKU-2": 13 })
        for (const orders_mode of ["off", "platform"] as const) {
          await service.updateCatalogs([{ id: catalogId, orders_mode }])
          expect(await pending(catalogId)).toEqual({})
        }
      })

      it("is of one catalogue, and is nothing while Meta refuses the orders", async () => {
        const [here, there] = [await given(), await given()]
        await store(here, order("1", "CREATED", 2))
        expect([await pending(here), await pending(there)]).toEqual([{ "SKU-1": 2 }, {}])
        expect(await service.metaOrders.refuseOrders({ catalogId: here, message: "gone" })).toBe(true)
        expect(await service.metaOrders.refuseOrders({ catalogId: here, message: "gone" })).toBe(false)
        expect(await pending(here)).toEqual({})
        await service.metaOrders.allowOrders({ catalogId: here })
        expect(await pending(here)).toEqual({ "SKU-1": 2 })
        expect((await service.retrieveCatalog(here)).orders_refused_message).toBeNull()
      })

      it("knows an order's cancelled units once, whether Meta still shows them or not", async () => {
        const catalogId = await given()
        await store(catalogId, order("1", "CREATED", 5))
        const cancellationId = (await service.cancellations.openCancellation({
          catalogId,
          metaOrderId: "1",
          intent: "a",
          items: [{ retailer_id: "SKU-1", quantity: 2 }],
          reasonCode: "OUT_OF_STOCK",
          reasonDescription: null,
          restockItems: false,
        })) as string
        await service.cancellations.takeCancellation({ cancellationId })
        await service.cancellations.endCancellation({ catalogId, cancellationId })
        await service.cancellations.endCancellation({ catalogId, cancellationId })
        expect(await pending(catalogId)).toEqual({ "SKU-1": 3 })
        await store(catalogId, order("1", "CREATED", 3, { at: 1 }))
        expect(await pending(catalogId)).toEqual({ "SKU-1": 3 })
        await store(catalogId, order("1", "CREATED", 1, { at: 2 }))
        expect(await pending(catalogId)).toEqual({ "SKU-1": 1 })
      })

      it("subtracts each order at least once as soon as it is known and exactly once in the end, whatever arrives first", async () => {
        const catalogId = await given()
        let run = 0
        // Of one order: readings of three states, the Medusa order and its reservation; the sixth is somebody's explicit word.
        const kinds = ["FB_PROCESSING", "CREATED", "IN_PROGRESS", "medusa_order", "reservation", "word"] as const
        const history = fc.record({
          quantities: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
          arrivals: fc.shuffledSubarray(
            [0, 1].flatMap((which) => kinds.filter((kind) => kind !== "word").map((kind) => ({ which, kind }))),
            { minLength: 10 }
          ),
          late: fc.array(fc.record({ which: fc.nat(1), kind: fc.constantFrom("FB_PROCESSING", "CREATED", "IN_PROGRESS", "word") }), { maxLength: 4 }),
        })
        await fc.assert(
          fc.asyncProperty(history, async ({ quantities, arrivals, late }) => {
            run += 1
            const ids = [`${run}0`, `${run}1`]
            const seen = [new Set<string>(), new Set<string>()]
            const isTaken = (which: number) => seen[which].has("medusa_order") && seen[which].has("reservation")
            const alsoBooked = new Set<number>()
            for (const { which, kind } of [...arrivals, ...late]) {
              // A seller acknowledges an order, or says that it is booked, once its stock is taken: earlier it cannot arrive.
              if ((kind === "IN_PROGRESS" || kind === "word") && !isTaken(which)) {
                continue
              }
              seen[which].add(kind)
              if (kind === "word") {
                await service.metaOrders.bookOrder({ catalogId, metaOrderId: ids[which], orderId: `order_${ids[which]}` })
                alsoBooked.add(which)
              } else if (kind !== "medusa_order" && kind !== "reservation") {
                const at = { FB_PROCESSING: 0, CREATED: 1, IN_PROGRESS: 2 }[kind]
                await store(catalogId, order(ids[which], kind, quantities[which], { at, retailerId: `SKU-${which + 1}` }))
              }
              const bookings = [0, 1].filter(isTaken).map((n) => ({ meta_order_id: ids[n], medusa_order_id: `order_${ids[n]}` }))
              await service.metaOrders.bookOrders({ catalogId, bookings })
              const units = await pending(catalogId)
              for (const n of [0, 1]) {
                const isKnown = seen[n].has("FB_PROCESSING") || seen[n].has("CREATED")
                const subtracted = (seen[n].has("reservation") ? quantities[n] : 0) + (units[`SKU-${n + 1}`] ?? 0)
                expect(subtracted).toBeGreaterThanOrEqual(isKnown ? quantities[n] : 0)
                expect(subtracted).toBeLessThanOrEqual(2 * quantities[n])
                if (isTaken(n)) {
                  expect(subtracted).toBe(quantities[n])
                }
              }
            }
            expect(await pending(catalogId)).toEqual({})
          }),
          { numRuns: 60 }
        )
      })
    })

    describe("what arrives at once", () => {
      it("leaves each order subtracted exactly once, whichever statement came first", async () => {
        const catalogId = await given()
        let run = 0
        const orders = fc.array(fc.record({ units: fc.integer({ min: 1, max: 5 }), isBooked: fc.boolean(), isAcknowledged: fc.boolean(), cancelled: fc.nat(2) }), { minLength: 3, maxLength: 6 })
        await fc.assert(
          fc.asyncProperty(orders, async (given) => {
            run += 1
            const known = given.map((one, n) => ({ ...one, id: `${run}${n}`, cancelled: Math.min(one.cancelled, one.units) }))
            const cancel = async ({ id, cancelled }: (typeof known)[number]) => {
              const items = [{ retailer_id: "SKU-1", quantity: cancelled }]
              const intent = { catalogId, metaOrderId: id, intent: "", items, reasonCode: "OUT_OF_STOCK", reasonDescription: null, restockItems: false }
              const cancellationId = (await service.cancellations.openCancellation(intent)) as string
              await service.cancellations.takeCancellation({ cancellationId })
              await service.cancellations.endCancellation({ catalogId, cancellationId })
            }
            await store(catalogId, ...known.map(({ id, units }) => order(id, "FB_PROCESSING", units)))
            await Promise.all(
              known.flatMap((one) => [
                store(catalogId, order(one.id, "CREATED", one.units, { at: 1 })),
                store(catalogId, order(one.id, "FB_PROCESSING", one.units)),
                ...(one.isAcknowledged ? [store(catalogId, order(one.id, "IN_PROGRESS", one.units, { at: 2 }))] : []),
                ...(one.isBooked ? [service.metaOrders.bookOrder({ catalogId, metaOrderId: one.id, orderId: `order_${one.id}` })] : []),
                ...(one.cancelled > 0 ? [cancel(one)] : []),
              ])
            )
            const left = known.filter(({ isBooked, isAcknowledged }) => !isBooked && !isAcknowledged).reduce((sum, { units, cancelled }) => sum + units - cancelled, 0)
            expect((await pending(catalogId))["SKU-1"] ?? 0).toBe(left)
            // The next history starts from nothing.
            await store(catalogId, ...known.map(({ id, units }) => order(id, "COMPLETED", units, { at: 3 })))
          }),
          { numRuns: 25 }
        )
      })
    })

    describe("readings", () => {
      it("mark the items due whose units they changed, and no others", async () => {
        const catalogId = await given()
        expect(await store(catalogId, order("1", "FB_PROCESSING", 2))).toBe(1)
        expect(await due(catalogId)).toEqual(["SKU-1"])
        await settle(catalogId)
        expect(await store(catalogId, order("1", "FB_PROCESSING", 2))).toBe(0)
        expect(await store(catalogId, order("1", "CREATED", 2, { at: 1 }), order("2", "CREATED", 1, { retailerId: "SKU-3" }))).toBe(1)
        expect(await due(catalogId)).toEqual(["SKU-3"])
        await settle(catalogId)
        await store(catalogId, { ...order("1", "CREATED", 2, { at: 2 }), units: [{ retailerId: "SKU-2", quantity: 2 }] })
        expect(await due(catalogId)).toEqual(["SKU-1", "SKU-2"])
        expect(await pending(catalogId)).toEqual({ "SKU-1": 0, "SKU-2": 2, "SKU-3": 1 })
        await settle(catalogId)
        await service.metaOrders.bookOrders({ catalogId, bookings: [{ meta_order_id: "1", medusa_order_id: "order_1" }] })
        expect(await due(catalogId)).toEqual(["SKU-1", "SKU-2"])
        await settle(catalogId)
        const acknowledged = { ...order("1", "IN_PROGRESS", 2, { at: 3 }), units: [{ retailerId: "SKU-2", quantity: 2 }] }
        expect(await store(catalogId, acknowledged, order("2", "IN_PROGRESS", 1, { retailerId: "SKU-3", at: 1 }))).toBe(1)
        expect(await due(catalogId)).toEqual(["SKU-3"])
        await service.updateCatalogs([{ id: catalogId, orders_mode: "platform" }])
        expect(await store(catalogId, order("3", "CREATED", 1))).toBe(0)
      })

      it("make what Meta holds unknown once for each order and each change of its units, also where the number to send stays the same", async () => {
        const catalogId = await given()
        const known = async () => {
          const items = await service.listItems({ catalog_id: catalogId })
          await service.updateItems(items.map(({ id }) => ({ id, due_at: null, acknowledged_quantity: 3, acknowledged_availability: "in stock", reassert: false })))
        }
        const unknown = async () =>
          (await service.listItems({ catalog_id: catalogId, acknowledged_availability: null }, { order: { retailer_id: "ASC" } }))
            .map((item) => [item.retailer_id, item.acknowledged_quantity, item.due_at !== null])
        const SKU_1 = [["SKU-1", null, true]]
        await known()
        await store(catalogId, order("1", "CREATED", 3))
        expect(await unknown()).toEqual(SKU_1)
        await known()
        expect(await store(catalogId, order("1", "CREATED", 3))).toBe(0)
        expect(await unknown()).toEqual([])
        await service.metaOrders.bookOrders({ catalogId, bookings: [{ meta_order_id: "1", medusa_order_id: "order_1" }] })
        expect(await unknown()).toEqual(SKU_1)
        await known()
        await service.metaOrders.bookOrders({ catalogId, bookings: [{ meta_order_id: "1", medusa_order_id: "order_1" }] })
        expect(await store(catalogId, order("1", "IN_PROGRESS", 3, { at: 1 }))).toBe(0)
        expect(await unknown()).toEqual([])
        await store(catalogId, order("1", "IN_PROGRESS", 1, { at: 2 }))
        expect(await unknown()).toEqual(SKU_1)
        await known()
        // Seen late, when it is in the stock already: Meta has counted it down all the same.
        await store(catalogId, order("2", "IN_PROGRESS", 1))
        expect(await unknown()).toEqual(SKU_1)
        await known()
        await store(catalogId, order("3", "FB_PROCESSING", 1, { retailerId: "SKU-2" }))
        await known()
        await service.metaOrders.recordGoneOrder({ catalogId, metaOrderId: "3" })
        expect(await unknown()).toEqual([["SKU-2", null, true]])

        // What is on its way is asserted anew after it.
        await known()
        const [third] = await service.listItems({ catalog_id: catalogId, retailer_id: "SKU-3" })
        await service.updateItems([{ id: third.id, batch_id: "mcbatch_1" }])
        await store(catalogId, order("4", "CREATED", 1, { retailerId: "SKU-3" }))
        expect(await service.retrieveItem(third.id)).toMatchObject({ reassert: true, acknowledged_quantity: 3, due_at: expect.any(Date) })

        // In mode platform the number is what Meta was told, until the store's stock has taken the order.
        await service.updateCatalogs([{ id: catalogId, orders_mode: "platform" }])
        await known()
        expect(await store(catalogId, order("5", "CREATED", 1))).toBe(0)
        expect(await unknown()).toEqual([])
        await service.metaOrders.bookOrder({ catalogId, metaOrderId: "5", orderId: "order_5" })
        expect(await unknown()).toEqual(SKU_1)
      })

      it("that are older than what is stored change nothing", async () => {
        const catalogId = await given()
        await store(catalogId, order("1", "IN_PROGRESS", 2, { at: 2 }))
        await settle(catalogId)
        await store(catalogId, order("1", "CREATED", 9, { at: 1 }))
        await store(catalogId, order("1", "CREATED", 9, { at: 2 }))
        const [stored] = await service.listOrders({ catalog_id: catalogId })
        expect(stored).toMatchObject({ state: "IN_PROGRESS", acknowledged_at: minute(2) })
        expect(await due(catalogId)).toEqual([])
      })

      it("take turns, look at everything open now and then, and stop while orders are off, refused or the catalogue is paused", async () => {
        const catalogId = await given()
        const take = () => service.metaOrders.takeOrderReading({ catalogId, publicUrl: PUBLIC_URL, everyMs: 50_000 })
        const turns = (await Promise.all([take(), take(), take()])).filter(Boolean)
        expect(turns).toEqual([{ owner_id: "77", read_until: null, is_check: true, started_at: expect.any(Date) }])
        await service.metaOrders.endOrderReading({ catalogId, until: minute(3), wasCheck: true })
        await moveClock(service, "1 minute")
        expect(await take()).toMatchObject({ is_check: false, read_until: minute(3) })
        await service.metaOrders.endOrderReading({ catalogId, until: minute(1), wasCheck: false })
        await moveClock(service, "17 minutes")
        expect(await take()).toMatchObject({ is_check: true, read_until: minute(3) })
        await moveClock(service, "20 minutes")
        for (const hindrance of [{ orders_mode: "off" as const }, { state: "paused" as const }, { orders_owner_id: null }, { orders_refused_at: new Date() }]) {
          await service.updateCatalogs([{ id: catalogId, orders_mode: "seller", state: "active", orders_owner_id: "77", orders_refused_at: null, ...hindrance }])
          expect(await take()).toBeUndefined()
        }
      })

      it("notice orders that came to nothing", async () => {
        const catalogId = await given()
        await store(catalogId, order("1", "FB_PROCESSING", 2), order("2", "CREATED", 1))
        await moveClock(service, "5 minutes")
        const since = await service.issues.databaseNow()
        await store(catalogId, order("2", "CREATED", 1))
        expect(await service.metaOrders.listUnseenOrders({ catalogId, since, limit: 10 })).toEqual(["1"])
        await settle(catalogId)
        await service.metaOrders.recordGoneOrder({ catalogId, metaOrderId: "1" })
        expect(await pending(catalogId)).toEqual({ "SKU-1": 1 })
        expect(await due(catalogId)).toEqual(["SKU-1"])
      })
    })

    describe("booked orders", () => {
      it("are told to Meta in time, or a person hears of it once", async () => {
        const catalogId = await given({ orders_mode: "platform" })
        const now = await service.issues.databaseNow()
        const acknowledged = (id: string, retailerId: string): ReadOrder => ({ id, state: "IN_PROGRESS", createdAt: now, updatedAt: now, units: [{ retailerId, quantity: 1 }] })
        await store(catalogId, acknowledged("1", "SKU-1"), acknowledged("2", "SKU-2"), acknowledged("3", "SKU-3"))
        await service.metaOrders.bookOrders({ catalogId, bookings: ["1", "2", "3"].map((id) => ({ meta_order_id: id, medusa_order_id: `order_${id}` })) })
        const late = async () => {
          await service.metaOrders.recordToldOrders({ catalogId })
          return await service.metaOrders.takeLateOrders({ catalogId })
        }
        const [first] = await service.listItems({ catalog_id: catalogId, retailer_id: "SKU-1" })
        await service.updateItems([{ id: first.id, due_at: null }])
        // It never comes to rest, yet what it was sent since the booking is confirmed.
        const [third] = await service.listItems({ catalog_id: catalogId, retailer_id: "SKU-3" })
        const at = await service.issues.databaseNow()
        await service.createItemChanges([{ batch_id: "b", item_id: third.id, catalog_id: catalogId, sent_at: at, quantity: 4, availability: "in stock" }])
        await service.updateItems([{ id: third.id, acknowledged_at: at }])
        await moveClock(service, "29 minutes")
        expect(await late()).toEqual([])
        await moveClock(service, "31 minutes")
        expect(await late()).toEqual([{ meta_order_id: "2", retailer_ids: ["SKU-2"] }])
        expect(await late()).toEqual([])
      })

      it("are subtracted again when the order that stood for them is lost, but for what was cancelled at Meta", async () => {
        const catalogId = await given()
        await store(catalogId, order("1", "CREATED", 5), order("2", "IN_PROGRESS", 1))
        const booking = (id: string, by: string) => ({ meta_order_id: id, medusa_order_id: by })
        await service.metaOrders.bookOrders({ catalogId, bookings: [booking("1", "order_1"), booking("2", "order_2")] })
        const wish = { catalogId, metaOrderId: "1", intent: "", reasonCode: "OUT_OF_STOCK", reasonDescription: null, restockItems: false }
        const cancellationId = (await service.cancellations.openCancellation({ ...wish, items: [{ retailer_id: "SKU-1", quantity: 2 }] })) as string
        await service.cancellations.endCancellation({ catalogId, cancellationId })
        await settle(catalogId)
        await service.metaOrders.unbookOrders({ catalogId, bookings: [booking("1", "another"), booking("2", "order_2")] })
        expect([await pending(catalogId), await due(catalogId)]).toEqual([{}, []])
        await service.metaOrders.unbookOrders({ catalogId, bookings: [booking("1", "order_1")] })
        expect([await pending(catalogId), await due(catalogId)]).toEqual([{ "SKU-1": 3 }, ["SKU-1"]])
        await service.metaOrders.bookOrders({ catalogId, bookings: [booking("1", "order_3")] })
        expect(await pending(catalogId)).toEqual({})
      })

      it("stay booked when they are read later, and booking twice is booking once", async () => {
        const catalogId = await given()
        expect(await service.metaOrders.bookOrder({ catalogId, metaOrderId: "1", orderId: "order_1" })).toBe(true)
        expect(await service.metaOrders.bookOrder({ catalogId, metaOrderId: "1", orderId: "order_2" })).toBe(false)
        await store(catalogId, order("1", "CREATED", 2))
        expect(await pending(catalogId)).toEqual({})
        expect((await service.listOrders({ catalog_id: catalogId }))[0]).toMatchObject({ medusa_order_id: "order_1", state: "CREATED" })
      })
    })

    describe("cancellations", () => {
      const wish = (catalogId: string, intent = "whole order") => ({
        catalogId,
        metaOrderId: "1",
        intent,
        items: null,
        reasonCode: "OUT_OF_STOCK",
        reasonDescription: null,
        restockItems: false,
      })

      it("of one intent are one row with one key, however many ask at once", async () => {
        const catalogId = await given()
        expect(await service.cancellations.openCancellation(wish(catalogId))).toBeUndefined()
        await store(catalogId, order("1", "CREATED", 2))
        const ids = await Promise.all(Array.from({ length: 5 }, () => service.cancellations.openCancellation(wish(catalogId))))
        expect(new Set(ids).size).toBe(1)
        expect(await service.cancellations.openCancellation(wish(catalogId, "another"))).not.toBe(ids[0])
        const taken = await Promise.all([1, 2, 3].map(() => service.cancellations.takeCancellation({ cancellationId: ids[0] as string })))
        expect(taken.filter(Boolean)).toHaveLength(1)
      })

      it("are tried again with the same key after a lost call or a dead worker, and anew after a refusal", async () => {
        const catalogId = await given()
        await store(catalogId, order("1", "CREATED", 2))
        const cancellationId = (await service.cancellations.openCancellation(wish(catalogId))) as string
        const first = await service.cancellations.takeCancellation({ cancellationId })
        expect(await service.cancellations.takeCancellation({ cancellationId })).toBeUndefined()
        await moveClock(service, "3 minutes")
        expect(await service.cancellations.listDueCancellations({ catalogId, limit: 9 })).toEqual([cancellationId])
        expect(await service.cancellations.takeCancellation({ cancellationId })).toEqual(first)
        await service.cancellations.failCancellation({ cancellationId, error: "lost", isFinal: false })
        expect(await service.cancellations.listDueCancellations({ catalogId, limit: 9 })).toEqual([])
        await moveClock(service, "5 minutes")
        expect(await service.cancellations.takeCancellation({ cancellationId })).toEqual(first)
        await service.cancellations.failCancellation({ cancellationId, error: "too late", isFinal: true })
        const again = (await service.cancellations.openCancellation(wish(catalogId))) as string
        expect(again).not.toBe(cancellationId)
        expect((await service.cancellations.takeCancellation({ cancellationId: again }))?.idempotency_key).not.toBe(first?.idempotency_key)
      })
    })

    it("everything goes with the catalogue", async () => {
      const catalogId = await given()
      await store(catalogId, order("1", "CREATED", 2))
      await service.cancellations.openCancellation({ catalogId, metaOrderId: "1", intent: "", items: null, reasonCode: "OUT_OF_STOCK", reasonDescription: null, restockItems: true })
      await service.catalogs.forgetCatalog({ catalogId })
      expect([await service.listOrders({}), await service.listOrderItems({}), await service.listCancellations({})]).toEqual([[], [], []])
    })
  },
})
