import type { SandboxSettings } from ".."
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
})

const set = (patch: Partial<SandboxSettings>) => lab.sandbox.control.setSettings(patch)

const update = (id: string, data: Record<string, unknown> = {}) => ({ method: "UPDATE", data: { id, ...data } })
const create = (id: string, data: Record<string, unknown> = {}) => ({ method: "CREATE", data: itemData(id, data) })
const remove = (id: string) => ({ method: "DELETE", data: { id } })

const post = (requests: unknown, more: Record<string, unknown> = {}) =>
  shop.api.post(`${shop.id}/items_batch`, { item_type: "PRODUCT_ITEM", requests, ...more })

const check = async (handle: string, query = "&load_ids_of_invalid_requests=true") =>
  (await shop.api.get(`${shop.id}/check_batch_request_status?handle=${handle}${query}`)).body

/** Sends a batch, lets it be processed and gives its status. */
async function run(requests: unknown, more: Record<string, unknown> = {}) {
  const reply = await post(requests, more)
  expect(reply.body.handles).toHaveLength(1)
  await lab.sandbox.control.settle()
  return (await check(reply.body.handles[0])).data[0]
}

const item = (id: string) => lab.sandbox.control.item(shop.id, id)

describe("what a call does to items", () => {
  test("CREATE makes an item, UPDATE changes only what it names, DELETE removes", async () => {
    expect(await run([create("A"), create("B")])).toMatchObject({ status: "finished", errors_total_count: 0, warnings_total_count: 0 })
    await run([update("A", { quantity_to_sell_on_facebook: 0, availability: "out of stock" }), remove("B")])
    expect(await item("A")).toMatchObject({
      title: "Mug A",
      quantity_to_sell_on_facebook: 0,
      availability: "out of stock",
      updated_by: "batch",
      feed_id: null,
    })
    expect(await item("B")).toBeNull()
  })

  test("a quantity may come as numeric text, and is a number afterwards", async () => {
    await run([create("A")])
    await run([update("A", { quantity_to_sell_on_facebook: "1337" })])
    expect((await item("A"))?.quantity_to_sell_on_facebook).toBe(1337)
  })

  test("an empty text clears an optional field, but a required one cannot be cleared", async () => {
    await run([create("A", { sale_price: "20.00 GBP", color: "blue" })])
    await run([update("A", { sale_price: "", sale_price_effective_date: "" })])
    expect((await item("A"))?.fields).toEqual(expect.not.objectContaining({ sale_price: expect.anything() }))
    expect((await item("A"))?.fields.color).toBe("blue")
    const status = await run([update("A", { brand: "" })])
    expect(status).toMatchObject({ errors_total_count: 1, ids_of_invalid_requests: ["A"] })
    expect((await item("A"))?.fields.brand).toBe("Kiln")
  })

  test("nothing is deleted because it is not in a call", async () => {
    await run([create("A"), create("B")])
    await run([create("C")])
    expect((await lab.sandbox.control.items(shop.id)).map((entry) => entry.retailer_id)).toEqual(["A", "B", "C"])
  })

  test("retailer ids compare exactly: case and accents tell items apart", async () => {
    await run([create("mug"), create("Mug"), create("müg")])
    await run([update("Mug", { quantity_to_sell_on_facebook: 5 })])
    expect((await item("mug"))?.quantity_to_sell_on_facebook).toBe(14)
    expect((await item("Mug"))?.quantity_to_sell_on_facebook).toBe(5)
  })

  test("three thousand updates are carried out in ten seconds of the processor's time", async () => {
    const ids = Array.from({ length: 3000 }, (_, index) => `SKU-${index}`)
    await lab.sandbox.control.putItems(
      shop.id,
      ids.map((id) => itemData(id) as { id: string })
    )
    const started = process.cpuUsage()
    const status = await run(ids.map((id) => update(id, { quantity_to_sell_on_facebook: 2 })))
    expect(status).toMatchObject({ status: "finished", errors_total_count: 0 })
    expect(process.cpuUsage(started).user).toBeLessThan(10e6)
    const [{ changed }] = await lab.sandbox.dataSource.query(
      "SELECT count(*)::int AS changed FROM item WHERE quantity_to_sell_on_facebook = 2"
    )
    expect(changed).toBe(3000)
  })
})

