import { gunzipSync } from "node:zlib"
import { updateInventoryLevelsWorkflow, updateProductsWorkflow } from "@medusajs/medusa/core-flows"
import { parse } from "csv-parse/sync"
import type { AdminFeed } from "../../src/api/admin/meta-catalog/feed-types"
import pullUploads from "../../src/jobs/pull-uploads"
import buildFeeds from "../../src/jobs/build-feeds"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { tellMeta } from "../../src/workflows/feeds/tell-meta"
import { buildFeed } from "../../src/workflows/steps/build-feed"
import type { SeededVariant } from "../store/seed-store"
import { newConnection, statusOf, until, variantOf, withConnectedStore } from "./connected-store"

type Row = Record<string, string>
type Made = { catalogId: string; metaCatalogId: string }

withConnectedStore("strategies", (store) => {
  const module = () => metaCatalog(store.container)
  const post = async (path: string, body: object) => (await store.api.post(`/admin/meta-catalog/${path}`, body, store.admin)).data
  const feedsOf = async (catalogId: string) => (await statusOf(store, catalogId)).feeds
  const atMeta = async (made: Made, sku: string) => await store.sandbox.control.item(made.metaCatalogId, sku)

  async function rowsOf({ url, ...feed }: { id?: string; url: string }): Promise<Row[]> {
    const feedId = feed.id ?? /(mcfeed_[0-9A-Z]+)/.exec(url)![1]
    const { username, password } = (await module().feedCredentials(feedId))!
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
    const response = await fetch(url, { headers: { authorization } })
    expect(response.status).toBe(200)
    return parse(gunzipSync(Buffer.from(await response.arrayBuffer())), { columns: true })
  }

  /** A catalogue whose feeds have these strategies, each with its first upload taken in and its items at rest. */
  async function connect(strategies: AdminFeed["strategy"][]): Promise<Made> {
    const body = await newConnection(store)
    const { catalog } = await post("catalogs", body)
    for (const strategy of strategies) await post(`catalogs/${catalog.id}/feeds`, { strategy })
    const made = { catalogId: catalog.id, metaCatalogId: body.meta_catalog_id }
    await atRest(made, strategies.length)
    return made
  }

  async function atRest({ catalogId }: Made, feeds = 1): Promise<void> {
    let last: unknown
    await until("the uploads are taken in and all items in step", async () => {
      const status = await statusOf(store, catalogId)
      last = { counts: status.counts, feeds: status.feeds, uploads: status.uploads }
      const ingested = new Set(status.uploads.filter((upload) => upload.ingested_at).map((upload) => upload.feed_id))
      return ingested.size >= feeds && status.counts.listed > 0 && status.counts.in_step === status.counts.listed && status.feeds.every((feed) => !feed.upload_requested_at)
    }).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(last, null, 1)}`)
    })
  }

  /** All of it in Berlin, wherever it was. */
  const setStock = async ({ inventoryItemIds: [inventory_item_id] }: SeededVariant, quantity: number) => {
    const { berlin } = store.facts.locationIds
    const levels: { location_id: string }[] = await store.container.resolve("__pg_connection__")("inventory_level").where({ inventory_item_id, deleted_at: null })
    const updates = levels.map(({ location_id }) => ({ inventory_item_id, location_id, stocked_quantity: location_id === berlin ? quantity : 0 }))
    await updateInventoryLevelsWorkflow(store.container).run({ input: { updates } })
  }

  describe("a fast feed", () => {
    it("leaves the quantity to the push, keeps what Meta requires in the file, and a fetch of it changes no quantity", async () => {
      const made = await connect(["fast"])
      const [feed] = await feedsOf(made.catalogId)
      expect(feed).toMatchObject({ strategy: "fast", updates: null })
      const rows = await rowsOf(feed)
      expect(Object.keys(rows[0])).not.toContain("quantity_to_sell_on_facebook")
      expect(Object.keys(rows[0])).toEqual(expect.arrayContaining(["availability", "price", "sale_price"]))
      // Meta had no quantity of any from the file; what is new was told at once.
      const held = await store.sandbox.control.items(made.metaCatalogId)
      expect(held.length).toBe(rows.length)
      for (const item of held) expect(Number(item.quantity_to_sell_on_facebook) > 0).toBe(item.availability === "in stock")
      const plain = variantOf(store, "plain")
      await setStock(plain, 41)
      await until("the push has brought 41", async () => (await atMeta(made, plain.sku))?.quantity_to_sell_on_facebook === 41)
      await store.sandbox.control.fetchFeedNow(feed.meta_feed_id!, "replace")
      expect(await atMeta(made, plain.sku)).toMatchObject({ quantity_to_sell_on_facebook: 41, availability: "in stock" })
    })

    it("is refused where the push does not own the stock, and pushes_stock cannot be switched off beside it", async () => {
      const body = await newConnection(store, { pushes_stock: false })
      const { catalog } = await post("catalogs", body)
      const refused = await post(`catalogs/${catalog.id}/feeds`, { strategy: "fast" }).catch((error) => error.response)
      expect(refused).toMatchObject({ status: 400, data: { message: expect.stringMatching(/^strategy: .*pushes_stock/) } })
      await post(`catalogs/${catalog.id}`, { pushes_stock: true })
      await post(`catalogs/${catalog.id}/feeds`, { strategy: "fast" })
      const off = await post(`catalogs/${catalog.id}`, { pushes_stock: false }).catch((error) => error.response)
      expect(off).toMatchObject({ status: 400, data: { message: expect.stringMatching(/^pushes_stock: /) } })
    })
  })

  describe("a slow feed", () => {
    const pushed = async (made: Made, sku: string) =>
      (await store.sandbox.control.batches(made.metaCatalogId)).flatMap((batch) => batch.requests).filter((request) => request.data?.id === sku)
    const updatesOf = async (made: Made) => (await feedsOf(made.catalogId))[0].updates!
    const atRestAfter = async (made: Made, variantId: string, since: Date) =>
      await until("the change was looked at", async () => {
        const [item] = await module().listItems({ catalog_id: made.catalogId, variant_id: variantId })
        return item.due_at === null && item.batch_id === null && item.wanted_at !== null && new Date(item.wanted_at) > since
      })

    it("brings changes by a file of updates that Meta fetches into the same feed; only a sell-out is pushed, each time anew", async () => {
      const made = await connect(["slow"])
      const [feed] = await feedsOf(made.catalogId)
      expect((await rowsOf(feed))[0]).toHaveProperty("quantity_to_sell_on_facebook")
      const [held] = await store.sandbox.control.feeds(made.metaCatalogId)
      expect(held.update_schedule).toMatchObject({ interval: "HOURLY", interval_count: 12, url: feed.updates!.url })

      const plain = variantOf(store, "plain")
      const before = await pushed(made, plain.sku)
      const atMetaBefore = (await atMeta(made, plain.sku))!.quantity_to_sell_on_facebook
      let since = new Date()
      await setStock(plain, 37)
      await atRestAfter(made, plain.variantId, since)
      expect(await pushed(made, plain.sku)).toEqual(before)
      expect((await atMeta(made, plain.sku))!.quantity_to_sell_on_facebook).toBe(atMetaBefore)

      await setStock(plain, 0)
      await until("the sell-out is at Meta", async () => (await atMeta(made, plain.sku))?.quantity_to_sell_on_facebook === 0)
      await atRest(made)

      since = new Date()
      await setStock(plain, 12)
      await atRestAfter(made, plain.variantId, since)
      expect(await atMeta(made, plain.sku)).toMatchObject({ quantity_to_sell_on_facebook: 0, availability: "out of stock" })
      const updatesId = /(mcfeed_[0-9A-Z]+)/.exec(feed.updates!.url)![1]
      expect(await buildFeed(store.container, updatesId)).toMatchObject({ status: "ready" })
      const rows = await rowsOf(await updatesOf(made))
      expect(Object.keys(rows[0])).toEqual(["id", "availability", "quantity_to_sell_on_facebook"])
      expect(rows).toHaveLength((await statusOf(store, made.catalogId)).counts.listed)
      expect(rows.find((row) => row.id === plain.sku)).toEqual({ id: plain.sku, availability: "in stock", quantity_to_sell_on_facebook: "12" })

      await store.sandbox.control.fetchFeedNow(feed.meta_feed_id!, "update")
      expect(await atMeta(made, plain.sku)).toMatchObject({ quantity_to_sell_on_facebook: 12, availability: "in stock" })
      const session = await until("the session is taken in", async () => {
        await pullUploads(store.container)
        return (await statusOf(store, made.catalogId)).uploads.find((upload) => upload.update_only && upload.ingested_at)
      })
      expect(session).toMatchObject({ feed_id: updatesId, detected: rows.length, deleted: 0, invalid: 0, snapshot_id: expect.any(String) })
      expect((await statusOf(store, made.catalogId)).counts.listed).toBe(rows.length)

      await setStock(plain, 0)
      await until("the next sell-out is at Meta", async () => (await atMeta(made, plain.sku))?.quantity_to_sell_on_facebook === 0)
    })

    it("keeps sell-outs for the file as well, where the catalogue says so", async () => {
      const made = await connect(["slow"])
      await post(`catalogs/${made.catalogId}`, { slow_sell_outs_by_push: false })
      const plain = variantOf(store, "plain")
      const since = new Date()
      await setStock(plain, 0)
      await atRestAfter(made, plain.variantId, since)
      expect((await atMeta(made, plain.sku))!.quantity_to_sell_on_facebook).toBeGreaterThan(0)
      expect(await pushed(made, plain.sku)).toEqual([])
    })

    it.each([
      [{ update_schedule: { interval_count: 0 } }, /^update_schedule.interval_count: must be from 1 to 24/],
      [{ update_schedule: { interval_count: 25 } }, /^update_schedule.interval_count: must be from 1 to 24/],
      [{ update_schedule: { interval_count: 6, minute: 60 } }, /^update_schedule.minute: must be from 0 to 59/],
      [{ strategy: "brisk" }, /^strategy: must be combined, fast or slow/],
      [{ strategy: "fast", update_schedule: { interval_count: 6 } }, /^update_schedule: the quantities of a fast feed/],
    ])("refuses %j", async (body, message) => {
      const { catalog } = await post("catalogs", await newConnection(store))
      const refused = await post(`catalogs/${catalog.id}/feeds`, body).catch((error) => error.response)
      expect(refused).toMatchObject({ status: 400, data: { message: expect.stringMatching(message) } })
      expect(await feedsOf(catalog.id)).toEqual([])
    })
  })

  describe("a feed that is there already", () => {
    it("is combined unless it is said otherwise, and changes in place: its next file says what its strategy asks for", async () => {
      const { catalog } = await post("catalogs", await newConnection(store))
      await post(`catalogs/${catalog.id}/feeds`, {})
      const namesQuantity = async (strategy: AdminFeed["strategy"], expected: boolean) => {
        const [feed] = await feedsOf(catalog.id)
        expect((await post(`feeds/${feed.id}`, { strategy })).feed).toMatchObject({ strategy })
        await until(`the ${strategy} file is served`, async () => {
          // Skipped while the build that the change asked for is running.
          await buildFeed(store.container, feed.id)
          const [row] = await rowsOf((await feedsOf(catalog.id))[0])
          return "quantity_to_sell_on_facebook" in row === expected
        })
      }
      expect((await feedsOf(catalog.id))[0]).toMatchObject({ strategy: "combined", updates: null })
      await namesQuantity("fast", false)
      await namesQuantity("slow", true)
      const [feed] = await feedsOf(catalog.id)
      expect(feed.updates).toMatchObject({ schedule: { interval: "HOURLY", interval_count: 12 } })
      const refused = await post(`feeds/${feed.id}`, { strategy: "fast" }).catch((error) => error.response)
      expect(refused).toMatchObject({ status: 400, data: { message: expect.stringMatching(/^strategy: .*update schedule/) } })
      const minute = ((feed.schedule.minute ?? 0) + 20) % 60
      const near = await post(`feeds/${feed.id}`, { update_schedule: { interval_count: 2, minute: feed.schedule.minute } }).catch((error) => error.response)
      expect(near).toMatchObject({ status: 400, data: { message: expect.stringMatching(/^update_schedule: Meta would fetch this file within 10 minutes/) } })
      expect((await post(`feeds/${feed.id}`, { update_schedule: { interval_count: 2, minute } })).feed.updates.schedule).toEqual({ interval: "HOURLY", interval_count: 2, minute })
      await until("Meta has been told", async () => {
        const [held] = await store.sandbox.control.feeds(catalog.meta_catalog_id)
        return held.update_schedule?.interval_count === 2 && held.update_schedule.minute === minute
      })
      await namesQuantity("combined", true)
    })
  })

  describe("a fast and a slow feed", () => {
    it("part the items by policy at first sight, each in exactly one, and neither a second feed nor a changed policy moves any", async () => {
      const made = await connect(["fast"])
      const late = variantOf(store, "draft")
      await module().createStockRules({ catalog_id: made.catalogId, scope: "catalog", reference_id: "", settings: { strategy: "slow" } })
      await post(`catalogs/${made.catalogId}/feeds`, { strategy: "slow" })
      await updateProductsWorkflow(store.container).run({ input: { products: [{ id: late.productId, status: "published" }] } })
      await until("the new product is at Meta", async () => {
        await buildFeeds(store.container)
        return await atMeta(made, late.sku)
      })
      await atRest(made, 2)
      const [fastFeed, slowFeed] = await feedsOf(made.catalogId)
      const ids = async (feed: AdminFeed) => (await rowsOf(feed)).map((row) => row.id).sort()
      const [fastIds, slowIds] = [await ids(fastFeed), await ids(slowFeed)]
      const ofProduct = await module().listItems({ catalog_id: made.catalogId, product_id: late.productId }, { take: null })
      expect(slowIds).toEqual(ofProduct.map((item) => item.retailer_id).sort())
      expect(fastIds.filter((id) => slowIds.includes(id))).toEqual([])
      const held = await store.sandbox.control.items(made.metaCatalogId)
      expect(held).toHaveLength(fastIds.length + slowIds.length)
      expect(held.find((item) => item.retailer_id === late.sku)).toMatchObject({ feed_id: slowFeed.meta_feed_id, quantity_to_sell_on_facebook: expect.any(Number) })

      const [rule] = await module().listStockRules({ catalog_id: made.catalogId })
      await module().updateStockRules({ id: rule.id, settings: { strategy: "fast" } })
      await buildFeed(store.container, fastFeed.id)
      await buildFeed(store.container, slowFeed.id)
      expect([await ids(fastFeed), await ids(slowFeed)]).toEqual([fastIds, slowIds])
    })

    async function beside(made: Made, strategy: AdminFeed["strategy"]): Promise<AdminFeed> {
      return (await post(`catalogs/${made.catalogId}/feeds`, { strategy })).feed
    }

    it("exchange items only by a person's word: each is deleted with the old file, not pushed meanwhile, and made anew from the other", async () => {
      const made = await connect(["fast"])
      const fast = (await feedsOf(made.catalogId))[0]
      const slow = await beside(made, "slow")
      const plain = variantOf(store, "plain")
      const listed = await module().listItems({ catalog_id: made.catalogId, listed_at: { $ne: null } }, { take: null, order: { id: "ASC" } })
      const [mover] = listed.filter((item) => item.variant_id === plain.variantId)
      const movers = [mover, ...listed.filter((item) => item.id !== mover.id).slice(0, 119)]
      const before = (await store.sandbox.control.items(made.metaCatalogId)).find((item) => item.retailer_id === plain.sku)!

      const body = { item_ids: movers.map((item) => item.id), to_feed_id: slow.id }
      const refused = await post(`catalogs/${made.catalogId}/moves`, body).catch((error) => error.response)
      expect(refused).toMatchObject({ status: 400, data: { message: expect.stringMatching(/^confirm: .*deleted at Meta/) } })
      const batchesBefore = (await store.sandbox.control.batches(made.metaCatalogId)).length
      expect(await post(`catalogs/${made.catalogId}/moves`, { ...body, confirm: true })).toMatchObject({
        moved: [{ feed_id: fast.id, items: 120 }],
        stayed: 0,
        consequence: expect.stringContaining("ranking"),
      })
      await setStock(plain, 23)
      const state = await module().listItems({ id: mover.id })
      expect(state[0]).toMatchObject({ feed_id: slow.id, listed_at: null, moved_from_feed_id: fast.id })

      const after = await until("the item is at Meta again, in the slow feed", async () => {
        await buildFeeds(store.container)
        const item = (await store.sandbox.control.items(made.metaCatalogId)).find((candidate) => candidate.retailer_id === plain.sku)
        return item?.feed_id === slow.meta_feed_id && item
      })
      expect(after).toMatchObject({ quantity_to_sell_on_facebook: 23 })
      expect(after.id).not.toBe(before.id)
      await atRest(made, 2)
      const [smaller, other] = await feedsOf(made.catalogId)
      expect(smaller.latest).toBeNull()
      expect(smaller.published).toMatchObject({ status: "ready", rows: listed.length - 120 })
      expect(other.published).toMatchObject({ rows: 120 })
      const counts = (await statusOf(store, made.catalogId)).counts
      expect(counts.listed).toBe(listed.length)
      const sessions = await store.sandbox.control.uploads(fast.meta_feed_id!)
      expect(sessions.reduce((sum, session) => sum + session.num_deleted_items, 0)).toBe(120)
      expect((await store.sandbox.control.uploads(slow.meta_feed_id!)).reduce((sum, session) => sum + session.num_invalid_items, 0)).toBe(0)
      const sent = (await store.sandbox.control.batches(made.metaCatalogId)).slice(batchesBefore).flatMap((batch) => batch.requests)
      const ids = new Set(movers.map((item) => item.retailer_id))
      expect(sent.filter((request) => ids.has(String(request.data?.id)) && request.data?.availability !== "out of stock")).toEqual([])
    })

    it("do not give away everything item by item, but a whole feed at once, whose items Meta takes over and never deletes", async () => {
      const made = await connect(["fast"])
      const fast = (await feedsOf(made.catalogId))[0]
      const slow = await beside(made, "slow")
      const all = await module().listItems({ catalog_id: made.catalogId }, { take: null })
      const everything = { item_ids: all.map((item) => item.id), to_feed_id: slow.id, confirm: true }
      const refused = await post(`catalogs/${made.catalogId}/moves`, everything).catch((error) => error.response)
      expect(refused).toMatchObject({ status: 400, data: { message: expect.stringMatching(/^item_ids: .*from_feed_id/) } })

      const before = await store.sandbox.control.items(made.metaCatalogId)
      await post(`catalogs/${made.catalogId}/moves`, { from_feed_id: fast.id, to_feed_id: slow.id, confirm: true })
      await until("the fast feed has ended", async () => {
        await buildFeeds(store.container)
        return (await feedsOf(made.catalogId)).length === 1
      })
      const after = await store.sandbox.control.items(made.metaCatalogId)
      expect(after.map((item) => item.id).sort()).toEqual(before.map((item) => item.id).sort())
      expect(new Set(after.map((item) => item.feed_id))).toEqual(new Set([slow.meta_feed_id]))
      await atRest(made)
      expect((await statusOf(store, made.catalogId)).counts.listed).toBe(before.length)
      expect((await fetch(fast.url)).status).toBe(404)
    })

    it("lose nothing when Meta fetches the older file while a whole feed comes over, and part no items meanwhile", async () => {
      const made = await connect(["fast"])
      const fast = (await feedsOf(made.catalogId))[0]
      const slow = await beside(made, "slow")
      const listed = await module().listItems({ catalog_id: made.catalogId, listed_at: { $ne: null } }, { take: null, order: { id: "ASC" } })
      const five = listed.slice(0, 5).map((item) => item.id)
      const move = (body: object) => post(`catalogs/${made.catalogId}/moves`, { confirm: true, ...body })
      await move({ item_ids: five, to_feed_id: slow.id })
      await until("five are in the slow feed", async () => {
        await buildFeeds(store.container)
        return (await store.sandbox.control.items(made.metaCatalogId)).filter((item) => item.feed_id === slow.meta_feed_id).length === 5
      })
      await atRest(made, 2)
      const before = await store.sandbox.control.items(made.metaCatalogId)

      // A build that does not end keeps the older file in place.
      const stuck = (await module().snapshots.startSnapshot({ feedId: slow.id }))!
      await move({ from_feed_id: fast.id, to_feed_id: slow.id })
      // Nor does Meta learn of it when it is told something else about the feed.
      await module().feeds.markMetaStale({ feedId: slow.id })
      await tellMeta(store.container, made.catalogId)
      await store.sandbox.control.fetchFeedNow(slow.meta_feed_id!, "replace")
      const plain = variantOf(store, "plain")
      await setStock(plain, 0)
      await until("the sell-out is at Meta while the items come over", async () => (await atMeta(made, plain.sku))?.quantity_to_sell_on_facebook === 0)
      await store.sandbox.control.fetchFeedNow(fast.meta_feed_id!, "replace")
      expect((await store.sandbox.control.items(made.metaCatalogId)).map((item) => item.id).sort()).toEqual(before.map((item) => item.id).sort())
      const optionsAtMeta = async () => (await store.sandbox.control.feeds(made.metaCatalogId)).find((feed) => feed.id === slow.meta_feed_id)!.options
      expect(await optionsAtMeta()).not.toHaveProperty("migrated_from_feed_id")
      for (const body of [{ from_feed_id: slow.id, to_feed_id: fast.id }, { item_ids: five, to_feed_id: fast.id }]) {
        const refused = await move(body).catch((error) => error.response)
        expect(refused).toMatchObject({ status: 400, data: { message: expect.stringMatching(/whole feed is coming over/) } })
      }

      await module().snapshots.failSnapshot({ snapshotId: stuck.id, error: "ended by the test" })
      await module().feeds.requestBuild({ feedId: slow.id, thenUpload: true })
      await buildFeed(store.container, slow.id)
      await until("the fast feed has ended", async () => {
        await buildFeeds(store.container)
        await pullUploads(store.container)
        return (await feedsOf(made.catalogId)).length === 1
      })
      expect(await optionsAtMeta()).toHaveProperty("migrated_from_feed_id", fast.meta_feed_id)
      const after = await store.sandbox.control.items(made.metaCatalogId)
      expect(after.map((item) => item.id).sort()).toEqual(before.map((item) => item.id).sort())
      expect(new Set(after.map((item) => item.feed_id))).toEqual(new Set([slow.meta_feed_id]))
      expect(await atMeta(made, plain.sku)).toMatchObject({ quantity_to_sell_on_facebook: 0, availability: "out of stock" })
    })

    it("cannot have a third, combined one beside them", async () => {
      const { catalog } = await post("catalogs", await newConnection(store))
      await post(`catalogs/${catalog.id}/feeds`, {})
      const refused = await post(`catalogs/${catalog.id}/feeds`, { strategy: "slow" }).catch((error) => error.response)
      expect(refused).toMatchObject({ status: 400, data: { message: expect.stringMatching(/^strategy: only a fast and a slow feed/) } })
    })
  })
})
