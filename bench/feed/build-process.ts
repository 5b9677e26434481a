/**
 * The measured side of the feed benchmark: a Medusa process that builds on demand. Talks over the process channel, so that
 * nothing but Medusa and the plugin is in its memory.
 */
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Worker } from "node:worker_threads"
import { Modules } from "@medusajs/framework/utils"
import loadApp from "@medusajs/medusa/loaders/index"
import express from "express"
import { buildFeed } from "../../src/workflows/steps/build-feed"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { filled } from "../catalogue/fill"

/** One build, as the parent hears of it. */
export type BuildFigures = { status: string; rows: number; wall_s: number; bytes: number; peak_rss_above_idle_mb: number }

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
  const catalog = await module.createCatalogs({
    name: "Benchmark",
    meta_catalog_id: "1",
    access_token_encrypted: "none: nothing is sent",
    public_url: "https://shop.example",
    sales_channel_id: filled.salesChannelId,
    currency_code: filled.currencyCode,
    product_url_template: "https://shop.example/products/{handle}?variant={variant_id}",
    default_brand: "Kiln",
  })
  const feed = await module.createFeeds({ catalog_id: catalog.id, name: "Benchmark", schedule: {}, token: "benchmark" })

  const peak = new BigInt64Array(new SharedArrayBuffer(8))
  const sampler = new Worker(SAMPLER, { eval: true, workerData: peak.buffer })
  await new Promise((resolve) => sampler.once("message", resolve))
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  collect()
  await new Promise((resolve) => setTimeout(resolve, 500))
  collect()
  const idle = process.memoryUsage.rss()

  process.on("message", async () => {
    Atomics.store(peak, 0, 0n)
    const started = performance.now()
    const result = await buildFeed(container, feed.id)
    const wall = (performance.now() - started) / 1000
    const snapshot = await module.retrieveSnapshot(result.snapshot_id!)
    const figures: BuildFigures = {
      status: result.status,
      rows: result.rows,
      wall_s: wall,
      bytes: Number(snapshot.bytes),
      peak_rss_above_idle_mb: (Number(Atomics.load(peak, 0)) - idle) / 1024 / 1024,
    }
    process.send!(figures)
  })
  process.once("disconnect", async () => {
    const snapshots = await module.listSnapshots({ feed_id: feed.id }, { take: 1000 })
    await container.resolve(Modules.FILE).deleteFiles(snapshots.flatMap((snapshot) => snapshot.file_key ?? []))
    process.exit(0)
  })
  process.send!("ready")
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
