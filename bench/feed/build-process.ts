/**
 * The measured side of the feed benchmark: a Medusa process that builds on demand. Talks over the process channel, so that
 * nothing but Medusa and the plugin is in its memory.
 */
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Worker } from "node:worker_threads"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import loadApp from "@medusajs/medusa/loaders/index"
import express from "express"
import { Client } from "pg"
import type { MetaCatalogModuleService } from "../../src/modules/meta-catalog/service"
import { buildFeeds } from "../../src/workflows/steps/build-feeds"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { filled } from "../catalogue/fill"

/** One run, as the parent hears of it. `statements` are those that name one of core's tables; `cpu_s` is this process's alone. */
export type BuildFigures = { status: string; rows: number; wall_s: number; cpu_s: number; bytes: number; statements: number; peak_rss_above_idle_mb: number }

/** What the parent asks for: one run with the first of the feeds, or with this many. */
export type BuildRequest = { feeds: number }

// Samples the whole process from a thread of its own: during a build the main thread is too busy to look. Idle is measured
// with the thread running, so it does not count.
const SAMPLER = `
  const { parentPort, workerData } = require("node:worker_threads")
  const peak = new BigInt64Array(workerData)
  setInterval(() => { const rss = BigInt(process.memoryUsage.rss()); if (rss > Atomics.load(peak, 0)) Atomics.store(peak, 0, rss) }, 5)
  parentPort.postMessage("ready")`

async function main(): Promise<void> {
  process.env.MEDUSA_WORKER_MODE = "server"
  const { container } = await loadApp({ directory: join(__dirname, "..", ".."), expressApp: express(), skipLoadingEntryPoints: true })
  const module = metaCatalog(container)
  const feedIds: string[] = []
  for (let n = 0; n < Number(process.env.FEEDS); n += 1) feedIds.push(await makeFeed(module, n))
  const statements = await countStatements(container)

  const peak = new BigInt64Array(new SharedArrayBuffer(8))
  const sampler = new Worker(SAMPLER, { eval: true, workerData: peak.buffer })
  await new Promise((resolve) => sampler.once("message", resolve))
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  collect()
  await new Promise((resolve) => setTimeout(resolve, 500))
  collect()
  const idle = process.memoryUsage.rss()

  process.on("message", async ({ feeds }: BuildRequest) => {
    Atomics.store(peak, 0, 0n)
    statements.count = 0
    const cpu = process.cpuUsage()
    const started = performance.now()
    const outcomes = await buildFeeds(container, feedIds.slice(0, feeds).map((feedId) => ({ feedId })))
    const wall = (performance.now() - started) / 1000
    const { user, system } = process.cpuUsage(cpu)
    const counted = statements.count
    const results = outcomes.map((outcome) => {
      if ("error" in outcome) throw outcome.error
      return outcome.result
    })
    const snapshots = await module.listSnapshots({ id: results.map((result) => result.snapshot_id!) }, { take: null })
    const figures: BuildFigures = {
      status: [...new Set(results.map((result) => result.status))].join(","),
      rows: results.reduce((sum, result) => sum + result.rows, 0),
      wall_s: wall,
      cpu_s: (user + system) / 1e6,
      bytes: snapshots.reduce((sum, snapshot) => sum + Number(snapshot.bytes), 0),
      statements: counted,
      peak_rss_above_idle_mb: (Number(Atomics.load(peak, 0)) - idle) / 1024 / 1024,
    }
    process.send!(figures)
  })
  process.once("disconnect", async () => {
    const snapshots = await module.listSnapshots({ feed_id: feedIds }, { take: null })
    await container.resolve(Modules.FILE).deleteFiles(snapshots.flatMap((snapshot) => snapshot.file_key ?? []))
    process.exit(0)
  })
  process.send!("ready")
}

/** A catalogue of its own for each feed, so that each file has every item: the first two in one currency, the next two in another, and so on. */
async function makeFeed(module: MetaCatalogModuleService, n: number): Promise<string> {
  const catalog = await module.createCatalogs({
    name: `Benchmark ${n + 1}`,
    meta_catalog_id: String(n + 1),
    access_token_encrypted: "none: nothing is sent",
    public_url: "https://shop.example",
    sales_channel_id: filled.salesChannelId,
    currency_code: Math.floor(n / 2) % 2 === 0 ? filled.currencyCode : filled.otherCurrencyCode,
    product_url_template: "https://shop.example/products/{handle}?variant={variant_id}",
    default_brand: "Kiln",
  })
  const feed = await module.createFeeds({ catalog_id: catalog.id, name: `Benchmark ${n + 1}`, schedule: {}, token: `benchmark-${n + 1}` })
  return feed.id
}

/** Counts, from here on, what this process sends to PostgreSQL that names a table of core's. */
async function countStatements(container: MedusaContainer): Promise<{ count: number }> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const tables = await sql.raw<{ rows: { name: string }[] }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'meta_catalog_%'"
  )
  const names = new RegExp(`\\b(?:from|join|update|into|,)\\s+"?(?:public"?\\."?)?(?:${tables.rows.map(({ name }) => name).join("|")})\\b`, "i")
  const counter = { count: 0 }
  const { query } = Client.prototype
  Client.prototype.query = function (this: Client, ...given: unknown[]) {
    const [first] = given
    const text = typeof first === "string" ? first : (first as { text?: string } | undefined)?.text
    // A cursor's rows come by FETCH, which names no table.
    if (text && (names.test(text) || /^fetch /i.test(text))) counter.count += 1
    return Reflect.apply(query, this, given)
  } as typeof query
  return counter
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
