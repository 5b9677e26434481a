import type { Fault } from ".."
import { itemData, openLab, openShop, type Lab, type Shop } from "./harness"

let lab: Lab
let shop: Shop

beforeAll(async () => {
  lab = await openLab()
})

afterAll(() => lab.close())

beforeEach(async () => {
  await lab.sandbox.control.reset()
  shop = await openShop(lab.sandbox)
  await control().putItems(
    shop.id,
    ["A", "B", "C", "D"].map((id) => itemData(id) as { id: string })
  )
})

const control = () => lab.sandbox.control
const script = (...faults: Fault[]) => control().setFaults(faults)
const BATCH = { method: "POST", path: "/items_batch$" } as const

const send = (quantity: number, ...ids: string[]) =>
  shop.api.post(`${shop.id}/items_batch`, {
    item_type: "PRODUCT_ITEM",
    allow_upsert: false,
    requests: (ids.length > 0 ? ids : ["A"]).map((id) => ({ method: "UPDATE", data: { id, quantity_to_sell_on_facebook: quantity } })),
  })

const quantity = async (id = "A") => (await control().item(shop.id, id))?.quantity_to_sell_on_facebook

const status = async (handle: string) =>
  (await shop.api.get(`${shop.id}/check_batch_request_status?handle=${handle}&load_ids_of_invalid_requests=true`)).body

describe("faults on the way", () => {
  test("reset_before destroys the connection and applies nothing", async () => {
    await script({ ...BATCH, action: { type: "reset_before" } })
    await expect(send(5)).rejects.toThrow()
    await control().settle()
    expect(await quantity()).toBe(14)
    expect(await control().batches(shop.id)).toEqual([])
    expect((await control().calls({ path: "items_batch" })).map((call) => [call.status, call.fault])).toEqual([[null, "reset_before"]])
  })

  test("reset_after applies the call and destroys the connection without a reply", async () => {
    await script({ ...BATCH, action: { type: "reset_after" } })
    await expect(send(5)).rejects.toThrow()
    await control().settle()
    expect(await quantity()).toBe(5)
  })

  test("half_reply applies the call and breaks off inside the body", async () => {
    await script({ ...BATCH, action: { type: "half_reply" } })
    const url = `${lab.sandbox.url}/v26.0/${shop.id}/items_batch?access_token=${shop.token}`
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        item_type: "PRODUCT_ITEM",
        requests: [{ method: "UPDATE", data: { id: "A", quantity_to_sell_on_facebook: 5 } }],
      }),
    })
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
    await control().settle()
    expect(await quantity()).toBe(5)
  })

  test("latency delays a call, and another fault may strike the same one", async () => {
    await script({ action: { type: "latency", ms: 300 } }, { action: { type: "error", code: 2, is_transient: true } })
    const started = Date.now()
    expect((await shop.api.get(shop.id)).body.error).toMatchObject({ code: 2, is_transient: true })
    expect(Date.now() - started).toBeGreaterThanOrEqual(295)
  })

  test("http answers with any status and body, without applying the call", async () => {
    await script({ ...BATCH, action: { type: "http", status: 502, body: "<html>Bad gateway</html>" } })
    await expect(send(5)).rejects.toThrow(/JSON/)
    await control().settle()
    expect(await quantity()).toBe(14)
  })

  test("error answers with an envelope of the script, without applying the call", async () => {
    await script({ ...BATCH, action: { type: "error", code: 190, subcode: 460, message: "Password changed", http_status: 401 } })
    expect(await send(5)).toMatchObject({ status: 401, body: { error: { code: 190, error_subcode: 460, message: "Password changed" } } })
    await control().settle()
    expect(await quantity()).toBe(14)
  })

  test("throttle gives the code of the bucket and the waiting minutes in the nested header", async () => {
    const { id } = await control().createCatalog({ name: "Other", businessId: "443322110099" })
    await control().updateToken(shop.token, { catalogIds: [id, shop.id] })
    await script({ ...BATCH, action: { type: "throttle", minutes: 7 } }, { method: "GET", action: { type: "throttle", minutes: 2 } })
    const batch = await shop.api.post(`${id}/items_batch`, {})
    expect(batch.body.error.code).toBe(80014)
    expect(JSON.parse(batch.headers.get("x-business-use-case-usage")!)).toEqual({
      "443322110099": [expect.objectContaining({ type: "catalog_batch", call_count: 100, estimated_time_to_regain_access: 7 })],
    })
    const read = await shop.api.get(id)
    expect(read.body.error.code).toBe(80009)
    expect(read.headers.get("x-business-use-case-usage")).toContain('"catalog_management"')
  })
})

