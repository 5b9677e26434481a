import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { parse } from "csv-parse/sync"
import type { AdminColumn, AdminColumns, AdminColumnsPreview } from "../../src/api/admin/meta-catalog/column-types"
import { FEED_FIELDS } from "../../src/catalog/columns/field-table"
import buildFeeds from "../../src/jobs/build-feeds"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { buildFeed } from "../../src/workflows/steps/build-feed"
import { statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"
import { servedFile } from "./feed-store"

jest.setTimeout(300_000)

process.env.META_CATALOG_MAP_ITEM = join(__dirname, "..", "store", "map-item.ts")

/** Columns of the store's own code, which fills them for every item. */
const HOOKED = ["custom_label_4", "custom_number_4"]

/** A value for every other column that can be set. */
const EVERY_COLUMN: Record<string, string> = {
  condition: "new", link: "https://shop.example/mug", image_link: "https://cdn.example.com/mug.jpg", additional_image_link: "https://cdn.example.com/2.jpg,https://cdn.example.com/3.jpg",
  gtin: "4006381333931", mpn: "M-1", color: "Blue", size: "M", material: "Clay", pattern: "Plain", gender: "unisex", age_group: "adult",
  additional_variant_attribute: "Finish:Matt, Scent:Pine", item_group_id: "group", title: "Mug & more ]]>", description: "A mug.", rich_text_description: "<p>A <b>mug</b></p>", brand: "Kiln",
  google_product_category: "2169", product_type: "Home > Mugs", internal_label: "['spring','sale']",
  image: '[{"url":"https://cdn.example.com/mug.jpg","tag":["front"]}]', video: '[{"url":"https://cdn.example.com/mug.mp4","tag":["film"]}]', mobile_link: "https://m.shop.example/mug",
  fb_product_category: "Home > Kitchen > Mugs", offer_price: "1.00 EUR", offer_price_effective_date: "2027-03-01T08:00+00:00/2027-03-08T23:59+00:00", unit_price: "1.20 EUR/l",
  shipping: "DE::DHL:4.90 EUR", shipping_weight: "0.4 kg", shipping_profile_reference_id: "parcel", tax: "US:CA:9.25:y", commerce_tax_category: "FB_APRL",
  return_policy_info: '{"is_final_sale":"false","return_policy_days":"30"}', custom_label_0: "label", custom_label_1: "a", custom_label_2: "b", custom_label_3: "c",
  custom_number_0: "4294967295", custom_number_1: "1", custom_number_2: "2", custom_number_3: "3", expiration_date: "2099-12-31", origin_country: "PT",
  importer_name: "Kiln Imports", importer_address: '{"city":"Goa","country":"IN"}', manufacturer_info: "Kiln", wa_compliance_category: "DEFAULT", disabled_capabilities: "da",
  applink: '{"ios_url":"kiln://mug","android_package":"test.kiln"}', ordering_index: "7", vendor_id: "V-1", user_rating: "4.5", rating_count: "12",
}

withConnectedStore("columns", (store) => {
  const path = ({ catalogId }: Connected) => `/admin/meta-catalog/catalogs/${catalogId}/columns`
  const read = async (connected: Connected, productId?: string): Promise<AdminColumns> =>
    (await store.api.get(path(connected) + (productId ? `?product_id=${productId}` : ""), store.admin)).data
  const columnOf = (columns: AdminColumns, field: string): AdminColumn => columns.columns.find((column) => column.field === field)!
  const save = async (connected: Connected, columns: unknown): Promise<AdminColumns> => (await store.api.post(path(connected), { columns }, store.admin)).data
  const preview = async (connected: Connected, columns: unknown): Promise<AdminColumnsPreview> =>
    (await store.api.post(`${path(connected)}/preview`, { columns }, store.admin)).data
  const refused = async (call: Promise<unknown>): Promise<string> =>
    await call.then(
      () => "it was taken",
      (error) => `${error.response.status} ${error.response.data.message}`
    )
  const issuesOf = async (productId: string): Promise<{ code: string; severity: string; field: string; message: string }[]> =>
    (await store.api.get(`/admin/meta-catalog/issues?product_id=${productId}`, store.admin)).data.issues

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

  it("fills columns from what a merchant sets, in the file and at Meta, and from the store's own code", async () => {
    const connected = await store.connect()
    const { sku, productId, variantId } = variantOf(store, "plain")
    const products = store.container.resolve(Modules.PRODUCT)
    await products.updateProducts(productId, { metadata: { season: "Spring", care: ["Wash", "Dry"], maker: "Made by hand" }, weight: 400 })
    await products.updateProductVariants(variantId, { metadata: { season: "Summer, 2027" }, origin_country: "pt" })
    const first = await served(connected)
    // The hook's columns are in every file; nothing else is that is not set.
    expect(first.get(sku)).toMatchObject({ custom_label_4: expect.stringMatching(/^(dear|cheap)$/), custom_number_4: expect.stringMatching(/^\d+$/) })
    expect(first.get(sku)).not.toHaveProperty("custom_label_0")

    const columns = {
      custom_label_0: [{ from: "metadata", key: "season" }],
      custom_label_1: [{ from: "metadata", of: "product", key: "care" }],
      title: [{ from: "template", text: "{product.title} – {product.metadata.maker}" }, { from: "default" }],
      shipping_weight: [{ from: "template", text: "{product.weight} g" }],
      origin_country: [{ from: "field", path: "variant.origin_country" }, { from: "constant", value: "de" }],
      return_policy_info: [{ from: "constant", value: '{"is_final_sale":"false","return_policy_days":"30"}' }],
      unit_price: [{ from: "template", text: "{price.amount}/pc" }],
    }
    const looked = await preview(connected, columns)
    const saved: { answer?: AdminColumns } = {}
    const rows = await builtAfter(connected, async () => (saved.answer = await save(connected, columns)))
    const title = first.get(sku)!.title
    const row = rows.get(sku)!
    expect(row).toMatchObject({
      custom_label_0: "Summer, 2027",
      custom_label_1: "Wash, Dry",
      title: `${title} – Made by hand`,
      shipping_weight: "400 g",
      origin_country: "PT",
      return_policy_info: '{"is_final_sale":"false","return_policy_days":"30"}',
    })
    expect(JSON.parse(row.unit_price)).toEqual({ value: row.price.split(" ")[0], currency: row.price.split(" ")[1], unit: "pc" })
    const siblings = store.facts.variants.filter((variant) => variant.productId === productId).length
    const labels = [...rows.values()].map((other) => other.custom_label_0).filter(Boolean).sort()
    expect(labels).toEqual([...Array(siblings - 1).fill("Spring"), "Summer, 2027"])
    expect([...rows.values()].filter((other) => other.origin_country !== "DE").map(({ id }) => id)).toEqual([sku])

    // The preview said what the build did.
    const told = new Map(looked.columns.map((column) => [column.field, column]))
    expect(told.get("custom_label_0")).toMatchObject({ filled_before: 0, filled_after: siblings, changed: siblings })
    expect(told.get("title")).toMatchObject({ filled_before: looked.items, filled_after: looked.items, changed: siblings })
    expect(told.get("title")!.samples).toContainEqual({ retailer_id: expect.any(String), title: `${title} – Made by hand`, before: title, after: `${title} – Made by hand` })
    expect(told.get("origin_country")!.filled_after).toBe(looked.items)
    expect(columnOf(saved.answer!, "custom_label_0").source).toEqual([{ from: "metadata", of: "either", key: "season" }])
    expect(columnOf(await read(connected, productId), "title")).toMatchObject({ value: `${title} – Made by hand`, default_value: title, default_source: ["product.title"] })

    await store.sandbox.control.fetchFeedNow(connected.feed.meta_feed_id!, "replace")
    expect(await store.sandbox.control.item(connected.metaCatalogId, sku)).toMatchObject({
      fields: { custom_label_0: "Summer, 2027", origin_country: "PT", shipping_weight: "400 g", unit_price: { unit: "pc" }, custom_number_4: expect.any(Number) },
    })
    const [upload] = (await store.sandbox.control.uploads(connected.feed.meta_feed_id!)).slice(-1)
    expect(upload).toMatchObject({ num_invalid_items: 0 })

    // Back to the built-in source, and a column that is emptied.
    const back = await builtAfter(connected, () => save(connected, { title: null, custom_label_0: [], mpn: [] }))
    expect(back.get(sku)).toMatchObject({ title, custom_label_1: "Wash, Dry" })
    expect(back.get(sku)).not.toHaveProperty("custom_label_0")
    expect([...back.values()].filter(({ mpn }) => mpn !== "")).toEqual([])
  })

  it.each(["csv", "rss"])("is taken by Meta with every column set, as %s", async (format) => {
    const connected = await store.connect()
    const columns = Object.fromEntries(Object.entries(EVERY_COLUMN).map(([field, value]) => [field, [{ from: "constant", value }]]))
    const settable = (await read(connected)).columns.filter((column) => column.settable).map((column) => column.field)
    expect(Object.keys(columns).sort()).toEqual(settable.filter((field) => !HOOKED.includes(field)).sort())
    await store.api.post(`/admin/meta-catalog/feeds/${connected.feed.id}`, { format }, store.admin)
    const number = async () => (await statusOf(store, connected.catalogId)).feeds[0].published!.number
    const before = await number()
    await save(connected, columns)
    await buildFeeds(store.container)
    await until("a file is built", async () => (await number()) > before)

    await until("Meta has taken the file in", async () => {
      await store.sandbox.control.fetchFeedNow(connected.feed.meta_feed_id!, "replace")
      return (await store.sandbox.control.item(connected.metaCatalogId, variantOf(store, "plain").sku))?.fields.custom_label_0 === "label"
    })
    const { fields } = (await store.sandbox.control.item(connected.metaCatalogId, variantOf(store, "plain").sku))!
    for (const field of Object.keys(columns)) expect([field, fields[field]]).toEqual([field, expect.anything()])
    expect(fields).toMatchObject({
      applink: { ios_url: "kiln://mug", android_package: "test.kiln" }, disabled_capabilities: ["da"], custom_number_0: 4294967295, user_rating: 4.5,
      video: [{ url: "https://cdn.example.com/mug.mp4", tag: ["film"] }], importer_address: { city: "Goa", country: "IN" }, shipping: "DE::DHL:4.90 EUR", offer_price: "1.00 EUR",
    })
    const [upload] = (await store.sandbox.control.uploads(connected.feed.meta_feed_id!)).slice(-1)
    expect(upload).toMatchObject({ num_invalid_items: 0, error_count: 0 })
    expect(upload.errors.filter((error: { error_type: string }) => error.error_type === "PROPERTY_VALUE_FORMAT")).toEqual([])
  })

  it("keeps the last valid row where the store's own code fails, with the columns it had, and leaves out what it may not give", async () => {
    const connected = await store.connect()
    const { sku, productId } = variantOf(store, "plain")
    const products = store.container.resolve(Modules.PRODUCT)
    const good = await builtAfter(connected, () => save(connected, { custom_label_0: [{ from: "constant", value: "kept" }] }))
    const { data } = await store.api.post(`/admin/meta-catalog/catalogs/${connected.catalogId}/feeds`, { kind: "supplementary", columns: ["custom_label_4"] }, store.admin)
    const supplement = async (status: string) =>
      await until(`the newest supplementary file is ${status}`, async () => {
        const [newest] = await metaCatalog(store.container).listSnapshots({ feed_id: data.feed.id }, { order: { number: "DESC" }, take: 1 })
        return newest?.status === status && newest
      })
    await supplement("ready")
    const failing = await builtAfter(connected, async () => {
      await products.updateProducts(productId, { metadata: { map_item: "throw" } })
      await metaCatalog(store.container).feeds.requestBuilds({ catalogIds: [connected.catalogId] })
    })
    expect(failing.get(sku)).toMatchObject({ availability: "out of stock", custom_label_0: "kept", custom_label_4: good.get(sku)!.custom_label_4 })
    expect(failing.size).toBe(good.size)
    const [failure] = (await issuesOf(productId)).filter(({ code }) => code === "map_item_failed")
    expect(failure).toMatchObject({ severity: "error", field: "mapItem", message: expect.stringContaining("no row for") })
    // Its cells are what the code would have said: empty ones would clear them at Meta.
    await buildFeed(store.container, data.feed.id)
    expect((await supplement("held")).hold_reason).toMatch(/^mapItem failed for .+ \(no row for /)

    const odd = await builtAfter(connected, async () => {
      await products.updateProducts(productId, { metadata: { map_item: "odd" } })
      await metaCatalog(store.container).feeds.requestBuilds({ catalogIds: [connected.catalogId] })
    })
    expect(odd.get(sku)).toMatchObject({ price: good.get(sku)!.price, gender: "", custom_label_0: "kept", custom_label_4: "" })
    const found = await issuesOf(productId)
    expect(new Set(found.filter(({ code }) => code === "map_item_refused").map(({ field }) => field).sort())).toEqual(new Set(["colour", "custom_label_3", "price"]))
    expect(found).toContainEqual(expect.objectContaining({ code: "gender_invalid", severity: "warning", message: expect.stringContaining('"robots"') }))
    expect(found.map(({ code }) => code)).not.toContain("map_item_failed")
  })

  it("refuses what cannot be set, naming the column, and knows all of Meta's columns", async () => {
    const connected = await store.connect()
    const answer = await read(connected)
    expect(answer.columns.map((column) => column.field)).toEqual(FEED_FIELDS.map((field) => field.name))
    expect(answer.example).toMatchObject({ product_id: expect.any(String), title: expect.any(String) })
    expect(answer.map_item).toEqual({ columns: ["custom_label_4", "custom_number_4"], unknown_columns: [] })
    expect(columnOf(answer, "price")).toMatchObject({ settable: false, required: true, default_source: ["price.amount"], value: expect.stringMatching(/ EUR$/) })
    expect(columnOf(answer, "importer_address")).toMatchObject({ kind: "object", source: null, parts: expect.arrayContaining(["postal_code"]) })
    expect(columnOf(answer, "custom_number_0")).toMatchObject({ range: { lowest: 0, highest: 4294967295, whole: true } })

    const one = (field: string, ...sources: unknown[]) => refused(save(connected, { [field]: sources }))
    expect(await one("price", { from: "constant", value: "1" })).toMatch(/^400 columns\.price: is filled in by the plugin/)
    expect(await one("colour", { from: "constant", value: "Blue" })).toMatch(/^400 columns\.colour: is no column/)
    expect(await one("title")).toMatch(/^400 columns\.title: Meta requires/)
    expect(await one("custom_label_0", { from: "default" })).toMatch(/^400 columns\.custom_label_0\.0: the column has no built-in source/)
    expect(await one("item_group_id", { from: "field", path: "variant.sku" })).toMatch(/^400 columns\.item_group_id\.0: must be the same/)
    expect(await one("gender", { from: "constant", value: "robots" })).toMatch(/^400 columns\.gender\.0\.value: must be one of female/)
    expect(await one("title", { from: "template", text: "{titel}" })).toMatch(/^400 columns\.title\.0\.text: does not know \{titel\}/)
    expect(await one("title", { from: "field", path: "product.name" })).toMatch(/^400 columns\.title\.0\.path: must be one of product\.id/)
    expect(await one("title", { from: "nowhere" })).toMatch(/^400 columns\.title\.0\.from: /)
    expect(await refused(preview(connected, { mpn: [{ from: "constant", value: "x".repeat(101) }] }))).toMatch(/^400 columns\.mpn\.0\.value: must have at most 100/)
    expect(await refused(save(connected, {}))).toMatch(/^400 columns: must name a column/)
    expect(await refused(preview(connected, { title: "x" }))).toMatch(/^400 columns\.title: /)

    // A preview stores nothing.
    await preview(connected, { custom_label_0: [{ from: "tags" }] })
    const sql = store.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
    expect((await sql.raw("select count(*)::int as n from meta_catalog_column")).rows).toEqual([{ n: 0 }])
    await save(connected, { custom_label_0: [{ from: "tags" }] })
    await store.api.delete(`/admin/meta-catalog/catalogs/${connected.catalogId}`, store.admin)
    expect((await sql.raw("select count(*)::int as n from meta_catalog_column")).rows).toEqual([{ n: 0 }])
  })
})
