import { gunzipSync } from "node:zlib"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { parse } from "csv-parse/sync"
import type { AdminCategory, AdminGoogleCategory } from "../../src/api/admin/meta-catalog/category-types"
import buildFeeds from "../../src/jobs/build-feeds"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"
import { servedFile } from "./feed-store"

jest.setTimeout(300_000)

const SHIRTS: AdminGoogleCategory = { id: "212", path: "Apparel & Accessories > Clothing > Shirts & Tops" }
const MUGS: AdminGoogleCategory = { id: "2169", path: "Home & Garden > Kitchen & Dining > Tableware > Drinkware > Mugs" }

withConnectedStore("category-mapping", (store) => {
  const path = ({ catalogId }: Connected) => `/admin/meta-catalog/catalogs/${catalogId}/categories`
  const sqlOf = () => store.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const categories = async (connected: Connected): Promise<AdminCategory[]> => (await store.api.get(path(connected), store.admin)).data.categories
  const save = async (connected: Connected, mappings: unknown) => (await store.api.post(path(connected), { mappings }, store.admin)).data.categories as AdminCategory[]
  const refused = async (call: Promise<unknown>): Promise<string> =>
    await call.then(
      () => "it was taken",
      (error) => `${error.response.status} ${error.response.data.message}`
    )

  /** The rows of the file that is served, by id. */
  const served = async (connected: Connected) => {
    const snapshot = await servedFile(metaCatalog(store.container), connected.feed.id)
    const file = await store.container.resolve(Modules.FILE).getAsBuffer(snapshot!.file_key)
    const rows: Record<string, string>[] = parse(gunzipSync(file), { columns: true })
    return new Map(rows.map((row) => [row.id, row]))
  }
  /** The rows of the file that the minute job builds after `change`. */
  const builtAfter = async (connected: Connected, change: () => Promise<unknown>) => {
    const number = async () => (await statusOf(store, connected.catalogId)).feeds[0].published!.number
    const before = await number()
    await change()
    await buildFeeds(store.container)
    await until("a file is built", async () => (await number()) > before)
    return await served(connected)
  }
  const hashOf = async (retailerId: string): Promise<string> => {
    const { rows } = await sqlOf().raw(`select r.hash from meta_catalog_item_row r join meta_catalog_item i on i.id = r.item_id where i.retailer_id = ?`, [retailerId])
    return rows[0].hash
  }

  it("maps a category of the store once, and the feed carries Google's id for its products and those below it", async () => {
    const connected = await store.connect()
    const { sku, productId } = variantOf(store, "plain")
    const products = store.container.resolve(Modules.PRODUCT)
    const [first] = (await products.retrieveProduct(productId, { relations: ["categories"] })).categories!
    const child = await products.createProductCategories({ name: "Mugs", parent_category_id: first.id, is_active: true })
    const [before] = (await categories(connected)).filter(({ id }) => id === first.id)
    expect(before).toMatchObject({ own: null, inherited: null, is_public: true, product_count: expect.any(Number) })
    expect(before.product_count).toBeGreaterThan(0)
    expect((await categories(connected)).find(({ name }) => name === "Shirts")!.suggestion).toEqual(SHIRTS)
    expect((await served(connected)).get(sku)!.google_product_category).toBe("")
    const oldHash = await hashOf(sku)

    let saved: AdminCategory[] = []
    const rows = await builtAfter(connected, async () => (saved = await save(connected, [{ product_category_id: first.id, google_product_category: "212" }])))
    expect(rows.get(sku)!.google_product_category).toBe("212")
    expect(await hashOf(sku)).not.toBe(oldHash)
    expect(saved.find(({ id }) => id === first.id)).toMatchObject({ own: SHIRTS, inherited: null, suggestion: null })
    expect(saved.find(({ id }) => id === child.id)).toMatchObject({ own: null, inherited: { ...SHIRTS, from: [first.name] }, suggestion: MUGS })
    const below = saved.findIndex(({ id }) => id === child.id)
    expect(saved.slice(0, below).map(({ id }) => id)).toContain(first.id)

    // The deepest mapping counts, a path is as good as an id, and metadata has the last word.
    await products.updateProducts(productId, { category_ids: [first.id, child.id] })
    const deeper = await builtAfter(connected, () => save(connected, [{ product_category_id: child.id, google_product_category: MUGS.path }]))
    expect(deeper.get(sku)!.google_product_category).toBe("2169")
    await products.updateProducts(productId, { metadata: { google_product_category: "1604" } })
    const ended = await builtAfter(connected, () => save(connected, [{ product_category_id: first.id, google_product_category: null }]))
    expect(ended.get(sku)!.google_product_category).toBe("1604")
    expect([...ended.values()].filter((row) => row.google_product_category === "212")).toEqual([])
    await products.updateProducts(productId, { metadata: { google_product_category: "Mugs" } })
    const unknown = await builtAfter(connected, () => save(connected, [{ product_category_id: first.id, google_product_category: null }]))
    expect(unknown.get(sku)!.google_product_category).toBe("2169")
    const { data } = await store.api.get(`/admin/meta-catalog/issues?product_id=${productId}&severity=warning`, store.admin)
    expect(data.issues).toContainEqual(expect.objectContaining({ code: "google_product_category_unknown", message: expect.stringContaining('"Mugs"') }))

    await store.sandbox.control.fetchFeedNow(connected.feed.meta_feed_id!, "replace")
    expect(await store.sandbox.control.item(connected.metaCatalogId, sku)).toMatchObject({ fields: { google_product_category: "2169" } })
  })

  it("refuses what it does not know, naming the field, and finds categories by words", async () => {
    const connected = await store.connect()
    const [{ id }] = await categories(connected)
    const one = (google_product_category: unknown, product_category_id = id) => [{ product_category_id, google_product_category }]
    expect(await refused(save(connected, one("Mugs")))).toMatch(/^400 mappings\.0\.google_product_category: /)
    expect(await refused(save(connected, one("1")))).toMatch(/^400 mappings\.0\.google_product_category: /)
    expect(await refused(save(connected, one(212)))).toMatch(/^400 mappings\.0\.google_product_category: /)
    expect(await refused(save(connected, one("212", "pcat_none")))).toBe("400 mappings.0.product_category_id: there is no such category")
    expect(await refused(save(connected, [...one("212"), ...one("2169")]))).toBe("400 mappings.1.product_category_id: comes twice")
    expect(await refused(save(connected, []))).toMatch(/^400 mappings: /)
    const change = { google_product_category: "Mugs" }
    expect(await refused(store.api.post(`/admin/meta-catalog/catalogs/${connected.catalogId}`, change, store.admin))).toMatch(/^400 google_product_category: /)
    expect((await categories(connected)).filter(({ own }) => own)).toEqual([])

    const found = await store.api.get("/admin/meta-catalog/google-categories?q=mug", store.admin)
    expect(found.data.google_categories[0]).toEqual(MUGS)
    expect(await refused(store.api.get("/admin/meta-catalog/google-categories", store.admin))).toMatch(/^400 q: /)
  })

  it("forgets the mappings with the catalogue", async () => {
    const connected = await store.connect()
    const [{ id }] = await categories(connected)
    await save(connected, [{ product_category_id: id, google_product_category: "212" }])
    const left = async () => await metaCatalog(store.container).listCategoryMappings({ catalog_id: connected.catalogId })
    expect(await left()).toHaveLength(1)
    await store.api.delete(`/admin/meta-catalog/catalogs/${connected.catalogId}`, store.admin)
    expect(await left()).toEqual([])
  })
})
