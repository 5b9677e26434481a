import { createPriceListsWorkflow, updatePriceListsWorkflow, updateProductVariantsWorkflow } from "@medusajs/medusa/core-flows"
import type { AdminItemHistory } from "../../src/api/admin/meta-catalog/types"
import { keepInStep } from "../../src/workflows/keep-in-step"
import { sweepWorkflow } from "../../src/workflows/sweep"
import { productOf, statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"

withConnectedStore("prices", (store) => {
  const variant = () => variantOf(store, "plain")

  const itemState = async () => (await productOf(store, variant().productId)).catalogs[0].items.find((item) => item.variant_id === variant().variantId)!

  const itemAtMeta = async (connected: Connected) => (await store.sandbox.control.item(connected.metaCatalogId, variant().sku))!

  /** The requests for the item that Meta has had so far. */
  const requestsOf = async (connected: Connected) =>
    (await store.sandbox.control.batches(connected.metaCatalogId))
      .flatMap(({ requests }) => requests as { data: Record<string, unknown> }[])
      .map(({ data }) => data)
      .filter(({ id }) => id === variant().sku)

  const setPrice = async (amount: number) =>
    await updateProductVariantsWorkflow(store.container).run({
      input: { selector: { id: variant().variantId }, update: { prices: [{ amount, currency_code: "eur" }] } },
    })

  /** Finds what no event told of; then waits until Meta has it. */
  const settle = async (connected: Connected) => {
    await sweepWorkflow(store.container).run({ input: { catalog_id: connected.catalogId } })
    keepInStep(store.container, connected.catalogId, 0)
    return await until("everything is in step", async () => {
      const { counts } = await statusOf(store, connected.catalogId)
      const state = await itemState()
      return counts.waiting + counts.in_flight === 0 && state.state !== "waiting" && state.state !== "in_flight" && state
    })
  }

  const connectWithPrices = async () => {
    const connected = await store.connect()
    await store.api.post(`/admin/meta-catalog/catalogs/${connected.catalogId}`, { pushes_prices: true }, store.admin)
    await settle(connected)
    return connected
  }

  it("are not the push's until the catalogue says so", async () => {
    const connected = await store.connect()
    expect(await itemState()).toMatchObject({ price: null })
    await setPrice(77)
    await settle(connected)
    for (const data of await requestsOf(connected)) {
      expect(data).not.toHaveProperty("price")
    }
  })

  it("reach Meta as one group, apart from the stock that did not change", async () => {
    const connected = await connectWithPrices()
    const before = await itemState()
    expect(before).toMatchObject({ state: "in_step", price: { wanted: before.price!.acknowledged } })
    await setPrice(123.4)
    expect((await itemState()).price!.wanted).toEqual({ price: "123.40 EUR", sale_price: "", sale_price_effective_date: "" })
    const after = await settle(connected)
    expect(after.price!.acknowledged).toEqual({ price: "123.40 EUR", sale_price: "", sale_price_effective_date: "" })
    expect((await requestsOf(connected)).at(-1)).toEqual({ id: variant().sku, price: "123.40 EUR", sale_price: "", sale_price_effective_date: "" })
    expect(JSON.stringify(await itemAtMeta(connected))).toContain("123.4")

    const history: AdminItemHistory = (await store.api.get(`/admin/meta-catalog/items/${after.item_id}/history`, store.admin)).data
    expect(history.changes[0]).toMatchObject({ stock: null, price: { price: "123.40 EUR" }, price_before: before.price!.acknowledged, outcome: "acknowledged" })
  })

  it("a sale comes with its dates, and its end clears both of its fields", async () => {
    const connected = await connectWithPrices()
    await setPrice(50)
    const ends = new Date(Date.now() + 86_400_000)
    const { result } = await createPriceListsWorkflow(store.container).run({
      input: {
        price_lists_data: [
          {
            title: "One day",
            description: "A sale",
            status: "active",
            type: "sale",
            starts_at: new Date(Date.now() - 60_000).toISOString(),
            ends_at: ends.toISOString(),
            prices: [{ amount: 40, currency_code: "eur", variant_id: variant().variantId }],
          },
        ] as never,
      },
    })
    const onSale = await settle(connected)
    expect(onSale.price!.acknowledged).toMatchObject({ price: "50.00 EUR", sale_price: "40.00 EUR" })
    expect(onSale.price!.acknowledged!.sale_price_effective_date).toContain(`/${ends.toISOString().slice(0, 16)}`)

    await updatePriceListsWorkflow(store.container).run({ input: { price_lists_data: [{ id: result[0].id, status: "draft" as never }] } })
    await settle(connected)
    expect((await requestsOf(connected)).at(-1)).toEqual({ id: variant().sku, price: "50.00 EUR", sale_price: "", sale_price_effective_date: "" })
    const atMeta = await itemAtMeta(connected)
    expect(JSON.stringify(atMeta)).not.toContain("40.00 EUR")
  })

  it("that Meta refuses do not hold up the stock beside them", async () => {
    const connected = await connectWithPrices()
    const inventory = store.container.resolve("inventory")
    // The next call is refused for this item, as it would be for a price Meta does not take.
    await store.sandbox.control.setFaults([
      { method: "POST", path: "/items_batch$", times: 1, action: { type: "partial_failure", retailer_ids: [variant().sku] } },
    ])
    const before = (await itemState()).wanted!.quantity!
    await setPrice(61)
    await inventory.adjustInventory(variant().inventoryItemIds[0], store.facts.locationIds.berlin, 3)
    await until("the stock has arrived without the price", async () => (await itemAtMeta(connected)).quantity_to_sell_on_facebook === before + 3)
    const state = await settle(connected)
    expect(state.acknowledged).toMatchObject({ quantity: before + 3 })
    const sent = (await requestsOf(connected)).slice(-2)
    expect(sent[1]).toEqual({ id: variant().sku, quantity_to_sell_on_facebook: before + 3, availability: "in stock" })
    expect(state).toMatchObject({ state: "rejected", price: { wanted: { price: "61.00 EUR" }, acknowledged: null } })
    expect(state.issues).toMatchObject([{ source: "items_batch", severity: "error" }])

    // A person asks again, or the price changes: then it is tried again.
    await setPrice(62)
    expect(await settle(connected)).toMatchObject({ state: "in_step", issues: [], price: { acknowledged: { price: "62.00 EUR" } } })
  })

  it("a catalogue may push prices and leave the stock to its feed", async () => {
    const connected = await connectWithPrices()
    await store.api.post(`/admin/meta-catalog/catalogs/${connected.catalogId}`, { pushes_stock: false }, store.admin)
    await settle(connected)
    const atMeta = (await itemAtMeta(connected)).quantity_to_sell_on_facebook
    await store.container.resolve("inventory").adjustInventory(variant().inventoryItemIds[0], store.facts.locationIds.berlin, 9)
    await setPrice(70)
    expect((await settle(connected)).price!.acknowledged).toMatchObject({ price: "70.00 EUR" })
    expect((await requestsOf(connected)).at(-1)).not.toHaveProperty("quantity_to_sell_on_facebook")
    expect((await itemAtMeta(connected)).quantity_to_sell_on_facebook).toBe(atMeta)
  })
})
