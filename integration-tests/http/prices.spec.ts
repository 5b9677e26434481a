import { createPriceListsWorkflow, updatePriceListsWorkflow, updateProductVariantsWorkflow } from "@medusajs/medusa/core-flows"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import type { AdminItemHistory } from "../../src/api/admin/meta-catalog/item-types"
import { priceCells, type PriceCells } from "../../src/catalog/prices/price-cells"
import type { Currency } from "../../src/catalog/prices/price-text"
import { streamProductSources } from "../../src/catalog/store/product-sources"
import { openSnapshot } from "../../src/catalog/store/query"
import { PRICE_TAXES, type CatalogScope, type PriceTax } from "../../src/catalog/store/scope"
import { openPriceReader, openPrices } from "../../src/workflows/catalogs/catalog-prices"
import { keepInStep } from "../../src/workflows/pace/keep-in-step"
import { sweepWorkflow } from "../../src/workflows/push/sweep"
import { productOf, statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"
import { makeTaxedStore, preferTaxInclusive, type Market } from "./taxed-store"

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

  it("go without tax, or with it, when the catalogue says so, and back", async () => {
    const connected = await connectWithPrices()
    const tellPrices = async (price_tax: PriceTax) => {
      const { data } = await store.api.post(`/admin/meta-catalog/catalogs/${connected.catalogId}`, { price_tax }, store.admin)
      expect(data.catalog).toMatchObject({ price_tax })
      return (await settle(connected)).price!.acknowledged
    }
    // Prices in euro include tax in this store, and Germany's is 19 percent.
    await setPrice(119.99)
    expect(await tellPrices("without_tax")).toEqual({ price: "100.83 EUR", sale_price: "", sale_price_effective_date: "" })
    expect(JSON.stringify(await itemAtMeta(connected))).toContain("100.83")
    expect(await tellPrices("with_tax")).toMatchObject({ price: "119.99 EUR" })
  })

  it("with or without tax need a region that calculates taxes, and a country", async () => {
    const connected = await store.connect()
    const change = async (body: object) => await store.api.post(`/admin/meta-catalog/catalogs/${connected.catalogId}`, body, store.admin).catch(({ response }) => response)
    expect((await change({ price_tax: "gross" })).data.message).toBe("price_tax: must be one of as_stored, with_tax, without_tax")
    expect((await change({ price_tax: "with_tax", region_id: null, currency_code: "eur" })).data.message).toMatch(/^price_tax: choose a region and a country/)
    await store.container.resolve(Modules.REGION).updateRegions(store.facts.regionIds.europe, { automatic_taxes: false })
    expect((await change({ price_tax: "with_tax" })).data.message).toMatch(/^price_tax: the region Europe does not calculate taxes automatically/)
    await store.container.resolve(Modules.REGION).updateRegions(store.facts.regionIds.europe, { automatic_taxes: true })
    expect((await change({ price_tax: "with_tax" })).data.catalog).toMatchObject({ price_tax: "with_tax" })
    // What it stands on cannot go away from under it.
    expect((await change({ region_id: null, currency_code: "eur" })).data.message).toMatch(/^price_tax: choose a region and a country/)
  })

  describe("with and without tax", () => {
    const scopeIn = (market: Market, priceTax: PriceTax): CatalogScope => ({ ...market, catalogId: "mcat_none", salesChannelId: store.facts.salesChannelId, priceTax })

    /** What the storefront API answers, by variant id. */
    const storefrontPrices = async ({ regionId, countryCode }: Market, ids: string[]) => {
      const params = { fields: "*variants.calculated_price", region_id: regionId, country_code: countryCode, id: ids, limit: 100 }
      const { data } = await store.api.get("/store/products", { params, headers: { "x-publishable-api-key": store.facts.publishableKey } })
      const variants = (data.products as { variants: { id: string; calculated_price: StorefrontPrice | null }[] }[]).flatMap((product) => product.variants)
      return new Map(variants.map(({ id, calculated_price }) => [id, calculated_price]))
    }

    /** What the feed's reader makes of the same variants. */
    const feedPrices = async (scope: CatalogScope, { currency, variantIds }: { currency: Currency; variantIds: string[] }) => {
      const snapshot = await openSnapshot(sql())
      const cells = new Map<string, PriceCells>()
      try {
        for await (const page of streamProductSources(snapshot, scope, { pageSize: 17, variantIds, priceVariants: await openPrices(store.container, scope) })) {
          for (const variant of page.variants) cells.set(variant.id, priceCells(variant.price, currency, []))
        }
      } finally {
        await snapshot.rollback()
      }
      return cells
    }

    const sql = () => store.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)

    it("are what the storefront shows, in the feed and in the push", async () => {
      const { markets, productIds, variantIds } = await makeTaxedStore(store.container, { seed: 5, salesChannelId: store.facts.salesChannelId })
      const seen = { prices: 0, sales: 0, rates: new Set<string>() }
      for (const market of markets) {
        for (const [ofCurrency, ofRegion] of [[false, false], [true, true], [false, true], [true, false]]) {
          await preferTaxInclusive(store.container, { attribute: "currency_code", value: market.currencyCode, isInclusive: ofCurrency })
          await preferTaxInclusive(store.container, { attribute: "region_id", value: market.regionId, isInclusive: ofRegion })
          const shown = await storefrontPrices(market, productIds)
          for (const priceTax of PRICE_TAXES) {
            const scope = scopeIn(market, priceTax)
            const pushed = await (await openPriceReader(store.container, sql(), scope))(variantIds)
            const fed = await feedPrices(scope, { currency: { code: market.currencyCode, decimals: market.decimals }, variantIds })
            for (const id of variantIds) {
              const wanted = expectedCells(shown.get(id)!, { market, priceTax })
              expect({ id, priceTax, ...market, cells: fed.get(id) }).toEqual({ id, priceTax, ...market, cells: wanted })
              expect(pushed.get(id)).toEqual(wanted.price === "" ? undefined : wanted)
              seen.prices += wanted.price === "" ? 0 : 1
              seen.sales += wanted.sale_price === "" ? 0 : 1
              const { calculated_amount_with_tax: withTax, calculated_amount_without_tax: withoutTax } = shown.get(id) ?? {}
              if (withTax && withoutTax) seen.rates.add((withTax / withoutTax).toFixed(4))
            }
          }
        }
      }
      // A store in which nothing is taxed or on sale would prove nothing.
      expect(seen.rates.size).toBeGreaterThan(3)
      expect(seen.prices).toBeGreaterThan(500)
      expect(seen.sales).toBeGreaterThan(50)
    })
  })
})

