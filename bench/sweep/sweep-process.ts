/**
 * The measured side of the sweep benchmark: a Medusa process with one catalogue whose items the plugin's own build has made.
 * It prepares what the parent asks for, then answers with how long one sweep took.
 */
import { join } from "node:path"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import loadApp from "@medusajs/medusa/loaders/index"
import express from "express"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { buildFeed } from "../../src/workflows/steps/build-feed"
import { sweep } from "../../src/workflows/push/sweep"
import { filled } from "../catalogue/fill"

/**
 * One sweep to measure: each `oneIn`th item differs, in its quantity, in its price, or, every one of them, because stock rules were
 * saved, which is measured with it.
 */
export type SweepOrder = { oneIn: number; because: "quantity" | "price" | "policy" }

export type SweepFigures = { wall_s: number; items: number; marked: number; held: number }

async function main(): Promise<void> {
  process.env.MEDUSA_WORKER_MODE = "server"
  const { container } = await loadApp({ directory: join(__dirname, "..", ".."), expressApp: express(), skipLoadingEntryPoints: true })
  const module = metaCatalog(container)
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const catalog = await module.createCatalogs({
    name: "Benchmark",
    meta_catalog_id: "1",
    access_token_encrypted: "replaced below",
    public_url: module.publicUrl,
    sales_channel_id: filled.salesChannelId,
    currency_code: filled.currencyCode,
    product_url_template: "https://shop.example/products/{handle}?variant={variant_id}",
    default_brand: "Kiln",
  })
  const access_token_encrypted = module.secrets.encrypt("never-sent", { rowId: catalog.id, column: "access_token" })
  await module.updateCatalogs([{ id: catalog.id, access_token_encrypted }])
  const feed = await module.createFeeds({ catalog_id: catalog.id, name: "Benchmark", schedule: {}, token: "benchmark" })
  const { snapshot_id } = await buildFeed(container, feed.id)
  const { file_key } = await module.retrieveSnapshot(snapshot_id!)
  await container.resolve(Modules.FILE).deleteFiles([file_key!])

  /** A rule for everything, and one each for a thousand products. */
  const saveRules = async () => {
    const products: { id: string }[] = await sql("product").select("id").orderBy("id").limit(1_000)
    const rules = [{ scope: "catalog", reference_id: "", settings: { cap: 0 } }, ...products.map(({ id }) => ({ scope: "product", reference_id: id, settings: { threshold: 1_000_000 } }))]
    await module.stockRules.saveStockRules({ catalogId: catalog.id, rules: rules.map((rule, index) => ({ ...rule, id: `mcrule_${index}` })), releasedMinutes: 60 })
  }

  process.on("message", async ({ oneIn, because }: SweepOrder) => {
    await module.updateCatalogs([{ id: catalog.id, pushes_prices: because === "price" }])
    await sql.raw("delete from meta_catalog_stock_rule")
    await sql.raw(IN_STEP, { catalogId: catalog.id, salesChannelId: filled.salesChannelId })
    if (because === "policy") await sql.raw("update meta_catalog_item set acknowledged_quantity = 1, acknowledged_availability = 'in stock'")
    else await sql.raw(because === "price" ? OTHER_PRICE : OTHER_QUANTITY, { catalogId: catalog.id, oneIn })
    await sql.raw("vacuum (analyze) meta_catalog_item")
    const started = performance.now()
    if (because === "policy") await saveRules()
    const result = await sweep(container, catalog.id)
    const figures: SweepFigures = { wall_s: (performance.now() - started) / 1000, ...result }
    process.send!(figures)
  })
  process.once("disconnect", () => process.exit(0))
  process.send!("ready")
}

/** Every item listed, at rest, and acknowledged with what plain SQL over core's tables says. */
const IN_STEP = `
  with level as (
    select il.inventory_item_id, sum(il.stocked_quantity - il.reserved_quantity) as quantity
    from inventory_level il
    join sales_channel_stock_location s on s.stock_location_id = il.location_id and s.sales_channel_id = :salesChannelId
    group by 1),
  stock as (
    select l.variant_id, greatest(0, min(floor(level.quantity / l.required_quantity)))::int as quantity
    from product_variant_inventory_item l join level on level.inventory_item_id = l.inventory_item_id group by 1)
  update meta_catalog_item i
  set listed_at = coalesce(listed_at, now()), due_at = null, batch_id = null, acknowledged_quantity = stock.quantity,
      acknowledged_availability = case when stock.quantity > 0 then 'in stock' else 'out of stock' end,
      acknowledged_price = jsonb_build_object(
        'price', (select r.cells ->> 'price' from meta_catalog_item_row r where r.item_id = i.id), 'sale_price', '', 'sale_price_effective_date', '')
  from stock where stock.variant_id = i.variant_id and i.catalog_id = :catalogId`

const NTH = "(select id, row_number() over (order by id) as place from meta_catalog_item where catalog_id = :catalogId) n where n.id = i.id and n.place % :oneIn = 0"

const OTHER_QUANTITY = `
  update meta_catalog_item i set acknowledged_quantity = acknowledged_quantity + 1, acknowledged_availability = 'in stock' from ${NTH}`

const OTHER_PRICE = `
  update meta_catalog_item i set acknowledged_price = acknowledged_price || '{"price": "1.00 USD"}' from ${NTH}`

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
