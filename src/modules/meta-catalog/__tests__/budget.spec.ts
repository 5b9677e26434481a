import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import * as budget from "../push/budget"
import { outlook } from "../push/call-pace"
import { MetaCatalogModuleService } from "../service"
import type { Sql } from "../sql"
import { givenCatalog, moveClock, OPTIONS, sqlOf } from "./given"

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const givenBudget = async (callsPerHour: number) => (await givenCatalog(service, { calls_per_hour: callsPerHour })).catalogId

    const callsLeft = async (catalogId: string) => outlook((await service.budget.readBudget({ catalogId }))!, "ordinary").left

    const made = async (catalogId: string) => await service.listCalls({ catalog_id: catalogId }, { take: null })

    /** Calls made so many minutes ago, one a second. */
    async function givenCalls(catalogId: string, count: number, minutesAgo: number): Promise<void> {
      await sqlOf(service).raw(
        `insert into meta_catalog_call (id, catalog_id, made_at)
         select md5(random()::text), :catalogId, meta_catalog_now() - make_interval(mins => :minutesAgo) + make_interval(secs => n)
         from generate_series(1, cast(:count as integer)) n`,
        { catalogId, count, minutesAgo }
      )
    }

    const catalogOf = async (catalogId: string) => await service.retrieveCatalog(catalogId)

    describe("taking calls", () => {
      it("allows ordinary ones up to the reserve and sell-outs up to the end, and refuses with the time of the next", async () => {
        const catalogId = await givenBudget(10)
        for (let call = 0; call < 8; call += 1) {
          expect((await service.budget.takeCall({ catalogId, urgency: "ordinary" })).callId).not.toBeNull()
        }
        expect(await callsLeft(catalogId)).toBe(0)
        const refused = await service.budget.takeCall({ catalogId, urgency: "ordinary" })
        expect(refused).toEqual({ callId: null, waitMs: expect.any(Number) })
        expect((refused as { waitMs: number }).waitMs).toBeGreaterThan(3_600_000)
        expect((refused as { waitMs: number }).waitMs).toBeLessThan(3_720_000)
        for (let call = 0; call < 2; call += 1) {
          expect((await service.budget.takeCall({ catalogId, urgency: "sell_out" })).callId).not.toBeNull()
        }
        expect((await service.budget.takeCall({ catalogId, urgency: "sell_out" })).callId).toBeNull()
        expect(await made(catalogId)).toHaveLength(10)
      })

      it("never hands out more than the hour holds, however many instances ask at once", async () => {
        const catalogId = await givenBudget(20)
        const other = await secondConnection()
        try {
          const asked = Array.from({ length: 60 }, (_, index) => budget.takeCall(index % 2 ? other : sqlOf(service), { catalogId, urgency: "sell_out" }))
          const taken = await Promise.all(asked)
          expect(taken.filter(({ callId }) => callId !== null)).toHaveLength(20)
          expect(await made(catalogId)).toHaveLength(20)
        } finally {
          await other.destroy()
        }
      })

      it("takes nothing for a decision that another instance has overtaken", async () => {
        const catalogId = await givenBudget(20)
        const other = await secondConnection()
        try {
          const decided = (await service.budget.readBudget({ catalogId }))!
          expect(await budget.takeCallAt(other, { catalogId, version: decided.version })).not.toBeNull()
          expect(await service.budget.takeCallAt({ catalogId, version: decided.version })).toBeNull()
          expect(await made(catalogId)).toHaveLength(1)
        } finally {
          await other.destroy()
        }
      })

      it("waits for a transaction of another instance instead of counting without its call", async () => {
        const catalogId = await givenBudget(1)
        const other = await sqlOf(service).transaction()
        expect((await budget.takeCall(other, { catalogId, urgency: "sell_out" })).callId).not.toBeNull()
        const mine = service.budget.takeCall({ catalogId, urgency: "sell_out" })
        await new Promise((resolve) => setTimeout(resolve, 200))
        await other.commit()
        expect((await mine).callId).toBeNull()
      })

      it("counts calls for an hour and the time they may be on the way, and no longer", async () => {
        const catalogId = await givenBudget(10)
        await givenCalls(catalogId, 10, 1)
        expect((await service.budget.takeCall({ catalogId, urgency: "sell_out" })).callId).toBeNull()
        await moveClock(service, "59 minutes 30 seconds")
        expect((await service.budget.takeCall({ catalogId, urgency: "sell_out" })).callId).toBeNull()
        await moveClock(service, "61 minutes")
        expect((await service.budget.takeCall({ catalogId, urgency: "sell_out" })).callId).not.toBeNull()
        expect((await service.budget.readBudget({ catalogId }))!.callsLastHour).toBe(1)
      })

      it("takes none while Meta asks to wait, whatever is left", async () => {
        const catalogId = await givenBudget(200)
        await service.catalogs.throttleCatalog({ catalogId, waitMs: 120_000 })
        const refused = await service.budget.takeCall({ catalogId, urgency: "sell_out" })
        expect((refused as { waitMs: number }).waitMs).toBeGreaterThan(100_000)
        const { version } = (await service.budget.readBudget({ catalogId }))!
        expect(await service.budget.takeCallAt({ catalogId, version })).toBeNull()
      })

      it("gives a call back that was never made", async () => {
        const catalogId = await givenBudget(1)
        const { callId } = await service.budget.takeCall({ catalogId, urgency: "sell_out" })
        expect((await service.budget.takeCall({ catalogId, urgency: "sell_out" })).callId).toBeNull()
        await service.budget.returnCall({ callId: callId! })
        expect((await service.budget.takeCall({ catalogId, urgency: "sell_out" })).callId).not.toBeNull()
      })

      it("has nothing to give for a catalogue that is gone", async () => {
        expect((await service.budget.takeCall({ catalogId: "mcat_none", urgency: "sell_out" })).callId).toBeNull()
        expect(await service.budget.readBudget({ catalogId: "mcat_none" })).toBeUndefined()
      })
    })

    describe("Meta's usage header", () => {
      it("teaches a larger budget, step by step and only as far as its whole percents prove", async () => {
        const catalogId = await givenBudget(200)
        await givenCalls(catalogId, 100, 30)
        // 100 calls are at least 10 and less than 11 % of a budget of 910 to 1000.
        await service.budget.recordUsage({ catalogId, percent: 10, regainMinutes: 0 })
        expect(await catalogOf(catalogId)).toMatchObject({ calls_per_hour: 400, usage_percent: 10 })
        await service.budget.recordUsage({ catalogId, percent: 10, regainMinutes: 0 })
        await service.budget.recordUsage({ catalogId, percent: 10, regainMinutes: 0 })
        await service.budget.recordUsage({ catalogId, percent: 10, regainMinutes: 0 })
        expect((await catalogOf(catalogId)).calls_per_hour).toBe(909)
      })

      it("teaches a smaller one at once, and never one below a hundred calls", async () => {
        const catalogId = await givenBudget(1_000)
        await givenCalls(catalogId, 100, 30)
        await service.budget.recordUsage({ catalogId, percent: 25, regainMinutes: 0 })
        expect((await catalogOf(catalogId)).calls_per_hour).toBe(400)
        await service.budget.recordUsage({ catalogId, percent: 100, regainMinutes: 0 })
        expect((await catalogOf(catalogId)).calls_per_hour).toBe(100)
        const busy = await givenBudget(200)
        await givenCalls(busy, 5, 30)
        await service.budget.recordUsage({ catalogId: busy, percent: 50, regainMinutes: 0 })
        expect((await catalogOf(busy)).calls_per_hour).toBe(100)
      })

      it("leaves a size alone that it does not contradict", async () => {
        const catalogId = await givenBudget(200)
        await givenCalls(catalogId, 5, 30)
        for (const percent of [0, 2]) {
          await service.budget.recordUsage({ catalogId, percent, regainMinutes: 0 })
          expect((await catalogOf(catalogId)).calls_per_hour).toBe(200)
        }
      })

      it("is believed where it tells of more use than ours: somebody else shares the budget", async () => {
        const catalogId = await givenBudget(200)
        await givenCalls(catalogId, 10, 1)
        expect(await callsLeft(catalogId)).toBe(150)
        await service.budget.recordUsage({ catalogId, percent: 70, regainMinutes: 0 })
        // 70 % of the hundred calls that are left of the budget, ten of them ours.
        const seen = (await service.budget.readBudget({ catalogId }))!
        expect(seen).toMatchObject({ callsPerHour: 100, usagePercent: 70, callsLastHour: 10 })
        expect(outlook(seen, "ordinary").left).toBe(10)
        // Its word ages: half an hour later half of the others' calls have left the hour.
        await moveClock(service, "30 minutes")
        expect(await callsLeft(catalogId)).toBe(40)
        await moveClock(service, "2 hours")
        expect(await callsLeft(catalogId)).toBe(80)
      })

      it("stops calls for as many minutes as it says", async () => {
        const catalogId = await givenBudget(200)
        await service.budget.recordUsage({ catalogId, percent: 100, regainMinutes: 7 })
        const refused = await service.budget.takeCall({ catalogId, urgency: "sell_out" })
        expect((refused as { waitMs: number }).waitMs).toBeGreaterThan(400_000)
        expect((refused as { waitMs: number }).waitMs).toBeLessThanOrEqual(420_000)
      })
    })

    /** Another instance of the store: a pool of its own on the same database. */
    async function secondConnection(): Promise<Sql> {
      const { rows } = await sqlOf(service).raw("select current_database() as name, current_schema() as schema")
      const { DB_HOST = "localhost", DB_PORT = "5432", DB_USERNAME = "postgres", DB_PASSWORD = "" } = process.env
      const { knex } = await import("@medusajs/framework/mikro-orm/knex")
      return knex({
        client: "pg",
        connection: { host: DB_HOST, port: Number(DB_PORT), user: DB_USERNAME, password: DB_PASSWORD, database: rows[0].name },
        searchPath: [rows[0].schema],
        pool: { min: 0, max: 4 },
      })
    }
  },
})
