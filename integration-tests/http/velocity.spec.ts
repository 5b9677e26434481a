import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys, getVariantAvailability, Modules } from "@medusajs/framework/utils"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { streamItemRates } from "../../src/catalog/stock/units-sold"
import type { AdminStockMetrics } from "../../src/api/admin/meta-catalog/stock-types"
import measureStockJob from "../../src/jobs/measure-stock"
import measureVelocityJob from "../../src/jobs/measure-velocity"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { measureVelocityWorkflow } from "../../src/workflows/measures/measure-velocity"
import { seedStore } from "../store/seed-store"
import { openOrders } from "./marks-orders"
import { openPlace, settle, type Place } from "./marks-place"

jest.setTimeout(180_000)

process.env.MEDUSA_BACKEND_URL = "http://localhost:9000"
process.env.META_GRAPH_URL = "http://127.0.0.1:1"
process.env.META_CATALOG_ENCRYPTION_KEY = "for tests only, never for a real store"
// No job interferes with what a measurement has left.
process.env.MEDUSA_WORKER_MODE = "server"

const DAYS = 28

type GraphOrder = {
  id: string
  status: string
  is_draft_order: boolean
  created_at: string
  items: { variant_id: string; quantity: number }[]
}

medusaIntegrationTestRunner({
  moduleName: "velocity",
  testSuite: ({ api, getContainer }) => {
    let place: Place
    let sql: Knex

    beforeAll(async () => {
      const container = getContainer()
      const open = await openPlace(container, await seedStore(container))
      place = { ...open, orders: await openOrders({ ...open, orders: undefined as never }, open.plain[0]) }
      sql = place.sql
      // A round would answer the sweep that a measurement asks for.
      metaCatalog(container).options.pushDelayMs = 2 ** 31 - 1
      await settle(place)
      // The seed is minutes old; these variants are on sale for longer than any period here.
      await sql.raw("update product_variant set created_at = now() - interval '400 days'")
    })

    /** An order through the Order Module, as an import or a point of sale makes one. */
    async function book(variantId: string, quantity: number, patch: Record<string, unknown> = {}): Promise<string> {
      const [order] = await place.container.resolve(Modules.ORDER).createOrders([
        {
          currency_code: "eur",
          email: "buyer@example.com",
          sales_channel_id: place.facts.salesChannelId,
          items: [{ title: "Mug", variant_id: variantId, quantity, unit_price: 12 }],
          ...patch,
        },
      ])
      return order.id
    }

    const ageOrder = async (orderId: string, days: number) =>
      await sql.raw(`update "order" set created_at = now() - make_interval(days => ?) where id = ?`, [days, orderId])

    const measure = async () => (await measureVelocityWorkflow(place.container).run({ input: { catalog_id: place.catalogId } })).result

    const itemOf = async (variantId: string) => (await metaCatalog(place.container).listItems({ variant_id: variantId, catalog_id: place.catalogId }))[0]

    const change = async (patch: Record<string, unknown>) => await metaCatalog(place.container).updateCatalogs({ id: place.catalogId, ...patch })

    it("counts the orders as query.graph tells of them: edited, cancelled, returned, exchanged, drafts and all", async () => {
      const { orders, facts } = place
      await orders.place(3)
      await orders.cancel(await orders.place(5))
      await orders.edit(await orders.place(6), 2)
      await orders.returnOne(await orders.placeAndShip(2))
      await orders.replaceOne(await orders.placeAndShip(2))
      await orders.exchangeOne(await orders.placeAndShip(2))
      const [, second, third] = place.plain
      await book(second.variantId, 7, { sales_channel_id: facts.otherSalesChannelId })
      await book(second.variantId, 100, { status: "draft", is_draft_order: true })
      await book(third.variantId, 9, { status: "completed" })
      await ageOrder(await book(third.variantId, 50), DAYS + 1)
      await ageOrder(await book(third.variantId, 4), DAYS - 1)

      const query = place.container.resolve(ContainerRegistrationKeys.QUERY)
      const { data } = await query.graph({ entity: "order", fields: ["id", "status", "is_draft_order", "created_at", "items.*"] })
      const since = Date.now() - DAYS * 86_400_000
      const units = new Map<string, number>()
      const sold = (data as unknown as GraphOrder[]).filter((order) => order.status !== "canceled" && !order.is_draft_order && Date.parse(order.created_at) > since)
      for (const { variant_id, quantity } of sold.flatMap(({ items }) => items)) {
        units.set(variant_id, (units.get(variant_id) ?? 0) + quantity)
      }
      // 3 + 2 edited + 2 returned in part + 2 and a replacement + 2 and an exchange; the other channel; two of three.
      expect([...units]).toEqual(expect.arrayContaining([[place.plain[0].variantId, 13], [second.variantId, 7], [third.variantId, 13]]))
      expect(units.size).toBe(3)

      const variantOf = new Map((await metaCatalog(place.container).listItems({ catalog_id: place.catalogId }, { take: null })).map((item) => [item.id, item.variant_id]))
      const found = new Map<string, number>()
      let seen = 0
      for await (const page of streamItemRates(sql, { catalogId: place.catalogId, days: DAYS, pageSize: 5 })) {
        expect(page.length).toBeLessThanOrEqual(5)
        for (const { itemId, unitsPerDay } of page) {
          seen += 1
          found.set(variantOf.get(itemId)!, unitsPerDay * DAYS)
        }
      }
      expect(seen).toBe(variantOf.size)
      for (const [variantId, total] of found) {
        expect(total).toBeCloseTo(units.get(variantId) ?? 0, 4)
      }
    })

    it("writes rates and buckets, asks for a sweep where something changed, and is content with the same again", async () => {
      const [first, second, third] = place.plain
      await change({ medium_from: 0.2, fast_from: 0.4, sweep_requested_at: null })
      await book(first.variantId, 13)
      await book(second.variantId, 7)
      expect(await measure()).toEqual({ items: place.facts.variants.length, changed: 2, moved: 2 })
      expect(await itemOf(first.variantId)).toMatchObject({ velocity_bucket: "fast", units_per_day: expect.closeTo(13 / 28, 5), velocity_at: expect.any(Date), due_at: null })
      expect(await itemOf(second.variantId)).toMatchObject({ velocity_bucket: "medium", units_per_day: expect.closeTo(7 / 28, 5) })
      expect(await itemOf(third.variantId)).toMatchObject({ velocity_bucket: "slow", units_per_day: 0, velocity_at: expect.any(Date) })
      expect((await metaCatalog(place.container).retrieveCatalog(place.catalogId)).sweep_requested_at).not.toBeNull()

      await change({ sweep_requested_at: null })
      expect(await measure()).toEqual({ items: place.facts.variants.length, changed: 0, moved: 0 })
      expect((await metaCatalog(place.container).retrieveCatalog(place.catalogId)).sweep_requested_at).toBeNull()
    })

    it("moves no item whose rate swings around a limit, and one that leaves it well behind", async () => {
      const { variantId } = place.plain[1]
      await change({ medium_from: 0.2, fast_from: 0.4 })
      await book(variantId, 7)
      await measure()
      // 12 in 28 days: 0.43, above the limit of 0.4 and within its fifth.
      const more = await book(variantId, 5)
      expect(await measure()).toMatchObject({ changed: 1, moved: 0 })
      expect(await itemOf(variantId)).toMatchObject({ velocity_bucket: "medium", units_per_day: expect.closeTo(12 / 28, 5) })
      await book(variantId, 3)
      expect(await measure()).toMatchObject({ changed: 1, moved: 1 })
      expect((await itemOf(variantId)).velocity_bucket).toBe("fast")
      // 10 in 28 days: 0.36, below the limit and within its fifth.
      await place.container.resolve(Modules.ORDER).cancel(more)
      expect(await measure()).toMatchObject({ changed: 1, moved: 0 })
      expect((await itemOf(variantId)).velocity_bucket).toBe("fast")
    })

    it("asks a young variant only for the days it has been on sale", async () => {
      const young = place.plain[3]
      await book(young.variantId, 8)
      await sql.raw("update product_variant set created_at = now() - interval '4 days' where id = ?", [young.variantId])
      await measure()
      expect((await itemOf(young.variantId)).units_per_day).toBeCloseTo(2, 2)
      await sql.raw("update product_variant set created_at = now() where id = ?", [young.variantId])
      await measure()
      expect((await itemOf(young.variantId)).units_per_day).toBeCloseTo(8, 2)
    })

    it("is measured once a day by the job, whichever processes run it, and at once when asked for", async () => {
      const { velocity } = metaCatalog(place.container)
      const day = 24 * 3_600_000
      await velocity.requestVelocity({ catalogId: place.catalogId })
      const takers = await Promise.all([1, 2, 3].map(() => velocity.takeVelocityMeasurement({ everyMs: day })))
      expect(takers.filter((taken) => taken !== undefined)).toEqual([place.catalogId])

      const counted = await itemOf(place.plain[4].variantId)
      await book(place.plain[4].variantId, 28)
      await measureVelocityJob(place.container)
      expect((await itemOf(place.plain[4].variantId)).units_per_day).toBe(counted.units_per_day)
      await sql.raw("update meta_catalog_catalog set velocity_measured_at = meta_catalog_now() - interval '25 hours'")
      await measureVelocityJob(place.container)
      expect((await itemOf(place.plain[4].variantId)).units_per_day).toBeCloseTo(1, 5)
    })

    it("measures the other catalogues although one cannot be, and tries that one again", async () => {
      const { catalogId, plain } = place
      const module = metaCatalog(place.container)
      const broken = await module.createCatalogs({
        name: "Broken",
        meta_catalog_id: "2",
        access_token_encrypted: "never read",
        public_url: module.publicUrl,
        sales_channel_id: place.facts.salesChannelId,
        currency_code: "eur",
        product_url_template: "https://shop.example/{handle}",
      })
      // A row that no measurement can write.
      await sql.raw("insert into meta_catalog_item (id, catalog_id, retailer_id, variant_id, product_id) values ('mcitem_broken', ?, 'BROKEN', ?, 'prod')", [broken.id, plain[0].variantId])
      await sql.raw("alter table meta_catalog_item add constraint unwritable check (id <> 'mcitem_broken' or units_per_day = 0)")
      await sql.raw("update meta_catalog_catalog set velocity_measured_at = null")
      await book(plain[0].variantId, 28)
      await measureVelocityJob(place.container)
      expect((await itemOf(plain[0].variantId)).units_per_day).toBeCloseTo(1, 5)
      expect((await module.retrieveCatalog(broken.id)).velocity_measured_at).toBeNull()
      expect((await module.retrieveCatalog(catalogId)).velocity_measured_at).not.toBeNull()
    })

    describe("the admin", () => {
      const admin = () => ({ auth: { username: place.facts.secretKey, password: "" }, validateStatus: () => true })
      const post = async (body: Record<string, unknown>) => await api.post(`/admin/meta-catalog/catalogs/${place.catalogId}`, body, admin())
      const metrics = async (query = "") =>
        (await api.get(`/admin/meta-catalog/catalogs/${place.catalogId}/stock-metrics${query}`, admin())) as { status: number; data: AdminStockMetrics & { message: string } }

      it.each([
        [{ velocity_days: 0 }, "velocity_days: must be from 1 to 365"],
        [{ velocity_days: 1.5 }, "velocity_days: must be a whole number of days from 1 to 365"],
        [{ medium_from: 0 }, "medium_from: must be from 0.01 to 10000 units a day"],
        [{ medium_from: 2 }, "medium_from: must be below fast_from, which is 2 units a day"],
        [{ fast_from: 0.1 }, "fast_from: must be above medium_from, which is 0.2 units a day"],
        [{ medium_from: 5, fast_from: 4 }, "fast_from: must be above medium_from, which is 5 units a day"],
        [{ velocity_hysteresis_percent: 51 }, "velocity_hysteresis_percent: must be from 0 to 50"],
      ])("is told what is wrong with %j", async (body, message) => {
        expect(await post(body)).toMatchObject({ status: 400, data: { message } })
      })

      it("changes what velocity goes by, which asks for a new measurement", async () => {
        const { velocity } = metaCatalog(place.container)
        await velocity.takeVelocityMeasurement({ everyMs: 0 })
        const settings = { velocity_days: 7, medium_from: 0.5, fast_from: 5, velocity_hysteresis_percent: 10 }
        expect(await post(settings)).toMatchObject({ status: 200, data: { catalog: settings } })
        expect(await velocity.takeVelocityMeasurement({ everyMs: 3_600_000 })).toBe(place.catalogId)
        expect(await post({ name: "Forge" })).toMatchObject({ status: 200 })
        expect(await velocity.takeVelocityMeasurement({ everyMs: 3_600_000 })).toBeUndefined()
      })

      it("reads the day's figures: nothing withheld without rules, and what the rules keep back", async () => {
        expect((await metrics()).data).toMatchObject({ days: [], measured_at: null, latency: { p95_s: null, samples: 0, measured_at: null } })
        await measureStockJob(place.container)
        const today = new Date().toISOString().slice(0, 10)
        expect((await metrics()).data).toMatchObject({
          days: [{ day: today, units_withheld: 0, items_short: 0, minutes_offered_unavailable: 0, cancellations_for_stock: 0 }],
          measured_at: expect.any(String),
          latency: { p95_s: null, samples: 0, measured_at: expect.any(String) },
          velocity: { buckets: { slow: place.facts.variants.length, medium: 0, fast: 0 } },
        })

        const [some, all] = place.plain
        const rule = (variantId: string, threshold: number) => ({
          catalog_id: place.catalogId,
          scope: "variant" as const,
          reference_id: variantId,
          settings: { threshold, threshold_mode: "subtract" },
        })
        await metaCatalog(place.container).createStockRules([rule(some.variantId, 10), rule(all.variantId, 100_000)])
        const query = place.container.resolve(ContainerRegistrationKeys.QUERY)
        const there = (await getVariantAvailability(query, { variant_ids: [all.variantId], sales_channel_id: place.facts.salesChannelId }))[all.variantId].availability!
        expect(there).toBeGreaterThan(10)
        // An hour has not passed, so the job leaves it alone.
        await measureStockJob(place.container)
        expect((await metrics()).data.days).toMatchObject([{ units_withheld: 0 }])
        await sql.raw("update meta_catalog_catalog set stock_measured_at = meta_catalog_now() - interval '1 hour'")
        await measureStockJob(place.container)
        expect((await metrics("?days=1")).data.days).toMatchObject([{ day: today, units_withheld: 10 + there, items_short: 1 }])
        expect(await metrics("?days=0")).toMatchObject({ status: 400, data: { message: "days: must be from 1 to 366" } })
      })
    })
  },
})
