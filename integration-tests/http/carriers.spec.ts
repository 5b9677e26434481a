import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { createInventoryLevelsWorkflow, createProductsWorkflow, updateInventoryLevelsWorkflow } from "@medusajs/medusa/core-flows"
import buildFeeds from "../../src/jobs/build-feeds"
import keepInStep from "../../src/jobs/keep-in-step"
import pullUploads from "../../src/jobs/pull-uploads"
import { metaCatalog } from "../../src/workflows/open-catalog"
import type { SeededVariant } from "../store/seed-store"
import { productOf, statusOf, until, withConnectedStore, type Connected } from "./connected-store"

withConnectedStore("carriers", (store) => {
  type Made = { productId: string; variantId: string; sku: string; inventoryItemId: string }

  /** A product that the feed does not have yet. */
  async function addProduct(sku: string, quantity: number): Promise<Made> {
    const { result } = await createProductsWorkflow(store.container).run({
      input: {
        products: [
          {
            title: `Jug ${sku}`,
            handle: sku.toLowerCase(),
            description: "Glazed jug.",
            status: "published",
            thumbnail: "https://cdn.example/jug.jpg",
            sales_channels: [{ id: store.facts.salesChannelId }],
            options: [{ title: "Size", values: ["One"] }],
            variants: [{ title: "One", sku, manage_inventory: true, options: { Size: "One" }, prices: [{ currency_code: "eur", amount: 24.5 }] }],
          },
        ],
      },
    })
    const [{ id: productId, variants: [{ id: variantId }] }] = result
    const query = store.container.resolve(ContainerRegistrationKeys.QUERY)
    const { data } = await query.graph({ entity: "variant", fields: ["inventory_items.inventory_item_id"], filters: { id: variantId } })
    const inventoryItemId: string = data[0].inventory_items![0]!.inventory_item_id
    const level = { inventory_item_id: inventoryItemId, location_id: store.facts.locationIds.berlin, stocked_quantity: quantity }
    await createInventoryLevelsWorkflow(store.container).run({ input: { inventory_levels: [level] } })
    return { productId, variantId, sku, inventoryItemId }
  }

  const setStock = async (made: Made, quantity: number) =>
    void (await updateInventoryLevelsWorkflow(store.container).run({
      input: { updates: [{ inventory_item_id: made.inventoryItemId, location_id: store.facts.locationIds.berlin, stocked_quantity: quantity }] },
    }))

  const stateOf = async (made: Made) => (await productOf(store, made.productId)).catalogs[0].items[0]
  const atMeta = async (connected: Connected, made: Made) => await store.sandbox.control.item(connected.metaCatalogId, made.sku)
  const sessions = async (connected: Connected) => await store.sandbox.control.uploads(connected.feed.meta_feed_id!)

  /** As the minute's job does: the build that the new product asked for begins. */
  const arrives = async (connected: Connected, made: Made, quantity: number) => {
    try {
      return await until(`${made.sku} is at Meta with ${quantity} and in step`, async () => {
        await buildFeeds(store.container)
        const item = await atMeta(connected, made)
        return item?.quantity_to_sell_on_facebook === quantity && (await stateOf(made)).state === "in_step" && item
      })
    } catch (error) {
      const rows = await Promise.all([stateOf(made), sessions(connected), store.container.resolve(Modules.NOTIFICATION).listNotifications({})])
      throw new Error(`${(error as Error).message}: ${JSON.stringify(rows, null, 1)}`)
    }
  }

  it("a new product is at Meta with its quantity within seconds, by an upload that deletes nothing, and a later replace fetch keeps it", async () => {
    const { control, dataSource } = store.sandbox
    const connected = await store.connect()
    await control.putItems(connected.metaCatalogId, [{ id: "STRANGER", availability: "in stock" }])
    await dataSource.query("update item set feed_id = $1 where retailer_id = 'STRANGER'", [connected.feed.meta_feed_id])
    const before = (await control.items(connected.metaCatalogId)).length

    const made = await addProduct("JUG-1", 7)
    expect(await arrives(connected, made, 7)).toMatchObject({ availability: "in stock", title: "Jug JUG-1", price: "24.50 EUR" })
    expect(await sessions(connected)).toMatchObject([
      { kind: "replace" },
      { kind: "update", input_method: "Manual Upload", num_detected_items: 1, num_persisted_items: 1, num_deleted_items: 0, num_invalid_items: 0 },
    ])
    expect(await control.items(connected.metaCatalogId)).toHaveLength(before + 1)
    expect(JSON.stringify(await control.batches(connected.metaCatalogId))).not.toContain(made.sku)
    expect((await stateOf(made)).acknowledged).toMatchObject({ quantity: 7, availability: "in stock" })

    await control.fetchFeedNow(connected.feed.meta_feed_id!, "replace")
    expect(await atMeta(connected, made)).toMatchObject({ quantity_to_sell_on_facebook: 7 })
    expect(await control.item(connected.metaCatalogId, "STRANGER")).toBeNull()
    await until("the fetch is taken in and the product still listed", async () => {
      await pullUploads(store.container)
      const { uploads, counts } = await statusOf(store, connected.catalogId)
      return uploads.filter((upload) => upload.ingested_at).length === 3 && counts.listed === 251
    })
  })

  /** Meta opens sessions and lets their files lie until told to go on. */
  const HELD = { upload_delay_ms: [3_600_000, 3_600_000] as [number, number] }
  const goOn = async () => {
    await store.sandbox.control.setSettings({ upload_delay_ms: [100, 300] })
    await store.sandbox.control.settle()
  }

  it("a change during the upload is what Meta holds in the end", async () => {
    const connected = await store.connect()
    await store.sandbox.control.setSettings(HELD)
    const made = await addProduct("JUG-2", 9)
    await until("the upload runs", async () => {
      await buildFeeds(store.container)
      return (await sessions(connected)).length === 2
    })
    await setStock(made, 0)
    expect(await atMeta(connected, made)).toBeNull()
    await goOn()
    expect(await atMeta(connected, made)).toMatchObject({ quantity_to_sell_on_facebook: 9 })
    expect(await arrives(connected, made, 0)).toMatchObject({ availability: "out of stock" })
    expect((await sessions(connected)).map(({ kind }) => kind)).toEqual(["replace", "update"])
  })

  it("changes beyond the hour's calls go by upload, and what sells out meanwhile by items_batch, which the upload does not undo", async () => {
    const { control } = store.sandbox
    const connected = await store.connect()
    const module = metaCatalog(store.container)
    // All that is left of the hour's 200 calls is the reserve for sell-outs.
    await module.createCalls(Array.from({ length: 160 }, () => ({ catalog_id: connected.catalogId, made_at: new Date() })))
    const before = (await control.batches(connected.metaCatalogId)).length
    const [one, two, three] = store.facts.variants.filter(({ kind, sku }) => kind === "size_colour" && sku) as (SeededVariant & { sku: string })[]
    const setLevels = async (variant: SeededVariant, quantity: number) => {
      const { berlin, rotterdam } = store.facts.locationIds
      const updates = [berlin, rotterdam].map((location_id) => ({ inventory_item_id: variant.inventoryItemIds[0], location_id, stocked_quantity: quantity }))
      await updateInventoryLevelsWorkflow(store.container).run({ input: { updates } })
    }
    const at = async ({ sku }: { sku: string }) => (await control.item(connected.metaCatalogId, sku))!.quantity_to_sell_on_facebook
    const carried = async () => {
      const items = await module.listItems({ catalog_id: connected.catalogId, carrier_id: { $ne: null } })
      return items.map((item) => item.retailer_id).sort()
    }

    await control.setSettings(HELD)
    await setLevels(one, 31)
    await until("the first change is under way by upload", async () => (await carried()).includes(one.sku))
    await goOn()
    await until("it has ended", async () => (await carried()).length === 0 && (await at(one)) === 62)

    await control.setSettings(HELD)
    await Promise.all([setLevels(two, 32), setLevels(three, 33)])
    await until("two changes are under way by upload", async () => (await carried()).includes(two.sku))
    await setLevels(two, 0)
    await setLevels(one, 0)
    await until("what sold out is at Meta, while the upload still runs", async () => (await at(two)) === 0 && (await at(one)) === 0)
    expect(await carried()).toContain(two.sku)
    await goOn()
    await until("everything is in step", async () => {
      const { counts } = await statusOf(store, connected.catalogId)
      return counts.in_step === counts.listed && (await at(two)) === 0 && (await at(three)) === 66 && (await at(one)) === 0
    })
    const batches = (await control.batches(connected.metaCatalogId)).slice(before)
    expect(batches.flatMap(({ requests }) => requests).map(({ data }) => data.availability)).not.toContain("in stock")
    const updates = (await sessions(connected)).filter(({ kind }) => kind === "update")
    expect(updates.length).toBeGreaterThanOrEqual(2)
    expect(updates.every(({ num_deleted_items, num_invalid_items }) => num_deleted_items + num_invalid_items === 0)).toBe(true)
  })

  it("a row Meta refuses becomes an issue and is not uploaded again until something about it changes", async () => {
    const { control, dataSource } = store.sandbox
    const connected = await store.connect()
    const graph = async (method: string, path: string) => {
      const reply = await fetch(`${store.sandbox.url}/v26.0/${path}`, { method, headers: { authorization: `Bearer ${connected.token}` } })
      expect(reply.status).toBe(200)
      return (await reply.json()) as { id: string }
    }
    const other = await graph("POST", `${connected.metaCatalogId}/product_feeds?name=Another+app`)
    await control.putItems(connected.metaCatalogId, [{ id: "JUG-3", availability: "in stock", quantity_to_sell_on_facebook: 777 }])
    await dataSource.query("update item set feed_id = $1 where retailer_id = 'JUG-3'", [other.id])

    const refused = await addProduct("JUG-3", 3)
    const fine = await addProduct("JUG-4", 4)
    await arrives(connected, fine, 4)
    const state = await until("the refusal is known", async () => {
      const now = await stateOf(refused)
      return now.issues.some((issue) => issue.source === "feed_upload") && now
    })
    expect(state).toMatchObject({ state: "not_in_feed", acknowledged: null, last_error: expect.any(String) })
    expect(state.issues).toMatchObject([{ severity: "error", title: expect.stringMatching(/Another Data Feed/), retailer_id: "JUG-3" }])
    const count = (await sessions(connected)).length
    await keepInStep(store.container)
    await buildFeeds(store.container)
    await arrives(connected, await addProduct("JUG-5", 5), 5)
    expect((await sessions(connected)).slice(count)).toMatchObject([{ num_detected_items: 1 }])

    await graph("DELETE", other.id)
    await setStock(refused, 6)
    await arrives(connected, refused, 6)
    expect((await stateOf(refused)).issues).toEqual([])
  })

  it("an upload whose answer was lost is found by the name of its file and not repeated", async () => {
    const connected = await store.connect()
    await store.sandbox.control.setFaults([{ path: "/uploads$", method: "POST", times: 1, action: { type: "reset_after" } }])
    const made = await addProduct("JUG-6", 6)
    await arrives(connected, made, 6)
    expect((await sessions(connected)).map(({ kind }) => kind)).toEqual(["replace", "update"])
  })

  it("a process that dies in the call leaves behind what another carries again once its lease has ended", async () => {
    const connected = await store.connect()
    const sql = store.container.resolve(ContainerRegistrationKeys.PG_CONNECTION)
    const moveClock = (interval: string) =>
      sql.raw(`create or replace function meta_catalog_now() returns timestamptz language sql stable as $$ select statement_timestamp() + interval '${interval}' $$`)
    // What a call looks like whose process ended before Meta got it: posted as far as the database knows, and no session.
    await store.sandbox.control.setFaults([{ path: "/uploads$", method: "POST", times: 1, action: { type: "reset_before" } }])
    const made = await addProduct("JUG-7", 8)
    const carriers = async () => (await sql.raw("select status from meta_catalog_batch where transport = 'upload' order by created_at")).rows.map((row: { status: string }) => row.status)
    await until("the upload was lost", async () => {
      await buildFeeds(store.container)
      return (await carriers())[0] === "sending" && (await store.sandbox.control.calls({ path: `/${connected.feed.meta_feed_id}/uploads$`, method: "POST" })).length === 2
    })
    await keepInStep(store.container)
    expect(await carriers()).toEqual(["sending"])
    try {
      await moveClock("3 minutes")
      await keepInStep(store.container)
      await arrives(connected, made, 8)
      expect(await carriers()).toEqual(["doubtful", "settled"])
    } finally {
      await moveClock("0 minutes")
    }
  })

  it("a product comes back by itself when a scheduled fetch of an older file falls beside its upload", async () => {
    const { control } = store.sandbox
    const connected = await store.connect()
    await control.setSettings({ ingest_delay_ms: [6_000, 6_000] })
    const older = control.fetchFeedNow(connected.feed.meta_feed_id!, "replace")
    const { published } = connected.feed
    await until("Meta has fetched the older file", async () => {
      const { feeds } = await statusOf(store, connected.catalogId)
      return feeds[0].last_fetch !== null && new Date(feeds[0].last_fetch.completed_at) > new Date(published!.published_at!) && (await sessions(connected)).length === 2
    })
    await control.setSettings({ ingest_delay_ms: [0, 0] })
    const made = await addProduct("JUG-8", 5)
    await until("it is uploaded", async () => {
      await buildFeeds(store.container)
      return (await sessions(connected)).some(({ kind }) => kind === "update")
    })
    await older
    await pullUploads(store.container)
    await arrives(connected, made, 5)
  })
})
