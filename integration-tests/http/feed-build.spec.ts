import { setTimeout as sleep } from "node:timers/promises"
import { updateInventoryLevelsWorkflow, updateProductsWorkflow } from "@medusajs/medusa/core-flows"
import { Modules } from "@medusajs/framework/utils"
import { quantityToSell } from "../../src/catalog/stock/quantity-to-sell"
import { IS_RETIRED } from "../../src/catalog/store/gone-items"
import { readStockFacts } from "../../src/catalog/stock/stock-facts"
import { generateFeedWorkflow } from "../../src/workflows/feeds/generate-feed"
import { buildFeeds } from "../../src/workflows/steps/build-feeds"
import { scopeOf } from "../../src/workflows/open-catalog"
import type { Kind } from "../store/product-range"
import { until } from "../store/until"
import { FeedStore, type Row, servedFile } from "./feed-store"
import { medusaSuite } from "./medusa-suite"

// No jobs: a build of theirs in the middle of a test would be one too many. The suite's catalogue belongs to another public
// URL than this process, so nothing is sent to Meta either.
process.env.MEDUSA_WORKER_MODE = "server"

const SOLD_OUT = { availability: "out of stock", quantity_to_sell_on_facebook: "0" }

medusaSuite({
  name: "feed-build",
  seeded: true,
  testSuite: ({ getContainer, readFacts }) => {
    let store: FeedStore

    beforeAll(async () => {
      store = await FeedStore.make(getContainer(), await readFacts())
      await store.build()
    })
    afterEach(async () => await store.deleteFilesButFirst())
    afterAll(async () => await store.deleteFirstFile())

    const variantOf = (kind: Kind) => store.facts.variants.find((variant) => variant.kind === kind)!
    const productIdOf = (kind: Kind) => variantOf(kind).productId

    async function publishProduct(id: string, status: "published" | "draft") {
      await updateProductsWorkflow(getContainer()).run({ input: { products: [{ id, status }] } })
    }

    describe("rows", () => {
      it("carry the stock that the reader and the policy give, in as many pages as it takes", async () => {
        const catalog = await store.module.retrieveCatalog(store.catalogId)
        const ids = store.facts.variants.map(({ variantId }) => variantId)
        const facts = await readStockFacts(store.sql, scopeOf(catalog), ids)
        let compared = 0
        for (const { variantId } of store.facts.variants) {
          const row = await store.rowOf(variantId)
          if (!row) continue
          const { quantity, availability } = quantityToSell(facts.get(variantId)!.stock, facts.get(variantId)!.policy)
          expect([row.quantity_to_sell_on_facebook, row.availability]).toEqual([String(quantity), availability])
          compared += 1
        }
        expect(compared).toBeGreaterThan(240)
      })

      it("are the same bytes while nothing changes, and write nothing to the database then", async () => {
        const [first] = await store.snapshots()
        const before = await touched(store)
        await store.rebuilt()
        const [, second] = await store.snapshots()
        expect(second.sha256).toBe(first.sha256)
        expect(await touched(store)).toEqual(before)
      })

      it("store nothing anew when only the stock changes", async () => {
        const { variantId, inventoryItemIds } = variantOf("plain")
        const before = await store.rowOf(variantId)
        const stored = await touched(store)
        await updateInventoryLevelsWorkflow(getContainer()).run({
          input: { updates: [{ inventory_item_id: inventoryItemIds[0], location_id: store.facts.locationIds.berlin, stocked_quantity: 777 }] },
        })
        const after = (await store.rebuilt()).get(before!.id)!
        expect(Number(after.quantity_to_sell_on_facebook)).toBeGreaterThanOrEqual(777)
        expect({ ...after, quantity_to_sell_on_facebook: "", availability: "" }).toEqual({ ...before, quantity_to_sell_on_facebook: "", availability: "" })
        expect((await touched(store)).rows).toEqual(stored.rows)
      })
    })

    describe("an item that became invalid", () => {
      async function removeImages(kind: Kind) {
        await getContainer().resolve(Modules.PRODUCT).updateProducts(productIdOf(kind), { thumbnail: null, images: [], title: "A new title" })
      }

      it("that Meta lists is written from its last valid row, sold out, until it is valid again", async () => {
        const { variantId } = variantOf("html_description")
        await store.listAll()
        const before = await store.rowOf(variantId)
        await removeImages("html_description")
        const kept = (await store.rebuilt()).get(before!.id)
        expect(kept).toEqual({ ...before, ...SOLD_OUT })
        expect(await store.issuesOf(variantId)).toContain("image_missing")
        expect((await store.snapshots()).at(-1)).toMatchObject({ kept: 1 })

        await getContainer().resolve(Modules.PRODUCT).updateProducts(productIdOf("html_description"), { thumbnail: "https://cdn.example.com/again.jpg" })
        const again = (await store.rebuilt()).get(before!.id)
        expect(again).toMatchObject({ title: "A new title", image_link: "https://cdn.example.com/again.jpg", availability: before!.availability })
        expect(await store.issuesOf(variantId)).not.toContain("image_missing")
      })

      it("is kept as well when a published file held it, for Meta may have read that", async () => {
        const { variantId } = variantOf("html_description")
        const before = await store.rowOf(variantId)
        await removeImages("html_description")
        expect((await store.rebuilt()).get(before!.id)).toEqual({ ...before, ...SOLD_OUT })
      })

      it("is left out when no published file ever held it, and has an issue", async () => {
        for (const kind of ["no_image", "no_price"] as const) {
          const { variantId } = variantOf(kind)
          expect(await store.rowOf(variantId)).toBeUndefined()
          expect(await store.issuesOf(variantId)).toContain(kind === "no_image" ? "image_missing" : "price_missing")
          const item = await store.itemOf(variantId)
          expect(item.omitted_since).toBe(1)
          expect(item.listed_at).toBeNull()
        }
        expect(await store.itemOf(variantOf("long_sku").variantId)).toBeUndefined()
        expect(await store.issuesOf(variantOf("long_sku").variantId)).toEqual(["retailer_id_too_long"])
      })
    })

    it("a product that is offered again after it was gone is sold again, and counts as discontinued only in between", async () => {
      const { variantId } = variantOf("plain")
      const before = await store.rowOf(variantId)
      await publishProduct(productIdOf("plain"), "draft")
      expect((await store.rebuilt()).get(before!.id)).toEqual({ ...before, ...SOLD_OUT, status: "archived" })
      expect((await store.itemOf(variantId)).discontinued_at).not.toBeNull()
      await publishProduct(productIdOf("plain"), "published")
      expect((await store.rebuilt()).get(before!.id)).toEqual(before)
      expect((await store.itemOf(variantId)).discontinued_at).toBeNull()
    })

    describe("an item that is gone for longer than the catalogue keeps it", () => {
      const goneFor = async (interval: string) =>
        await store.sql.raw(`update meta_catalog_item set discontinued_at = meta_catalog_now() - cast(? as interval) where discontinued_at is not null`, [interval])

      it("leaves the file, counted apart, and comes back as a normal item", async () => {
        const { variantId } = variantOf("plain")
        const before = await store.rowOf(variantId)
        await publishProduct(productIdOf("plain"), "draft")
        await store.rebuilt()
        await goneFor("6 months - 1 day")
        expect((await store.rebuilt()).get(before!.id)).toMatchObject({ status: "archived" })
        const goneVariants = (await store.snapshots()).at(-1)!.kept
        expect(goneVariants).toBeGreaterThan(0)

        await goneFor("6 months")
        expect((await store.rebuilt()).has(before!.id)).toBe(false)
        const { scanned, rows, omitted, retired } = (await store.snapshots()).at(-1)!
        expect([retired, rows + omitted + retired]).toEqual([goneVariants, scanned])

        await publishProduct(productIdOf("plain"), "published")
        expect((await store.rebuilt()).get(before!.id)).toEqual(before)
        const { number } = (await store.snapshots()).at(-1)!
        expect(await store.itemOf(variantId)).toMatchObject({ discontinued_at: null, written_since: number })
      })

      it("counts its months in UTC", async () => {
        const isRetired = async (goneAt: string, months: number, now: string) => {
          await store.sql.raw(`create or replace function meta_catalog_now() returns timestamptz language sql stable as $$ select timestamptz '${now}' $$`)
          const { rows } = await store.sql.transaction(async (transaction) => {
            await transaction.raw("set local time zone 'Europe/Berlin'")
            return await transaction.raw<{ rows: { is_retired: boolean }[] }>(
              `select ${IS_RETIRED} as is_retired from (select cast(? as timestamptz) as discontinued_at) i, (select cast(? as integer) as discontinued_months) c`,
              [goneAt, months]
            )
          })
          return rows[0].is_retired
        }
        for (const [goneAt, months, now, expected] of [
          ["2027-01-31T10:00:00Z", 1, "2027-02-28T09:59:59Z", false],
          ["2027-01-31T10:00:00Z", 1, "2027-02-28T10:00:00Z", true],
          ["2027-11-15T23:30:00Z", 6, "2028-05-15T23:29:59Z", false],
          ["2027-11-15T23:30:00Z", 6, "2028-05-15T23:30:00Z", true],
          ["2028-02-29T00:00:00Z", 12, "2029-02-27T23:59:59Z", false],
          ["2028-02-29T00:00:00Z", 12, "2029-02-28T00:00:00Z", true],
          // Summer time began in between; a month counted in Berlin would be an hour shorter.
          ["2027-03-15T12:00:00Z", 1, "2027-04-15T11:30:00Z", false],
        ] as const) {
          expect([goneAt, months, now, await isRetired(goneAt, months, now)]).toEqual([goneAt, months, now, expected])
        }
      })

      it("is never held back by the shrink guard, however many leave at once", async () => {
        await store.listAll()
        const rows = (await store.servedRows()).size
        await store.sql.raw("update product set status = 'draft' where id in (select product_id from product_variant where id = any(?))", [
          store.facts.variants.slice(0, 200).map((variant) => variant.variantId),
        ])
        await store.module.catalogs.releaseBrake({ catalogId: store.catalogId })
        await store.rebuilt()
        await store.sql.raw("update meta_catalog_catalog set brake_released_until = null")
        // Sold out long ago, as far as Meta has told.
        await store.sql.raw("update meta_catalog_item set acknowledged_quantity = 0, acknowledged_availability = 'out of stock' where discontinued_at is not null")
        await goneFor("7 months")
        expect((await store.rebuilt()).size).toBeLessThan(rows * 0.7 - 50)
      })
    })

    it("a retailer id changes hands with its item: one row, the heir's values, the item's history", async () => {
      const gone = variantOf("plain")
      const item = await store.itemOf(gone.variantId)
      const products = getContainer().resolve(Modules.PRODUCT)
      await products.softDeleteProductVariants([gone.variantId])
      const heirOf = variantOf("unmanaged")
      const [heir] = await products.createProductVariants([{ title: "Heir", product_id: heirOf.productId, sku: gone.sku!, manage_inventory: false }])
      const pricing = getContainer().resolve(Modules.PRICING)
      const priceSet = await pricing.createPriceSets({ prices: [{ amount: 12, currency_code: "eur" }] })
      await getContainer().resolve("link").create({ [Modules.PRODUCT]: { variant_id: heir.id }, [Modules.PRICING]: { price_set_id: priceSet.id } })
      const row = (await store.rebuilt()).get(gone.sku!)
      expect(row).toMatchObject({ price: "12.00 EUR", quantity_to_sell_on_facebook: "100", status: "active" })
      expect(await store.itemOf(heir.id)).toMatchObject({ id: item.id, retailer_id: gone.sku, product_id: heirOf.productId, written_since: 1, discontinued_at: null })
    })

    describe("a build whose process ended", () => {
      async function abandonedBuild(silentFor: string) {
        const started = await store.module.snapshots.startSnapshot({ feedId: store.feedId })
        await store.sql.raw(`update meta_catalog_snapshot set heartbeat_at = now() - cast(? as interval) where id = ?`, [silentFor, started!.id])
        return started!
      }

      it("is waited for while it may still live", async () => {
        await abandonedBuild("20 seconds")
        expect(await store.build()).toEqual({ status: "skipped", snapshot_id: null, rows: 0 })
      })

      it("is failed and replaced once it was silent for half a minute", async () => {
        const abandoned = await abandonedBuild("3 minutes")
        const result = await store.build()
        expect(result.status).toBe("ready")
        expect(await store.module.retrieveSnapshot(abandoned.id)).toMatchObject({ status: "failed", error: expect.stringContaining("stopped answering") })
        expect((await store.module.retrieveSnapshot(result.snapshot_id!)).number).toBe(abandoned.number + 1)
      })

      it("publishes nothing when it lives on after it was taken for dead, and leaves no file behind", async () => {
        const served = await servedFile(store.module, store.feedId)
        const build = store.build()
        build.catch(() => undefined)
        const taken = await takenForDead(store)
        await expect(build).rejects.toThrow("taken for dead")
        expect(await servedFile(store.module, store.feedId)).toEqual(served)
        await expect(store.files.getAsBuffer(taken)).rejects.toThrow()
      })
    })

    describe("a run of several feeds", () => {
      async function otherCatalogue(): Promise<FeedStore> {
        const change = { id: "mcat_dollars", meta_catalog_id: "2", currency_code: "usd", region_id: store.facts.regionIds.unitedStates, country_code: "us" }
        const catalog = await store.module.createCatalogs({ ...(await store.module.retrieveCatalog(store.catalogId)), ...change })
        const feed = await store.module.createFeeds({ catalog_id: catalog.id, name: "Dollars", schedule: {}, token: "another" })
        return new FeedStore(store.container, store.facts, catalog.id, feed.id)
      }

      async function deleteFiles({ module, feedId }: FeedStore): Promise<void> {
        const snapshots = await module.listSnapshots({ feed_id: feedId }, { take: 100 })
        await store.files.deleteFiles(snapshots.flatMap(({ file_key }) => file_key ?? []))
      }

      it("has the same rows in every file as each feed's own build", async () => {
        const other = await otherCatalogue()
        const outcomes = await buildFeeds(store.container, [store, other].map(({ feedId }) => ({ feedId })))
        expect(outcomes).toEqual([store, other].map(({ feedId }) => ({ feedId, result: { status: "ready", snapshot_id: expect.any(String), rows: expect.any(Number) } })))
        const together = [await store.servedRows(), await other.servedRows()]
        expect([await store.rebuilt(), await other.rebuilt()]).toEqual(together)
        const prices = together.map((rows) => rows.get(variantOf("plain").sku!)?.price)
        expect(prices).toEqual([expect.stringContaining("EUR"), expect.stringContaining("USD")])
        await deleteFiles(other)
      })

      it("goes on without a feed that fails, which says why and keeps no file", async () => {
        const other = await otherCatalogue()
        const run = buildFeeds(store.container, [other, store].map(({ feedId }) => ({ feedId })))
        await until("the other feed is built", async () => {
          const { rows } = await store.sql.raw<{ rows: { id: string }[] }>(
            "update meta_catalog_snapshot set status = 'failed', error = 'somebody else' where feed_id = ? and status = 'building' and file_key is not null returning id",
            [other.feedId]
          )
          return rows.length > 0
        })
        const [failed, ready] = await run
        expect(failed).toMatchObject({ feedId: other.feedId, error: expect.objectContaining({ name: "BuildLost" }) })
        expect(ready).toMatchObject({ feedId: store.feedId, result: { status: "ready" } })
        const [{ file_key }] = await other.snapshots()
        if (file_key) await expect(store.files.getAsBuffer(file_key)).rejects.toThrow()
      })
    })

    describe("a run whose prices cannot be read", () => {
      it("ends only the feeds that show them", async () => {
        const change = { id: "mcat_taxed", meta_catalog_id: "3", currency_code: "usd", region_id: store.facts.regionIds.unitedStates, country_code: "us", price_tax: "with_tax" as const }
        const catalog = await store.module.createCatalogs({ ...(await store.module.retrieveCatalog(store.catalogId)), ...change })
        const feed = await store.module.createFeeds({ catalog_id: catalog.id, name: "Taxed", schedule: {}, token: "taxed" })
        const taxes = getContainer().resolve(Modules.TAX)
        const away = jest.spyOn(taxes, "getTaxLines").mockRejectedValue(new Error("the tax provider is away"))
        try {
          const [failed, ready] = await buildFeeds(store.container, [{ feedId: feed.id }, { feedId: store.feedId }])
          expect(failed).toMatchObject({ feedId: feed.id, error: expect.objectContaining({ message: "the tax provider is away" }) })
          expect(ready).toMatchObject({ feedId: store.feedId, result: { status: "ready" } })
          expect(away).toHaveBeenCalled()
        } finally {
          away.mockRestore()
        }
        expect((await store.module.listSnapshots({ feed_id: feed.id }))[0]).toMatchObject({ status: "failed", error: "the tax provider is away" })
      })
    })

    describe("an implausible file", () => {
      it("with no row at all is held, and nothing is served before the first good one", async () => {
        const catalog = await store.module.createCatalogs({ ...(await store.module.retrieveCatalog(store.catalogId)), id: "mcat_empty", meta_catalog_id: "2", sales_channel_id: "sc_none" })
        const feed = await store.module.createFeeds({ catalog_id: catalog.id, name: "Empty", schedule: {}, token: "another" })
        const empty = new FeedStore(store.container, store.facts, catalog.id, feed.id)
        expect(await empty.build()).toMatchObject({ status: "held", rows: 0 })
        const [held] = await empty.snapshots()
        expect(held.hold_reason).toContain("empty")
        expect(await servedFile(store.module, feed.id)).toBeUndefined()
        expect(await store.module.snapshots.releaseSnapshot({ snapshotId: held.id })).toBe(false)
        await store.files.deleteFiles([held.file_key!])
      })

      it("that takes a third of all selling items off sale is held until a person lets it pass, and said once", async () => {
        await store.listAll()
        const served = await servedFile(store.module, store.feedId)
        await store.sql.raw("update sales_channel_stock_location set deleted_at = now() where sales_channel_id = ?", [store.facts.salesChannelId])
        const notices = async () => await getContainer().resolve(Modules.NOTIFICATION).listNotifications({ channel: "feed" })
        const before = (await notices()).length
        expect(await store.build()).toMatchObject({ status: "held" })
        expect(await store.build()).toMatchObject({ status: "held" })
        expect(await servedFile(store.module, store.feedId)).toEqual(served)
        expect((await store.module.retrieveCatalog(store.catalogId)).brake_held).toMatchObject({ source: "build" })
        expect(await notices()).toHaveLength(before + 1)

        await store.module.catalogs.releaseBrake({ catalogId: store.catalogId })
        const rows = await store.rebuilt()
        expect([...rows.values()].filter((row: Row) => row.availability === "in stock").length).toBeLessThan(60)
      })

      it("is released as it is, when a person says so and nothing newer was made", async () => {
        await store.listAll()
        await store.sql.raw("update sales_channel_stock_location set deleted_at = now() where sales_channel_id = ?", [store.facts.salesChannelId])
        await store.build()
        const { snapshot_id } = await store.build()
        const [, first] = await store.snapshots()
        expect(await store.module.snapshots.releaseSnapshot({ snapshotId: first.id })).toBe(false)
        expect(await store.module.snapshots.releaseSnapshot({ snapshotId: snapshot_id! })).toBe(true)
        expect(await servedFile(store.module, store.feedId)).toMatchObject({ id: snapshot_id })
      })
    })

    it("a file is deleted a day after it was replaced, but never the last two; its snapshot's row stays", async () => {
      for (let n = 0; n < 3; n += 1) await store.rebuilt()
      const before = await store.snapshots()
      const keyOf = (snapshot: { file_key: string | null }) => snapshot.file_key
      expect(before.every(keyOf)).toBe(true)
      await store.sql.raw("update meta_catalog_snapshot set finished_at = finished_at - interval '25 hours' where status = 'superseded'")
      await store.rebuilt()
      expect((await store.snapshots()).map((snapshot) => Boolean(snapshot.file_key))).toEqual([false, false, false, true, true])
      await expect(store.files.getAsBuffer(before[1].file_key!)).rejects.toThrow()
    })

    it("the workflow answers at once and publishes in the background", async () => {
      const { number } = (await store.snapshots()).at(-1)!
      await generateFeedWorkflow(getContainer()).run({ input: { feed_id: store.feedId } })
      const built = await until("the build has ended", async () => {
        const newest = (await store.snapshots()).at(-1)!
        return newest.number > number && newest.status !== "building" && newest
      })
      expect(built).toMatchObject({ number: number + 1, status: "ready" })
    })

    describe("a feed is due for a build", () => {
      const publicUrl = "https://shop.example"
      const isDue = async () => (await store.module.snapshots.listDueFeeds({ publicUrl })).some(({ id }) => id === store.feedId)
      const setFeed = async (change: string) => await store.sql.raw(`update meta_catalog_feed set ${change} where id = ?`, [store.feedId])
      const setServed = async (change: string) => await store.sql.raw(`update meta_catalog_snapshot set ${change} where feed_id = ?`, [store.feedId])

      it.each<[string, boolean, () => Promise<unknown>]>([
        ["never while its file is young and nothing is near", false, async () => undefined],
        ["when it was asked for", true, async () => await setFeed("build_requested_at = now()")],
        ["when none is served", true, async () => await setFeed("published_snapshot_id = null")],
        ["when the served file is older than a day", true, async () => await setServed("first_read_at = now() - interval '25 hours'")],
        ["shortly before Meta fetches", true, async () => {
          await setServed("first_read_at = now() - interval '1 hour', started_at = now() - interval '1 hour', finished_at = now() - interval '1 hour' + interval '10 minutes'")
          await setFeed("next_fetch_at = now() + interval '20 minutes'")
        }],
        ["not long before Meta fetches", false, async () => {
          await setServed("first_read_at = now() - interval '1 hour', started_at = now() - interval '1 hour', finished_at = now() - interval '1 hour' + interval '10 minutes'")
          await setFeed("next_fetch_at = now() + interval '26 minutes'")
        }],
        ["not again when it was built for that fetch", false, async () => await setFeed("next_fetch_at = now() + interval '2 minutes'")],
        ["not while a build is running", false, async () => {
          await setFeed("build_requested_at = now()")
          await store.module.snapshots.startSnapshot({ feedId: store.feedId })
          await setFeed("build_requested_at = now()")
        }],
        ["when its build stopped answering", true, async () => {
          const started = await store.module.snapshots.startSnapshot({ feedId: store.feedId })
          await store.sql.raw("update meta_catalog_snapshot set heartbeat_at = now() - interval '3 minutes' where id = ?", [started!.id])
        }],
        ["not in a copy of the store", false, async () => {
          await setFeed("build_requested_at = now()")
          await store.sql.raw("update meta_catalog_catalog set public_url = 'https://live.example'")
        }],
      ])("%s", async (_, expected, arrange) => {
        await arrange()
        expect(await isDue()).toBe(expected)
      })
    })
  },
})

/** What a build has written of items and their stored rows, as times of change. */
async function touched(store: FeedStore) {
  const times = async (table: string) => (await store.sql.raw<{ rows: unknown[] }>(`select * from ${table} order by 1`)).rows
  return { rows: await times("meta_catalog_item_row"), items: await times("meta_catalog_item") }
}

/** Waits for the running build and fails it, as another build does that takes it for dead. Answers its file's key. */
async function takenForDead(store: FeedStore): Promise<string> {
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; ) {
    const { rows } = await store.sql.raw<{ rows: { file_key: string }[] }>(
      "update meta_catalog_snapshot set status = 'failed' where status = 'building' and file_key is not null returning file_key"
    )
    if (rows.length > 0) return rows[0].file_key
    await sleep(2)
  }
  throw new Error("no build was seen running")
}
