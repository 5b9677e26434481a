import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys, getVariantAvailability, Modules, QueryContext } from "@medusajs/framework/utils"
import { variantsOfInventoryItems, variantsOfInventoryLevels, variantsOfProducts, variantsOfReservations } from "../../src/catalog/store/affected-variants"
import { streamProductSources, type SourcePage } from "../../src/catalog/store/product-sources"
import { openSnapshot } from "../../src/catalog/store/query"
import type { CatalogScope } from "../../src/catalog/store/scope"
import { streamItemFacts } from "../../src/catalog/stock/item-facts"
import { ASSUMED_LATENCY_S } from "../../src/catalog/stock/policies"
import { NOT_OFFERED, readStockFacts } from "../../src/catalog/stock/stock-facts"
import { DEFAULT_STOCK_POLICY } from "../../src/catalog/stock/stock-policy"
import { streamStorePages } from "../../src/catalog/store/store-pages"
import { openPrices } from "../../src/workflows/catalogs/catalog-prices"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { medusaSuite } from "./medusa-suite"
import { makeRandomStore, type RandomStore } from "./random-store"

/** What `query.graph` answers, as far as it is compared. */
type GraphVariant = {
  id: string
  sku: string | null
  thumbnail: string | null
  manage_inventory: boolean
  allow_backorder: boolean
  deleted_at: string | null
  options: { value: string; option: { title: string } }[]
  calculated_price?: { calculated_amount: number; original_amount: number } | null
}
type GraphProduct = {
  id: string
  title: string
  handle: string
  description: string | null
  thumbnail: string | null
  status: string
  metadata: Record<string, unknown> | null
  type: { value: string } | null
  tags: { value: string }[]
  categories: { name: string; is_active: boolean; parent_category: { name: string; is_active: boolean } | null }[]
  images: { url: string; rank: number }[]
  sales_channels: { id: string }[]
  variants: GraphVariant[]
}

