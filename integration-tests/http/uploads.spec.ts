import { Modules } from "@medusajs/framework/utils"
import { updateInventoryLevelsWorkflow } from "@medusajs/medusa/core-flows"
import type { AdminIssue } from "../../src/api/admin/meta-catalog/issue-types"
import pullUploads from "../../src/jobs/pull-uploads"
import { newConnection, productOf, statusOf, until, variantOf, withConnectedStore } from "./connected-store"

jest.setTimeout(180_000)

withConnectedStore("uploads", (store) => {
  const post = (path: string, body = {}) => store.api.post(`/admin/meta-catalog${path}`, body, store.admin)

  const setStock = async (variant: { inventoryItemIds: string[] }, quantity: number) => {
    const { berlin } = store.facts.locationIds
    await updateInventoryLevelsWorkflow(store.container).run({
      input: { updates: [{ inventory_item_id: variant.inventoryItemIds[0], location_id: berlin, stocked_quantity: quantity }] },
    })
  }

  const itemState = async (variant: { productId: string; variantId: string }) =>
    (await productOf(store, variant.productId)).catalogs[0].items.find((item) => item.variant_id === variant.variantId)!

  const ingested = async (catalogId: string, count: number) =>
    await until(`${count} uploads are taken in and all is in step`, async () => {
      const status = await statusOf(store, catalogId)
      const done = status.uploads.filter((upload) => upload.ingested_at).length >= count
      return done && status.counts.in_step > 0 && status.counts.in_step === status.counts.listed && status
    })

  const noticed = async (title: RegExp) => {
    const all = await store.container.resolve(Modules.NOTIFICATION).listNotifications({}, { take: 100 })
    return all.filter(({ data }) => title.test(String(data?.title))).map(({ data }) => String(data?.description))
  }

  it("rows Meta refuses become issues of their variants, which are listed and pushed only once an upload took them in", async () => {
    const { control } = store.sandbox
    const refused = store.facts.variants.filter(({ productId }) => productId === variantOf(store, "size_colour").productId)
    const { error_sample_size } = await control.settings()
    expect(refused.length).toBeGreaterThan(error_sample_size)
    const body = await newConnection(store)
    const graph = async (method: string, path: string, params = "") => {
      const reply = await fetch(`${store.sandbox.url}/v26.0/${path}${params}`, { method, headers: { authorization: `Bearer ${body.access_token}` } })
      expect(reply.status).toBe(200)
      return (await reply.json()) as { id: string }
    }
    // Another app's feed has these items already; Meta refuses the rows and the full report alone names all of them.
    const other = await graph("POST", `${body.meta_catalog_id}/product_feeds`, "?name=Another+app")
    await control.putItems(body.meta_catalog_id, refused.map(({ sku }) => ({ id: sku!, availability: "in stock", quantity_to_sell_on_facebook: 777 })))
    await store.sandbox.dataSource.query("update item set feed_id = $1 where catalog_id = $2", [other.id, body.meta_catalog_id])

    const catalogId: string = (await post("/catalogs", body)).data.catalog.id
    const { data } = await post(`/catalogs/${catalogId}/feeds`)
    const first = await ingested(catalogId, 1)
    expect(first.uploads[0]).toMatchObject({ detected: 250, invalid: refused.length, persisted: 250 - refused.length, report_status: "WRITE_FINISHED" })
    expect(first.counts).toMatchObject({ listed: 250 - refused.length })

    const [{ items }] = (await productOf(store, refused[0].productId)).catalogs
    expect(items).toHaveLength(refused.length)
    for (const item of items) {
      expect(item).toMatchObject({ state: "not_in_feed", acknowledged: null })
      expect(item.issues.filter(({ source }) => source === "feed_upload")).toMatchObject([
        { severity: "error", title: expect.stringMatching(/Item Belongs to Another Data Feed/), retailer_id: item.retailer_id, product_id: refused[0].productId },
      ])
    }
    const open = async () => {
      const { data: listed } = await store.api.get("/admin/meta-catalog/issues?source=feed_upload&severity=error&limit=200", store.admin)
      return listed.issues as AdminIssue[]
    }
    expect((await open()).map((issue) => issue.variant_id).sort()).toEqual(refused.map(({ variantId }) => variantId).sort())

    await setStock(refused[0], 21)
    await setStock(variantOf(store, "plain"), 22)
    await until("the change of a listed item has arrived", async () => (await itemState(variantOf(store, "plain"))).acknowledged?.quantity! >= 22)
    const sent = (await control.batches(body.meta_catalog_id)).flatMap(({ requests }) => requests)
    expect(JSON.stringify(sent)).not.toContain(`"${refused[0].sku}"`)
    expect(await control.item(body.meta_catalog_id, refused[0].sku!)).toMatchObject({ quantity_to_sell_on_facebook: 777 })

    // What was refused is uploaded again once something about it changed, and only that.
    const again = await until("the changed row was refused again", async () => {
      const { uploads } = await statusOf(store, catalogId)
      return uploads.find((upload) => upload.update_only && upload.ingested_at)
    })
    expect(again).toMatchObject({ detected: 1, invalid: 1, deleted: 0 })
    expect((await open()).length).toBe(refused.length)

    await graph("DELETE", other.id)
    await post(`/feeds/${data.feed.id}/upload`)
    const second = await until("another whole upload is taken in and all is in step", async () => {
      const status = await statusOf(store, catalogId)
      const whole = status.uploads.filter((upload) => upload.ingested_at && !upload.update_only)
      return whole.length === 2 && status.counts.in_step === 250 && status
    })
    expect(second.uploads.find((upload) => !upload.update_only)).toMatchObject({ invalid: 0, persisted: 250 })
    expect(second.counts.listed).toBe(250)
    expect(await open()).toEqual([])
    const wanted = (await itemState(refused[0])).wanted!
    expect(wanted.quantity).toBeGreaterThanOrEqual(21)
    expect(await control.item(body.meta_catalog_id, refused[0].sku!)).toMatchObject({ quantity_to_sell_on_facebook: wanted.quantity })
  })

  it("the file is sent along where Meta cannot reach its URL", async () => {
    const body = await newConnection(store)
    const catalogId: string = (await post("/catalogs", body)).data.catalog.id
    await store.edge.close()
    const { data } = await post(`/catalogs/${catalogId}/feeds`)
    const status = await ingested(catalogId, 2)
    expect(status.counts.listed).toBe(250)
    const uploads = await store.sandbox.control.uploads(data.feed.meta_feed_id)
    expect(uploads).toMatchObject([
      { input_method: "User initiated server fetch", failed: true },
      { input_method: "Manual Upload", failed: false, num_persisted_items: 250 },
    ])
    expect(await noticed(/an upload failed$/)).toEqual([expect.stringMatching(/Couldn't Be Fetched/)])

    // The file was taken in, but Meta will come for the URL again: that stays said until it succeeds.
    expect(status.feeds[0].last_error).toMatch(/Couldn't Be Fetched/)
    await store.edge.open()
    await post(`/feeds/${data.feed.id}/upload`)
    const reached = await ingested(catalogId, 3)
    expect(reached.feeds[0]).toMatchObject({ last_error: null, last_fetch: { user_agent: expect.stringMatching(/facebook/) } })
  })

  it("a scheduled fetch that fails says why on the feed, until one succeeds; an older file's values are put right again", async () => {
    const { control } = store.sandbox
    const { catalogId, metaCatalogId, feed } = await store.connect()
    const variant = variantOf(store, "plain")
    const old = (await control.item(metaCatalogId, variant.sku))!.quantity_to_sell_on_facebook
    await setStock(variant, 61)
    const wanted = (await itemState(variant)).wanted!.quantity
    await until("the change has arrived", async () => (await itemState(variant)).acknowledged?.quantity === wanted)

    await store.edge.close()
    await control.fetchFeedNow(feed.meta_feed_id!, "replace")
    const failed = await until("the failed fetch is seen", async () => {
      await pullUploads(store.container)
      const status = await statusOf(store, catalogId)
      return status.feeds[0].last_error !== null && status
    })
    expect(failed.feeds[0].last_error).toMatch(/^Upload \d+ failed: .*Couldn't Be Fetched/)
    expect(failed.uploads[0]).toMatchObject({ detected: 0, ingested_at: expect.any(String), snapshot_id: null })
    expect(await noticed(/an upload failed$/)).toHaveLength(1)
    expect(failed.counts).toMatchObject({ listed: 250, in_step: 250 })
    expect(await control.uploads(feed.meta_feed_id!)).toHaveLength(2)

    await store.edge.open()
    await control.fetchFeedNow(feed.meta_feed_id!, "replace")
    expect((await control.item(metaCatalogId, variant.sku))!.quantity_to_sell_on_facebook).toBe(old)
    expect(old).not.toBe(wanted)
    // Read again as the job does: a feed's sessions are read at most once a second, and this one may come too soon after the last.
    await until("Meta has the newer value again", async () => {
      await pullUploads(store.container)
      return (await control.item(metaCatalogId, variant.sku))!.quantity_to_sell_on_facebook === wanted
    })
    const healed = await ingested(catalogId, 3)
    expect(healed.feeds[0].last_error).toBeNull()
    expect(healed.uploads[0]).toMatchObject({ input_method: "Server Fetch", snapshot_id: feed.published!.id })
  })
})