describe("items that do not exist", () => {
  test("under allow_upsert=false an UPDATE of one is dropped without a word", async () => {
    const status = await run([update("ghost", itemData("ghost"))], { allow_upsert: false })
    expect(status).toMatchObject({ status: "finished", errors_total_count: 0, warnings_total_count: 0, ids_of_invalid_requests: [] })
    expect(await item("ghost")).toBeNull()
  })

  test("with the switch off it is reported per item instead", async () => {
    await set({ silent_drop_unknown_updates: false })
    const status = await run([update("ghost", { quantity_to_sell_on_facebook: 1 })], { allow_upsert: false })
    expect(status).toMatchObject({ errors_total_count: 1, ids_of_invalid_requests: ["ghost"], errors: [{ line: 1, id: "ghost" }] })
  })

  test("with allow_upsert, the default, a complete UPDATE makes the item and an incomplete one fails by name of the field", async () => {
    const status = await run([update("new", itemData("new")), update("half", { quantity_to_sell_on_facebook: 1 })])
    expect(status.ids_of_invalid_requests).toEqual(["half"])
    expect(status.errors.map((error: { message: string }) => error.message).join()).toContain("A required field is missing: price")
    expect(await item("new")).not.toBeNull()
    expect(await item("half")).toBeNull()
  })
})

