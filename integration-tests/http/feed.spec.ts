import { once } from "node:events"
import { request } from "node:http"
import { gunzipSync } from "node:zlib"
import { deleteProductsWorkflow, updateProductsWorkflow, updateProductVariantsWorkflow } from "@medusajs/medusa/core-flows"
import { Modules } from "@medusajs/framework/utils"
import { parse } from "csv-parse/sync"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { buildFeed } from "../../src/workflows/steps/build-feed"
import { newConnection, statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"

type Row = Record<string, string>

withConnectedStore("feed", (store) => {
  const module = () => metaCatalog(store.container)

  async function credentials(connected: Connected): Promise<{ username: string; password: string }> {
    return (await module().feedCredentials(connected.feed.id))!
  }

  async function fetchFeed(connected: Connected, { url = connected.feed.url, headers = {}, method = "GET" }: { url?: string; headers?: Record<string, string>; method?: string } = {}) {
    const { username, password } = await credentials(connected)
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
    return await fetch(url, { method, headers: { authorization, ...headers } })
  }

  async function readRows(connected: Connected): Promise<Row[]> {
    const response = await fetchFeed(connected)
    expect(response.status).toBe(200)
    return parse(gunzipSync(Buffer.from(await response.arrayBuffer())), { columns: true })
  }

  const build = async (connected: Connected) => await buildFeed(store.container, connected.feed.id)
  const rowOf = (rows: Row[], sku: string) => rows.find((row) => row.id === sku)

  describe("the file", () => {
    it("holds every item the store sells and nothing else, each once, as many as the snapshot says", async () => {
      const connected = await store.connect()
      const rows = await readRows(connected)
      const ids = rows.map((row) => row.id)
      expect(new Set(ids).size).toBe(ids.length)
      const { feeds } = await statusOf(store, connected.catalogId)
      expect(feeds[0].published).toMatchObject({ rows: rows.length, status: "ready" })
      expect(feeds[0].published!.scanned).toBe(rows.length + feeds[0].published!.omitted)

      const hidden = store.facts.variants.filter(({ kind }) => kind === "draft" || kind === "other_channel")
      expect(hidden.length).toBeGreaterThan(0)
      expect(hidden.filter(({ sku, variantId }) => ids.includes(sku ?? "") || ids.includes(variantId))).toEqual([])
      const sold = store.facts.variants.filter(({ kind }) => ["plain", "size_colour", "sale", "kit", "unmanaged", "backorder", "sold_out"].includes(kind))
      expect(sold.filter(({ sku, variantId }) => !ids.includes(sku ?? variantId))).toEqual([])
    })

    it("says of each kind what Meta has to know", async () => {
      const connected = await store.connect()
      const rows = await readRows(connected)
      const of = (kind: Parameters<typeof variantOf>[1]) => rowOf(rows, variantOf(store, kind).sku)!
      expect(of("unmanaged")).toMatchObject({ availability: "in stock", quantity_to_sell_on_facebook: "100" })
      expect(of("backorder")).toMatchObject({ availability: "in stock", quantity_to_sell_on_facebook: "100" })
      expect(of("sold_out")).toMatchObject({ availability: "out of stock", quantity_to_sell_on_facebook: "0" })
      expect(parseFloat(of("sale").sale_price)).toBeLessThan(parseFloat(of("sale").price))
      expect(of("plain").sale_price).toBe("")
      expect(of("html_description").description).not.toMatch(/<[a-z]/i)
      for (const row of rows) {
        expect(row.price).toMatch(/^\d+\.\d\d EUR$/)
        expect(row.link).toContain("https://shop.example/de/products/")
        expect(row.title && row.description && row.image_link && row.brand).toBeTruthy()
      }
    })

    it("keeps what Meta lists: a deleted or unpublished product stays in it sold out and hidden, from its last valid row", async () => {
      const connected = await store.connect()
      const [first, second] = [variantOf(store, "plain"), variantOf(store, "sale")]
      const before = await readRows(connected)
      await deleteProductsWorkflow(store.container).run({ input: { ids: [first.productId] } })
      await updateProductsWorkflow(store.container).run({ input: { products: [{ id: second.productId, status: "draft" }] } })
      expect((await build(connected)).status).toBe("ready")
      const after = await readRows(connected)
      expect(after).toHaveLength(before.length)
      for (const { sku } of [first, second]) {
        const gone = { availability: "out of stock", quantity_to_sell_on_facebook: "0", status: "archived" }
        expect(rowOf(after, sku)).toEqual({ ...rowOf(before, sku), ...gone })
      }
    })

    it("keeps retailer ids: a changed SKU changes nothing, a new variant takes over a gone one's item, a duplicate gets an issue", async () => {
      const connected = await store.connect()
      const [changed, gone] = [variantOf(store, "plain"), variantOf(store, "sale")]
      await updateProductVariantsWorkflow(store.container).run({ input: { product_variants: [{ id: changed.variantId, sku: "RENAMED-1" }] } })
      await deleteProductsWorkflow(store.container).run({ input: { ids: [gone.productId] } })
      await build(connected)
      const heir = variantOf(store, "no_image")
      await updateProductVariantsWorkflow(store.container).run({ input: { product_variants: [{ id: heir.variantId, sku: gone.sku }] } })

      const products = store.container.resolve(Modules.PRODUCT)
      const [twinOf] = await products.listProductVariants({ id: [variantOf(store, "size_colour").variantId] })
      const [twin] = await products.createProductVariants([{ title: "Twin", product_id: twinOf.product_id!, sku: "RENAMED-1-TWIN" }])
      await build(connected)
      const items = await module().listItems({ catalog_id: connected.catalogId, variant_id: [changed.variantId, heir.variantId, twin.id] })
      expect(items.find((item) => item.variant_id === changed.variantId)?.retailer_id).toBe(changed.sku)
      // The heir had an item of its own already, so the gone one's stays what it is.
      expect(items.find((item) => item.variant_id === heir.variantId)?.retailer_id).toBe(heir.sku)
      expect(items.find((item) => item.variant_id === twin.id)?.retailer_id).toBe("RENAMED-1-TWIN")
      const [taker] = await products.createProductVariants([{ title: "Taker", product_id: twinOf.product_id!, sku: `${gone.sku}-2` }])
      await products.updateProductVariants(heir.variantId, { sku: "HEIR-AGAIN" })
      await products.updateProductVariants(taker.id, { sku: gone.sku })
      await build(connected)
      const taken = await module().listItems({ catalog_id: connected.catalogId, retailer_id: gone.sku })
      expect(taken).toMatchObject([{ variant_id: taker.id, discontinued_at: null }])
      const [duplicate] = await products.createProductVariants([{ title: "Duplicate", product_id: twinOf.product_id!, sku: changed.sku }])
      await build(connected)
      expect(await module().listItems({ variant_id: duplicate.id })).toEqual([])
      const issues = await module().listIssues({ variant_id: duplicate.id, source: "check" })
      expect(issues).toMatchObject([{ severity: "error" }])
    })
  })

  describe("builds", () => {
    it("asked for five times at once end in one file", async () => {
      const connected = await store.connect()
      const before = await module().retrieveFeed(connected.feed.id)
      const results = await Promise.all(Array.from({ length: 5 }, () => build(connected)))
      expect(results.filter(({ status }) => status === "ready")).toHaveLength(1)
      expect(results.filter(({ status }) => status === "skipped")).toHaveLength(4)
      expect((await module().retrieveFeed(connected.feed.id)).snapshot_number).toBe(before.snapshot_number + 1)
    })

    it("that fail leave the served file as it is, say why, and are tried again", async () => {
      const connected = await store.connect()
      const before = Buffer.from(await (await fetchFeed(connected)).arrayBuffer())
      await store.container.resolve("__pg_connection__").raw("alter table meta_catalog_item_row rename to meta_catalog_item_row_away")
      await updateProductsWorkflow(store.container).run({ input: { products: [{ id: variantOf(store, "plain").productId, title: "Changed" }] } })
      await expect(build(connected)).rejects.toThrow()
      expect(Buffer.from(await (await fetchFeed(connected)).arrayBuffer()).equals(before)).toBe(true)
      const { feeds } = await statusOf(store, connected.catalogId)
      expect(feeds[0].latest).toMatchObject({ status: "failed" })
      expect(feeds[0].last_error).toBeTruthy()
      expect(feeds[0].build_requested_at).not.toBeNull()
      await store.container.resolve("__pg_connection__").raw("alter table meta_catalog_item_row_away rename to meta_catalog_item_row")
      expect((await build(connected)).status).toBe("ready")
    })
  })

  describe("the route", () => {
    it("serves exact lengths, one tag a version, 304 and HEAD, and the plain file to who asks for it", async () => {
      const connected = await store.connect()
      const full = await fetchFeed(connected)
      const body = Buffer.from(await full.arrayBuffer())
      expect(full.headers.get("content-type")).toBe("application/gzip")
      expect(full.headers.get("content-encoding")).toBeNull()
      expect(Number(full.headers.get("content-length"))).toBe(body.length)
      const etag = full.headers.get("etag")!
      const modified = full.headers.get("last-modified")!
      expect((await fetchFeed(connected, { headers: { "if-none-match": etag } })).status).toBe(304)
      expect((await fetchFeed(connected, { headers: { "if-modified-since": modified } })).status).toBe(304)
      const head = await fetchFeed(connected, { method: "HEAD" })
      expect([head.status, head.headers.get("content-length"), head.headers.get("etag")]).toEqual([200, String(body.length), etag])
      const plain = await fetchFeed(connected, { url: connected.feed.url.replace(/\.gz$/, ""), headers: { "accept-encoding": "identity" } })
      expect(await plain.text()).toBe(gunzipSync(body).toString("utf8"))
      expect(plain.headers.get("etag")).not.toBe(etag)
    })

    it("tells nothing to who has not both the address and the credentials", async () => {
      const connected = await store.connect()
      expect((await fetch(connected.feed.url)).status).toBe(401)
      expect((await fetchFeed(connected, { headers: { authorization: `Basic ${Buffer.from("meta:guess").toString("base64")}` } })).status).toBe(401)
      const wrong = connected.feed.url.replace(/feeds\/[^/]+/, `feeds/${"x".repeat(22)}`)
      expect((await fetchFeed(connected, { url: wrong })).status).toBe(404)
    })

    it("has a twin below /store that asks for the publishable key as well", async () => {
      const connected = await store.connect()
      const twin = connected.feed.url.replace("/meta-catalog/", "/store/meta-catalog/")
      expect((await fetch(twin)).status).toBe(400)
      const served = await fetch(twin, { headers: { "x-publishable-api-key": store.facts.publishableKey } })
      expect(served.status).toBe(200)
      expect((await served.arrayBuffer()).byteLength).toBeGreaterThan(0)
    })

    it("answers 503 rather than an empty feed while there is no complete file", async () => {
      const body = await newConnection(store)
      const { data } = await store.api.post("/admin/meta-catalog/catalogs", body, store.admin)
      const [feed] = await module().createFeeds([{ catalog_id: data.catalog.id, name: "f", schedule: { interval: "DAILY" }, token: "t".repeat(22) }])
      const response = await fetch(`${process.env.MEDUSA_BACKEND_URL}/meta-catalog/feeds/${feed.token}/${feed.id}.csv.gz`)
      expect(response.status).toBe(503)
      expect(response.headers.get("retry-after")).not.toBeNull()
    })

    it("destroys the connection when the file cannot be read to its end, so that nobody takes a part for the whole", async () => {
      const connected = await store.connect()
      const snapshot = (await statusOf(store, connected.catalogId)).feeds[0].published!
      const { file_key } = await module().retrieveSnapshot(snapshot.id)
      // The row promises more bytes than the file has.
      await store.container.resolve("__pg_connection__").raw("update meta_catalog_snapshot set bytes = bytes + 1000 where id = ?", [snapshot.id])
      await expect(fetchFeed(connected).then((response) => response.arrayBuffer())).rejects.toThrow()
      expect(file_key).toBeTruthy()
    })

    it("records Meta's complete fetches and no broken ones", async () => {
      const connected = await store.connect()
      const count = async () => (await module().listFetches({ feed_id: connected.feed.id })).length
      const before = await count()
      await (await fetchFeed(connected, { headers: { "user-agent": "facebookexternalhit/1.1" } })).arrayBuffer()
      await until("the fetch is recorded", async () => (await count()) === before + 1)
      await fetchFeed(connected, { method: "HEAD" })
      const { username, password } = await credentials(connected)
      const broken = request(connected.feed.url, { auth: `${username}:${password}` })
      broken.end()
      const [response] = await once(broken, "response")
      response.destroy()
      await (await fetchFeed(connected)).arrayBuffer()
      await until("the next one is recorded", async () => (await count()) >= before + 2)
      expect((await statusOf(store, connected.catalogId)).feeds[0].last_fetch).not.toBeNull()
    })
  })
})