/** `calculated_price` of the storefront API; the amounts with and without tax are there where Medusa calculated them. */
type StorefrontPrice = Record<
  `${"calculated" | "original"}_amount${"" | "_with_tax" | "_without_tax"}`,
  number | null
>

/** The cells by what a storefront would show, which rounds with Intl as every browser does. */
function expectedCells(price: StorefrontPrice | null, { market, priceTax }: { market: Market; priceTax: PriceTax }): PriceCells {
  const suffix = priceTax === "as_stored" ? "" : (`_${priceTax}` as const)
  const format = new Intl.NumberFormat("en", { style: "currency", currency: market.currencyCode, useGrouping: false, currencyDisplay: "code" })
  const text = (amount: number | null | undefined) => (amount === null || amount === undefined ? "" : format.formatToParts(amount).filter(({ type }) => ["integer", "decimal", "fraction"].includes(type)).map(({ value }) => value).join(""))
  const now = text(price?.[`calculated_amount${suffix}`])
  const before = text(price?.[`original_amount${suffix}`])
  const isSale = before !== "" && Number(now) < Number(before)
  const priced = (amount: string) => (amount === "" ? "" : `${amount} ${market.currencyCode.toUpperCase()}`)
  return { price: priced(isSale ? before : now), sale_price: isSale ? priced(now) : "", sale_price_effective_date: isSale ? expect.stringMatching(/^$|^2020-01-01T08:30\+00:00\/2099-12-31T20:15\+00:00$/) : "" }
}