medusaSuite({
  name: "reader-contract",
  seeded: false,
  testSuite: ({ getContainer }) => {
    // Core's tables are read with SQL of our own. Here is what an upgrade of Medusa that moves something would break.
    describe.each([11, 23, 37])("the readers on random store %d", (seed) => {
      let store: RandomStore
      let sql: Knex
      let scope: CatalogScope

      async function prepare() {
        store = await makeRandomStore(getContainer(), seed)
        sql = getContainer().resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
        scope = { catalogId: "mcat_contract", salesChannelId: store.channelId, currencyCode: "eur", regionId: store.regionId, countryCode: null, priceTax: "as_stored" }
      }

      async function graphProducts(withDeleted: boolean): Promise<GraphProduct[]> {
        const query = getContainer().resolve(ContainerRegistrationKeys.QUERY)
        const { data } = await query.graph({
          entity: "product",
          fields: [
            "id", "title", "handle", "description", "thumbnail", "status", "metadata", "type.value", "tags.value", "images.url", "images.rank", "sales_channels.id",
            "categories.name", "categories.is_active", "categories.parent_category.name", "categories.parent_category.is_active",
            "variants.id", "variants.sku", "variants.thumbnail", "variants.manage_inventory", "variants.allow_backorder", "variants.deleted_at",
            "variants.options.value", "variants.options.option.title",
            ...(withDeleted ? [] : ["variants.calculated_price.calculated_amount", "variants.calculated_price.original_amount"]),
          ],
          filters: { id: store.productIds },
          ...(withDeleted
            ? { withDeleted }
            : { context: { variants: { calculated_price: QueryContext({ currency_code: "eur", region_id: store.regionId }) } } }),
        })
        return data as unknown as GraphProduct[]
      }

      it("agree with query.graph and getVariantAvailability", async () => {
        await prepare()
        const query = getContainer().resolve(ContainerRegistrationKeys.QUERY)
        const availability = await getVariantAvailability(query, { variant_ids: store.variantIds, sales_channel_id: store.channelId })
        const facts = await readStockFacts(sql, scope, store.variantIds)
        const live = await graphProducts(false)
        const offered = live.filter((product) => product.status === "published" && product.sales_channels.some(({ id }) => id === store.channelId) && product.variants.length > 0)
        const offeredIds = new Set(offered.flatMap(({ variants }) => variants.map(({ id }) => id)))
        const known = new Map((await graphProducts(true)).flatMap(({ id, variants }) => variants.map((variant) => [variant.id, { ...variant, productId: id }])))

        // A store in which nothing differs would prove nothing.
        expect(offeredIds.size).toBeGreaterThan(5)
        expect(store.variantIds.length).toBeGreaterThan(offeredIds.size)
        expect(new Set(Object.values(availability).map((one) => one.availability)).size).toBeGreaterThan(3)

        expect(facts.size).toBe(store.variantIds.length)
        for (const id of store.variantIds) {
          const variant = known.get(id)!
          expect(facts.get(id)).toEqual({
            variantId: id,
            productId: variant.productId,
            policy: DEFAULT_STOCK_POLICY,
            stock: {
              ...NOT_OFFERED,
              isOffered: offeredIds.has(id),
              managesInventory: variant.manage_inventory,
              allowsBackorder: variant.allow_backorder,
              available: availability[id].availability,
              latencySeconds: ASSUMED_LATENCY_S,
            },
          })
        }

        const pages = await readSources(sql, scope)
        const variants = pages.flatMap((page) => page.variants)
        expect(variants.map(({ id }) => id).sort()).toEqual([...offeredIds].sort())
        const products = new Map(pages.flatMap((page) => [...page.products]))
        expect([...products.keys()].sort()).toEqual(offered.map(({ id }) => id).sort())
        for (const product of offered) {
          compareProduct(products.get(product.id)!, product)
          for (const variant of product.variants) {
            const read = variants.find(({ id }) => id === variant.id)!
            expect(read).toMatchObject({ sku: variant.sku, thumbnail: variant.thumbnail, stock: facts.get(variant.id)?.stock })
            expect(sorted(read.options)).toEqual(sorted(variant.options.map(({ value, option }) => ({ title: option.title, value }))))
            // A variant that only a price list prices is sold at that price, which is no sale.
            expect({ amount: number(read.price.amount), present: number(read.price.saleAmount ?? read.price.amount) }).toEqual({
              amount: variant.calculated_price?.original_amount ?? variant.calculated_price?.calculated_amount ?? null,
              present: variant.calculated_price?.calculated_amount ?? null,
            })
          }
        }
      })

      it("read for several catalogues at once what each reads alone", async () => {
        await prepare()
        const { variants } = flat(await readSources(sql, scope))
        const { id: ruledId } = await metaCatalog(getContainer()).createCatalogs({
          name: "Ruled", meta_catalog_id: "1", access_token_encrypted: "not read", public_url: "https://shop.example", sales_channel_id: store.channelId, currency_code: "eur", product_url_template: "",
        })
        await metaCatalog(getContainer()).createStockRules({ catalog_id: ruledId, scope: "product", reference_id: variants[0].productId, settings: { cap: 1 } })
        await sql.raw(
          `insert into meta_catalog_item (id, catalog_id, retailer_id, variant_id, product_id, acknowledged_quantity)
           select 'item_' || id, 'mcat_other', id, id, product_id, 3 from product_variant where id = any(?)`,
          [store.variantIds]
        )
        const ruled = { ...scope, catalogId: ruledId }
        const dollars = { ...scope, currencyCode: "usd", regionId: null }
        const other = { ...dollars, catalogId: "mcat_other", salesChannelId: store.otherChannelId }
        const scopes = [scope, other, ruled, dollars]
        const together = await readTogether(scopes)
        for (const [index, one] of scopes.entries()) {
          expect(flat(together.map((pages) => pages[index]))).toEqual(flat(await readSources(sql, one)))
        }
        // Catalogues that all read the same would prove nothing.
        const ofOther = flat(together.map((pages) => pages[1])).variants
        expect(ofOther.length).toBeGreaterThan(0)
        expect(ofOther.map(({ id }) => id)).not.toEqual(variants.map(({ id }) => id))
        expect(ofOther.every(({ item }) => item?.acknowledgedQuantity === 3)).toBe(true)
        expect(new Set(flat(together.map((pages) => pages[2])).variants.map(({ policy }) => policy.cap))).toEqual(new Set([1, null]))
        expect(flat(together.map((pages) => pages[3])).variants.map(({ price }) => price)).not.toEqual(variants.map(({ price }) => price))
      })

      it("read the store's tables as often for three catalogues as for one", async () => {
        await prepare()
        const scopes = [scope, { ...scope, catalogId: "mcat_second" }, { ...scope, catalogId: "mcat_third", currencyCode: "usd", regionId: null }]
        const one = await statementsOf(async () => void (await readTogether([scope])))
        expect(one).toBeGreaterThan(5)
        expect(await statementsOf(async () => void (await readTogether(scopes)))).toBe(one)
      })

      async function readTogether(scopes: CatalogScope[]): Promise<SourcePage[][]> {
        const snapshot = await openSnapshot(sql)
        try {
          const readers = await Promise.all(scopes.map(async (one) => ({ scope: one, priceVariants: await openPrices(getContainer(), one) })))
          const all: SourcePage[][] = []
          for await (const pages of streamStorePages(snapshot, readers, { pageSize: 3 })) all.push(pages)
          return all
        } finally {
          await snapshot.rollback()
        }
      }

      /** How many statements of the readers ran; prices with rules are the Pricing Module's, which is asked once for each context. */
      async function statementsOf(read: () => Promise<void>): Promise<number> {
        let count = 0
        const listen = ({ sql: text }: { sql: string }) => void (count += /with (part|wanted) as materialized|from (product_category|meta_catalog_catalog) c\b/.test(text) ? 1 : 0)
        sql.on("query", listen)
        await read()
        sql.removeListener("query", listen)
        return count
      }

      it("stream items with the same facts, whatever became of their variants", async () => {
        await prepare()
        await sql.raw(
          `insert into meta_catalog_item (id, catalog_id, retailer_id, variant_id, product_id, acknowledged_quantity, acknowledged_availability)
           select 'item_' || id, 'mcat_contract', id, id, product_id, 3, 'in stock' from product_variant where id = any(?)`,
          [store.variantIds]
        )
        const facts = await readStockFacts(sql, scope, store.variantIds)
        const items = []
        for await (const page of streamItemFacts(sql, scope, { pageSize: 7 })) {
          expect(page.length).toBeLessThanOrEqual(7)
          items.push(...page)
        }
        expect(items).toHaveLength(store.variantIds.length)
        for (const item of items) {
          expect(item).toMatchObject({ itemId: `item_${item.variantId}`, isSelling: false, isDue: false, told: { quantity: 3, availability: "in stock" }, toldPrice: null })
          expect(facts.get(item.variantId)).toEqual({ stock: item.stock, policy: item.policy, variantId: item.variantId, productId: expect.any(String) })
        }
      })

      it("find the variants an event is about, deleted ones included", async () => {
        await prepare()
        const inventory = getContainer().resolve(Modules.INVENTORY)
        const { rows: links } = await sql.raw<{ rows: { variant_id: string; inventory_item_id: string }[] }>(
          "select variant_id, inventory_item_id from product_variant_inventory_item"
        )
        const through = (itemId: string) => links.filter((link) => link.inventory_item_id === itemId).map((link) => link.variant_id).sort()
        for (const itemId of store.inventoryItemIds) {
          expect((await variantsOfInventoryItems(sql, [itemId])).variantIds.sort()).toEqual(through(itemId))
        }
        const levels = await inventory.listInventoryLevels({ inventory_item_id: store.inventoryItemIds }, { withDeleted: true, take: 100 })
        for (const level of levels) expect((await variantsOfInventoryLevels(sql, [level.id])).variantIds.sort()).toEqual(through(level.inventory_item_id))
        const [reservation] = await inventory.listReservationItems({ inventory_item_id: store.inventoryItemIds }, { take: 1 })
        await inventory.softDeleteReservationItems([reservation.id])
        expect((await variantsOfReservations(sql, [reservation.id])).variantIds.sort()).toEqual(through(reservation.inventory_item_id))
        expect((await variantsOfProducts(sql, store.productIds)).variantIds.sort()).toEqual([...store.variantIds].sort())
        expect(await variantsOfProducts(sql, [])).toEqual({ variantIds: [], someGone: false })
      })
    })

    it("read one state of the database, however it changes meanwhile", async () => {
      const store = await makeRandomStore(getContainer(), 44)
      const sql = getContainer().resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
      const scope: CatalogScope = { catalogId: "mcat_contract", salesChannelId: store.channelId, currencyCode: "eur", regionId: null, countryCode: null, priceTax: "as_stored" }
      const before = (await readSources(sql, scope)).flatMap((page) => page.variants.map(({ id }) => id))
      const snapshot = await openSnapshot(sql)
      try {
        const seen: string[] = []
        const pages = streamProductSources(snapshot, scope, { pageSize: 2, priceVariants: await openPrices(getContainer(), scope) })
        for await (const page of pages) {
          if (seen.length === 0) await sql.raw("update product set status = 'draft'")
          seen.push(...page.variants.map(({ id }) => id))
        }
        expect(seen).toEqual(before)
        await expect(snapshot.raw("update product set status = 'draft'")).rejects.toThrow("read-only")
      } finally {
        await snapshot.rollback()
      }
      expect(await readSources(sql, scope)).toEqual([])
    })

    /** Pages may be cut elsewhere; what is on them may not differ. */
    function flat(pages: SourcePage[]) {
      const variants = pages.flatMap((page) => page.variants)
      const offered = new Set(variants.map(({ productId }) => productId))
      return { variants, products: pages.flatMap((page) => [...page.products.values()]).filter(({ id }) => offered.has(id)) }
    }

    async function readSources(sql: Knex, scope: CatalogScope): Promise<SourcePage[]> {
      const snapshot = await openSnapshot(sql)
      try {
        const pages: SourcePage[] = []
        for await (const page of streamProductSources(snapshot, scope, { pageSize: 3, priceVariants: await openPrices(getContainer(), scope) })) pages.push(page)
        return pages
      } finally {
        await snapshot.rollback()
      }
    }
  },
})

function compareProduct(read: SourcePage["products"] extends Map<string, infer Product> ? Product : never, product: GraphProduct) {
  expect(read).toMatchObject({
    title: product.title,
    handle: product.handle,
    description: product.description,
    thumbnail: product.thumbnail,
    metadata: product.metadata,
    type: product.type?.value ?? null,
    tags: product.tags.map(({ value }) => value).sort(),
    variantCount: product.variants.length,
  })
  expect(read.images.map(({ url }) => url)).toEqual([...product.images].sort((a, b) => a.rank - b.rank).map(({ url }) => url))
  const paths = product.categories
    .filter((category) => category.is_active && category.parent_category?.is_active !== false)
    .map((category) => (category.parent_category ? [category.parent_category.name, category.name] : [category.name]))
  if (paths.length === 0) expect(read.categoryPath).toEqual([])
  else expect(read.categoryPath).toHaveLength(Math.max(...paths.map((path) => path.length)))
  if (paths.length > 0) expect(paths).toContainEqual(read.categoryPath)
}

function sorted(options: readonly { title: string; value: string }[]) {
  return [...options].sort((a, b) => a.title.localeCompare(b.title))
}

function number(amount: string | null): number | null {
  return amount === null ? null : Number(amount)
}
