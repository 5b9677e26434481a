import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import {
  linkProductsToSalesChannelWorkflow,
  linkSalesChannelsToStockLocationWorkflow,
  updateInventoryLevelsWorkflow,
} from "@medusajs/medusa/core-flows"
import buildFeeds from "../../src/jobs/build-feeds"
import pullUploads from "../../src/jobs/pull-uploads"
import { sweepWorkflow } from "../../src/workflows/push/sweep"
import type { SandboxItem } from "../graph-sandbox"
import { statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"

const HELD = /: a mass change is held$/

withConnectedStore("brake", (store) => {
  const sql = () => store.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)

  const selling = async (connected: Connected) => (await store.sandbox.control.items(connected.metaCatalogId)).filter(isSelling)

  /** A whole sweep, and what it marked sent and settled. */
  const sweep = async ({ catalogId }: Connected) => {
    await sweepWorkflow(store.container).run({ input: { catalog_id: catalogId } })
    await store.api.post(`/admin/meta-catalog/catalogs/${catalogId}/push`, {}, store.admin)
    await until("nothing waits any more", async () => {
      const { counts, pending_since } = await statusOf(store, catalogId)
      return !pending_since && counts.in_flight === 0
    })
  }

  const heldBy = async ({ catalogId }: Connected) => (await statusOf(store, catalogId)).catalog.brake_held

  const notifications = async (title: RegExp) => {
    const all = await store.container.resolve(Modules.NOTIFICATION).listNotifications({}, { take: 100 })
    return all.filter(({ data }) => title.test(String(data?.title)))
  }

  const linkLocations = async (change: "add" | "remove") => {
    const { berlin, rotterdam } = store.facts.locationIds
    for (const id of [berlin, rotterdam]) {
      await linkSalesChannelsToStockLocationWorkflow(store.container).run({ input: { id, [change]: [store.facts.salesChannelId] } })
    }
  }

  /** Variants that sell now from an inventory item of their own, hence can be emptied one by one. */
  const sellingVariants = async (connected: Connected) => {
    const skus = new Set((await selling(connected)).map(({ retailer_id }) => retailer_id))
    return store.facts.variants.filter(({ kind, sku, inventoryItemIds }) => {
      return kind !== "backorder" && kind !== "kit" && sku && skus.has(sku) && inventoryItemIds.length > 0
    })
  }

  it("holds what a wrong link would zero, says so once, and lets it pass when a person releases it", async () => {
    const connected = await store.connect()
    const before = await selling(connected)
    expect(before.length).toBeGreaterThan(200)
    await linkLocations("remove")
    const held = await until("the brake holds", () => heldBy(connected))
    expect(held).toMatchObject({ source: "sweep", selling: before.length })
    expect(held.unavailable).toBeGreaterThan(200)
    await sweep(connected)
    expect(await notifications(HELD)).toHaveLength(1)

    // A build now would tell Meta the same by the feed.
    const published = connected.feed.published?.id
    await store.api.post(`/admin/meta-catalog/feeds/${connected.feed.id}/generate`, {}, store.admin)
    const feed = await until("a build is held", async () => {
      const [now] = (await statusOf(store, connected.catalogId)).feeds
      return now.latest?.status === "held" && now
    })
    expect(feed).toMatchObject({ published: { id: published }, latest: { hold_reason: expect.stringMatching(/unavailable/) } })
    expect((await selling(connected)).map(({ retailer_id }) => retailer_id)).toEqual(before.map(({ retailer_id }) => retailer_id))

    // Trade goes on meanwhile: what an inventory event tells passes.
    const variant = variantOf(store, "plain")
    await emptyLevels([variant])
    await until("the sold-out item is out of stock", async () => !isSelling((await store.sandbox.control.item(connected.metaCatalogId, variant.sku))!))
    expect(await heldBy(connected)).toMatchObject({ source: expect.any(String) })

    await store.api.post(`/admin/meta-catalog/catalogs/${connected.catalogId}/release-brake`, {}, store.admin)
    await until("all stock that is managed is out of stock at Meta", async () => {
      const kinds = new Set((await selling(connected)).map(({ retailer_id }) => store.facts.variants.find(({ sku }) => sku === retailer_id)?.kind))
      return [...kinds].every((kind) => kind === "unmanaged" || kind === "backorder")
    })
    expect(await heldBy(connected)).toBeNull()
    expect(await notifications(HELD)).toHaveLength(1)
  })

  it("holds from one item above the share, passes below it, and lets go by itself when the stock is back", async () => {
    const connected = await store.connect()
    const variants = await sellingVariants(connected)
    const share = Math.floor((await selling(connected)).length * 0.3)
    expect(share).toBeGreaterThan(50)
    await overwriteStock(variants.slice(0, share + 1), 0)
    await sweep(connected)
    expect(await heldBy(connected)).toMatchObject({ source: "sweep", unavailable: share + 1 })
    const before = await selling(connected)

    const back = variants[share]
    await overwriteStock([back], 5)
    await sweep(connected)
    expect(await heldBy(connected)).toBeNull()
    await until("the rest is out of stock", async () => (await selling(connected)).length === before.length - share)
    expect((await store.sandbox.control.item(connected.metaCatalogId, back.sku!))?.availability).toBe("in stock")
  })

  it("never holds sell-outs that inventory events tell of, however many", async () => {
    const connected = await store.connect()
    const variants = await sellingVariants(connected)
    const before = await selling(connected)
    await emptyLevels(variants)
    await until("all of them are out of stock", async () => (await selling(connected)).length === before.length - variants.length)
    expect(variants.length).toBeGreaterThan(before.length / 2)
    await sweep(connected)
    expect(await heldBy(connected)).toBeNull()
    expect(await notifications(HELD)).toEqual([])
  })

  it("a product linked to the channel comes into the feed; unlinked, it stays there sold out", async () => {
    const connected = await store.connect()
    const { catalogId, feed, metaCatalogId } = connected
    const other = variantOf(store, "other_channel")
    await linkProductsToSalesChannelWorkflow(store.container).run({ input: { id: store.facts.salesChannelId, add: [other.productId] } })
    await until("a build is asked for or done", async () => {
      const [now] = (await statusOf(store, catalogId)).feeds
      return now.build_requested_at || now.published?.id !== feed.published?.id
    })
    await buildFeeds(store.container)
    await until("it is in the published file", async () => (await statusOf(store, catalogId)).feeds[0].published?.rows === feed.published!.rows + 1)
    await store.sandbox.control.fetchFeedNow(feed.meta_feed_id!, "replace")
    await pullUploads(store.container)
    await until("Meta has it with its stock", async () => {
      const { counts } = await statusOf(store, catalogId)
      return counts.in_step === feed.published!.rows + 1 && isSelling(await store.sandbox.control.item(metaCatalogId, other.sku))
    })

    await linkProductsToSalesChannelWorkflow(store.container).run({ input: { id: store.facts.salesChannelId, remove: [other.productId] } })
    await store.api.post(`/admin/meta-catalog/feeds/${feed.id}/generate`, {}, store.admin)
    await until("it is sold out", async () => {
      const item = await store.sandbox.control.item(metaCatalogId, other.sku)
      return item?.availability === "out of stock" && item.quantity_to_sell_on_facebook === 0
    })
    await until("the file without it as offered keeps its row", async () => {
      const [now] = (await statusOf(store, catalogId)).feeds
      return now.published?.kept === feed.published!.kept + 1 && now.published.rows === feed.published!.rows + 1
    })
  })

  /** Behind Medusa's back, so that only a sweep finds out. */
  async function overwriteStock(variants: { inventoryItemIds: string[] }[], quantity: number): Promise<void> {
    const stocked = { stocked_quantity: quantity, raw_stocked_quantity: { value: String(quantity), precision: 20 } }
    await sql()("inventory_level").whereIn("inventory_item_id", itemsOf(variants)).update(stocked)
  }

  async function emptyLevels(variants: { inventoryItemIds: string[] }[]): Promise<void> {
    const levels = await store.container.resolve(Modules.INVENTORY).listInventoryLevels({ inventory_item_id: itemsOf(variants) }, { take: 2_000 })
    await updateInventoryLevelsWorkflow(store.container).run({
      input: { updates: levels.map(({ inventory_item_id, location_id }) => ({ inventory_item_id, location_id, stocked_quantity: 0 })) },
    })
  }
})

function isSelling(item: SandboxItem | null): boolean {
  return item?.availability === "in stock"
}

function itemsOf(variants: { inventoryItemIds: string[] }[]): string[] {
  return variants.flatMap(({ inventoryItemIds }) => inventoryItemIds)
}
