import { AT_ONCE, graph, itemData, openLab, openShop, type Lab, type Shop } from "./harness"

let lab: Lab
let shop: Shop
let cms: string

beforeAll(async () => {
  lab = await openLab({ ...AT_ONCE, commerce_orders: "open" })
})

afterAll(() => lab.close())

beforeEach(async () => {
  await control().reset()
  shop = await openShop(lab.sandbox)
  cms = (await control().createMerchant({ catalogId: shop.id })).id
  await control().putItems(shop.id, [
    itemData("MUG", { quantity_to_sell_on_facebook: 5 }) as { id: string },
    itemData("BOWL", { quantity_to_sell_on_facebook: 2 }) as { id: string },
    itemData("FREE", { quantity_to_sell_on_facebook: undefined }) as { id: string },
  ])
})

const control = () => lab.sandbox.control
const buy = async (quantity: number, retailer_id = "MUG") => (await control().placeOrder(cms, [{ retailer_id, quantity }])).id
const available = async (retailerId = "MUG") => (await control().availableUnits(shop.id))[retailerId]
const stored = async (retailerId = "MUG") => (await control().item(shop.id, retailerId))?.quantity_to_sell_on_facebook
const list = async (query = "") => (await shop.api.get(`${cms}/commerce_orders?${query}`)).body
const cancellation = (patch: Record<string, unknown> = {}) => ({ cancel_reason: { reason_code: "OUT_OF_STOCK" }, idempotency_key: "k1", ...patch })

describe("the closed API", () => {
  test.each([
    [100, /nonexisting field \(commerce_orders\)/],
    [3, /capability/],
    [12, /deprecated/],
  ] as const)("refuses every edge with code %i, as long as nothing else is said", async (code, message) => {
    const order = await buy(1)
    await control().setSettings({ commerce_orders: "closed", commerce_orders_closed_code: code })
    const refused = await shop.api.get(`${cms}/commerce_orders`)
    expect(refused).toMatchObject({ status: 400, body: { error: { code } } })
    expect(refused.body.error.message).toMatch(message)
    expect((await shop.api.post(`${order}/cancellations`, cancellation())).body.error.code).toBe(code)
    expect((await shop.api.post(`${cms}/acknowledge_orders`, { idempotency_key: "k", orders: [{ id: order }] })).body.error.code).toBe(code)
  })

  test("is what a sandbox starts with", async () => {
    const plain = await openLab()
    try {
      expect((await plain.sandbox.control.settings()).commerce_orders).toBe("closed")
    } finally {
      await plain.close()
    }
  })
})

describe("reading", () => {
  test("lists CREATED orders unless states are named, with their items", async () => {
    const first = await buy(2)
    const second = await buy(1)
    await control().advanceOrder(second)
    expect((await list()).data).toEqual([
      { id: second, order_status: { state: "CREATED" }, created: expect.stringMatching(/\+00:00$/), last_updated: expect.any(String) },
    ])
    const both = await list("state=FB_PROCESSING,CREATED&fields=id,order_status,items{retailer_id,quantity}")
    expect(both.data).toEqual([
      { id: first, order_status: { state: "FB_PROCESSING" }, items: { data: [{ id: expect.any(String), retailer_id: "MUG", quantity: 2 }], paging: expect.anything() } },
      { id: second, order_status: { state: "CREATED" }, items: { data: [{ id: expect.any(String), retailer_id: "MUG", quantity: 1 }], paging: expect.anything() } },
    ])
    const items = (await shop.api.get(`${first}/items`)).body.data
    expect(items).toEqual([
      {
        id: expect.any(String),
        product_id: (await control().item(shop.id, "MUG"))?.id,
        retailer_id: "MUG",
        quantity: 2,
        price_per_unit: { amount: "24.50", currency: "GBP" },
        tax_details: {},
        promotion_details: { data: [] },
      },
    ])
    expect((await list("state=SHIPPED")).error.code).toBe(100)
    expect((await list("limit=26")).error.code).toBe(100)
    expect((await list("status=CREATED")).error.code).toBe(100)
  })

  test("gives pages of 25, shorter ones on demand, and only orders changed in the time asked for", async () => {
    await control().putItems(shop.id, [itemData("MUG", { quantity_to_sell_on_facebook: 100 }) as { id: string }])
    const ids: string[] = []
    for (let n = 0; n < 30; n++) {
      ids.push(await buy(1))
    }
    const readAll = async (query: string) => {
      const pages: string[][] = []
      let after = ""
      do {
        const page = await list(`${query}${after && `&after=${after}`}`)
        pages.push(page.data.map((order: { id: string }) => order.id))
        after = page.paging?.next ? page.paging.cursors.after : ""
      } while (after)
      return pages
    }
    const pages = await readAll("state=FB_PROCESSING")
    expect(pages.map((page) => page.length)).toEqual([25, 5])
    expect(pages.flat()).toEqual(ids)
    await control().setSettings({ commerce_orders_short_pages: true })
    expect((await readAll("state=FB_PROCESSING")).map((page) => page.length)).toEqual([13, 13, 4])

    const { now } = await control().advanceClock(3_600_000)
    await control().advanceOrder(ids[7])
    const since = Math.floor(Date.parse(now) / 1000) - 60
    expect((await readAll(`state=FB_PROCESSING,CREATED&updated_after=${since}`)).flat()).toEqual([ids[7]])
    expect((await readAll(`state=FB_PROCESSING,CREATED&updated_before=${since}`)).flat()).toHaveLength(29)
  })

  test("is for tokens of the catalogue only", async () => {
    const order = await buy(1)
    const { token } = await control().createToken({ catalogIds: [] })
    const stranger = graph(lab.sandbox, token)
    expect((await stranger.get(`${cms}/commerce_orders`)).body.error).toMatchObject({ code: 100, error_subcode: 33 })
    expect((await stranger.get(`${order}/items`)).body.error).toMatchObject({ code: 100, error_subcode: 33 })
  })
})

