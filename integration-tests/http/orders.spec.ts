import { Modules } from "@medusajs/framework/utils"
import { cancelOrderWorkflow, updateOrderWorkflow } from "@medusajs/medusa/core-flows"
import type { AdminCatalog, AdminConnectionTest } from "../../src/api/admin/meta-catalog/catalog-types"
import type { AdminCancellation, AdminOrder } from "../../src/api/admin/meta-catalog/order-types"
import readOrdersJob from "../../src/jobs/read-orders"
import { bookMetaOrder } from "../../src/workflows/orders/book-orders"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"
import { openOrders } from "./marks-orders"
import type { Place } from "./marks-place"

jest.setTimeout(300_000)

withConnectedStore("orders", (store) => {
  const catalogPath = ({ catalogId }: Connected) => `/admin/meta-catalog/catalogs/${catalogId}`
  const plain = () => variantOf(store, "plain")

  afterEach(async () => {
    await store.sandbox.control.setSettings({ commerce_orders: "closed", commerce_orders_closed_code: 100, order_netting: "counter" })
    await store.sandbox.control.setClock(new Date().toISOString())
  })

  const change = async (connected: Connected, settings: Record<string, unknown>): Promise<AdminCatalog> =>
    (await store.api.post(catalogPath(connected), settings, store.admin)).data.catalog

  const refused = async (connected: Connected, settings: Record<string, unknown>): Promise<string> =>
    (await store.api.post(catalogPath(connected), settings, store.admin).catch((error) => error.response)).data.message

  async function connectShop(orders_mode: "seller" | "platform") {
    await store.sandbox.control.setSettings({ commerce_orders: "open" })
    const connected = await store.connect()
    const { id: cms } = await store.sandbox.control.createMerchant({ catalogId: connected.metaCatalogId })
    await change(connected, { orders_mode, orders_owner_id: cms })
    return { connected, cms }
  }

  /** A round of the job as if its minute had passed. `whole`: also of all that is open at Meta. */
  async function readNow({ catalogId }: Connected, { whole = false } = {}): Promise<void> {
    await metaCatalog(store.container).updateCatalogs([{ id: catalogId, orders_read_at: null, ...(whole ? { orders_checked_at: null } : {}) }])
    await readOrdersJob(store.container)
  }

  const quantityAtMeta = async ({ metaCatalogId }: Connected) => (await store.sandbox.control.item(metaCatalogId, plain().sku))!.quantity_to_sell_on_facebook!

  /** Nothing waits and Meta holds this quantity. */
  const comesToRestAt = async (connected: Connected, quantity: number) =>
    await until(`Meta holds ${quantity} and nothing waits`, async () => {
      const { counts } = await statusOf(store, connected.catalogId)
      return counts.waiting + counts.in_flight === 0 && (await quantityAtMeta(connected)) === quantity
    }).catch(async (error: Error) => {
      throw new Error(`${error.message}; Meta holds ${await quantityAtMeta(connected)}`)
    })

  const buy = async (cms: string, quantity: number, { sku } = plain()) => (await store.sandbox.control.placeOrder(cms, [{ retailer_id: sku, quantity }])).id

  const ordersOf = async (connected: Connected, query = ""): Promise<AdminOrder[]> =>
    (await store.api.get(`${catalogPath(connected)}/orders${query}`, store.admin)).data.orders
  const orderOf = async (connected: Connected, id: string) => (await ordersOf(connected)).find((order) => order.meta_order_id === id)!

  const atMeta = async (connected: Connected, path: string, body: unknown) => {
    const response = await fetch(`${store.sandbox.url}/v26.0/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${connected.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(200)
  }

  const notices = async (title: string) => {
    const all = await store.container.resolve(Modules.NOTIFICATION).listNotifications({}, { take: null })
    return all.filter(({ data }) => String(data?.title).includes(title))
  }

  const medusaOrders = async (variant = plain()) =>
    await openOrders(
      {
        container: store.container,
        facts: store.facts,
        run: async (flow: (container: typeof store.container) => { run: (options: never) => Promise<{ result: unknown }> }, input: unknown) =>
          (await flow(store.container).run({ input } as never)).result as never,
      } as unknown as Place,
      variant
    )

  const nameMetaOrder = async (id: string, metaOrder: string) =>
    await updateOrderWorkflow(store.container).run({ input: { id, user_id: "user", metadata: { meta_order_id: metaOrder } } })

  const reservationsOf = async (orderId: string) => {
    const { items } = await store.container.resolve(Modules.ORDER).retrieveOrder(orderId, { relations: ["items"] })
    return await store.container.resolve(Modules.INVENTORY).listReservationItems({ line_item_id: items!.map(({ id }) => id) }, { order: { id: "ASC" } })
  }

  it("seller: an order is subtracted once, from its first sight at Meta until the store's own stock holds its units", async () => {
    const { connected, cms } = await connectShop("seller")
    const stock = await quantityAtMeta(connected)
    expect(stock).toBeGreaterThan(10)
    const shop = await medusaOrders()

    const first = await buy(cms, 2)
    await readNow(connected)
    await comesToRestAt(connected, stock - 2)
    await store.sandbox.control.advanceOrder(first)
    await readNow(connected)
    expect(await orderOf(connected, first)).toMatchObject({ state: "CREATED", booked_at: null, items: [{ retailer_id: plain().sku, quantity: 2 }] })
    await comesToRestAt(connected, stock - 2)

    // The store's order first takes its units a second time, which sells too few for a moment and never too many.
    const ours = await shop.place(2)
    await comesToRestAt(connected, stock - 4)
    await updateOrderWorkflow(store.container).run({ input: { id: ours, user_id: "user", metadata: { meta_order_id: first } } })
    await comesToRestAt(connected, stock - 2)
    expect(await orderOf(connected, first)).toMatchObject({ medusa_order_id: ours, booked_at: expect.any(String) })
    await atMeta(connected, `${first}/acknowledge_order`, { merchant_order_reference: ours, idempotency_key: "a1" })
    await readNow(connected)
    expect(await orderOf(connected, first)).toMatchObject({ state: "IN_PROGRESS", acknowledged_at: expect.any(String) })
    await comesToRestAt(connected, stock - 2)

    // Metadata that no event tells of is found by the job; an order that comes to nothing gives its units back.
    const [second, third] = [await buy(cms, 1), await buy(cms, 3)]
    await readNow(connected)
    await comesToRestAt(connected, stock - 6)
    const silent = await shop.place(1)
    await store.container.resolve(Modules.ORDER).updateOrders([{ id: silent, metadata: { meta_order_id: second } }])
    await store.sandbox.control.dropOrder(third)
    await readNow(connected, { whole: true })
    expect([(await orderOf(connected, second)).medusa_order_id, (await orderOf(connected, third)).state]).toEqual([silent, "GONE"])
    await comesToRestAt(connected, stock - 3)

    // An order can also be booked by name; and what is booked twice is booked once.
    const fourth = await buy(cms, 1)
    await readNow(connected)
    await comesToRestAt(connected, stock - 4)
    const input = { catalog_id: connected.catalogId, meta_order_id: fourth, order_id: await shop.place(1) }
    expect((await bookMetaOrder(store.container).run({ input })).result).toEqual({ booked: true })
    expect((await bookMetaOrder(store.container).run({ input })).result).toEqual({ booked: false })
    await comesToRestAt(connected, stock - 4)
    const unknown = await bookMetaOrder(store.container).run({ input: { ...input, order_id: "order_none" } }).catch((error) => error)
    expect(unknown).toMatchObject({ message: expect.stringContaining("order_id: there is no order") })
    expect(await ordersOf(connected, "?booked=true")).toHaveLength(3)
    expect(await ordersOf(connected, "?state=GONE")).toHaveLength(1)

    // Turned off, the stock alone decides.
    await buy(cms, 2)
    await readNow(connected)
    await comesToRestAt(connected, stock - 6)
    await change(connected, { orders_mode: "off" })
    await comesToRestAt(connected, stock - 4)
    expect(await metaCatalog(store.container).metaOrders.takeOrderReading({ catalogId: connected.catalogId, publicUrl: metaCatalog(store.container).publicUrl, everyMs: 0 })).toBeUndefined()
  })

  it("seller beside a Meta that sells what it is told: nothing is sold twice, and nothing is kept back", async () => {
    const { connected, cms } = await connectShop("seller")
    await store.sandbox.control.setSettings({ order_netting: "decrement" })
    const stock = await quantityAtMeta(connected)
    const shop = await medusaOrders()
    await buy(cms, 3)
    expect(await quantityAtMeta(connected)).toBe(stock - 3)
    // Until the order is read the next number would give its units back: what a reading each minute is for.
    await shop.place(2)
    await readNow(connected)
    await comesToRestAt(connected, stock - 5)
    await buy(cms, stock - 5)
    await expect(buy(cms, 1)).rejects.toThrow("Sold out")
    await readNow(connected)
    await comesToRestAt(connected, 0)
    await expect(buy(cms, 1)).rejects.toThrow("Sold out")

    // Beside a Meta that subtracts by itself the same mode counts every order twice.
    const orders = await store.sandbox.control.orders(cms)
    await store.sandbox.control.cancelOrderAsBuyer(orders[1].id)
    await readNow(connected)
    await comesToRestAt(connected, stock - 5)
    await store.sandbox.control.setSettings({ order_netting: "counter" })
    expect((await store.sandbox.control.availableUnits(connected.metaCatalogId))[plain().sku]).toBe(stock - 8)
  })

  it("an order whose units no reservation holds yet is not booked", async () => {
    const { connected, cms } = await connectShop("seller")
    const stock = await quantityAtMeta(connected)
    const shop = await medusaOrders()
    const metaOrder = await buy(cms, 2)
    await readNow(connected)
    await comesToRestAt(connected, stock - 2)
    const ours = await shop.place(2)
    const inventory = store.container.resolve(Modules.INVENTORY)
    const reserved = await inventory.listReservationItems({ inventory_item_id: plain().inventoryItemIds[0] }, { order: { created_at: "DESC" }, take: 1 })
    await inventory.deleteReservationItems(reserved.map(({ id }) => id))
    await updateOrderWorkflow(store.container).run({ input: { id: ours, user_id: "user", metadata: { meta_order_id: metaOrder } } })
    await readNow(connected)
    expect(await orderOf(connected, metaOrder)).toMatchObject({ booked_at: null })
    await comesToRestAt(connected, stock - 2)
    const { line_item_id, inventory_item_id, location_id, quantity } = reserved[0]
    await inventory.createReservationItems({ line_item_id, inventory_item_id, location_id, quantity })
    await readNow(connected)
    expect(await orderOf(connected, metaOrder)).toMatchObject({ medusa_order_id: ours })
    await comesToRestAt(connected, stock - 2)
  })

  it("an order is booked only when all of its units are held, in however many orders of the store", async () => {
    const { connected, cms } = await connectShop("seller")
    const shop = await medusaOrders()
    const inventory = store.container.resolve(Modules.INVENTORY)
    const booked = async (id: string) => {
      await readNow(connected)
      return (await orderOf(connected, id)).booked_at !== null
    }

    const short = await buy(cms, 3)
    await readNow(connected)
    const ours = await shop.place(3)
    const [reservation] = await reservationsOf(ours)
    await inventory.updateReservationItems([{ id: reservation.id, quantity: 1 }])
    await nameMetaOrder(ours, short)
    expect(await booked(short)).toBe(false)
    await inventory.updateReservationItems([{ id: reservation.id, quantity: 3 }])
    expect(await booked(short)).toBe(true)

    const partly = await buy(cms, 3)
    await readNow(connected)
    const sent = await shop.place(3)
    await shop.fulfil(sent, 1)
    const [rest] = await reservationsOf(sent)
    expect(rest.quantity).toBe(2)
    await inventory.updateReservationItems([{ id: rest.id, quantity: 1 }])
    await nameMetaOrder(sent, partly)
    expect(await booked(partly)).toBe(false)
    await inventory.updateReservationItems([{ id: rest.id, quantity: 2 }])
    expect(await booked(partly)).toBe(true)

    const split = await buy(cms, 3)
    await readNow(connected)
    await nameMetaOrder(await shop.place(1), split)
    expect(await booked(split)).toBe(false)
    const second = await shop.place(2)
    const [late] = await reservationsOf(second)
    await inventory.updateReservationItems([{ id: late.id, quantity: 1 }])
    await nameMetaOrder(second, split)
    expect(await booked(split)).toBe(false)
    await inventory.updateReservationItems([{ id: late.id, quantity: 2 }])
    expect(await booked(split)).toBe(true)
    await cancelOrderWorkflow(store.container).run({ input: { order_id: second } })
    await until("half of it is free again", async () => (await orderOf(connected, split)).booked_at === null)
  })

  it("a kit is booked only when each of its parts is held", async () => {
    const { connected, cms } = await connectShop("seller")
    const kit = variantOf(store, "kit")
    expect(kit.inventoryItemIds.length).toBeGreaterThan(1)
    const inventory = store.container.resolve(Modules.INVENTORY)
    const metaOrder = await buy(cms, 1, kit)
    await readNow(connected)
    const ours = await (await medusaOrders(kit)).place(1)
    const [{ id, line_item_id, inventory_item_id, location_id, quantity }, ...others] = await reservationsOf(ours)
    expect(others.length).toBeGreaterThan(0)
    await inventory.deleteReservationItems([id])
    await nameMetaOrder(ours, metaOrder)
    await readNow(connected)
    expect(await orderOf(connected, metaOrder)).toMatchObject({ booked_at: null })
    await inventory.createReservationItems({ line_item_id, inventory_item_id, location_id, quantity })
    await readNow(connected)
    expect(await orderOf(connected, metaOrder)).toMatchObject({ medusa_order_id: ours, booked_at: expect.any(String) })
  })

  it("a cancelled order of the store frees nothing that is still ordered at Meta", async () => {
    const { connected, cms } = await connectShop("seller")
    const stock = await quantityAtMeta(connected)
    const shop = await medusaOrders()
    const metaOrder = await buy(cms, 2)
    await store.sandbox.control.advanceOrder(metaOrder)
    await readNow(connected)
    const first = await shop.place(2)
    await nameMetaOrder(first, metaOrder)
    await comesToRestAt(connected, stock - 2)
    expect(await orderOf(connected, metaOrder)).toMatchObject({ medusa_order_id: first, booked_at: expect.any(String) })
    await cancelOrderWorkflow(store.container).run({ input: { order_id: first } })
    await until("it is not booked", async () => (await orderOf(connected, metaOrder)).booked_at === null)
    await readNow(connected)
    await comesToRestAt(connected, stock - 2)
    expect(await orderOf(connected, metaOrder)).toMatchObject({ medusa_order_id: null, booked_at: null })

    // Imported once more: its units are taken before it is booked.
    const second = await shop.place(2)
    const [reservation] = await reservationsOf(second)
    const inventory = store.container.resolve(Modules.INVENTORY)
    await inventory.deleteReservationItems([reservation.id])
    await nameMetaOrder(second, metaOrder)
    await readNow(connected)
    expect(await orderOf(connected, metaOrder)).toMatchObject({ booked_at: null })
    await comesToRestAt(connected, stock - 2)
    const { line_item_id, inventory_item_id, location_id, quantity } = reservation
    await inventory.createReservationItems({ line_item_id, inventory_item_id, location_id, quantity })
    await readNow(connected)
    expect(await orderOf(connected, metaOrder)).toMatchObject({ medusa_order_id: second, booked_at: expect.any(String) })
    await comesToRestAt(connected, stock - 2)

    // Cancelled here and at Meta, nobody holds its units.
    await cancelOrderWorkflow(store.container).run({ input: { order_id: second } })
    await store.api.post(`${catalogPath(connected)}/orders/${metaOrder}/cancel`, {}, store.admin)
    await comesToRestAt(connected, stock)
    const unbookable = await bookMetaOrder(store.container)
      .run({ input: { catalog_id: connected.catalogId, meta_order_id: metaOrder, order_id: second } })
      .catch((error) => error)
    expect(unbookable).toMatchObject({ message: expect.stringContaining("order_id: order") })
  })

  it("seller beside a Meta that counts down by itself: a number that stays the same is sent again, once for each order", async () => {
    const { connected, cms } = await connectShop("seller")
    await store.sandbox.control.setSettings({ order_netting: "decrement" })
    await store.api.post(`${catalogPath(connected)}/stock-policy`, { rules: [{ scope: "catalog", settings: { cap: 3 } }] }, store.admin)
    await comesToRestAt(connected, 3)
    const calls = async () => (await store.sandbox.control.calls({ path: "/items_batch$" })).length
    const before = await calls()
    const metaOrder = await buy(cms, 3)
    expect(await quantityAtMeta(connected)).toBe(0)
    await readNow(connected)
    await comesToRestAt(connected, 3)
    expect(await calls()).toBe(before + 1)

    const shop = await medusaOrders()
    await nameMetaOrder(await shop.place(3), metaOrder)
    await until("it is booked", async () => (await orderOf(connected, metaOrder)).booked_at)
    await comesToRestAt(connected, 3)
    expect(await calls()).toBe(before + 2)
    for (let round = 0; round < 3; round += 1) {
      await readNow(connected, { whole: true })
      await comesToRestAt(connected, 3)
    }
    expect(await calls()).toBe(before + 2)
  })

  it("the closed API falls back to the stock with one warning, whatever it refuses with, and stock goes on", async () => {
    const connected = await store.connect()
    const stock = await quantityAtMeta(connected)
    const inventory = store.container.resolve(Modules.INVENTORY)
    let expected = stock
    for (const code of [100, 3, 12] as const) {
      await store.sandbox.control.setSettings({ commerce_orders: "closed", commerce_orders_closed_code: code })
      const { id: cms } = await store.sandbox.control.createMerchant({ catalogId: connected.metaCatalogId })
      await change(connected, { orders_mode: "seller", orders_owner_id: cms })
      const told = (await notices("orders cannot be read")).length
      for (let round = 0; round < 3; round += 1) {
        await readNow(connected)
      }
      expect(await notices("orders cannot be read")).toHaveLength(told + 1)
      expect(await store.sandbox.control.calls({ path: `/${cms}/commerce_orders` })).toHaveLength(1)
      const { catalog } = await statusOf(store, connected.catalogId)
      expect(catalog).toMatchObject({ state: "active", orders_mode: "seller", orders_refused_at: expect.any(String), orders_refused_message: expect.stringContaining(`code ${code}`) })
      await inventory.adjustInventory(plain().inventoryItemIds[0], store.facts.locationIds.berlin, -1)
      expected -= 1
      await comesToRestAt(connected, expected)
    }
    const test = async (): Promise<AdminConnectionTest> => (await store.api.post(`${catalogPath(connected)}/test-connection`, {}, store.admin)).data.test
    const closed = await test()
    expect(closed).toMatchObject({ ok: true })
    expect(closed.checks.find(({ check }) => check === "orders")).toMatchObject({ ok: false, code: "orders_refused", message: expect.stringContaining("2026") })

    await store.sandbox.control.setSettings({ commerce_orders: "open" })
    expect((await test()).checks.find(({ check }) => check === "orders")).toMatchObject({ ok: true })
    expect((await statusOf(store, connected.catalogId)).catalog.orders_refused_at).toBeNull()
    const [call] = await store.sandbox.control.calls({ path: "/commerce_orders$" }).then((calls) => calls.slice(-1))
    await buy(call.path.split("/")[2], 2)
    await readNow(connected)
    await comesToRestAt(connected, expected - 2)

    // What was subtracted is given back when Meta closes the edge under way.
    await store.sandbox.control.setSettings({ commerce_orders: "closed" })
    await readNow(connected)
    await comesToRestAt(connected, expected)
  })

  it("trouble on the way is no refusal: orders are read again, and nothing is lost between pages", async () => {
    const { connected, cms } = await connectShop("seller")
    const stock = await quantityAtMeta(connected)
    await buy(cms, 1)
    await store.sandbox.control.setFaults([{ path: "/commerce_orders$", times: 9, action: { type: "error", code: 2, is_transient: true } }])
    await readNow(connected)
    expect((await statusOf(store, connected.catalogId)).catalog).toMatchObject({ state: "active", orders_refused_at: null })
    await store.sandbox.control.clearFaults()
    for (let n = 0; n < 19; n += 1) {
      await buy(cms, 1)
    }
    await store.sandbox.control.setSettings({ commerce_orders_short_pages: true, numeric_ids: true })
    await readNow(connected)
    await store.sandbox.control.setSettings({ commerce_orders_short_pages: false, numeric_ids: false })
    await comesToRestAt(connected, stock - 20)
    expect((await ordersOf(connected, "?state=FB_PROCESSING")).map(({ meta_order_id }) => meta_order_id).sort()).toEqual(
      (await store.sandbox.control.orders(cms)).map(({ id }) => id).sort()
    )

    await store.sandbox.control.setFaults([{ path: "/commerce_orders$", action: { type: "throttle", minutes: 3 } }])
    await readNow(connected)
    expect((await metaCatalog(store.container).retrieveCatalog(connected.catalogId)).quiet_until).not.toBeNull()
    expect((await statusOf(store, connected.catalogId)).catalog).toMatchObject({ state: "active", orders_refused_at: null })
  })

  it("a refusal that is about the token pauses the catalogue, and one that is about the orders does not", async () => {
    const { connected, cms } = await connectShop("seller")
    // What Meta says where an edge wants the page's own token.
    await store.sandbox.control.setFaults([{ path: "/commerce_orders$", action: { type: "error", code: 190, message: "(#190) This method must be called with a Page Access Token" } }])
    await readNow(connected)
    expect((await statusOf(store, connected.catalogId)).catalog).toMatchObject({ state: "active", orders_refused_message: expect.stringContaining("Page Access Token") })
    await change(connected, { orders_mode: "seller" })
    await store.sandbox.control.updateToken(connected.token, { state: "revoked" })
    const order = await buy(cms, 1)
    await readNow(connected)
    expect((await statusOf(store, connected.catalogId)).catalog).toMatchObject({ state: "paused", pause_reason: "app_removed", orders_refused_at: null })

    // Nothing is lost while it is paused: the order is read once the token is good again.
    await store.sandbox.control.updateToken(connected.token, { state: "valid" })
    await store.api.post(`${catalogPath(connected)}/test-connection`, {}, store.admin)
    await readNow(connected)
    expect(await orderOf(connected, order)).toMatchObject({ state: "FB_PROCESSING" })
  })

  it("cancellations reach Meta once per intent, however often they are asked for or lost", async () => {
    const { connected, cms } = await connectShop("seller")
    const stock = await quantityAtMeta(connected)
    const order = await buy(cms, 5)
    const path = `${catalogPath(connected)}/orders/${order}/cancel`
    const cancel = async (body: Record<string, unknown> = {}): Promise<{ status: number; message?: string; cancellation: AdminCancellation }> => {
      const { status, data } = await store.api.post(path, body, store.admin).catch((error) => error.response)
      return { status, ...data }
    }
    const cancelledAtMeta = async () => (await store.sandbox.control.orders(cms)).find(({ id }) => id === order)!
    const unread = await cancel()
    expect([unread.status, unread.message]).toEqual([404, expect.stringContaining("meta_order_id")])
    await readNow(connected)
    const early = await cancel()
    expect(early.cancellation).toMatchObject({ status: "refused", error: expect.stringContaining("being processed"), attempts: 1 })
    await store.sandbox.control.advanceOrder(order)
    await readNow(connected)
    await comesToRestAt(connected, stock - 5)

    const one = { items: [{ retailer_id: plain().sku, quantity: 1 }], restock_items: true }
    const same = await Promise.all(Array.from({ length: 4 }, () => cancel(one)))
    expect(new Set(same.map(({ cancellation }) => cancellation.id)).size).toBe(1)
    await until("it is done", async () => (await cancel(one)).cancellation.status === "done")
    expect(await cancelledAtMeta()).toMatchObject({ items: [{ cancelled: 1 }], cancellations: [{ reason_code: "OUT_OF_STOCK", restock_items: true }] })
    await comesToRestAt(connected, stock - 4)

    // The call is carried out, and its answer lost; the next attempt carries the same key, so nothing happens twice.
    await store.sandbox.control.setFaults([{ method: "POST", path: "/cancellations$", action: { type: "reset_after" } }])
    const lost = await cancel({ ...one, intent: "a second one" })
    expect(lost.cancellation).toMatchObject({ status: "waiting", attempts: 1, error: expect.any(String) })
    await metaCatalog(store.container).updateCancellations([{ id: lost.cancellation.id, due_at: new Date(0) }])
    await readOrdersJob(store.container)
    expect((await cancel({ ...one, intent: "a second one" })).cancellation).toMatchObject({ id: lost.cancellation.id, status: "done", attempts: 2, error: null })
    expect((await cancelledAtMeta()).items[0].cancelled).toBe(2)

    // The worker dies in the middle of a call: whoever comes after its lease carries on with its key.
    await cancel({ reason_code: "CUSTOMER_REQUESTED", intent: "the rest" })
    const module = metaCatalog(store.container)
    const [dead] = await module.listCancellations({ intent: "the rest" })
    expect(await cancelledAtMeta()).toMatchObject({ state: "COMPLETED", items: [{ quantity: 5, cancelled: 5 }] })
    await module.updateCancellations([{ id: dead.id, status: "sending", due_at: new Date(0), done_at: null }])
    await readOrdersJob(store.container)
    expect(await module.retrieveCancellation(dead.id)).toMatchObject({ status: "done", attempts: 2, idempotency_key: dead.idempotency_key })
    expect((await cancelledAtMeta()).cancellations).toHaveLength(3)
    await readNow(connected)
    await comesToRestAt(connected, stock)
    expect((await orderOf(connected, order)).cancellations.map(({ status }) => status)).toEqual(["refused", "done", "done", "done"])

    const messageOf = async (body: Record<string, unknown>) => (await cancel(body)).message
    expect(await messageOf({ reason_code: "SOLD" })).toMatch(/^reason_code: must be one of .*OUT_OF_STOCK/)
    expect(await messageOf({ items: [] })).toMatch(/^items: /)
    expect(await messageOf({ items: [{ retailer_id: "A", quantity: 0 }] })).toMatch(/^items.0.quantity: must be at least 1/)
    expect(await messageOf({ items: [{ retailer_id: "A", quantity: 1 }, { retailer_id: "A", quantity: 2 }] })).toMatch(/^items: must name each retailer_id once/)
    await change(connected, { orders_mode: "off" })
    expect(await messageOf({})).toMatch(/^orders_mode: it is off/)
  })

  it("platform: Meta subtracts, the plugin does not, and a person hears once of a booked order Meta was told of too late", async () => {
    const { connected, cms } = await connectShop("platform")
    const stock = await quantityAtMeta(connected)
    const available = async () => (await store.sandbox.control.availableUnits(connected.metaCatalogId))[plain().sku]
    const shop = await medusaOrders()
    // Meta's clock is half an hour behind, so what it acknowledges now was acknowledged too long ago.
    const { now } = await store.sandbox.control.clock()
    await store.sandbox.control.setClock(new Date(Date.parse(now) - 31 * 60_000).toISOString())
    const [inTime, late] = [await buy(cms, 2), await buy(cms, 3)]
    await readNow(connected)
    await comesToRestAt(connected, stock)
    expect(await available()).toBe(stock - 5)
    for (const order of [inTime, late]) {
      await store.sandbox.control.advanceOrder(order)
    }

    const book = async (metaOrder: string, quantity: number) => {
      const ours = await shop.place(quantity)
      await updateOrderWorkflow(store.container).run({ input: { id: ours, user_id: "user", metadata: { meta_order_id: metaOrder } } })
      await until("it is booked", async () => (await orderOf(connected, metaOrder)).booked_at)
      await atMeta(connected, `${metaOrder}/acknowledge_order`, { idempotency_key: `a-${metaOrder}` })
    }
    await book(inTime, 2)
    await comesToRestAt(connected, stock - 2)
    await readNow(connected)
    expect(await orderOf(connected, inTime)).toMatchObject({ told_at: expect.any(String), late_notified_at: null })
    expect(await notices("may be sold twice")).toEqual([])

    await store.sandbox.control.setFaults([{ method: "POST", path: "/items_batch$", times: 1_000, action: { type: "error", code: 2, is_transient: true } }])
    await book(late, 3)
    await readNow(connected)
    await readNow(connected)
    const [notice, ...more] = await notices("may be sold twice")
    expect([notice.data?.title, notice.data?.description, more]).toEqual([expect.stringContaining(late), expect.stringContaining(plain().sku), []])
    await store.sandbox.control.clearFaults()
    await comesToRestAt(connected, stock - 5)
    await readNow(connected)
    expect(await orderOf(connected, late)).toMatchObject({ told_at: expect.any(String), late_notified_at: expect.any(String) })
  })

  it.each([
    ["paused", { state: "paused", pause_reason: "test" }],
    ["quiet at Meta's wish", { quiet_until: new Date(Date.now() + 3_600_000) }],
  ] as const)("platform: a person hears of a late order while the catalogue is %s", async (_, hindrance) => {
    const { connected, cms } = await connectShop("platform")
    const shop = await medusaOrders()
    const { now } = await store.sandbox.control.clock()
    await store.sandbox.control.setClock(new Date(Date.parse(now) - 31 * 60_000).toISOString())
    const late = await buy(cms, 1)
    await readNow(connected)
    await store.sandbox.control.advanceOrder(late)
    await atMeta(connected, `${late}/acknowledge_order`, { idempotency_key: "a" })
    await readNow(connected)
    expect(await orderOf(connected, late)).toMatchObject({ state: "IN_PROGRESS", booked_at: null })
    await metaCatalog(store.container).updateCatalogs([{ id: connected.catalogId, ...hindrance }])
    const ours = await shop.place(1)
    await store.container.resolve(Modules.ORDER).updateOrders([{ id: ours, metadata: { meta_order_id: late } }])
    await readNow(connected)
    await readNow(connected)
    expect((await notices("may be sold twice")).map(({ data }) => data?.title)).toEqual([expect.stringContaining(late)])
    expect(await orderOf(connected, late)).toMatchObject({ booked_at: expect.any(String), late_notified_at: expect.any(String) })
  })

  it("every setting says what it wants", async () => {
    const connected = await store.connect()
    expect(await refused(connected, { orders_mode: "both" })).toMatch(/^orders_mode: must be off, seller or platform/)
    expect(await refused(connected, { orders_mode: "seller" })).toMatch(/^orders_owner_id: .* needed while orders_mode is seller/)
    expect(await refused(connected, { orders_owner_id: "shop" })).toMatch(/^orders_owner_id: must be Meta's id .* digits only/)
    expect(await refused(connected, { orders_key: "" })).toMatch(/^orders_key: must not be empty/)
    expect((await statusOf(store, connected.catalogId)).catalog).toMatchObject({ orders_mode: "off", sells_on_meta: false, orders_key: "meta_order_id" })
    expect(await change(connected, { orders_mode: "platform", orders_owner_id: "77", orders_key: "order_at_meta" })).toMatchObject({
      orders_mode: "platform",
      orders_owner_id: "77",
      orders_key: "order_at_meta",
      sells_on_meta: true,
    })
    expect(await refused(connected, { sells_on_meta: false })).toMatch(/^sells_on_meta: it stays on/)
    expect(await refused(connected, { orders_owner_id: "" })).toMatch(/^orders_owner_id: /)
    expect(await change(connected, { orders_mode: "off", orders_owner_id: null })).toMatchObject({ orders_mode: "off", sells_on_meta: true })
  })
})