describe("when a fault strikes", () => {
  test("it strikes only calls of its method and path, after the first ones, and as often as it says", async () => {
    await script({ method: "GET", path: `^/v26\\.0/${shop.id}$`, after: 1, times: 2, action: { type: "error", code: 1 } })
    const codes = []
    for (let n = 0; n < 4; n++) {
      codes.push((await shop.api.get(shop.id)).body.error?.code)
      expect((await shop.api.get(`${shop.id}/product_feeds`)).status).toBe(200)
    }
    expect(codes).toEqual([undefined, 1, 1, undefined])
  })

  test("faults are tried in order and cleared on demand", async () => {
    await script({ action: { type: "error", code: 1 } }, { action: { type: "error", code: 2 } }, { action: { type: "error", code: 4 } })
    expect((await shop.api.get(shop.id)).body.error.code).toBe(1)
    expect((await shop.api.get(shop.id)).body.error.code).toBe(2)
    await control().clearFaults()
    expect((await shop.api.get(shop.id)).status).toBe(200)
  })

  test("a script that cannot be understood is refused with the place named", async () => {
    await expect(script({ path: "(", action: { type: "reset_before" } })).rejects.toThrow(/path/)
    await expect(script({ action: { type: "explode" } } as never)).rejects.toThrow(/type/)
  })
})

describe("faults of batches", () => {
  test("missing_handle applies the call but leaves the handle out", async () => {
    await script({ ...BATCH, action: { type: "missing_handle" } })
    expect((await send(5)).body).toEqual({})
    await control().settle()
    expect(await quantity()).toBe(5)
  })

  test("a batch may end as Canceled with nothing carried out, or as Error with a part", async () => {
    await script(
      { ...BATCH, action: { type: "batch_status", status: "Canceled" } },
      { ...BATCH, action: { type: "batch_status", status: "Error", applied_share: 0.5 } }
    )
    const canceled = (await send(5, "A", "B", "C", "D")).body.handles[0]
    await control().settle()
    expect((await status(canceled)).data[0].status).toBe("canceled")
    expect(await quantity("A")).toBe(14)
    const broken = (await send(6, "A", "B", "C", "D")).body.handles[0]
    await control().settle()
    expect((await status(broken)).data[0].status).toBe("error")
    expect(await Promise.all(["A", "B", "C", "D"].map((id) => quantity(id)))).toEqual([6, 6, 14, 14])
  })

  test("partial_failure fails the named items, and may claim more errors than it gives ids", async () => {
    await script({ ...BATCH, action: { type: "partial_failure", retailer_ids: ["B"], errors_total_count: 40 } })
    const handle = (await send(5, "A", "B", "C")).body.handles[0]
    await control().settle()
    expect((await status(handle)).data[0]).toMatchObject({
      status: "finished",
      errors_total_count: 40,
      ids_of_invalid_requests: ["B"],
      errors: [{ line: 2, id: "B" }],
    })
    expect(await Promise.all(["A", "B", "C"].map((id) => quantity(id)))).toEqual([5, 14, 5])
  })

  test("expire_handle makes a handle unknown from the start, or from the moment it is asked for", async () => {
    await script({ ...BATCH, action: { type: "expire_handle" } })
    const stillborn = (await send(5)).body.handles[0]
    await control().settle()
    expect((await status(stillborn)).error.code).toBe(100)
    expect(await quantity()).toBe(5)
    const handle = (await send(6)).body.handles[0]
    await control().settle()
    expect((await status(handle)).data).toHaveLength(1)
    await script({ path: "check_batch_request_status", action: { type: "expire_handle" } })
    expect((await status(handle)).error.code).toBe(100)
    expect((await status(handle)).error.code).toBe(100)
  })
})

describe("calls applied late", () => {
  test("a batch whose reply came is applied after a later one, and its old value wins", async () => {
    await script({ ...BATCH, action: { type: "apply_late", ms: 60_000 } })
    const handle = (await send(5)).body.handles[0]
    await send(6)
    await waitFor(async () => (await quantity()) === 6)
    expect((await status(handle)).data[0].status).toBe("scheduled")
    await control().advanceClock(60_000)
    await waitFor(async () => (await quantity()) === 5)
  })

  test("a batch can wait for a number of later changes instead of time, while reads do not count", async () => {
    await script({ ...BATCH, action: { type: "apply_late", after_calls: 2 } })
    await send(5)
    await send(6)
    await shop.api.get(shop.id)
    await waitFor(async () => (await quantity()) === 6)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await quantity()).toBe(6)
    await send(7, "B")
    await waitFor(async () => (await quantity()) === 5)
  })

  test("a call without any reply is applied later all the same", async () => {
    await script({ ...BATCH, action: { type: "apply_late", ms: 60_000, reply: "reset" } })
    await expect(send(5)).rejects.toThrow()
    expect(await control().batches(shop.id)).toEqual([])
    await control().settle()
    expect(await quantity()).toBe(5)
  })

  test("an item update is confirmed at once and applied later", async () => {
    const { id } = (await control().item(shop.id, "A"))!
    await script({ method: "POST", action: { type: "apply_late", ms: 60_000 } })
    expect((await shop.api.post(id, { quantity_to_sell_on_facebook: 2 })).body).toEqual({ success: true })
    expect(await quantity()).toBe(14)
    await control().settle()
    expect(await quantity()).toBe(2)
  })
})

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error("The condition did not come true within a minute")
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
