/**
 * A worker process of the store with nothing in it but the plugin's work at Meta: its module, its rounds at their own pace and
 * its jobs, which here come several times a second instead of once a minute because the tests move the clock. Booted as soon as it is
 * started, it begins to work when its parent says so, and ends with it.
 */
import { setTimeout as sleep } from "node:timers/promises"
import keepEveryCatalogInStep from "../../src/jobs/keep-in-step"
import pullEveryUpload from "../../src/jobs/pull-uploads"
import sweepEveryCatalog from "../../src/jobs/sweep"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { buildFeed } from "../../src/workflows/steps/build-feed"
import { bootCore, bootLightProcess, type LightPlace, type LightProcess } from "./light-process"

const JOBS_EVERY_MS = 200
const MEMORY_EVERY_MS = 1_000

/** What a child tells its parent: that it has booted, or how much memory it holds. */
export type ChildWord = { word: "booted" } | { word: "memory"; rss: number }

async function work({ container }: LightProcess): Promise<void> {
  const { options, snapshots } = metaCatalog(container)
  for (;;) {
    for (const job of [keepEveryCatalogInStep, pullEveryUpload, sweepEveryCatalog]) {
      await job(container).catch(report)
    }
    for (const { id, snapshot_number } of await snapshots.listDueFeeds({ publicUrl: options.publicUrl ?? "" })) {
      await buildFeed(container, id, { after: snapshot_number }).catch(report)
    }
    await sleep(JOBS_EVERY_MS)
  }
}

/** A catalogue may go while its work is under way, and two builds may meet; what counts is what stands at Meta in the end. */
function report(error: unknown): void {
  console.error(error instanceof Error ? error.stack : error)
}

async function main(): Promise<void> {
  process.once("disconnect", () => process.exit(0))
  const place = JSON.parse(process.env.LIGHT_PLACE ?? "") as LightPlace
  const booted = await bootLightProcess(place, await bootCore(place))
  const tell = (word: ChildWord) => void process.send?.(word)
  process.once("message", () => {
    setInterval(() => tell({ word: "memory", rss: process.memoryUsage.rss() }), MEMORY_EVERY_MS)
    work(booted).catch((error) => {
      report(error)
      process.exit(1)
    })
  })
  tell({ word: "booted" })
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
