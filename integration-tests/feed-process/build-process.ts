/**
 * A Medusa process that builds feeds when its parent says so. It has neither jobs nor requests, ends as Medusa does when it is told to
 * stop (SIGTERM), and can be killed in the middle of a build without harm to the test that started it.
 */
import { join } from "node:path"
import loadApp from "@medusajs/medusa/loaders/index"
import express from "express"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { buildFeed } from "../../src/workflows/steps/build-feed"

/** What the parent asks for: a catalogue with a feed over a sales channel, or a build. */
export type BuildWish = { make: { salesChannelId: string } } | { build: string }

/** What it hears: that the process has booted, the feed's id, or how a build ended. */
export type BuildWord = { word: "booted" } | { word: "made"; feedId: string } | { word: "built"; status: string }

const tell = (word: BuildWord) => void process.send?.(word)

async function main(): Promise<void> {
  process.env.MEDUSA_WORKER_MODE = "server"
  const { container, shutdown } = await loadApp({ directory: join(__dirname, "..", ".."), expressApp: express(), skipLoadingEntryPoints: true })
  const module = metaCatalog(container)
  process.once("SIGTERM", () => void shutdown().finally(() => process.exit(0)))
  process.on("message", async (wish: BuildWish) => {
    if ("build" in wish) {
      const status = await buildFeed(container, wish.build).then((result) => result.status, (error: Error) => error.message)
      return tell({ word: "built", status })
    }
    const catalog = await module.createCatalogs({
      name: "Shop",
      meta_catalog_id: "1",
      access_token_encrypted: "not read by a build",
      public_url: "https://shop.example",
      sales_channel_id: wish.make.salesChannelId,
      currency_code: "eur",
      product_url_template: "https://shop.example/products/{handle}?variant={variant_id}",
      default_brand: "Kiln",
    })
    const feed = await module.createFeeds({ catalog_id: catalog.id, name: "Shop", schedule: {}, token: "the-token-of-the-feed" })
    tell({ word: "made", feedId: feed.id })
  })
  tell({ word: "booted" })
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
