import { updateInventoryLevelsWorkflow } from "@medusajs/medusa/core-flows"
import type { SeededVariant } from "../store/seed-store"
import { pushItemsWorkflow } from "../../src/workflows/push/push-items"
import { settleBatchesWorkflow } from "../../src/workflows/push/settle-batches"
import { statusOf, until, withConnectedStore, type Connected } from "./connected-store"

jest.setTimeout(240_000)

const MINUTE = 60_000

withConnectedStore("quota", (store) => {
  const sql = () => store.container.resolve("__pg_connection__")
  const shirts = () => store.facts.variants.filter(({ kind, sku, inventoryItemIds }) => kind === "size_colour" && sku && inventoryItemIds.length === 1)
  let seen: number

  afterEach(async () => {
    await moveClocks(0)
    await store.sandbox.control.setSettings({ quota_calls_per_hour: null, upload_delay_ms: [100, 300] })
  })

  /** Both sides' clocks are this far ahead of the machine's from now on. */
  async function moveClocks(ms: number): Promise<void> {
    await sql().raw(
      `create or replace function meta_catalog_now() returns timestamptz language sql stable as
       $$ select statement_timestamp() + make_interval(secs => ${ms / 1_000}) $$`
    )
    await store.sandbox.control.setClock(new Date(Date.now() + ms).toISOString())
  }

  /**
   * A connected catalogue whose hour begins now, with as many calls as we believe and as many as Meta allows. Null: no limit at
   * Meta and no header, which would tell that calls of `givenCalls` were never made.
   */
  async function connectWithBudget({ believed, allowed }: { believed: number; allowed: number | null }): Promise<Connected> {
    const connected = await store.connect()
    await startLongUpload(connected)
    await sql().raw("delete from meta_catalog_call")
    await sql().raw("update meta_catalog_catalog set calls_per_hour = ?, usage_percent = null, usage_seen_at = null", [believed])
    await store.sandbox.control.setSettings({ quota_calls_per_hour: allowed === null ? null : { batch: allowed, management: 1_000_000 } })
    seen = (await batchCalls(connected)).length
    return connected
  }

  /** A whole upload that Meta takes hours for: meanwhile no update file may carry what the calls do not suffice for. */
  async function startLongUpload({ catalogId, feed }: Connected): Promise<void> {
    await store.sandbox.control.setSettings({ upload_delay_ms: [6 * 60 * MINUTE, 6 * 60 * MINUTE] })
    await store.api.post(`/admin/meta-catalog/feeds/${feed.id}/upload`, {}, store.admin)
    await until("the upload has begun", async () => (await statusOf(store, catalogId)).uploads.some((upload) => upload.ingested_at === null))
  }

  /** Calls that another instance of the store made this many minutes ago. */
  async function givenCalls({ catalogId }: Connected, count: number, minutesAgo: number): Promise<void> {
    await sql().raw(
      `insert into meta_catalog_call (id, catalog_id, made_at)
       select md5(random()::text), ?, meta_catalog_now() - make_interval(mins => ?) from generate_series(1, ?)`,
      [catalogId, minutesAgo, count]
    )
  }

  async function setStock(variant: SeededVariant, quantity: number): Promise<void> {
    const { berlin, rotterdam } = store.facts.locationIds
    const inventory_item_id = variant.inventoryItemIds[0]
    const { rows } = await sql().raw("select location_id from inventory_level where inventory_item_id = ? and location_id in (?, ?) and deleted_at is null", [
      inventory_item_id,
      berlin,
      rotterdam,
    ])
    const updates = rows.map(({ location_id }: { location_id: string }, index: number) => ({
      inventory_item_id,
      location_id,
      stocked_quantity: index === 0 ? quantity : 0,
    }))
    await updateInventoryLevelsWorkflow(store.container).run({ input: { updates } })
  }

  const push = async ({ catalogId }: Connected) => {
    await pushItemsWorkflow(store.container).run({ input: { catalog_id: catalogId } })
    await settleBatchesWorkflow(store.container).run({ input: { catalog_id: catalogId } })
  }
  const batchCalls = async ({ metaCatalogId }: Connected) => await store.sandbox.control.calls({ path: `/${metaCatalogId}/items_batch$`, method: "POST" })
  /** The calls since the hour began. */
  const callsOf = async (connected: Connected) => (await batchCalls(connected)).slice(seen).map((call) => ({ ...call, at: Date.parse(call.received_at) }))
  const quantityAtMeta = async ({ metaCatalogId }: Connected, { sku }: SeededVariant) => (await store.sandbox.control.item(metaCatalogId, sku!))?.quantity_to_sell_on_facebook
  const budgetOf = async ({ catalogId }: Connected) => (await statusOf(store, catalogId)).budget

  const isAnythingUnderWay = async ({ catalogId }: Connected) => {
    const { counts } = await statusOf(store, catalogId)
    return counts.waiting + counts.in_flight > 0
  }

  it("obeys the usage header: a budget far below what was believed is never overrun, and is used", async () => {
    const connected = await connectWithBudget({ believed: 200, allowed: 20 })
    const variants = shirts()
    // A change of another item every two simulated minutes for more than two hours: without the header there would be thirty calls an hour.
    for (let minutes = 0; minutes <= 130; minutes += 2) {
      await moveClocks(minutes * MINUTE)
      await setStock(variants[minutes / 2], 500 + minutes)
      await until("the change is marked", async () => await isAnythingUnderWay(connected))
      await moveClocks(minutes * MINUTE + 5_000)
      await push(connected)
    }
    const calls = await callsOf(connected)
    expect(calls.filter(({ error_code }) => error_code !== null)).toEqual([])
    const mostInAnHour = Math.max(...calls.map(({ at }) => calls.filter((other) => other.at <= at && other.at > at - 60 * MINUTE).length))
    expect(mostInAnHour).toBeLessThanOrEqual(20)
    expect(mostInAnHour).toBeGreaterThanOrEqual(10)
    expect(await budgetOf(connected)).toMatchObject({ calls_per_hour: 100, usage_percent: expect.any(Number), usage_seen_at: expect.any(String) })
  })

  it("keeps the reserve for a sell-out while other changes wait, and resumes exactly when it said", async () => {
    const connected = await connectWithBudget({ believed: 10, allowed: null })
    const [more, soldOut, back] = shirts()
    const before = await quantityAtMeta(connected, more)
    await givenCalls(connected, 8, 10)
    await setStock(more, before! + 300)
    await setStock(soldOut, 0)
    await until("the sell-out has arrived", async () => (await quantityAtMeta(connected, soldOut)) === 0)
    expect(await quantityAtMeta(connected, more)).toBe(before)
    expect(await callsOf(connected)).toHaveLength(1)

    // Nine of ten are used: one is left for the next sell-out, none for anything else.
    await setStock(back, 400)
    const budget = await budgetOf(connected)
    expect(budget).toMatchObject({ calls_per_hour: 10, calls_last_hour: 9, resumes_reason: "out_of_budget" })
    const resumesIn = Date.parse(budget.resumes_at!) - Date.now()
    expect(resumesIn / MINUTE).toBeGreaterThan(50)
    expect(resumesIn / MINUTE).toBeLessThan(53)
    await moveClocks(resumesIn - 20_000)
    await push(connected)
    expect(await callsOf(connected)).toHaveLength(1)
    await moveClocks(resumesIn + 5_000)
    await push(connected)
    await until("what waited has arrived", async () => (await quantityAtMeta(connected, more)) !== before && (await quantityAtMeta(connected, back))! > 300)
    expect(await callsOf(connected)).toHaveLength(2)
    expect((await budgetOf(connected)).resumes_at).toBeNull()
  })

  it("is one budget, however many instances push at once", async () => {
    const connected = await connectWithBudget({ believed: 10, allowed: null })
    // One ordinary call is left, and it is long since the last.
    await givenCalls(connected, 7, 55)
    for (const variant of shirts().slice(0, 2)) {
      await setStock(variant, 90)
      await until("the change is marked", async () => await isAnythingUnderWay(connected))
      await sql().raw("update meta_catalog_item set due_at = due_at - interval '10 seconds' where due_at is not null")
      await Promise.all(Array.from({ length: 6 }, async () => await push(connected)))
    }
    await until("the first change has arrived", async () => (await quantityAtMeta(connected, shirts()[0])) === 90)
    expect(await callsOf(connected)).toHaveLength(1)
    expect((await budgetOf(connected)).calls_last_hour).toBe(8)
  })

  it("pays for the search of what Meta refuses, and goes on with it when there are calls again", async () => {
    const connected = await connectWithBudget({ believed: 10, allowed: null })
    await givenCalls(connected, 5, 30)
    await store.sandbox.control.setFaults([{ path: "/items_batch$", method: "POST", times: 3, action: { type: "error", code: 100 } }])
    const variants = shirts().slice(0, 4)
    for (const variant of variants) {
      await setStock(variant, 70)
    }
    await until("the calls are used up", async () => (await budgetOf(connected)).resumes_reason === "out_of_budget")
    expect(await callsOf(connected)).toHaveLength(3)
    const { catalog, counts } = await statusOf(store, connected.catalogId)
    expect(catalog.state).toBe("active")
    expect(counts).toMatchObject({ waiting: 4, rejected: 0, in_flight: 0 })
    await moveClocks(35 * MINUTE)
    await push(connected)
    await until("everything has arrived", async () => (await statusOf(store, connected.catalogId)).counts.waiting === 0)
    expect(await callsOf(connected)).toHaveLength(4)
  })

  it("waits as long as Meta asks after a throttled call, says until when, and loses nothing", async () => {
    const connected = await connectWithBudget({ believed: 200, allowed: 200 })
    await store.sandbox.control.setFaults([{ path: "/items_batch$", method: "POST", times: 1, action: { type: "throttle", minutes: 7 } }])
    const [variant] = shirts()
    await setStock(variant, 64)
    const budget = await until("Meta has asked to wait", async () => {
      const now = await budgetOf(connected)
      return now.resumes_reason === "throttled" && now
    })
    expect(budget.usage_percent).toBe(100)
    const resumesIn = Date.parse(budget.resumes_at!) - Date.now()
    expect(resumesIn / MINUTE).toBeGreaterThan(6.5)
    expect(resumesIn / MINUTE).toBeLessThanOrEqual(7)
    await moveClocks(resumesIn - 10_000)
    await push(connected)
    expect(await callsOf(connected)).toHaveLength(1)
    await moveClocks(resumesIn + 2_000)
    await push(connected)
    await until("the change has arrived", async () => (await quantityAtMeta(connected, variant))! >= 60)
    expect(await callsOf(connected)).toHaveLength(2)
  })
})
