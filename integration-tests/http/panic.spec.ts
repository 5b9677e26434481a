import pullUploads from "../../src/jobs/pull-uploads"
import { sweepWorkflow } from "../../src/workflows/push/sweep"
import { productOf, statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"

jest.setTimeout(300_000)

withConnectedStore("panic", (store) => {
  const path = (connected: Connected) => `/admin/meta-catalog/catalogs/${connected.catalogId}/panic`

  /** Quantity by retailer id, as Meta has it. */
  const atMeta = async (connected: Connected) => {
    const items = (await store.sandbox.control.items(connected.metaCatalogId)) as { retailer_id: string; quantity_to_sell_on_facebook: number; availability: string }[]
    return new Map(items.map((item) => [item.retailer_id, item]))
  }

  const atRest = async (connected: Connected) =>
    await until("everything is acknowledged", async () => {
      const { counts } = await statusOf(store, connected.catalogId)
      return counts.waiting + counts.in_flight === 0 && counts.in_step === counts.listed
    })

  it("takes everything to zero in pushes and in files, passes the brake, and resuming computes everything anew", async () => {
    const connected = await store.connect()
    const before = await atMeta(connected)
    expect([...before.values()].filter((item) => item.quantity_to_sell_on_facebook > 0).length).toBeGreaterThan(200)

    const { data } = await store.api.post(path(connected), {}, store.admin)
    expect(data).toMatchObject({ items: before.size + 4, catalog: { panic_since: expect.any(String), panic_scope: null, state: "active" } })
    await until("Meta sells nothing", async () =>
      [...(await atMeta(connected)).values()].every((item) => item.quantity_to_sell_on_facebook === 0 && item.availability === "out of stock")
    )
    await atRest(connected)
    const plain = variantOf(store, "plain")
    const item = (await productOf(store, plain.productId)).catalogs[0].items.find(({ variant_id }) => variant_id === plain.variantId)!
    expect(item).toMatchObject({ state: "in_step", wanted: { quantity: 0, availability: "out of stock" } })
    await sweepWorkflow(store.container).run({ input: { catalog_id: connected.catalogId } })
    expect((await statusOf(store, connected.catalogId)).catalog.brake_held).toBeNull()

    // The file says the same: Meta's next fetch sells nothing either.
    const first = (await statusOf(store, connected.catalogId)).feeds[0].published!.number
    await until("the file is built anew", async () => (await statusOf(store, connected.catalogId)).feeds[0].published!.number > connected.feed.published!.number)
    expect(first).toBeGreaterThanOrEqual(connected.feed.published!.number)
    await store.sandbox.control.fetchFeedNow(connected.feed.meta_feed_id!, "replace")
    expect([...(await atMeta(connected)).values()].every((item) => item.quantity_to_sell_on_facebook === 0)).toBe(true)
    expect((await atMeta(connected)).size).toBe(before.size)
    await pullUploads(store.container)

    // What sells meanwhile stays stopped.
    await store.container.resolve("inventory").adjustInventory(plain.inventoryItemIds[0], store.facts.locationIds.berlin, 5)
    await atRest(connected)
    expect((await atMeta(connected)).get(plain.sku)).toMatchObject({ quantity_to_sell_on_facebook: 0 })

    const resumed = await store.api.delete(path(connected), store.admin)
    expect(resumed.data.catalog).toMatchObject({ panic_since: null })
    const expected = new Map([...before].map(([id, { quantity_to_sell_on_facebook }]) => [id, quantity_to_sell_on_facebook + (id === plain.sku ? 5 : 0)]))
    await until("Meta has every quantity again", async () => {
      const now = await atMeta(connected)
      return [...expected].every(([id, quantity]) => now.get(id)?.quantity_to_sell_on_facebook === quantity)
    })
  })

  it("stops only what the scope names", async () => {
    const connected = await store.connect()
    const before = await atMeta(connected)
    const { productId } = variantOf(store, "size_colour")
    const stopped = new Set(store.facts.variants.filter((variant) => variant.productId === productId).map(({ sku }) => sku))
    const unsold = [...before].filter(([id]) => stopped.has(id)).every(([, item]) => item.quantity_to_sell_on_facebook === 0)
    expect(unsold).toBe(false)
    await store.api.post(path(connected), { scope: { product_ids: [productId] } }, store.admin)
    await until("the product is stopped", async () => {
      const now = await atMeta(connected)
      return [...before.keys()].every((id) => !stopped.has(id) || now.get(id)!.quantity_to_sell_on_facebook === 0)
    })
    await atRest(connected)
    for (const [id, item] of await atMeta(connected)) {
      if (!stopped.has(id)) expect(item.quantity_to_sell_on_facebook).toBe(before.get(id)!.quantity_to_sell_on_facebook)
    }
    const refused = await store.api.post(path(connected), { scope: {} }, store.admin).catch((error) => error.response)
    expect(refused).toMatchObject({ status: 400, data: { message: expect.stringContaining("scope") } })
  })
})
