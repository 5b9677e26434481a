/**
 * The measured side of the events benchmark: a Medusa process with the plugin in it, no jobs and no requests. It changes
 * stock through core's workflow, once with the plugin's subscriber on the event bus and once without.
 */
import { join } from "node:path"
import { setImmediate as turn } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules, type AbstractEventBusModuleService } from "@medusajs/framework/utils"
import { updateInventoryLevelsWorkflow } from "@medusajs/medusa/core-flows"
import loadApp from "@medusajs/medusa/loaders/index"
import express from "express"
import markItemsDue, { config } from "../../src/subscribers/mark-items-due"
import { areMarksWritten } from "../../src/workflows/marks/collect-marks"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { filled } from "../catalogue/fill"

/** One change of many levels: the levels and the stock they get. */
export type ChangeOrder = { levels: { inventory_item_id: string; location_id: string }[]; stocked_quantity: number; withPlugin: boolean }

/** Milliseconds until the workflow's promise and until the last handler ended, and all SQL statements of the process until then. */
export type ChangeFigures = { workflow_ms: number; settled_ms: number; statements: number; texts: string[] }

const SUBSCRIBER = { subscriberId: config.context!.subscriberId! }
const EVENTS = config.event as string[]

async function main(): Promise<void> {
  process.env.MEDUSA_WORKER_MODE = "server"
  const { container } = await loadApp({ directory: join(__dirname, "..", ".."), expressApp: express(), skipLoadingEntryPoints: true })
  await connect(container)
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  let isAttached = true
  process.on("message", async (order: ChangeOrder) => {
    if (order.withPlugin !== isAttached) {
      toggle(container, order.withPlugin)
      isAttached = order.withPlugin
    }
    collect()
    process.send!(await change(container, order))
  })
  process.once("disconnect", () => process.exit(0))
  process.send!("ready")
}

/** A catalogue of which Meta holds every item, and a pace that never comes to its first round: only the marks are measured. */
async function connect(container: MedusaContainer): Promise<void> {
  const module = metaCatalog(container)
  module.options.pushDelayMs = 2 ** 31 - 1
  const catalog = await module.createCatalogs({
    name: "Benchmark",
    meta_catalog_id: "1",
    access_token_encrypted: "none: nothing is sent",
    public_url: "https://shop.example",
    sales_channel_id: filled.salesChannelId,
    currency_code: filled.currencyCode,
    product_url_template: "https://shop.example/{handle}",
  })
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const { rows } = await sql.raw<{ rows: { variant_id: string; product_id: string; retailer_id: string }[] }>(
    "select id as variant_id, product_id, sku as retailer_id from product_variant"
  )
  for (let start = 0; start < rows.length; start += 5_000) {
    await module.itemRegistration.registerItems({ catalogId: catalog.id, feedId: "none", number: 1, newcomers: rows.slice(start, start + 5_000) })
  }
  await sql.raw("update meta_catalog_item set listed_at = meta_catalog_now()")
  await sql.raw("analyze")
}

async function change(container: MedusaContainer, { levels, stocked_quantity, withPlugin }: ChangeOrder): Promise<ChangeFigures> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  // A push would have taken the items of the change before.
  await sql.raw("update meta_catalog_item set due_at = null where due_at is not null")
  const texts: string[] = []
  const listener = (statement: { sql: string }) => void texts.push(statement.sql)
  sql.client.on("query", listener)
  const started = performance.now()
  await updateInventoryLevelsWorkflow(container).run({ input: { updates: levels.map((level) => ({ ...level, stocked_quantity })) } })
  const workflow_ms = performance.now() - started
  do {
    await turn()
  } while (!areMarksWritten(container))
  const settled_ms = performance.now() - started
  sql.client.off("query", listener)
  const due = (await sql.raw<{ rows: { count: string }[] }>("select count(*) from meta_catalog_item where due_at is not null")).rows[0].count
  if (Number(due) !== (withPlugin ? levels.length : 0)) {
    throw new Error(`${due} items are due after ${levels.length} levels have changed ${withPlugin ? "with" : "without"} the plugin`)
  }
  return { workflow_ms, settled_ms, statements: texts.length, texts: texts.filter((text) => text.includes("meta_catalog") || text.includes("asked as")) }
}

/** Puts the plugin's subscriber on the bus as Medusa's loader does, or takes it off. */
function toggle(container: MedusaContainer, isOn: boolean): void {
  const bus = container.resolve(Modules.EVENT_BUS) as AbstractEventBusModuleService
  for (const event of EVENTS) {
    if (isOn) {
      bus.subscribe(event, async ({ data }) => await markItemsDue({ event: { name: event, data: data as { id: string } }, container, pluginOptions: {} }), SUBSCRIBER)
    } else {
      bus.unsubscribe(event, () => undefined as never, SUBSCRIBER)
      // In this worker mode the bus stops calling the subscriber but keeps its name.
      bus.eventToSubscribersMap.set(event, (bus.eventToSubscribersMap.get(event) ?? []).filter(({ id }) => id !== SUBSCRIBER.subscriberId))
    }
  }
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