describe("what is refused at once", () => {
  test("a duplicated id costs that item, and a handle is given for the rest", async () => {
    const reply = await post([create("A"), create("B"), update("A", { title: "Other" })])
    expect(reply.body.handles).toHaveLength(1)
    expect(reply.body.validation_status).toEqual([
      { retailer_id: "A", errors: [{ message: "Duplicate retailer_id in batch api call - A." }] },
    ])
    await lab.sandbox.control.settle()
    expect(await item("A")).toBeNull()
    expect(await item("B")).not.toBeNull()
  })

  test("a duplicated id costs the whole call when the sandbox is set so", async () => {
    await set({ duplicate_in_batch: "call" })
    expect((await post([create("A"), create("A"), create("B")])).body.error.code).toBe(100)
    await lab.sandbox.control.settle()
    expect(await lab.sandbox.control.items(shop.id)).toEqual([])
  })

  test("an id at the root of a request, as the retired edge had it, is no id", async () => {
    const reply = await post([{ method: "UPDATE", retailer_id: "A", data: { inventory: 3 } }])
    expect(reply.body.handles).toEqual([])
    expect(reply.body.validation_status).toEqual([{ errors: [{ message: "Duplicate retailer_id in batch api call - ." }] }])
  })

  test("when every item is invalid the handles are empty, or missing when the sandbox is set so", async () => {
    expect((await post([remove("")])).body.handles).toEqual([])
    await set({ empty_handles: "missing" })
    expect((await post([remove("")])).body).toEqual({ validation_status: [expect.anything()] })
  })

  test("a price that is none and a CREATE without a required field are named in validation_status", async () => {
    const { brand: _brand, ...unbranded } = itemData("B")
    const reply = await post([
      create("A", { price: "$24.50" }),
      { method: "CREATE", data: unbranded },
      create("C", { price: 2450 }),
      create("D"),
    ])
    expect(reply.body.handles).toHaveLength(1)
    expect(reply.body.validation_status).toEqual([
      { retailer_id: "A", errors: [{ message: "The price information under  is invalid. Review for more details" }] },
      { retailer_id: "B", errors: [{ message: expect.stringContaining("required field Brand") }] },
      { retailer_id: "C", errors: [{ message: expect.stringContaining("price information") }] },
    ])
  })

  test("an unknown field is a warning: it is dropped and the rest is kept", async () => {
    await run([create("A")])
    const reply = await post([update("A", { quantity_to_sell_on_facebook: 2, glaze: "matt", inventory: 9, retailer_id: "A" })])
    expect(reply.body.handles).toHaveLength(1)
    const [{ retailer_id, errors, warnings }] = reply.body.validation_status
    expect({ retailer_id, errors }).toEqual({ retailer_id: "A", errors: [] })
    expect(warnings.map((warning: { message: string }) => /'(.+)'$/.exec(warning.message)?.[1])).toEqual([
      "glaze",
      "inventory",
      "retailer_id",
    ])
    await lab.sandbox.control.settle()
    expect((await item("A"))?.quantity_to_sell_on_facebook).toBe(2)
    expect((await item("A"))?.fields.glaze).toBeUndefined()
  })

  test("DELETE takes only an id", async () => {
    await run([create("A")])
    const reply = await post([{ method: "DELETE", data: { id: "A", title: "Mug" } }])
    expect(reply.body.validation_status[0].warnings).toHaveLength(1)
  })

  test.each([
    ["no item_type", { requests: [remove("A")] }],
    ["an item_type that is not for shops", { item_type: "HOTEL", requests: [remove("A")] }],
    ["no requests", { item_type: "PRODUCT_ITEM" }],
    ["an empty list of requests", { item_type: "PRODUCT_ITEM", requests: [] }],
    ["requests that are no list", { item_type: "PRODUCT_ITEM", requests: { method: "DELETE" } }],
    ["an unknown method", { item_type: "PRODUCT_ITEM", requests: [{ method: "PATCH", data: { id: "A" } }] }],
    ["an unknown key in a request", { item_type: "PRODUCT_ITEM", requests: [{ method: "DELETE", data: { id: "A" }, id: "A" }] }],
    ["an unknown parameter", { item_type: "PRODUCT_ITEM", requests: [remove("A")], upsert: true }],
    ["a flag that is none", { item_type: "PRODUCT_ITEM", requests: [remove("A")], allow_upsert: "maybe" }],
    ["5001 requests", { item_type: "PRODUCT_ITEM", requests: Array.from({ length: 5001 }, (_, index) => remove(`${index}`)) }],
  ])("a call with %s is refused whole with code 100", async (_case, body) => {
    const reply = await shop.api.post(`${shop.id}/items_batch`, body)
    expect(reply).toMatchObject({ status: 400, body: { error: { code: 100 } } })
    expect(await lab.sandbox.control.batches(shop.id)).toEqual([])
  })

  test("5000 requests are taken, and a payload above 28 MB is not", async () => {
    expect((await post(Array.from({ length: 5000 }, (_, index) => remove(`${index}`)))).body.handles).toHaveLength(1)
    const filler = "x".repeat(6000)
    const heavy = Array.from({ length: 4900 }, (_, index) => update(`${index}`, { description: filler }))
    expect((await post(heavy)).body.error).toMatchObject({ code: 100, message: expect.stringContaining("payload") })
  })
})

describe("what is found while processing", () => {
  test.each([
    ["availability", "sold out"],
    ["quantity_to_sell_on_facebook", -1],
    ["quantity_to_sell_on_facebook", 1.5],
    ["link", "shop.test/mug"],
    ["link", "https://user:pw@shop.test/mug"],
    ["title", "x".repeat(101)],
    ["condition", "mint"],
  ])("an UPDATE with a bad %s leaves the item or the field as it was and says so (%#)", async (field, value) => {
    await run([create("A")])
    const before = await item("A")
    const status = await run([update("A", { [field]: value })])
    expect(status.errors_total_count + status.warnings_total_count).toBe(1)
    expect((await item("A"))?.fields).toEqual(before?.fields)
  })

  test("one failing request is reported with its line, counted from 1, and the others are carried out", async () => {
    const status = await run([create("A"), create("B", { availability: "gone" }), create("C")])
    expect(status).toMatchObject({
      status: "finished",
      errors_total_count: 1,
      ids_of_invalid_requests: ["B"],
      errors: [{ line: 2, id: "B" }],
    })
    expect((await lab.sandbox.control.items(shop.id)).map((entry) => entry.retailer_id)).toEqual(["A", "C"])
  })

  test("a malformed optional value is a warning, and its field is left out", async () => {
    const status = await run([create("A", { gtin: "123" })])
    expect(status).toMatchObject({ errors_total_count: 0, warnings_total_count: 1, ids_of_invalid_requests: [] })
    expect((await item("A"))?.fields.gtin).toBeUndefined()
  })

  test("in stock with a quantity of 0 is stored with a warning", async () => {
    const status = await run([create("A", { quantity_to_sell_on_facebook: 0 })])
    expect(status).toMatchObject({ errors_total_count: 0, warnings_total_count: 1 })
    expect((await item("A"))?.quantity_to_sell_on_facebook).toBe(0)
  })

  test("a sale price that is not below the price is left out with a warning", async () => {
    const status = await run([create("A", { sale_price: "24.50 GBP" })])
    expect(status.warnings_total_count).toBe(1)
    expect((await item("A"))?.fields.sale_price).toBeUndefined()
  })
})

