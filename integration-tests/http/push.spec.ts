import { Modules } from "@medusajs/framework/utils"
import { deleteProductsWorkflow, updateInventoryLevelsWorkflow, updateProductsWorkflow } from "@medusajs/medusa/core-flows"
import { productOf, statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"

withConnectedStore("push", (store) => {
  const itemAtMeta = (connected: Connected, sku: string) => store.sandbox.control.item(connected.metaCatalogId, sku)

  const setStock = async (variant: { inventoryItemIds: string[] }, quantity: number) => {
    await updateInventoryLevelsWorkflow(store.container).run({
      input: {
        updates: [{ inventory_item_id: variant.inventoryItemIds[0], location_id: store.facts.locationIds.berlin, stocked_quantity: quantity }],
      },
    })
  }

  const itemState = async (productId: string, variantId: string) => {
    const status = await productOf(store, productId)
    return status.catalogs[0].items.find((item) => item.variant_id === variantId)!
  }

  describe("a connected store", () => {
    it("has every valid item listed and acknowledged with what Meta really holds", async () => {
      const connected = await store.connect()
      const status = await statusOf(store, connected.catalogId)
      const atMeta = await store.sandbox.control.items(connected.metaCatalogId)
      expect(status.counts.listed).toBe(atMeta.length)
      expect(status.counts.in_step).toBe(atMeta.length)
      const plain = variantOf(store, "plain")
      const state = await itemState(plain.productId, plain.variantId)
      expect(state).toMatchObject({ state: "in_step", retailer_id: plain.sku })
      const item = await itemAtMeta(connected, plain.sku)
      expect(item).toMatchObject({ quantity_to_sell_on_facebook: state.wanted?.quantity, availability: state.wanted?.availability })
    })

    it("has stock set through core's workflow acknowledged by Meta within seconds, as one pair", async () => {
      const connected = await store.connect()
      const variant = variantOf(store, "plain")
      await setStock(variant, 0)
      await setStock(variant, 41)
      const wanted = (await itemState(variant.productId, variant.variantId)).wanted!
      const state = await until("the new quantity is acknowledged", async () => {
        const now = await itemState(variant.productId, variant.variantId)
        return now.state === "in_step" && now.acknowledged?.quantity === wanted.quantity ? now : null
      })
      expect(wanted.quantity).toBeGreaterThanOrEqual(41)
      expect(state.acknowledged).toMatchObject({ availability: "in stock" })
      expect(await itemAtMeta(connected, variant.sku)).toMatchObject({ quantity_to_sell_on_facebook: wanted.quantity, availability: "in stock" })
    })

    it("hears direct module calls and reservations, which announce themselves only inside the module", async () => {
      const connected = await store.connect()
      const variant = variantOf(store, "plain")
      const inventory = store.container.resolve(Modules.INVENTORY)
      const before = (await itemState(variant.productId, variant.variantId)).wanted!.quantity!
      await inventory.adjustInventory(variant.inventoryItemIds[0], store.facts.locationIds.berlin, 7)
      await inventory.createReservationItems({
        inventory_item_id: variant.inventoryItemIds[0],
        location_id: store.facts.locationIds.berlin,
        quantity: 2,
      })
      await until("both changes have reached Meta", async () => (await itemAtMeta(connected, variant.sku))?.quantity_to_sell_on_facebook === before + 5)
    })

    it("follows the scarcest part of a kit, counted by what one kit takes", async () => {
      const connected = await store.connect()
      const kit = variantOf(store, "kit")
      const before = (await itemAtMeta(connected, kit.sku))?.quantity_to_sell_on_facebook
      const levels = await store.container.resolve(Modules.INVENTORY).listInventoryLevels({ inventory_item_id: kit.inventoryItemIds })
      const served = levels.filter((level) => level.location_id !== store.facts.locationIds.repairs)
      await updateInventoryLevelsWorkflow(store.container).run({
        input: { updates: served.map((level) => ({ inventory_item_id: level.inventory_item_id, location_id: level.location_id, stocked_quantity: 0 })) },
      })
      expect(before).toBeGreaterThan(0)
      await until("the kit is out of stock", async () => {
        const item = await itemAtMeta(connected, kit.sku)
        return item?.quantity_to_sell_on_facebook === 0 && item.availability === "out of stock"
      })
    })

    it("takes unpublished and deleted products to zero and leaves their items at Meta", async () => {
      const connected = await store.connect()
      const [first, second] = store.facts.variants.filter((variant) => variant.kind === "size_colour" && variant.sku)
        .filter((variant, index, all) => all.findIndex((other) => other.productId === variant.productId) === index)
      await updateProductsWorkflow(store.container).run({ input: { products: [{ id: first.productId, status: "draft" }] } })
      await deleteProductsWorkflow(store.container).run({ input: { ids: [second.productId] } })
      for (const { sku } of [first, second]) {
        await until(`${sku} is out of stock at Meta`, async () => (await itemAtMeta(connected, sku!))?.availability === "out of stock")
        expect((await itemAtMeta(connected, sku!))?.quantity_to_sell_on_facebook).toBe(0)
      }
    })
  })

  describe("trouble at Meta", () => {
    it("a call that Meta applied but whose answer was lost is doubted and sent again", async () => {
      const connected = await store.connect()
      const variant = variantOf(store, "plain")
      await store.sandbox.control.setFaults([{ path: "items_batch", method: "POST", times: 1, action: { type: "reset_after" } }])
      await setStock(variant, 23)
      const wanted = (await itemState(variant.productId, variant.variantId)).wanted!.quantity
      await until("the item is in step", async () => {
        const now = await itemState(variant.productId, variant.variantId)
        return now.state === "in_step" && now.acknowledged?.quantity === wanted
      })
      await store.sandbox.control.clearFaults()
      expect((await itemAtMeta(connected, variant.sku))?.quantity_to_sell_on_facebook).toBe(wanted)
    })

    it("an unusable token pauses the catalogue with its reason; a working one resumes it and nothing is lost", async () => {
      const connected = await store.connect()
      const variant = variantOf(store, "plain")
      await store.sandbox.control.updateToken(connected.token, { state: "expired" })
      await setStock(variant, 17)
      const paused = await until("the catalogue is paused", async () => {
        const { catalog } = await statusOf(store, connected.catalogId)
        return catalog.state === "paused" ? catalog : null
      })
      expect(paused.pause_reason).toMatch(/token/)
      await store.sandbox.control.updateToken(connected.token, { state: "valid" })
      const { data } = await store.api.post(`/admin/meta-catalog/catalogs/${connected.catalogId}/test-connection`, {}, store.admin)
      expect(data.test.ok).toBe(true)
      const wanted = (await itemState(variant.productId, variant.variantId)).wanted!.quantity
      await until("the change made meanwhile has arrived", async () => (await itemAtMeta(connected, variant.sku))?.quantity_to_sell_on_facebook === wanted)
    })

    it("an item that Meta rejects carries Meta's words, and is in step again after its next change", async () => {
      const connected = await store.connect()
      const variant = variantOf(store, "plain")
      await store.sandbox.control.setFaults([{ path: "items_batch", method: "POST", times: 1, action: { type: "partial_failure", retailer_ids: [variant.sku] } }])
      await setStock(variant, 5)
      const rejected = await until("the item is rejected", async () => {
        const now = await itemState(variant.productId, variant.variantId)
        return now.state === "rejected" ? now : null
      })
      expect(rejected.issues.filter((issue) => issue.source === "items_batch")).toMatchObject([{ severity: "error", retailer_id: variant.sku }])
      await store.sandbox.control.clearFaults()
      await setStock(variant, 6)
      const healed = await until("the item is in step", async () => {
        const now = await itemState(variant.productId, variant.variantId)
        return now.state === "in_step" ? now : null
      })
      expect(healed.issues.filter((issue) => issue.source === "items_batch")).toEqual([])
      expect((await itemAtMeta(connected, variant.sku))?.quantity_to_sell_on_facebook).toBe(healed.wanted?.quantity)
    })

    it("a batch with more errors than names is read back before anything in it counts", async () => {
      const connected = await store.connect()
      const variant = variantOf(store, "plain")
      await store.sandbox.control.setFaults([
        { path: "check_batch_request_status|items_batch", method: "POST", times: 1, action: { type: "partial_failure", retailer_ids: [], errors_total_count: 3 } },
      ])
      await setStock(variant, 31)
      await until("the item is in step", async () => {
        const now = await itemState(variant.productId, variant.variantId)
        return now.state === "in_step" && now.acknowledged?.quantity === now.wanted?.quantity
      })
      const reads = await store.sandbox.control.calls({ path: "/products$", method: "GET" })
      expect(reads.length).toBeGreaterThan(0)
      const wanted = (await itemState(variant.productId, variant.variantId)).wanted?.quantity
      expect((await itemAtMeta(connected, variant.sku))?.quantity_to_sell_on_facebook).toBe(wanted)
    })

    it("a call refused as a whole goes on in halves, and nobody is rejected for it when the halves pass", async () => {
      const connected = await store.connect()
      const variants = store.facts.variants.filter(({ kind, sku }) => kind === "size_colour" && sku).slice(0, 4)
      await store.sandbox.control.setFaults([{ path: "items_batch", method: "POST", times: 1, action: { type: "error", code: 100 } }])
      for (const variant of variants) {
        await setStock(variant, 90)
      }
      for (const { productId, variantId, sku } of variants) {
        const settled = await until(`${sku} is in step`, async () => {
          const now = await itemState(productId, variantId)
          return now.state === "in_step" && now.acknowledged?.quantity === now.wanted?.quantity ? now : null
        })
        expect(settled.issues.filter((issue) => issue.source === "items_batch")).toEqual([])
        expect((await itemAtMeta(connected, sku!))?.quantity_to_sell_on_facebook).toBe(settled.wanted?.quantity)
      }
    })
  })

  describe("an item without a valid row", () => {
    it("is sold out at Meta while its price is missing, whatever its stock, and comes back with a price", async () => {
      const connected = await store.connect()
      const variant = variantOf(store, "plain")
      const before = (await itemAtMeta(connected, variant.sku))?.quantity_to_sell_on_facebook
      const pricing = store.container.resolve(Modules.PRICING)
      const { data } = await store.container.resolve("query").graph({
        entity: "variant",
        fields: ["price_set.id", "price_set.prices.*"],
        filters: { id: variant.variantId },
      })
      const priceSet = data[0].price_set!
      const build = () => store.api.post(`/admin/meta-catalog/feeds/${connected.feed.id}/generate`, {}, store.admin)

      await pricing.softDeletePrices((priceSet.prices ?? []).map((price: { id: string } | null) => price!.id))
      await build()
      await until("the item is sold out", async () => (await itemAtMeta(connected, variant.sku))?.availability === "out of stock")
      await setStock(variant, 66)
      const withoutPrice = await until("the change of stock has settled", async () => {
        const now = await itemState(variant.productId, variant.variantId)
        return now.state === "in_step" ? now : null
      })
      expect(withoutPrice).toMatchObject({ wanted: { quantity: 0, availability: "out of stock" }, acknowledged: { quantity: 0 } })
      expect(withoutPrice.issues.some((issue) => issue.field === "price")).toBe(true)

      await pricing.restorePrices((priceSet.prices ?? []).map((price: { id: string } | null) => price!.id))
      await build()
      await until("the item can be bought again", async () => ((await itemAtMeta(connected, variant.sku))?.quantity_to_sell_on_facebook ?? 0) >= 66)
      expect(before).toBeGreaterThan(0)
    })
  })

  describe("a new feed URL", () => {
    it("is told to Meta, also when Meta cannot be reached at first, and the old one is served until then", async () => {
      const connected = await store.connect()
      await store.sandbox.control.setFaults([{ path: `/${connected.feed.meta_feed_id}$`, method: "POST", times: 1, action: { type: "reset_before" } }])
      const { data } = await store.api.post(`/admin/meta-catalog/feeds/${connected.feed.id}/rotate-token`, {}, store.admin)
      expect(data.feed.url).not.toBe(connected.feed.url)
      expect((await store.api.get(connected.feed.url, { validateStatus: () => true })).status).toBe(401)
      const again = await store.api.post(`/admin/meta-catalog/feeds/${connected.feed.id}/rotate-token`, {}, { ...store.admin, validateStatus: () => true })
      expect(again.status).toBe(400)
      const sql = store.container.resolve("__pg_connection__")
      await until("the first try has failed", async () => {
        const { rows } = await sql.raw("select meta_stale_since > meta_catalog_now() as is_put_off from meta_catalog_feed where id = ?", [connected.feed.id])
        return rows[0].is_put_off
      })
      await sql.raw("update meta_catalog_feed set meta_stale_since = meta_catalog_now() where id = ?", [connected.feed.id])
      await store.api.post(`/admin/meta-catalog/catalogs/${connected.catalogId}/push`, {}, store.admin)
      await until("Meta knows the new URL", async () => {
        const [feed] = await store.sandbox.control.feeds(connected.metaCatalogId)
        return JSON.stringify(feed).includes(new URL(data.feed.url).pathname)
      })
    })
  })
})
