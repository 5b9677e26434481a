import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { batchLinkProductsToCategoryWorkflow, createProductCategoriesWorkflow, createProductTypesWorkflow, createProductTagsWorkflow, updateProductsWorkflow } from "@medusajs/medusa/core-flows"
import type { AdminStockPolicy, AdminStockPreview, AdminStockRuleInput } from "../../src/api/admin/meta-catalog/stock-types"
import { streamItemFacts } from "../../src/catalog/stock/item-facts"
import { streamProductSources } from "../../src/catalog/store/product-sources"
import { quantityToSell } from "../../src/catalog/stock/quantity-to-sell"
import { openSnapshot } from "../../src/catalog/store/query"
import { readStockFacts } from "../../src/catalog/stock/stock-facts"
import { metaCatalog, scopeOf } from "../../src/workflows/open-catalog"
import { newConnection, productOf, statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"

withConnectedStore("stock-policy", (store) => {
  const plain = () => variantOf(store, "plain")
  const sql = () => store.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const path = (catalogId: string, rest = "") => `/admin/meta-catalog/catalogs/${catalogId}/stock-policy${rest}`

  const save = async (catalogId: string, rules: AdminStockRuleInput[], more: Record<string, unknown> = {}): Promise<AdminStockPolicy> =>
    (await store.api.post(path(catalogId), { rules, ...more }, store.admin)).data

  const preview = async (catalogId: string, rules: AdminStockRuleInput[]): Promise<AdminStockPreview> =>
    (await store.api.post(path(catalogId, "/preview"), { rules }, store.admin)).data

  const ofCatalog = (settings: AdminStockRuleInput["settings"]): AdminStockRuleInput => ({ scope: "catalog", settings })

  /** A catalogue that nothing is sent for, so that what the readers see is all a test is about. */
  async function quietCatalog(patch: Record<string, unknown> = {}): Promise<string> {
    const { data } = await store.api.post("/admin/meta-catalog/catalogs", await newConnection(store, patch), store.admin)
    return data.catalog.id
  }

  /** What the push would send for a variant, and how it came about. */
  async function wantedOf(catalogId: string, variantId = plain().variantId) {
    const facts = await readStockFacts(sql(), scopeOf(await metaCatalog(store.container).retrieveCatalog(catalogId)), [variantId])
    const { stock, policy } = facts.get(variantId)!
    return quantityToSell(stock, policy)
  }

  /** The only stock of the plain variant: so many at one location, none at the others. */
  async function stock(quantity: number, locationId = store.facts.locationIds.berlin): Promise<void> {
    const inventory = store.container.resolve(Modules.INVENTORY)
    const [inventoryItemId] = plain().inventoryItemIds
    const levels = await inventory.listInventoryLevels({ inventory_item_id: inventoryItemId })
    await inventory.deleteInventoryLevels(levels.map(({ id }) => id))
    await inventory.createInventoryLevels([{ inventory_item_id: inventoryItemId, location_id: locationId, stocked_quantity: quantity }])
  }

  const setProduct = async (update: Record<string, unknown>) =>
    await updateProductsWorkflow(store.container).run({ input: { selector: { id: plain().productId }, update } })

  describe("a rule", () => {
    it("stands for what it speaks of, the narrower before the wider", async () => {
      const catalogId = await quietCatalog()
      await stock(40)
      const { result: types } = await createProductTypesWorkflow(store.container).run({ input: { product_types: [{ value: "Cups" }] } })
      const { result: tags } = await createProductTagsWorkflow(store.container).run({ input: { product_tags: [{ value: "new" }] } })
      const { result: tree } = await createProductCategoriesWorkflow(store.container).run({ input: { product_categories: [{ name: "Above", is_active: true }] } })
      const { result: below } = await createProductCategoriesWorkflow(store.container).run({
        input: { product_categories: [{ name: "Below", is_active: true, parent_category_id: tree[0].id }] },
      })
      const collection = await store.container.resolve(Modules.PRODUCT).createProductCollections({ title: "Spring" })
      await setProduct({ type_id: types[0].id, collection_id: collection.id, tag_ids: [tags[0].id] })
      await batchLinkProductsToCategoryWorkflow(store.container).run({ input: { id: below[0].id, add: [plain().productId] } })

      const narrowing: [AdminStockRuleInput["scope"], string | undefined][] = [
        ["catalog", undefined],
        ["type", types[0].id],
        ["collection", collection.id],
        ["category", tree[0].id],
        ["tag", tags[0].id],
        ["product", plain().productId],
        ["variant", plain().variantId],
      ]
      const expected = [...narrowing.keys()].map((index) => 39 - index)
      const seen: (number | null)[] = []
      for (const [index, [scope, reference_id]] of narrowing.entries()) {
        await save(catalogId, [{ scope, reference_id, settings: { threshold: index + 1 } }])
        seen.push((await wantedOf(catalogId)).quantity)
      }
      expect(seen).toEqual(expected)
      // What a narrower rule does not speak of stays with the wider one.
      await save(catalogId, [ofCatalog({ threshold: 1, cap: 20 })])
      expect((await wantedOf(catalogId)).quantity).toBe(20)
      // A rule about something that is gone speaks of nothing.
      await sql()("product_tag").where({ id: tags[0].id }).update({ deleted_at: new Date() })
      await save(catalogId, narrowing.slice(5).map(([scope, reference_id]) => ({ scope, reference_id, settings: {} })))
      await save(catalogId, [ofCatalog({ threshold: 1 })])
      expect((await wantedOf(catalogId)).quantity).toBe(36)
      const { rules } = await save(catalogId, narrowing.slice(1).map(([scope, reference_id]) => ({ scope, reference_id, settings: {} })))
      expect(rules).toMatchObject([{ scope: "catalog", name: "Kiln on Meta" }])
      expect((await wantedOf(catalogId)).quantity).toBe(39)
    })

    it("counts only the locations that are set apart", async () => {
      const catalogId = await quietCatalog()
      await stock(40)
      const locations = await store.container.resolve(Modules.STOCK_LOCATION).listStockLocations({}, { select: ["id"] })
      const served = await sql()("sales_channel_stock_location").where({ sales_channel_id: store.facts.salesChannelId }).whereNull("deleted_at").pluck("stock_location_id")
      const other = served.find((id: string) => id !== store.facts.locationIds.berlin)
      expect(locations.length).toBeGreaterThan(1)
      await save(catalogId, [ofCatalog({ location_ids: [store.facts.locationIds.berlin] })])
      expect((await wantedOf(catalogId)).quantity).toBe(40)
      await save(catalogId, [ofCatalog({ location_ids: [other] })])
      expect(await wantedOf(catalogId)).toMatchObject({ quantity: 0, trace: [{ rule: "locations", quantity: 0 }] })
    })

    it("gives a fixed allocation that the channel's orders draw down and a refill fills up", async () => {
      const catalogId = await quietCatalog()
      await stock(40)
      const order = async (quantity: number, patch: Record<string, unknown> = {}) =>
        await store.container.resolve(Modules.ORDER).createOrders([
          {
            currency_code: "eur",
            email: "buyer@example.com",
            sales_channel_id: store.facts.salesChannelId,
            items: [{ title: "Mug", variant_id: plain().variantId, quantity, unit_price: 12 }],
            ...patch,
          },
        ])
      await order(4)
      const { settings } = await save(catalogId, [ofCatalog({ allocation: "fixed", fixed_quantity: 10 })])
      expect(Math.abs(Date.parse(settings.fixed_since!) - Date.now())).toBeLessThan(60_000)
      expect((await wantedOf(catalogId)).quantity).toBe(10)
      await order(3)
      await order(2, { sales_channel_id: "sc_another" })
      await order(2, { is_draft_order: true })
      expect(await wantedOf(catalogId)).toMatchObject({ quantity: 7, trace: [{}, { rule: "fixed", by: { fixed: 10, drawn: 3 } }] })
      // Saving it again is no refill.
      await save(catalogId, [ofCatalog({ allocation: "fixed", fixed_quantity: 10, fixed_since: settings.fixed_since })])
      expect((await wantedOf(catalogId)).quantity).toBe(7)
      const refused = { response: { data: { message: expect.stringMatching(/^rule_ids.0: mcrule_none is no rule/) } } }
      await expect(store.api.post(path(catalogId, "/refill"), { rule_ids: ["mcrule_none"] }, store.admin)).rejects.toMatchObject(refused)
      expect((await store.api.post(path(catalogId, "/refill"), {}, store.admin)).data).toEqual({ refilled: 1 })
      expect((await wantedOf(catalogId)).quantity).toBe(10)
      // Refilled by the calendar, today's orders count again.
      await save(catalogId, [ofCatalog({ allocation: "fixed", fixed_quantity: 10, fixed_refill: "daily" })])
      expect((await wantedOf(catalogId)).quantity).toBe(3)
      // The same where the period and the allocation come from different rules.
      await save(catalogId, [ofCatalog({ fixed_refill: "monthly" }), { scope: "product", reference_id: plain().productId, settings: { allocation: "fixed", fixed_quantity: 20 } }])
      expect((await wantedOf(catalogId)).quantity).toBe(13)
    })

    it("may be one of a thousand, each refilled at a time of its own", async () => {
      const catalogId = await quietCatalog()
      await stock(40)
      const products = [...new Set(store.facts.variants.map(({ productId }) => productId))]
      const variants = store.facts.variants.map(({ variantId }) => variantId)
      const about = [...products.map((id) => ["product", id] as const), ...variants.map((id) => ["variant", id] as const)]
      const rules = about.map(([scope, reference_id], index): AdminStockRuleInput => {
        const settings = { allocation: "fixed" as const, fixed_quantity: 5, fixed_since: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(), threshold: 0, floor: 0, cap: null, share_percent: 100 }
        return { scope, reference_id, settings: { ...settings, backorder: "fixed", unmanaged: "fixed", threshold_mode: "subtract", fixed_refill: "by_hand" } }
      })
      expect(rules.length).toBeGreaterThan(200)
      expect(JSON.stringify({ rules }).length).toBeGreaterThan(100_000)
      await save(catalogId, rules)
      expect(await wantedOf(catalogId)).toMatchObject({ quantity: 5, trace: [{}, { rule: "fixed", by: { fixed: 5, drawn: 0 } }] })
    })

    it("is read alike by the push, the sweep and the build", async () => {
      const { catalogId } = await store.connect()
      const module = metaCatalog(store.container)
      const scope = scopeOf(await module.retrieveCatalog(catalogId))
      const variants = store.facts.variants.filter(({ kind }) => kind !== "draft")
      await module.stockRules.saveStockRules({
        catalogId,
        releasedMinutes: 60,
        rules: [
          { id: "mcrule_1", scope: "catalog", reference_id: "", settings: { allocation: "share", share_percent: 50, threshold_fast: 2, unmanaged: "omit" } },
          { id: "mcrule_2", scope: "product", reference_id: variants[0].productId, settings: { allocation: "fixed", fixed_quantity: 3, fixed_refill: "monthly" } },
          { id: "mcrule_3", scope: "variant", reference_id: variants[1].variantId, settings: { location_ids: [store.facts.locationIds.berlin], cap: 2 } },
        ],
      })
      const byPush = await readStockFacts(sql(), scope, store.facts.variants.map(({ variantId }) => variantId))
      const invalid = new Set((await module.listItems({ catalog_id: catalogId, invalid_since: { $ne: null } }, { take: null, order: { id: "ASC" } })).map(({ id }) => id))
      let compared = 0
      for await (const page of streamItemFacts(sql(), scope, { pageSize: 50 })) {
        for (const item of page) {
          // One without a valid row counts as not offered; the push knows that from its claim.
          if (invalid.has(item.itemId)) continue
          expect({ variantId: item.variantId, stock: item.stock, policy: item.policy }).toEqual({ variantId: item.variantId, ...pick(byPush.get(item.variantId)!) })
          compared += 1
        }
      }
      const snapshot = await openSnapshot(sql())
      try {
        for await (const page of streamProductSources(snapshot, scope, { pageSize: 50, priceVariants: async () => new Map() })) {
          for (const variant of page.variants) {
            expect({ variantId: variant.id, stock: variant.stock, policy: variant.policy }).toEqual({ variantId: variant.id, ...pick(byPush.get(variant.id)!) })
            compared += 1
          }
        }
      } finally {
        await snapshot.rollback()
      }
      expect(compared).toBeGreaterThan(2 * 200)
      expect(byPush.get(variants[1].variantId)!.policy).toMatchObject({ cap: 2, share_percent: 50 })
    })

    const pick = ({ stock, policy }: { stock: unknown; policy: unknown }) => ({ stock, policy })
  })

  describe("catalogues that draw on the same stock", () => {
    it("are never promised the same unit twice", async () => {
      const [first, second, third] = [await quietCatalog({ name: "First" }), await quietCatalog({ name: "Second" }), await quietCatalog({ name: "Third" })]
      await stock(41)
      await save(first, [ofCatalog({ allocation: "fixed", fixed_quantity: 11 })])
      await save(second, [ofCatalog({ allocation: "share", share_percent: 50 })])
      const quantities = [first, second, third].map(async (id) => (await wantedOf(id)).quantity)
      expect(await Promise.all(quantities)).toEqual([11, 15, 15])
      expect((await wantedOf(third)).trace).toMatchObject([{ rule: "locations", quantity: 41 }, { rule: "elsewhere", change: -26 }])
      // What a catalogue does not offer it was not promised.
      await metaCatalog(store.container).updateCatalogs([{ id: second, sales_channel_id: store.facts.otherSalesChannelId }])
      await sql().raw(
        `insert into sales_channel_stock_location (id, sales_channel_id, stock_location_id) values ('scloc_test', ?, ?)`,
        [store.facts.otherSalesChannelId, store.facts.locationIds.berlin]
      )
      expect((await wantedOf(third)).quantity).toBe(30)
    })

    it("cannot be given more than all of it", async () => {
      const [first, second] = [await quietCatalog({ name: "First" }), await quietCatalog({ name: "Second" })]
      await save(first, [ofCatalog({ allocation: "share", share_percent: 70 })])
      await expect(save(second, [{ scope: "product", reference_id: plain().productId, settings: { allocation: "share", share_percent: 31 } }])).rejects.toMatchObject({
        response: { status: 400, data: { message: expect.stringMatching(/^share_percent: 31 % .* First 70 %.* at most 30 %/) } },
      })
      await save(second, [ofCatalog({ allocation: "share", share_percent: 30 })])
      // Field by field: the share of one rule, the allocation of another.
      await expect(save(second, [ofCatalog({ share_percent: 20 }), { scope: "product", reference_id: plain().productId, settings: { share_percent: 60 } }])).resolves.toBeDefined()
      await expect(save(second, [{ scope: "variant", reference_id: plain().variantId, settings: { allocation: "share" } }])).rejects.toMatchObject({ response: { status: 400 } })
      // What no longer fits is said and does not stand in the way of reading or of other settings.
      await metaCatalog(store.container).stockRules.saveStockRules({
        catalogId: second,
        releasedMinutes: 0,
        rules: [{ id: "mcrule_1", scope: "catalog", reference_id: "", settings: { allocation: "share", share_percent: 80 } }],
      })
      expect((await save(second, [{ scope: "product", reference_id: plain().productId, settings: { threshold: 1 } }])).warnings).toMatchObject([{ code: "shares_exceed" }])
      await stock(100)
      expect((await wantedOf(second)).trace).toContainEqual({ rule: "share", change: -70, quantity: 30, by: { percent: 30 } })
    })

    it("are warned of while both show all of it", async () => {
      await quietCatalog({ name: "First" })
      const second = await quietCatalog({ name: "Second" })
      const { data } = await store.api.get(path(second), store.admin)
      expect(data.warnings).toMatchObject([{ code: "all_on_shared_stock", message: expect.stringContaining("First") }])
      expect((await save(second, [ofCatalog({ allocation: "share", share_percent: 30 })])).warnings).toEqual([])
    })
  })

  describe("a change of the policy", () => {
    const isInStep = async ({ catalogId }: Connected) => {
      const { counts } = await statusOf(store, catalogId)
      return counts.waiting + counts.in_flight === 0
    }

    it("is shown before it is saved, and then reaches Meta as it was shown", async () => {
      const connected = await store.connect()
      await stock(12)
      await until("the stock is heard of", async () => (await store.sandbox.control.item(connected.metaCatalogId, plain().sku))?.quantity_to_sell_on_facebook === 12)
      const rules = [ofCatalog({ threshold: 3 }), { scope: "product" as const, reference_id: plain().productId, settings: { cap: 4 } }]
      const shown = await preview(connected.catalogId, rules)
      expect((await statusOf(store, connected.catalogId)).counts.waiting).toBe(0)
      expect(shown.changed).toBeGreaterThan(50)
      expect(shown.after.units).toBeLessThan(shown.before.units)
      expect(shown.after.units + shown.after.units_withheld).toBe(shown.before.units + shown.before.units_withheld)
      expect(shown.after.out_of_stock - shown.before.out_of_stock).toBe(shown.becoming_unavailable - shown.becoming_available)
      expect(shown.examples[0]).toMatchObject({ product_title: expect.any(String), before: { availability: "in stock" } })

      await save(connected.catalogId, rules, { accept_mass_change: true })
      await until("Meta has the plain variant's", async () => (await store.sandbox.control.item(connected.metaCatalogId, plain().sku))?.quantity_to_sell_on_facebook === 4)
      await until("everything is in step", () => isInStep(connected))
      const { catalogs } = await productOf(store, plain().productId)
      const item = catalogs[0].items.find(({ variant_id }) => variant_id === plain().variantId)!
      expect(item).toMatchObject({ state: "in_step", acknowledged: { quantity: 4 } })
      expect(item.why).toEqual([
        { rule: "locations", change: 12, quantity: 12, by: {} },
        { rule: "threshold", change: -3, quantity: 9, by: { threshold: 3, mode: "subtract", velocity_bucket: "slow" } },
        { rule: "cap", change: -5, quantity: 4, by: { cap: 4 } },
      ])
    })

    it("that would empty the shop is held until a person accepts it", async () => {
      const { catalogId } = await store.connect()
      await store.api.post(`/admin/meta-catalog/catalogs/${catalogId}`, { brake_minimum_items: 1 }, store.admin)
      const rules = [ofCatalog({ threshold: 900_000 })]
      expect((await preview(catalogId, rules)).warnings).toMatchObject([{ code: "mass_change" }])
      await save(catalogId, rules)
      await until("the brake holds it", async () => (await store.api.get(`/admin/meta-catalog/catalogs/${catalogId}`, store.admin)).data.catalog.brake_held)
      await save(catalogId, rules, { accept_mass_change: true })
      await until("managed stock is sold out", async () => {
        const { catalogs } = await productOf(store, plain().productId)
        return catalogs[0].items.every((item) => item.acknowledged?.quantity === 0)
      })
    })
  })

  it("refuses what is out of range, in words that name the field and the range", async () => {
    const catalogId = await quietCatalog()
    const refused: [Record<string, unknown>, string][] = [
      [{ threshold: -1 }, "rules.0.settings.threshold: must be a whole number from 0 to 1000000"],
      [{ share_percent: 0 }, "rules.0.settings.share_percent: must be a whole number of percent from 1 to 100"],
      [{ service_level: 1 }, "rules.0.settings.service_level: must be a number of delays from 0.5 to 0.999"],
      [{ threshold_mode: "halve" }, "rules.0.settings.threshold_mode: must be one of: subtract, cutoff"],
      [{ cap: 1.5 }, "rules.0.settings.cap: must be a whole number from 0 to 1000000"],
      [{ treshold: 1 }, "treshold: is not a setting"],
      [{ location_ids: ["sloc_none"] }, "rules.0.settings.location_ids: sloc_none is no stock location of the catalogue's sales channel"],
      [{ location_ids: ["a", "a"] }, "rules.0.settings.location_ids: must name each stock location once"],
      [{ unmanaged_quantity: 0 }, "rules.0.settings.unmanaged_quantity: must be a whole number from 1 to 1000000"],
    ]
    for (const [settings, message] of refused) {
      await expect(save(catalogId, [{ scope: "catalog", settings }])).rejects.toMatchObject({ response: { status: 400, data: { message } } })
    }
    expect((await wantedOf(catalogId)).trace.map(({ rule }) => rule)).toEqual(["locations"])
  })

  it("refuses rules about nothing, about the same twice, and about what does not exist", async () => {
    const catalogId = await quietCatalog()
    const refused = async (rules: AdminStockRuleInput[]) => await save(catalogId, rules).then(() => "saved", (error) => error.response.data.message)
    expect(await refused([{ scope: "product", settings: { cap: 1 } }])).toBe("rules.0.reference_id: must be the id of the product the rule speaks of")
    expect(await refused([{ scope: "tag", reference_id: "ptag_none", settings: { cap: 1 } }])).toBe("rules.0.reference_id: there is no tag ptag_none")
    expect(await refused([ofCatalog({ cap: 1 }), ofCatalog({ cap: 2 })])).toBe("rules.1: there are two rules about the same catalog")
    expect(await refused([])).toBe("rules: must have at least one rule")
  })
})
