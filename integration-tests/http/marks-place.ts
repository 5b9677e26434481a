import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { quantityToSell } from "../../src/catalog/stock/quantity-to-sell"
import { readStockFacts } from "../../src/catalog/stock/stock-facts"
import { openPriceReader } from "../../src/workflows/catalogs/catalog-prices"
import { flushMarks } from "../../src/workflows/marks/collect-marks"
import { metaCatalog, scopeOf } from "../../src/workflows/open-catalog"
import type { SeededVariant, StoreFacts } from "../store/seed-store"
import type { Orders } from "./marks-orders"

type Flow = (container: MedusaContainer) => { run: (options: never) => Promise<{ result: unknown }> }

/** A seeded store with a catalogue in step: every item holds what the store wants and nothing is asked for. */
export type Place = {
  container: MedusaContainer
  facts: StoreFacts
  sql: Knex
  catalogId: string
  feedId: string
  /** Variants with one inventory item and stock in Berlin, each of a product of its own. */
  plain: SeededVariant[]
  /** Orders of the first plain variant. */
  orders: Orders
  run: <Result = unknown>(flow: Flow, input: unknown) => Promise<Result>
}

/** A catalogue and its items, made as a first build would. Nothing is sent for it: no item is listed. */
export async function openPlace(container: MedusaContainer, facts: StoreFacts): Promise<Omit<Place, "orders">> {
  const module = metaCatalog(container)
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const catalog = await module.createCatalogs({
    name: "Kiln",
    meta_catalog_id: "1",
    access_token_encrypted: "replaced below",
    public_url: module.publicUrl,
    sales_channel_id: facts.salesChannelId,
    region_id: facts.regionIds.europe,
    currency_code: "eur",
    country_code: "de",
    price_tax: "without_tax",
    product_url_template: "https://shop.example/{handle}",
    pushes_prices: true,
    brake_minimum_items: 100_000,
  })
  const token = module.secrets.encrypt("never-used", { rowId: catalog.id, column: "access_token" })
  await module.updateCatalogs({ id: catalog.id, access_token_encrypted: token })
  const feed = await module.createFeeds({ catalog_id: catalog.id, name: "Kiln", schedule: {}, token: "token" })
  const newcomers = facts.variants.map(({ variantId, productId, sku }) => ({ variant_id: variantId, product_id: productId, retailer_id: sku ?? variantId }))
  await module.itemRegistration.registerItems({ catalogId: catalog.id, feedId: feed.id, number: 1, newcomers })
  await stockWell(container, facts)
  const own = new Map(facts.variants.filter(({ kind, inventoryItemIds }) => kind === "plain" && inventoryItemIds.length === 1).map((variant) => [variant.productId, variant]))
  return {
    container,
    facts,
    sql,
    catalogId: catalog.id,
    feedId: feed.id,
    plain: [...own.values()],
    run: async (flow, input) => (await flow(container).run({ input } as never)).result as never,
  }
}

/** Enough for any order of any test, at the location that is nearest to every customer. */
async function stockWell(container: MedusaContainer, { variants, locationIds }: StoreFacts): Promise<void> {
  const parts = variants.filter(({ kind }) => kind === "plain").flatMap(({ inventoryItemIds }) => inventoryItemIds)
  const levels = [locationIds.berlin, locationIds.rotterdam].flatMap((location_id) => parts.map((inventory_item_id) => ({ inventory_item_id, location_id, stocked_quantity: 50 })))
  await container.resolve(Modules.INVENTORY).updateInventoryLevels(levels)
}

/** Puts the catalogue in step with the store as it is now, and everything that was edited a while ago. */
export async function settle({ container, facts, sql, catalogId }: Place): Promise<void> {
  await heardEverything(container)
  const catalog = await metaCatalog(container).retrieveCatalog(catalogId)
  const variantIds = facts.variants.map(({ variantId }) => variantId)
  const stock = await readStockFacts(sql, scopeOf(catalog), variantIds)
  const prices = await (await openPriceReader(container, sql, scopeOf(catalog)))(variantIds)
  const values = variantIds.map((variant_id) => {
    const known = stock.get(variant_id)
    return { variant_id, price: prices.get(variant_id) ?? null, ...(known ? quantityToSell(known.stock, known.policy) : { quantity: 0, availability: "out of stock" }) }
  })
  await sql.raw(
    `update meta_catalog_item i
     set due_at = null, due_reason = null, acknowledged_quantity = v.quantity, acknowledged_availability = v.availability, acknowledged_price = v.price
     from jsonb_to_recordset(cast(? as jsonb)) as v(variant_id text, quantity integer, availability text, price jsonb)
     where i.variant_id = v.variant_id`,
    [JSON.stringify(values)]
  )
  await sql.raw("update meta_catalog_catalog set sweep_requested_at = null, prices_checked_at = meta_catalog_now()")
  await sql.raw("update meta_catalog_feed set build_requested_at = null")
  await sql.raw("update price_list set updated_at = now() - interval '1 hour'")
}

/** Resolves when every event sent so far has been heard and what it named is written. */
export async function heardEverything(container: MedusaContainer): Promise<void> {
  // The local event bus calls its subscribers a few turns of the event loop after the sender went on.
  await new Promise((resolve) => setTimeout(resolve, 10))
  await flushMarks(container)
}

/** The pricing module's price set of a variant, with the ids of its own prices. */
export async function priceSetOf({ container }: Place, variantId: string): Promise<{ id: string; priceIds: string[] }> {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({ entity: "variant", fields: ["id", "price_set.id"], filters: { id: variantId } })
  const id = (data[0] as unknown as { price_set: { id: string } }).price_set.id
  const prices = await container.resolve(Modules.PRICING).listPrices({ price_set_id: [id], price_list_id: null } as never, { take: null })
  return { id, priceIds: prices.map((price) => price.id) }
}
