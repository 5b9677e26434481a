import { Modules } from "@medusajs/framework/utils"
import {
  createSalesChannelsWorkflow,
  deleteProductsWorkflow,
  linkProductsToSalesChannelWorkflow,
  linkSalesChannelsToStockLocationWorkflow,
  updateInventoryLevelsWorkflow,
  updateProductsWorkflow,
  updateProductVariantsWorkflow,
} from "@medusajs/medusa/core-flows"
import type { AdminIssue } from "../../src/api/admin/meta-catalog/issue-types"
import type { AdminProductItem, AdminProductSync } from "../../src/api/admin/meta-catalog/item-types"
import { metaCatalog } from "../../src/workflows/open-catalog"
import type { SeededVariant } from "../store/seed-store"
import { newConnection, productOf, statusOf, until, variantOf, withConnectedStore } from "./connected-store"

type Variant = SeededVariant & { sku: string }
type Dozen = { catalogId: string; metaCatalogId: string; token: string; channelId: string; variants: Variant[] }

withConnectedStore("item-node", (store) => {
  const control = () => store.sandbox.control
  const post = async (path: string, body: object = {}) => await store.api.post(`/admin/meta-catalog/${path}`, body, store.admin)
  const refusal = async (path: string, body: object) => {
    const { response } = await post(path, body).then(
      () => Promise.reject(new Error("it was not refused")),
      (error: { response: { status: number; data: { message: string } } }) => error
    )
    return response
  }

  /** A sales channel of its own with these products, supplied from Berlin. */
  const openChannel = async (productIds: string[]): Promise<string> => {
    const { result } = await createSalesChannelsWorkflow(store.container).run({ input: { salesChannelsData: [{ name: "Boutique" }] } })
    await linkSalesChannelsToStockLocationWorkflow(store.container).run({ input: { id: store.facts.locationIds.berlin, add: [result[0].id] } })
    await offer(result[0].id, productIds)
    return result[0].id
  }

  const offer = async (channelId: string, productIds: string[]) =>
    await linkProductsToSalesChannelWorkflow(store.container).run({ input: { id: channelId, add: [...new Set(productIds)] } })

  /** Connects a small channel by single-item updates; `atMeta` stand in the Meta catalogue before. */
  const connectDozen = async (
    kinds: SeededVariant["kind"][],
    { atMeta = [], ...patch }: Record<string, unknown> & { atMeta?: ({ id: string } & Record<string, unknown>)[] } = {}
  ): Promise<Dozen> => {
    const productIds = kinds.map((kind) => variantOf(store, kind).productId)
    const channelId = await openChannel(productIds)
    const body = await newConnection(store, { sales_channel_id: channelId, transport: "item_node", ...patch })
    await control().putItems(body.meta_catalog_id, atMeta)
    const { data } = await post("catalogs", body)
    expect(data.catalog.transport).toBe(patch.transport ?? "item_node")
    const variants = store.facts.variants.filter((variant): variant is Variant => productIds.includes(variant.productId) && variant.sku !== null)
    return { catalogId: data.catalog.id, metaCatalogId: body.meta_catalog_id, token: body.access_token, channelId, variants }
  }

  const allInStep = async ({ catalogId, variants }: Dozen, count = variants.length) =>
    await until(`${count} items are in step`, async () => {
      const { counts } = await statusOf(store, catalogId)
      return counts.in_step === count && counts.listed === count && counts.waiting + counts.in_flight === 0
    })

  const itemAtMeta = async (dozen: Dozen, sku: string) => await control().item(dozen.metaCatalogId, sku)

  const stateOf = async (dozen: Dozen, variant: Variant): Promise<AdminProductItem> => {
    const { catalogs } = await productOf(store, variant.productId)
    return catalogs.find((catalog) => catalog.id === dozen.catalogId)!.items.find((item) => item.variant_id === variant.variantId)!
  }

  const issuesOf = async ({ catalogId }: Dozen): Promise<AdminIssue[]> =>
    (await store.api.get(`/admin/meta-catalog/issues?catalog_id=${catalogId}&severity=error`, store.admin)).data.issues

  const setStock = async (variant: { inventoryItemIds: string[] }, stocked_quantity: number) =>
    await updateInventoryLevelsWorkflow(store.container).run({
      input: { updates: [{ inventory_item_id: variant.inventoryItemIds[0], location_id: store.facts.locationIds.berlin, stocked_quantity }] },
    })

  /** The path of an item's own address, for faults and for counting calls. */
  const address = (dozen: Dozen, sku: string) => `catalog:${dozen.metaCatalogId}:${Buffer.from(sku).toString("base64url")}$`
  const node = (sku: string) => `:${Buffer.from(sku).toString("base64url")}$`

  describe("adoption", () => {
    it("creates what Meta does not have, whole and with its stock, and lists what Meta has without touching its texts", async () => {
      const known = variantOf(store, "plain")
      const atMeta = [{ id: known.sku, title: "A title of Meta's", price: "1.00 EUR", availability: "out of stock", quantity_to_sell_on_facebook: 0 }]
      const dozen = await connectDozen(["plain", "backorder", "size_colour"], { atMeta })
      await allInStep(dozen)

      const items = await control().items(dozen.metaCatalogId)
      expect(items.map((item) => item.retailer_id).sort()).toEqual(dozen.variants.map((variant) => variant.sku).sort())
      for (const variant of dozen.variants) {
        const { wanted } = await stateOf(dozen, variant)
        expect(await itemAtMeta(dozen, variant.sku)).toMatchObject({ quantity_to_sell_on_facebook: wanted!.quantity, availability: wanted!.availability, updated_by: "node" })
      }
      expect((await itemAtMeta(dozen, known.sku))?.fields).toMatchObject({ title: "A title of Meta's", price: "1.00 EUR" })
      const coloured = dozen.variants.find((variant) => variant.kind === "size_colour")!
      const made = (await itemAtMeta(dozen, coloured.sku))!.fields
      for (const field of ["title", "description", "brand", "condition", "link", "image_link", "price", "color", "size", "item_group_id"]) {
        expect([field, made[field]]).toEqual([field, expect.anything()])
      }
      expect(await control().batches(dozen.metaCatalogId)).toEqual([])
      expect(await control().feeds(dozen.metaCatalogId)).toEqual([])
    })

    it("says at the product why one cannot be created, and creates it once that is mended", async () => {
      const dozen = await connectDozen(["plain", "no_image"])
      const blind = variantOf(store, "no_image")
      const issue = await until("the missing image is told", async () => (await issuesOf(dozen)).find(({ retailer_id }) => retailer_id === blind.sku))
      expect(issue).toMatchObject({ source: "check", code: "image_missing", product_id: blind.productId })
      expect(await itemAtMeta(dozen, blind.sku)).toBeNull()
      const { data } = await post(`products/${blind.productId}/sync`)
      expect(data.catalogs.find((catalog: { catalog_id: string }) => catalog.catalog_id === dozen.catalogId)).toMatchObject({
        items: 0,
        not_sent: expect.arrayContaining([expect.objectContaining({ variant_id: blind.variantId, reason: "invalid" })]),
      })

      await updateProductsWorkflow(store.container).run({
        input: { products: [{ id: blind.productId, images: [{ url: "https://cdn.example/new.jpg" }], thumbnail: "https://cdn.example/new.jpg" }] },
      })
      await until("the item is in step", async () => (await stateOf(dozen, blind)).state === "in_step")
      expect((await itemAtMeta(dozen, blind.sku))?.fields.image_link).toBe("https://cdn.example/new.jpg")
      expect(await issuesOf(dozen)).toEqual([])
    })

    it("finds a product that joins the channel later, and gives one that leaves it zero", async () => {
      const dozen = await connectDozen(["plain"])
      await allInStep(dozen)
      const late = variantOf(store, "backorder")
      await offer(dozen.channelId, [late.productId])
      await until("it is in step", async () => (await stateOf(dozen, late)).state === "in_step")
      expect(await itemAtMeta(dozen, late.sku)).toMatchObject({ availability: "in stock" })

      await deleteProductsWorkflow(store.container).run({ input: { ids: [late.productId] } })
      await until("it is sold out", async () => (await itemAtMeta(dozen, late.sku))?.quantity_to_sell_on_facebook === 0)
      expect(await itemAtMeta(dozen, late.sku)).toMatchObject({ availability: "out of stock" })
    })

    it("leaves items of a feed at Meta alone and says so", async () => {
      const dozen = await connectDozen(["plain"])
      const { sku } = dozen.variants[0]
      await allInStep(dozen)
      // A feed of somebody else takes the item over, and our item is to be found anew.
      const headers = { authorization: `Bearer ${dozen.token}` }
      const graph = async (path: string, body: FormData) => await (await fetch(`${store.sandbox.url}/v26.0/${path}`, { method: "POST", headers, body })).json()
      const name = new FormData()
      name.set("name", "another system's feed")
      const { id: feedId } = (await graph(`${dozen.metaCatalogId}/product_feeds`, name)) as { id: string }
      const file = new FormData()
      const header = "id,title,description,availability,condition,price,link,image_link,brand"
      const row = `${sku},Mug,A mug,in stock,new,5.00 EUR,https://other.example/p,https://other.example/p.jpg,Other`
      file.set("file", new Blob([`${header}\n${row}\n`], { type: "text/csv" }), "feed.csv")
      await graph(`${feedId}/uploads`, file)
      await control().settle()
      expect((await itemAtMeta(dozen, sku))?.feed_id).toBe(feedId)
      const module = metaCatalog(store.container)
      await module.items.unlistItems({ catalogId: dozen.catalogId, retailerIds: [sku] })
      await post(`catalogs/${dozen.catalogId}/push`)
      await until("the feed is told of", async () => (await issuesOf(dozen)).some(({ code }) => code === "feed_owns_item"))
      await setStock(dozen.variants[0], 3)
      expect(await stateOf(dozen, dozen.variants[0])).toMatchObject({ state: "not_in_feed" })
      expect((await itemAtMeta(dozen, sku))?.updated_by).toBe("feed")
    })

    it("makes an item once also where the answer to its creation is lost", async () => {
      await control().setFaults([{ path: "/products$", method: "POST", times: 1, action: { type: "reset_after" } }])
      const dozen = await connectDozen(["plain"])
      await until("the answer was lost", async () => (await itemAtMeta(dozen, dozen.variants[0].sku)) !== null)
      await post(`catalogs/${dozen.catalogId}/push`)
      await allInStep(dozen)
      const creations = await control().calls({ path: `/${dozen.metaCatalogId}/products$`, method: "POST" })
      expect(creations).toHaveLength(dozen.variants.length)
    })

    it("lists an item that Meta shows only at the second look, and tells of one it hides", async () => {
      const { productId } = variantOf(store, "plain")
      // In the order in which they are looked up.
      const [plain, hidden] = store.facts.variants
        .filter((variant): variant is Variant => variant.productId === productId)
        .sort((one, other) => (one.variantId < other.variantId ? -1 : 1))
      const unseen = { code: 100, subcode: 33 }
      await control().setFaults([
        { path: "/products$", method: "GET", times: 1, action: { type: "http", status: 200, body: '{"data":[]}' } },
        { path: node(plain.sku), method: "GET", times: 1, action: { type: "error", ...unseen } },
        // The next creation is the other variant's: its id is taken, and nobody sees by what.
        { path: "/products$", method: "POST", after: 1, times: 1, action: { type: "error", code: 10800 } },
      ])
      const dozen = await connectDozen(["plain"], { atMeta: [{ id: plain.sku, title: "Seen late", price: "1.00 EUR" }] })
      await until("the hidden one is told of", async () => (await issuesOf(dozen)).some((issue) => issue.code === "item_not_readable" && issue.retailer_id === hidden.sku))
      await until("the other is in step", async () => (await stateOf(dozen, plain)).state === "in_step")
      expect((await itemAtMeta(dozen, plain.sku))?.title).toBe("Seen late")
      await post(`catalogs/${dozen.catalogId}/push`)
      await allInStep(dozen)
      expect(await issuesOf(dozen)).toEqual([])
    })

    it("does not try a row again that Meta refused, until it changes", async () => {
      await control().setFaults([{ path: "/products$", method: "POST", times: 1, action: { type: "error", code: 100, message: "Param url is not a valid URI." } }])
      const dozen = await connectDozen(["plain"])
      const issue = await until("the refusal is told", async () => (await issuesOf(dozen))[0])
      const variant = dozen.variants.find(({ sku }) => sku === issue.retailer_id)!
      expect(issue).toMatchObject({ code: "creation_refused", message: expect.stringContaining("Param url") })
      const creations = async () => (await control().calls({ path: `/${dozen.metaCatalogId}/products$`, method: "POST" })).length
      const before = await creations()
      const { swept_at } = await statusOf(store, dozen.catalogId)
      await post(`catalogs/${dozen.catalogId}/push`)
      await until("it was swept again", async () => (await statusOf(store, dozen.catalogId)).swept_at !== swept_at)
      await until("the refusal still stands", async () => (await issuesOf(dozen))[0].last_seen_at > issue.last_seen_at)
      expect(await creations()).toBe(before)
      await updateProductsWorkflow(store.container).run({ input: { products: [{ id: variant.productId, title: "A better title" }] } })
      await allInStep(dozen)
      expect(await issuesOf(dozen)).toEqual([])
    })

    it("keeps no more than fifty items in step and says that the transport is for a dozen", async () => {
      const channelId = await openChannel(store.facts.variants.map((variant) => variant.productId))
      const body = await newConnection(store, { sales_channel_id: channelId, transport: "item_node" })
      const { data } = await post("catalogs", body)
      const dozen: Dozen = { catalogId: data.catalog.id, metaCatalogId: body.meta_catalog_id, token: body.access_token, channelId, variants: [] }
      const issue = await until("the bound is told", async () => (await issuesOf(dozen)).find(({ code }) => code === "too_many_items"))
      expect(issue).toMatchObject({ retailer_id: "", severity: "error", message: expect.stringContaining("beyond 50") })
      await until("the first fifty have settled", async () => {
        const { counts } = await statusOf(store, dozen.catalogId)
        return counts.listed > 0 && counts.in_step === counts.listed
      })
      expect((await control().items(dozen.metaCatalogId)).length).toBeLessThanOrEqual(50)
    })
  })

  describe("updates", () => {
    it("a stock change arrives by a call of its own, as one pair, and only there", async () => {
      const dozen = await connectDozen(["plain", "backorder"])
      await allInStep(dozen)
      const plain = variantOf(store, "plain")
      const since = new Date().toISOString()
      await setStock(plain, 0)
      await until("it is sold out", async () => (await itemAtMeta(dozen, plain.sku))?.availability === "out of stock")
      expect(await itemAtMeta(dozen, plain.sku)).toMatchObject({ quantity_to_sell_on_facebook: 0 })
      await setStock(plain, 41)
      await allInStep(dozen)
      expect(await itemAtMeta(dozen, plain.sku)).toMatchObject({ quantity_to_sell_on_facebook: 41, availability: "in stock" })
      expect(await stateOf(dozen, plain)).toMatchObject({ state: "in_step", acknowledged: { quantity: 41 } })
      const other = variantOf(store, "backorder")
      expect(await control().calls({ path: address(dozen, other.sku), method: "POST", since })).toEqual([])
      const batches = await metaCatalog(store.container).listBatches({ catalog_id: dozen.catalogId })
      expect(new Set(batches.map((batch) => batch.transport))).toEqual(new Set(["item_node"]))
    })

    it("prices arrive in hundredths, a sale with its dates, and its end clears it", async () => {
      const dozen = await connectDozen(["plain"])
      const [variant] = dozen.variants
      await allInStep(dozen)
      await post(`catalogs/${dozen.catalogId}`, { pushes_prices: true })
      await updateProductVariantsWorkflow(store.container).run({
        input: { selector: { id: variant.variantId }, update: { prices: [{ amount: 19.05, currency_code: "eur" }] } },
      })
      await until("the price has arrived", async () => (await itemAtMeta(dozen, variant.sku))?.price === "19.05 EUR")

      const prices = store.container.resolve(Modules.PRICING)
      const { data } = await store.container.resolve("query").graph({ entity: "variant", fields: ["price_set.id"], filters: { id: variant.variantId } })
      const priceSetId = (data[0] as unknown as { price_set: { id: string } }).price_set.id
      const [list] = await prices.createPriceLists([
        {
          title: "March",
          description: "A sale",
          type: "sale",
          status: "active",
          starts_at: "2020-01-01T00:00:00Z",
          ends_at: "2090-01-01T00:00:00Z",
          prices: [{ amount: 12.5, currency_code: "eur", price_set_id: priceSetId }],
        } as never,
      ])
      await post(`products/${variant.productId}/sync`)
      await until("the sale has arrived", async () => (await itemAtMeta(dozen, variant.sku))?.fields.sale_price === "12.50 EUR")
      expect((await itemAtMeta(dozen, variant.sku))?.fields.sale_price_effective_date).toBe("2020-01-01T00:00+00:00/2090-01-01T00:00+00:00")
      await prices.deletePriceLists([list.id])
      await post(`products/${variant.productId}/sync`)
      await until("the sale is over", async () => !(await itemAtMeta(dozen, variant.sku))?.fields.sale_price)
      expect((await itemAtMeta(dozen, variant.sku))?.price).toBe("19.05 EUR")
    })

    it("one item that Meta refuses is rejected alone, with Meta's words, and heals with its next change", async () => {
      const dozen = await connectDozen(["plain", "backorder"])
      await allInStep(dozen)
      const plain = variantOf(store, "plain")
      const other = variantOf(store, "backorder")
      const words = "Param quantity_to_sell_on_facebook must be lower"
      await control().setFaults([{ path: node(plain.sku), method: "POST", times: 1, action: { type: "error", code: 100, message: words } }])
      await setStock(plain, 5)
      await post(`products/${other.productId}/sync`)
      const rejected = await until("the item is rejected", async () => {
        const now = await stateOf(dozen, plain)
        return now.state === "rejected" && now
      })
      expect(rejected.issues).toMatchObject([{ source: "items_batch", severity: "error", retailer_id: plain.sku, message: expect.stringContaining(words) }])
      await until("the other is in step", async () => (await stateOf(dozen, other)).state === "in_step")
      expect((await statusOf(store, dozen.catalogId)).catalog.state).toBe("active")
      await setStock(plain, 6)
      const healed = await until("it is in step", async () => {
        const now = await stateOf(dozen, plain)
        return now.state === "in_step" && now
      })
      expect(healed.issues).toEqual([])
      expect((await itemAtMeta(dozen, plain.sku))?.quantity_to_sell_on_facebook).toBe(6)
    })

    it("a call whose answer is lost is sent again, and its item alone once more after the window", async () => {
      const dozen = await connectDozen(["plain", "backorder"])
      await allInStep(dozen)
      const plain = variantOf(store, "plain")
      await control().setFaults([{ path: node(plain.sku), method: "POST", times: 1, action: { type: "apply_late", ms: 0, after_calls: 2, reply: "reset" } }])
      await setStock(plain, 7)
      await until("it is in step", async () => {
        const now = await stateOf(dozen, plain)
        return now.state === "in_step" && now.acknowledged?.quantity === 7
      })
      await setStock(plain, 8)
      await until("the newer value is acknowledged", async () => (await stateOf(dozen, plain)).acknowledged?.quantity === 8)
      const module = metaCatalog(store.container)
      const doubtful = await module.listBatches({ catalog_id: dozen.catalogId, status: "doubtful" })
      expect(doubtful).toMatchObject([{ transport: "item_node", item_count: 1, values: [{ retailer_id: plain.sku, quantity: 7 }] }])
      // The lost call has been applied late, after the newer one.
      expect((await itemAtMeta(dozen, plain.sku))?.quantity_to_sell_on_facebook).toBe(7)
      await module.updateBatches([{ id: doubtful[0].id, doubtful_until: new Date(0) }])
      expect(await module.batches.closeDoubtful()).toEqual([dozen.catalogId])
      await post(`catalogs/${dozen.catalogId}/push`)
      await until("the value stands", async () => (await itemAtMeta(dozen, plain.sku))?.quantity_to_sell_on_facebook === 8)
    })

    it("an item that was deleted at Meta is unlisted and told of, and comes back only when a person asks", async () => {
      const dozen = await connectDozen(["plain", "backorder"])
      await allInStep(dozen)
      const plain = variantOf(store, "plain")
      const headers = { authorization: `Bearer ${dozen.token}` }
      const gone = await fetch(`${store.sandbox.url}/v26.0/${(await itemAtMeta(dozen, plain.sku))!.id}`, { method: "DELETE", headers })
      expect(gone.status).toBe(200)
      await setStock(plain, 9)
      const issue = await until("it is told of", async () => (await issuesOf(dozen)).find(({ retailer_id }) => retailer_id === plain.sku))
      expect(issue).toMatchObject({ code: "gone_at_meta", product_id: plain.productId })
      expect(await stateOf(dozen, plain)).toMatchObject({ state: "not_in_feed" })
      const { swept_at } = await statusOf(store, dozen.catalogId)
      await post(`catalogs/${dozen.catalogId}/push`)
      await until("a sweep has looked for it", async () => {
        const [seen] = await issuesOf(dozen)
        return (await statusOf(store, dozen.catalogId)).swept_at !== swept_at && seen.last_seen_at > issue.last_seen_at
      })
      expect(await itemAtMeta(dozen, plain.sku)).toBeNull()

      const { data } = await post(`products/${plain.productId}/sync`, { catalog_id: dozen.catalogId })
      const notSent = [{ retailer_id: plain.sku, reason: "looked_up" }]
      expect(data.catalogs).toMatchObject([{ items: dozen.variants.filter((each) => each.productId === plain.productId).length - 1, not_sent: notSent }])
      await allInStep(dozen)
      expect(await itemAtMeta(dozen, plain.sku)).toMatchObject({ quantity_to_sell_on_facebook: 9 })
      expect(await issuesOf(dozen)).toEqual([])
    })

    it("an unusable token pauses the catalogue, rejects nothing, and loses nothing", async () => {
      const dozen = await connectDozen(["plain", "backorder"])
      await allInStep(dozen)
      const plain = variantOf(store, "plain")
      await control().updateToken(dozen.token, { state: "expired" })
      await setStock(plain, 11)
      await until("the catalogue is paused", async () => (await statusOf(store, dozen.catalogId)).catalog.state === "paused")
      expect((await stateOf(dozen, plain)).state).toBe("waiting")
      await control().updateToken(dozen.token, { state: "valid" })
      await post(`catalogs/${dozen.catalogId}/test-connection`)
      await until("the change has arrived", async () => (await itemAtMeta(dozen, plain.sku))?.quantity_to_sell_on_facebook === 11)
      expect(await issuesOf(dozen)).toEqual([])
    })

    it("a throttled call waits as long as Meta asks and comes again", async () => {
      const dozen = await connectDozen(["plain"])
      await allInStep(dozen)
      const [plain] = dozen.variants
      await control().setFaults([{ path: node(plain.sku), method: "POST", times: 1, action: { type: "throttle", minutes: 7 } }])
      await setStock(plain, 12)
      const module = metaCatalog(store.container)
      await until("the catalogue keeps quiet", async () => await module.catalogs.isQuiet({ catalogId: dozen.catalogId }))
      expect((await itemAtMeta(dozen, plain.sku))?.quantity_to_sell_on_facebook).not.toBe(12)
      await module.updateCatalogs([{ id: dozen.catalogId, quiet_until: null }])
      await post(`catalogs/${dozen.catalogId}/push`)
      await allInStep(dozen)
      expect((await itemAtMeta(dozen, plain.sku))?.quantity_to_sell_on_facebook).toBe(12)
      expect(await issuesOf(dozen)).toEqual([])
    })
  })

  describe("the setting", () => {
    it("and a feed exclude each other, in either order; a catalogue switched back has its feed and its items", async () => {
      const dozen = await connectDozen(["plain"])
      await allInStep(dozen)
      const feeds = `catalogs/${dozen.catalogId}/feeds`
      expect(await refusal(feeds, {})).toMatchObject({ status: 400, data: { message: expect.stringMatching(/^transport: /) } })
      expect(await control().feeds(dozen.metaCatalogId)).toEqual([])

      const { data } = await post(`catalogs/${dozen.catalogId}`, { transport: "items_batch" })
      expect(data.catalog.transport).toBe("items_batch")
      const [plain] = dozen.variants
      await setStock(plain, 13)
      await until("the change came by batch", async () => (await itemAtMeta(dozen, plain.sku))?.quantity_to_sell_on_facebook === 13)
      expect((await control().batches(dozen.metaCatalogId)).length).toBeGreaterThan(0)

      await post(feeds)
      await until("the first upload is taken in", async () => (await statusOf(store, dozen.catalogId)).uploads.some((upload) => upload.ingested_at))
      await allInStep(dozen)
      const [feed] = await control().feeds(dozen.metaCatalogId)
      expect((await itemAtMeta(dozen, plain.sku))?.feed_id).toBe(feed.id)
      expect(await refusal(`catalogs/${dozen.catalogId}`, { transport: "item_node" })).toMatchObject({
        status: 400,
        data: { message: expect.stringMatching(/^transport: this catalogue has a feed/) },
      })
    })

    it.each([
      ["another word", { transport: "pigeon" }, /^transport: /],
      ["prices in a currency without hundredths", { transport: "item_node", pushes_prices: true, region_id: null, currency_code: "JPY" }, /^pushes_prices: .*JPY/],
    ])("is refused for %s", async (_case, patch, message) => {
      const sql = store.container.resolve("__pg_connection__")
      await sql("price").whereIn("id", sql("price").select("id").where({ currency_code: "usd" }).limit(1)).update({ currency_code: "jpy" })
      const body = await newConnection(store, patch)
      expect(await refusal("catalogs", body)).toMatchObject({ status: 400, data: { message: expect.stringMatching(message) } })
    })

    it("without prices takes any currency, but creates nothing whose price hundredths cannot say", async () => {
      const variant = variantOf(store, "plain")
      await updateProductVariantsWorkflow(store.container).run({
        input: { selector: { id: variant.variantId }, update: { prices: [{ amount: 1500, currency_code: "jpy" }] } },
      })
      const dozen = await connectDozen(["plain"], { region_id: null, currency_code: "JPY" })
      const issue = await until("the price is told of", async () => (await issuesOf(dozen)).find(({ retailer_id }) => retailer_id === variant.sku))
      expect(issue).toMatchObject({ code: "price_not_in_hundredths", message: expect.stringContaining("1500 JPY") })
      await control().putItems(dozen.metaCatalogId, dozen.variants.map(({ sku }) => ({ id: sku, title: "Made by hand", price: "1500 JPY" })))
      await post(`products/${variant.productId}/sync`)
      await allInStep(dozen)
      expect(await itemAtMeta(dozen, variant.sku)).toMatchObject({ price: "1500 JPY", availability: "in stock" })
    })
  })

  describe("Sync this product now", () => {
    it("sends a product of a batch catalogue although Meta holds its value, also after a refusal, and says what it did", async () => {
      const connected = await store.connect()
      const plain = variantOf(store, "plain")
      const siblings = store.facts.variants.filter((variant) => variant.productId === plain.productId)
      const before = (await control().batches(connected.metaCatalogId)).length
      const { data, status } = await post(`products/${plain.productId}/sync`)
      expect(status).toBe(202)
      const answer: AdminProductSync = { product_id: plain.productId, catalogs: [{ catalog_id: connected.catalogId, catalog_name: "Kiln on Meta", items: siblings.length, waits: null, not_sent: [] }] }
      expect(data).toEqual(answer)
      const sent = await until("a batch of its own went out", async () => (await control().batches(connected.metaCatalogId))[before])
      expect(sent.requests.map((request) => (request as { data: { id: string } }).data.id).sort()).toEqual(siblings.map(({ sku }) => sku).sort())
      const history = await until("it is acknowledged", async () => {
        const [item] = await metaCatalog(store.container).listItems({ retailer_id: plain.sku, catalog_id: connected.catalogId })
        return item.acknowledged_availability !== null && (await store.api.get(`/admin/meta-catalog/items/${item.id}/history`, store.admin)).data
      })
      expect(history.changes[0]).toMatchObject({ reason: "sync now" })

      await control().setFaults([{ path: "items_batch", method: "POST", times: 1, action: { type: "partial_failure", retailer_ids: [plain.sku] } }])
      await setStock(plain, 5)
      const dozen: Dozen = { ...connected, channelId: "", variants: [] }
      await until("it is rejected", async () => (await stateOf(dozen, plain)).state === "rejected")
      await post(`products/${plain.productId}/sync`, { catalog_id: connected.catalogId })
      await until("it is in step", async () => (await stateOf(dozen, plain)).state === "in_step")
    })

    it("says why a product is not sent", async () => {
      const connected = await store.connect()
      const reasonFor = async (kind: SeededVariant["kind"]) => {
        const { data } = await post(`products/${store.facts.variants.find((variant) => variant.kind === kind)!.productId}/sync`)
        return data.catalogs[0].not_sent[0]
      }
      expect(await reasonFor("draft")).toMatchObject({ reason: "not_offered" })
      expect(await reasonFor("no_price")).toMatchObject({ reason: "invalid", message: expect.stringContaining("No price") })
      await store.api.delete(`/admin/meta-catalog/catalogs/${connected.catalogId}`, store.admin)
      await post("catalogs", await newConnection(store))
      expect(await reasonFor("plain")).toMatchObject({ reason: "no_feed" })
    })

    it("refuses a product and a catalogue that are none, and what is no setting", async () => {
      expect(await refusal("products/prod_none/sync", {})).toMatchObject({ status: 404, data: { message: expect.stringContaining("prod_none") } })
      const { productId } = variantOf(store, "plain")
      expect(await refusal(`products/${productId}/sync`, { catalog_id: "mcat_none" })).toMatchObject({ status: 404 })
      expect(await refusal(`products/${productId}/sync`, { catalogue: "x" })).toMatchObject({ status: 400 })
    })
  })
})
