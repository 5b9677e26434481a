import { readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { IEventBusModuleService, MedusaContainer } from "@medusajs/framework/types"
import { Modules, type AbstractEventBusModuleService } from "@medusajs/framework/utils"
import { updateInventoryLevelsWorkflow } from "@medusajs/medusa/core-flows"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { PRIORITY } from "../../src/modules/meta-catalog/push/priority"
import markItemsDue, { config } from "../../src/subscribers/mark-items-due"
import { checkPriceLists } from "../../src/workflows/catalogs/check-price-lists"
import { collectMarks, TOO_MANY } from "../../src/workflows/marks/collect-marks"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { sweepWorkflow } from "../../src/workflows/push/sweep"
import { seedStore } from "../store/seed-store"
import { until } from "./connected-store"
import { openOrders } from "./marks-orders"
import { heardEverything, openPlace, priceSetOf, settle, type Place } from "./marks-place"
import { lineOf, ROWS, type Outcome } from "./marks-rows"

jest.setTimeout(180_000)

process.env.MEDUSA_BACKEND_URL = "http://localhost:9000"
process.env.META_CATALOG_ENCRYPTION_KEY = "for tests only, never for a real store"
// No job interferes with what an event has left.
process.env.MEDUSA_WORKER_MODE = "server"

const SUBSCRIBER = { subscriberId: config.context!.subscriberId! }
const EVENTS = config.event as string[]

medusaIntegrationTestRunner({
  moduleName: "marks",
  testSuite: ({ getContainer }) => {
    let place: Place
    let heard: Set<string>

    beforeAll(async () => {
      const container = getContainer()
      const open = await openPlace(container, await seedStore(container))
      // A round would answer the sweep that a test asks for.
      metaCatalog(container).options.pushDelayMs = 2 ** 31 - 1
      place = { ...open, orders: await openOrders({ ...open, orders: undefined as never }, open.plain[0]) }
      await settle(place)
      heard = new Set()
      busOf(container).subscribe("*", async ({ name }) => void heard.add(name), { subscriberId: "marks-suite" })
    })

    afterEach(async () => {
      await heardEverything(place.container)
    })

    describe.each(Object.entries(ROWS))("%s", (_group, rows) => {
      it.each(rows.map((row) => [row.what, row] as const))("%s", async (_what, row) => {
        const given = (await row.given?.(place)) ?? ""
        await settle(place)
        heard.clear()
        const expected = (await row.act(place, given)).sort()
        await heardEverything(place.container)

        expect([...heard].filter((name) => EVENTS.includes(name)).sort()).toEqual([...row.heard].sort())
        const { mark, check } = row.then
        if (mark) {
          const marked = await due(place)
          expect(marked.map(({ variant_id }) => variant_id)).toEqual(expected)
          expect(new Set(marked.map(({ priority }) => priority))).toEqual(new Set([PRIORITY[mark]]))
          expect(row.heard).toEqual(expect.arrayContaining(marked.map(({ due_reason }) => due_reason)))
        } else {
          expect(await due(place)).toEqual([])
        }
        expect(await sweepWait(place)).toBe(row.then.sweep ?? null)
        if (check) {
          await checkPriceLists(place.container)
          expect((await due(place)).map(({ variant_id }) => variant_id)).toEqual(expected)
        }
        expect(await buildWait(place)).toBe(row.then.build ?? null)
        if (!mark && !check) {
          await sweepWorkflow(place.container).run({ input: { catalog_id: place.catalogId } })
          expect((await due(place)).map(({ variant_id, due_reason }) => [variant_id, due_reason])).toEqual(expected.map((id) => [id, "sweep"]))
        }
      })
    })

    it("are the tables of docs/events.md, line by line", () => {
      const groups = readFileSync(join(__dirname, "..", "..", "docs", "events.md"), "utf8").split(/^## /m).slice(1)
      const documented = groups.map((group) => {
        const [title, ...lines] = group.split("\n")
        return [title, lines.filter((line) => line.startsWith("| ") && !line.startsWith("| What happens")).map((line) => line.trim())]
      })
      const tabled = documented.filter(([, lines]) => lines.length > 0)
      expect(tabled).toEqual(Object.entries(ROWS).map(([title, rows]) => [title, rows.map(lineOf)]))
    })

    it("hear no event that no line is about", () => {
      const inRows = new Set(Object.values(ROWS).flat().flatMap((row) => row.heard))
      expect([...EVENTS].sort()).toEqual([...inRows].sort())
    })

    describe("a catalogue that leaves prices to the feed", () => {
      beforeEach(async () => {
        await place.sql.raw("update meta_catalog_catalog set pushes_prices = false")
      })

      it("has no item due for a price, only a build", async () => {
        await settle(place)
        const { id } = await priceSetOf(place, place.plain[0].variantId)
        await place.container.resolve(Modules.PRICING).updatePriceSets(id, { prices: [{ currency_code: "eur", amount: 71 }] })
        await heardEverything(place.container)
        expect(await due(place)).toEqual([])
        expect(await sweepWait(place)).toBeNull()
        expect(await buildWait(place)).toBe("within 10 minutes")
      })

      it("has no item due when a price list begins, only a build", async () => {
        const row = ROWS["Price lists"].find(({ what }) => what.endsWith("begins"))!
        const given = await row.given!(place)
        await settle(place)
        await row.act(place, given)
        await checkPriceLists(place.container)
        expect(await due(place)).toEqual([])
        expect(await buildWait(place)).toBe("at once")
      })
    })

    describe("price lists by the clock", () => {
      it("are looked at once, however many processes look at the same time", async () => {
        const row = ROWS["Price lists"].find(({ what }) => what.endsWith("begins"))!
        const given = await row.given!(place)
        await settle(place)
        await row.act(place, given)
        const taken = await Promise.all([1, 2, 3].map(() => metaCatalog(place.container).catalogs.takePriceChecks()))
        const spans = taken.flat().map(({ since, until: end }) => ({ since: since.getTime(), end: end.getTime() })).sort((a, b) => a.end - b.end || a.since - b.since)
        expect(spans).toHaveLength(3)
        expect(spans[0].end - spans[0].since).toBeGreaterThan(2 * 3_600_000)
        expect(spans[1].since).toBe(spans[0].end)
        expect(spans[2].since).toBe(spans[1].end)
      })

      it("wait for a paused catalogue, which looks back over the whole pause", async () => {
        const row = ROWS["Price lists"].find(({ what }) => what.endsWith("ends"))!
        const given = await row.given!(place)
        await settle(place)
        await place.sql.raw("update meta_catalog_catalog set state = 'paused'")
        const expected = await row.act(place, given)
        await checkPriceLists(place.container)
        expect(await due(place)).toEqual([])
        await place.sql.raw("update meta_catalog_catalog set state = 'active'")
        await checkPriceLists(place.container)
        expect((await due(place)).map(({ variant_id, due_reason }) => [variant_id, due_reason])).toEqual([[expected[0], "a price list began or ended"]])
        await place.sql.raw("update meta_catalog_item set due_at = null")
        await checkPriceLists(place.container)
        expect(await due(place)).toEqual([])
      })
    })

    describe("what events name is collected", () => {
      const levels = (count: number, stocked_quantity: number) => {
        const { berlin, rotterdam } = place.facts.locationIds
        const parts = [...new Set(place.facts.variants.flatMap(({ inventoryItemIds }) => inventoryItemIds))]
        return parts.flatMap((inventory_item_id) => [berlin, rotterdam].map((location_id) => ({ inventory_item_id, location_id, stocked_quantity }))).slice(0, count)
      }

      it("and costs at most ten statements for 400 levels, beside a store without the plugin", async () => {
        const updates = levels(400, 83)
        expect(updates).toHaveLength(400)
        // Once for the plans and caches of both sides.
        await updateInventoryLevelsWorkflow(place.container).run({ input: { updates } })
        await settle(place)
        const withPlugin = await statementsOf(place, () => updateInventoryLevelsWorkflow(place.container).run({ input: { updates: levels(400, 84) } }))
        expect((await due(place)).length).toBeGreaterThanOrEqual(200)
        const attach = detach(place.container)
        const without = await statementsOf(place, () => updateInventoryLevelsWorkflow(place.container).run({ input: { updates: levels(400, 85) } }))
        attach()
        expect(withPlugin - without).toBeGreaterThan(1)
        expect(withPlugin - without).toBeLessThanOrEqual(10)
      })

      it("and is tried again where the database refuses", async () => {
        await place.sql.raw("alter table meta_catalog_item rename to meta_catalog_item_away")
        await place.container.resolve(Modules.INVENTORY).adjustInventory(place.plain[0].inventoryItemIds[0], place.facts.locationIds.berlin, 3)
        await heardEverything(place.container)
        await place.sql.raw("alter table meta_catalog_item_away rename to meta_catalog_item")
        expect(await due(place)).toEqual([])
        await until("the mark is written", async () => (await due(place)).length === 1)
      })

      it("and becomes one sweep where there is more of it than is kept", async () => {
        const ids = Array.from({ length: TOO_MANY + 1 }, (_, index) => `ilev_${index}`)
        collectMarks(place.container, { event: "inventory-level.updated", ids })
        await heardEverything(place.container)
        expect(await sweepWait(place)).toBe("at once")
        expect(await buildWait(place)).toBe("within 10 minutes")
      })

      it("and is written before the process ends as it was told to", async () => {
        const [level] = await place.container.resolve(Modules.INVENTORY).listInventoryLevels({ inventory_item_id: place.plain[0].inventoryItemIds[0] })
        collectMarks(place.container, { event: "inventory-level.updated", ids: [level.id] })
        expect(await due(place)).toEqual([])
        await metaCatalog(place.container).__hooks.onApplicationPrepareShutdown()
        expect(await due(place)).toHaveLength(1)
      })
    })
  },
})

function busOf(container: MedusaContainer): IEventBusModuleService {
  return container.resolve(Modules.EVENT_BUS)
}

/** Takes the plugin's subscriber off the bus; the answer puts it back. */
function detach(container: MedusaContainer): () => void {
  const bus = busOf(container) as AbstractEventBusModuleService
  for (const event of EVENTS) {
    bus.unsubscribe(event, () => undefined as never, SUBSCRIBER)
    // In the worker mode of this suite the bus stops calling the subscriber but keeps its name.
    bus.eventToSubscribersMap.set(event, (bus.eventToSubscribersMap.get(event) ?? []).filter(({ id }) => id !== SUBSCRIBER.subscriberId))
  }
  return () => {
    for (const event of EVENTS) {
      bus.subscribe(event, async ({ data }) => await markItemsDue({ event: { name: event, data: data as { id: string } }, container, pluginOptions: {} }), SUBSCRIBER)
    }
  }
}

/** How many statements the whole process sends until everything is heard. */
async function statementsOf({ sql, container }: Place, work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const listener = () => (count += 1)
  sql.client.on("query", listener)
  await work()
  await sleep(50)
  await heardEverything(container)
  sql.client.off("query", listener)
  return count
}

type Due = { variant_id: string; due_reason: string; priority: number }

async function due({ sql }: Place): Promise<Due[]> {
  return (await read<Due>(sql, "select variant_id, due_reason, priority from meta_catalog_item where due_at is not null order by variant_id")).sort((a, b) =>
    a.variant_id < b.variant_id ? -1 : 1
  )
}

async function sweepWait({ sql }: Place): Promise<Outcome["sweep"] | null> {
  const [{ wait_s }] = await read<{ wait_s: number | null }>(sql, `select ${seconds("sweep_requested_at")} as wait_s from meta_catalog_catalog`)
  return wait_s === null ? null : wait_s <= 0 ? "at once" : wait_s > 200 && wait_s <= 300 ? "within 5 minutes" : (`after ${wait_s} s` as never)
}

async function buildWait({ sql }: Place): Promise<Outcome["build"] | null> {
  const [{ wait_s }] = await read<{ wait_s: number | null }>(sql, `select ${seconds("build_requested_at")} as wait_s from meta_catalog_feed`)
  return wait_s === null ? null : wait_s <= 0 ? "at once" : wait_s > 500 && wait_s <= 600 ? "within 10 minutes" : (`after ${wait_s} s` as never)
}

function seconds(column: string): string {
  return `cast(extract(epoch from ${column} - meta_catalog_now()) as float)`
}

async function read<Found>(sql: Knex, statement: string): Promise<Found[]> {
  return (await sql.raw<{ rows: Found[] }>(statement)).rows
}