describe("netting", () => {
  test("subtracts unconfirmed orders from the quantity, and acknowledged ones for half an hour", async () => {
    const order = await buy(3)
    expect([await stored(), await available()]).toEqual([5, 2])
    await expect(buy(3)).rejects.toThrow("buyers may take 2 of MUG, not 3")
    await control().advanceOrder(order)
    expect(await available()).toBe(2)
    expect((await shop.api.post(`${order}/acknowledge_order`, { merchant_order_reference: "A-1", idempotency_key: "a" })).body).toEqual({ success: true })
    await control().advanceClock(29 * 60_000)
    expect(await available()).toBe(2)
    await control().advanceClock(2 * 60_000)
    expect(await available()).toBe(5)
    expect((await control().orders(cms))[0]).toMatchObject({ state: "IN_PROGRESS", merchant_order_reference: "A-1" })
  })

  test("or lowers the quantity itself, until the next update overwrites it", async () => {
    await control().setSettings({ order_netting: "decrement" })
    const order = await buy(3)
    expect([await stored(), await available()]).toEqual([2, 2])
    await shop.api.post(`${shop.id}/items_batch`, {
      item_type: "PRODUCT_ITEM",
      allow_upsert: false,
      requests: [{ method: "UPDATE", data: { id: "MUG", quantity_to_sell_on_facebook: 4 } }],
    })
    await control().settle()
    expect(await available()).toBe(4)
    await control().cancelOrderAsBuyer(order)
    expect(await stored()).toBe(7)
  })

  test("sells neither what has no quantity nor what is not there nor what is out of stock", async () => {
    await expect(buy(1, "FREE")).rejects.toThrow("Sold out")
    await expect(buy(1, "CUP")).rejects.toThrow("Sold out")
    await control().putItems(shop.id, [itemData("BOWL", { availability: "out of stock" }) as { id: string }])
    await expect(buy(1, "BOWL")).rejects.toThrow("Sold out")
    expect(await control().orders(cms)).toEqual([])
  })

  test("two buyers who want the last one do not both get it", async () => {
    await buy(4)
    const outcomes = await Promise.allSettled([buy(1), buy(1), buy(1)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"])
  })
})

describe("the life of an order", () => {
  test("goes by itself to IN_PROGRESS where no app is registered, and stops at CREATED where one is", async () => {
    const alone = (await control().createMerchant({ catalogId: shop.id, hasApp: false })).id
    const order = (await control().placeOrder(alone, [{ retailer_id: "MUG", quantity: 1 }])).id
    expect(await control().advanceOrder(order)).toEqual({ state: "IN_PROGRESS" })
    await shop.api.post(`${alone}/order_management_apps`)
    const next = (await control().placeOrder(alone, [{ retailer_id: "MUG", quantity: 1 }])).id
    expect(await control().advanceOrder(next)).toEqual({ state: "CREATED" })
  })

  test("may end before it began", async () => {
    const order = await buy(5)
    await control().dropOrder(order)
    expect(await available()).toBe(5)
    expect((await shop.api.get(order)).body.error).toMatchObject({ code: 100, error_subcode: 33 })
  })

  test("is acknowledged once for several calls with one key, at most a hundred orders at a time", async () => {
    const orders = [await buy(1), await buy(1)]
    const body = { idempotency_key: "k1", orders: orders.map((id, n) => ({ id, merchant_order_reference: `A-${n}` })) }
    expect((await shop.api.post(`${cms}/acknowledge_orders`, body)).body.error.message).toMatch("FB_PROCESSING")
    await control().advanceOrder(orders[0])
    expect((await shop.api.post(`${cms}/acknowledge_orders`, body)).body.error.message).toMatch("FB_PROCESSING")
    expect((await control().orders(cms)).map(({ state }) => state)).toEqual(["CREATED", "FB_PROCESSING"])
    await control().advanceOrder(orders[1])
    const reply = { orders: orders.map((id) => ({ id, state: "IN_PROGRESS" })) }
    expect((await shop.api.post(`${cms}/acknowledge_orders`, body)).body).toEqual(reply)
    const before = await control().orders(cms)
    expect((await shop.api.post(`${cms}/acknowledge_orders`, body)).body).toEqual(reply)
    expect(await control().orders(cms)).toEqual(before)
    const many = { idempotency_key: "k2", orders: Array.from({ length: 101 }, () => ({ id: orders[0] })) }
    expect((await shop.api.post(`${cms}/acknowledge_orders`, many)).body.error.code).toBe(100)
    expect((await shop.api.post(`${orders[0]}/acknowledge_order`, {})).body.error.message).toMatch("idempotency_key is required")
  })
})

describe("cancellations", () => {
  const created = async (quantity: number) => {
    const order = await buy(quantity)
    await control().advanceOrder(order)
    return order
  }

  test("the same key twice cancels once and is answered the same; for something else it is refused", async () => {
    const order = await created(3)
    const body = cancellation({ items: [{ retailer_id: "MUG", quantity: 1 }], restock_items: true })
    expect((await shop.api.post(`${order}/cancellations`, body)).body).toEqual({ success: true })
    expect((await shop.api.post(`${order}/cancellations`, body)).body).toEqual({ success: true })
    const [seen] = await control().orders(cms)
    expect(seen).toMatchObject({ state: "CREATED", items: [{ retailer_id: "MUG", quantity: 3, cancelled: 1 }] })
    expect(seen.cancellations).toEqual([{ by: "seller", reason_code: "OUT_OF_STOCK", restock_items: true, items: [{ retailer_id: "MUG", quantity: 1 }] }])
    expect((await shop.api.post(`${order}/cancellations`, { ...body, restock_items: false })).body.error.message).toMatch("idempotency_key")
    await shop.api.post(`${order}/cancellations`, { ...body, idempotency_key: "k2" })
    expect((await control().orders(cms))[0].items[0].cancelled).toBe(2)
    expect((await shop.api.get(`${order}/items`)).body.data[0].quantity).toBe(1)
    expect((await list("filters=HAS_CANCELLATIONS")).data).toHaveLength(1)
    expect((await list("filters=NO_CANCELLATIONS")).data).toEqual([])
  })

  test("of the whole order complete it; restock_items decides whether its units can be bought again", async () => {
    const kept = await created(2)
    await shop.api.post(`${kept}/cancellations`, cancellation())
    expect([await stored(), await available()]).toEqual([3, 3])
    const back = await created(2)
    await shop.api.post(`${back}/cancellations`, cancellation({ restock_items: true }))
    expect([await stored(), await available()]).toEqual([3, 3])
    expect((await control().orders(cms)).map(({ state }) => state)).toEqual(["COMPLETED", "COMPLETED"])
    expect((await shop.api.post(`${back}/cancellations`, cancellation({ idempotency_key: "k2" }))).body.error.message).toMatch("completed")
  })

  test("by buyers restock by themselves", async () => {
    const order = await created(2)
    await control().cancelOrderAsBuyer(order, [{ retailer_id: "MUG", quantity: 1 }])
    expect([await stored(), await available()]).toEqual([5, 4])
    await control().cancelOrderAsBuyer(order)
    expect([await stored(), await available()]).toEqual([5, 5])
  })

  test("wait for the processing to end, or for a day", async () => {
    const order = await buy(1)
    expect((await shop.api.post(`${order}/cancellations`, cancellation())).body.error.message).toMatch("being processed")
    await control().advanceClock(24 * 3_600_000 + 1_000)
    expect((await shop.api.post(`${order}/cancellations`, cancellation())).body).toEqual({ success: true })
  })

  test("with an unknown reason, too many units or no key are refused and change nothing", async () => {
    const order = await created(2)
    const codeOf = async (patch: Record<string, unknown>) => (await shop.api.post(`${order}/cancellations`, cancellation(patch))).body.error?.code
    expect(await codeOf({ cancel_reason: { reason_code: "SOLD" } })).toBe(100)
    expect(await codeOf({ items: [{ retailer_id: "MUG", quantity: 3 }] })).toBe(100)
    expect(await codeOf({ items: [{ retailer_id: "BOWL", quantity: 1 }] })).toBe(100)
    expect(await codeOf({ items: [{ retailer_id: "MUG", quantity: 1 }, { retailer_id: "MUG", quantity: 2 }] })).toBe(100)
    expect(await codeOf({ idempotency_key: undefined })).toBe(100)
    expect((await control().orders(cms))[0]).toMatchObject({ state: "CREATED", items: [{ cancelled: 0 }], cancellations: [] })
  })
})
