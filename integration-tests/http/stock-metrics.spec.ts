import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { updateInventoryLevelsWorkflow } from "@medusajs/medusa/core-flows"
import type { AdminStockMetrics } from "../../src/api/admin/meta-catalog/stock-types"
import measureStockJob from "../../src/jobs/measure-stock"
import measureVelocityJob from "../../src/jobs/measure-velocity"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"

withConnectedStore("stock-metrics", (store) => {
  const sqlOf = () => store.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const metrics = async ({ catalogId }: Connected): Promise<AdminStockMetrics> => (await store.api.get(`/admin/meta-catalog/catalogs/${catalogId}/stock-metrics`, store.admin)).data
  const pairAt = async ({ metaCatalogId }: Connected, sku: string) => {
    const { quantity_to_sell_on_facebook: quantity, availability } = (await store.sandbox.control.item(metaCatalogId, sku))!
    return { quantity, availability }
  }

  /** Everything the catalogue has is acknowledged and no sweep waits. */
  const inStep = async ({ catalogId }: Connected) =>
    await until("all is in step", async () => {
      const { counts } = await statusOf(store, catalogId)
      const { sweep_requested_at } = await metaCatalog(store.container).retrieveCatalog(catalogId)
      return counts.in_step === counts.listed && sweep_requested_at === null
    })

  /** Makes the figures old, as an hour and a day do, and runs the jobs. */
  const measureAnew = async () => {
    await sqlOf().raw("update meta_catalog_catalog set latency_measured_at = null, stock_measured_at = null, velocity_measured_at = null")
    await measureStockJob(store.container)
    await measureVelocityJob(store.container)
  }

  const plainOnes = () => store.facts.variants.filter((variant) => variant.kind === "plain" && variant.inventoryItemIds.length === 1 && variant.sku)

  const setStock = async (variants: { inventoryItemIds: string[] }[], quantity: number) => {
    const levels = await store.container.resolve(Modules.INVENTORY).listInventoryLevels({ inventory_item_id: variants.map(({ inventoryItemIds }) => inventoryItemIds[0]) }, { take: null })
    const updates = levels.map(({ inventory_item_id, location_id }) => ({ inventory_item_id, location_id, stocked_quantity: quantity }))
    await updateInventoryLevelsWorkflow(store.container).run({ input: { updates } })
  }

  const order = async (variantIds: string[], quantity: number) =>
    await store.container.resolve(Modules.ORDER).createOrders([
      { currency_code: "eur", email: "buyer@example.com", items: variantIds.map((variant_id) => ({ title: "Mug", variant_id, quantity, unit_price: 12 })) },
    ])

  it("takes the delay of a catalogue from what really became of stock events", async () => {
    const connected = await store.connect()
    const variants = plainOnes().slice(0, 25)
    expect(variants.length).toBeGreaterThanOrEqual(20)
    await measureAnew()
    expect((await metrics(connected)).latency).toMatchObject({ p95_s: null, samples: 0 })

    const begun = Date.now()
    await setStock(variants, 61)
    await until("Meta has the new stock", async () => (await pairAt(connected, variants.at(-1)!.sku!)).quantity! >= 61)
    await inStep(connected)
    const elapsed = (Date.now() - begun) / 1_000
    await measureAnew()
    const { latency } = await metrics(connected)
    expect(latency.samples).toBeGreaterThanOrEqual(20)
    expect(latency.p95_s).toBeGreaterThan(0)
    expect(latency.p95_s).toBeLessThan(elapsed)
  })

  it("counts the time in which Meta offered what was sold out", async () => {
    const connected = await store.connect()
    const variant = variantOf(store, "plain")
    expect(await pairAt(connected, variant.sku)).toMatchObject({ availability: "in stock" })
    await measureAnew()
    expect((await metrics(connected)).days[0].minutes_offered_unavailable).toBe(0)

    const begun = Date.now()
    await setStock([variant], 0)
    await until("the item is out of stock at Meta", async () => (await pairAt(connected, variant.sku)).availability === "out of stock")
    await inStep(connected)
    const elapsed = (Date.now() - begun) / 60_000
    await measureAnew()
    const { minutes_offered_unavailable } = (await metrics(connected)).days[0]
    expect(minutes_offered_unavailable).toBeGreaterThan(0)
    expect(minutes_offered_unavailable).toBeLessThan(elapsed)
  })

  it("has what sells fast lowered at Meta by its bucket's threshold, without any event", async () => {
    const connected = await store.connect()
    const [fast, slow] = plainOnes()
    await setStock([fast, slow], 50)
    await until("both have their stock", async () => (await pairAt(connected, fast.sku!)).quantity! >= 50 && (await pairAt(connected, slow.sku!)).quantity! >= 50)
    await inStep(connected)
    const before = await pairAt(connected, fast.sku!)
    const others = await pairAt(connected, slow.sku!)
    await metaCatalog(store.container).createStockRules([{ catalog_id: connected.catalogId, scope: "catalog", reference_id: "", settings: { threshold: 0, threshold_fast: 7 } }])

    await order([fast.variantId], 100)
    await measureAnew()
    await until("the fast item's threshold has reached Meta", async () => (await pairAt(connected, fast.sku!)).quantity === before.quantity! - 7)
    await inStep(connected)
    expect(await pairAt(connected, slow.sku!)).toEqual(others)
    await measureAnew()
    expect(await metrics(connected)).toMatchObject({ days: [{ units_withheld: 7, items_short: 0 }], velocity: { buckets: { fast: 1, medium: 0 } } })
  })

  it("leaves the brake its say where a bucket's threshold would empty the shelves", async () => {
    const connected = await store.connect()
    const many = plainOnes().slice(0, 30)
    await setStock(many, 50)
    await until("all have their stock", async () => (await pairAt(connected, many.at(-1)!.sku!)).quantity! >= 50)
    await inStep(connected)
    await metaCatalog(store.container).updateCatalogs({ id: connected.catalogId, brake_share_percent: 5, brake_minimum_items: 1 })
    await metaCatalog(store.container).createStockRules([{ catalog_id: connected.catalogId, scope: "catalog", reference_id: "", settings: { threshold_fast: 100_000 } }])

    await order(many.map(({ variantId }) => variantId), 100)
    await measureAnew()
    const { catalog } = await until("the brake holds", async () => {
      const status = await statusOf(store, connected.catalogId)
      return status.catalog.brake_held ? status : null
    })
    expect(catalog.brake_held).toMatchObject({ source: "sweep", unavailable: many.length })
    expect(await pairAt(connected, many[0].sku!)).toMatchObject({ availability: "in stock" })
  })
})
