import { Modules } from "@medusajs/framework/utils"
import type { Kind } from "../store/product-range"
import { FeedStore } from "./feed-store"
import { medusaSuite } from "./medusa-suite"

// No jobs: every build here is a test's own, and nothing is sent to Meta.
process.env.MEDUSA_WORKER_MODE = "server"

medusaSuite({
  name: "feed-partition",
  seeded: true,
  testSuite: ({ getContainer, readFacts }) => {
    let fast: FeedStore
    let slow: FeedStore

    beforeAll(async () => {
      fast = await FeedStore.make(getContainer(), await readFacts())
      await fast.module.updateFeeds([{ id: fast.feedId, strategy: "fast" }])
      await fast.build()
      const feed = await fast.module.createFeeds({ catalog_id: fast.catalogId, name: "Slow", schedule: { interval: "DAILY" }, token: "slow", strategy: "slow" })
      slow = new FeedStore(fast.container, fast.facts, fast.catalogId, feed.id)
    })
    afterEach(async () => {
      await fast.deleteFilesButFirst()
      for (const { file_key } of await slow.snapshots()) if (file_key) await slow.files.deleteFiles([file_key])
    })
    afterAll(async () => await fast.deleteFirstFile())

    const variantOf = (kind: Kind) => fast.facts.variants.find((variant) => variant.kind === kind && variant.sku)!
    const newItemsAreSlow = async () =>
      void (await fast.module.createStockRules({ catalog_id: fast.catalogId, scope: "catalog", reference_id: "", settings: { strategy: "slow" } }))

    async function addVariant(sku: string) {
      const products = getContainer().resolve(Modules.PRODUCT)
      const [variant] = await products.createProductVariants([{ title: sku, product_id: variantOf("unmanaged").productId, sku, manage_inventory: false }])
      const priceSet = await getContainer().resolve(Modules.PRICING).createPriceSets({ prices: [{ amount: 12, currency_code: "eur" }] })
      await getContainer().resolve("link").create({ [Modules.PRODUCT]: { variant_id: variant.id }, [Modules.PRICING]: { price_set_id: priceSet.id } })
      return variant
    }

    it("a feed without items is held without a word to anybody", async () => {
      const notices = async () => (await getContainer().resolve(Modules.NOTIFICATION).listNotifications({ channel: "feed" })).length
      await newItemsAreSlow()
      const before = await notices()
      expect(await slow.build()).toMatchObject({ status: "held", rows: 0 })
      expect(await notices()).toBe(before)
    })

    it("a new variant is written by the feed of its policy alone, whichever is built first", async () => {
      await newItemsAreSlow()
      await addVariant("NEW-1")
      expect((await fast.rebuilt()).has("NEW-1")).toBe(false)
      expect([...(await slow.rebuilt()).keys()]).toEqual(["NEW-1"])
      expect((await fast.rebuilt()).has("NEW-1")).toBe(false)
    })

    it("a variant that takes over an item of the other feed stays there with it, and that feed is built anew", async () => {
      await newItemsAreSlow()
      await addVariant("NEW-2")
      const gone = variantOf("plain")
      const { id } = await fast.itemOf(gone.variantId)
      await getContainer().resolve(Modules.PRODUCT).softDeleteProductVariants([gone.variantId])
      const heir = await addVariant(gone.sku!)
      expect([...(await slow.rebuilt()).keys()]).toEqual(["NEW-2"])
      expect(await fast.itemOf(heir.id)).toMatchObject({ id, feed_id: fast.feedId })
      expect((await fast.module.retrieveFeed(fast.feedId)).build_requested_at).not.toBeNull()
      expect((await fast.rebuilt()).get(gone.sku!)).toMatchObject({ price: "12.00 EUR", status: "active" })
    })

    it("one feed's build leaves the issues of the other's items alone", async () => {
      await newItemsAreSlow()
      await addVariant("NEW-3")
      const { variantId } = variantOf("no_image")
      expect(await fast.issuesOf(variantId)).toContain("image_missing")
      await slow.rebuilt()
      expect(await fast.issuesOf(variantId)).toContain("image_missing")
    })

    it("an item on its way is in neither file, and what is missing from the one it left is no reason to hold that", async () => {
      await fast.listAll()
      const rows = await fast.servedRows()
      const items = await fast.module.listItems({ catalog_id: fast.catalogId, retailer_id: [...rows.keys()].slice(0, 150) }, { take: null })
      await fast.module.moves.moveItems({ catalogId: fast.catalogId, toFeedId: slow.feedId, itemIds: items.map((item) => item.id) })
      expect((await fast.rebuilt()).size).toBe(rows.size - 150)
      expect(await slow.build()).toMatchObject({ status: "held", rows: 0 })
      await fast.sql.raw("update meta_catalog_item set moved_from_feed_id = null, moved_at_number = null")
      expect((await slow.rebuilt()).size).toBe(150)
    })

    it("what vanishes beside what was moved is missed all the same", async () => {
      await fast.listAll()
      const rows = await fast.servedRows()
      const items = await fast.module.listItems({ catalog_id: fast.catalogId, retailer_id: [...rows.keys()] }, { take: null })
      await fast.module.moves.moveItems({ catalogId: fast.catalogId, toFeedId: slow.feedId, itemIds: items.slice(0, 60).map((item) => item.id) })
      await fast.sql.raw("delete from meta_catalog_item where id = any(?)", [items.slice(60, 160).map((item) => item.id)])
      await fast.sql.raw("update product_variant set deleted_at = now() where id = any(?)", [items.slice(60, 160).map((item) => item.variant_id)])
      expect(await fast.build()).toMatchObject({ status: "held" })
      expect((await fast.snapshots()).at(-1)!.hold_reason).toContain("shrink")
    })
  },
})