describe("handles", () => {
  test("ids of invalid requests are given only when asked for, while the counts always are", async () => {
    const reply = await post([create("A", { availability: "gone" })])
    await lab.sandbox.control.settle()
    const [handle] = reply.body.handles
    expect((await check(handle, "")).data[0]).toMatchObject({ errors_total_count: 1, ids_of_invalid_requests: [] })
    expect((await check(handle, "&load_ids_of_invalid_requests=false")).data[0].ids_of_invalid_requests).toEqual([])
    expect((await check(handle)).data[0].ids_of_invalid_requests).toEqual(["A"])
  })

  test("error_priority filters the messages and leaves the counts", async () => {
    const reply = await post([create("A", { availability: "gone" }), create("B", { gtin: "1" })])
    await lab.sandbox.control.settle()
    const high = (await check(reply.body.handles[0], "&error_priority=HIGH")).data[0]
    const low = (await check(reply.body.handles[0], "&error_priority=LOW")).data[0]
    expect([high.errors.length, high.warnings.length, high.warnings_total_count]).toEqual([1, 0, 1])
    expect([low.errors.length, low.warnings.length, low.errors_total_count]).toEqual([0, 1, 1])
  })

  test("a batch is not finished before its time, and its status is spelled as the settings say", async () => {
    await set({ batch_delay_ms: [60_000, 60_000] })
    const [handle] = (await post([create("A")])).body.handles
    expect((await check(handle)).data[0].status).toBe("scheduled")
    expect(await item("A")).toBeNull()
    await lab.sandbox.control.advanceClock(60_000)
    await lab.sandbox.control.settle()
    await set({ status_case: "title" })
    expect((await check(handle)).data[0].status).toBe("Finished")
    expect(await item("A")).not.toBeNull()
  })

  test("a later call can be done before an earlier one", async () => {
    await run([create("A")])
    await set({ batch_delay_ms: [60_000, 60_000] })
    await post([update("A", { quantity_to_sell_on_facebook: 1 })])
    await set({ batch_delay_ms: [1000, 1000] })
    await post([update("A", { quantity_to_sell_on_facebook: 2 })])
    await lab.sandbox.control.advanceClock(1000)
    await waitFor(async () => (await item("A"))?.quantity_to_sell_on_facebook === 2)
    await lab.sandbox.control.settle()
    expect((await item("A"))?.quantity_to_sell_on_facebook).toBe(1)
  })

  test("a handle dies at the end of its lifetime and is unknown to other catalogues", async () => {
    const [handle] = (await post([create("A")])).body.handles
    await lab.sandbox.control.settle()
    const other = await openShop(lab.sandbox)
    expect((await other.api.get(`${other.id}/check_batch_request_status?handle=${handle}`)).body.error.code).toBe(100)
    await lab.sandbox.control.advanceClock(24 * 60 * 60 * 1000 + 1000)
    expect((await check(handle)).error.code).toBe(100)
    expect((await check("AcInvented")).error.code).toBe(100)
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
