import { Modules } from "@medusajs/framework/utils"
import type { ITranslationModuleService } from "@medusajs/framework/types"
import type { AdminOverlay } from "../../src/api/admin/meta-catalog/overlay-types"
import type { AdminFeed } from "../../src/api/admin/meta-catalog/feed-types"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { newConnection, statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"

jest.setTimeout(240_000)
process.env.MEDUSA_FF_TRANSLATION = "true"

withConnectedStore("feed-kinds", (store) => {
  const admin = "/admin/meta-catalog"
  const post = async (path: string, body = {}) => (await store.api.post(`${admin}${path}`, body, store.admin)).data
  const refusalOf = async (path: string, body: unknown) =>
    await post(path, body as Record<string, unknown>).then(
      () => "accepted",
      (error: { response: { data: { message: string } } }) => error.response.data.message
    )
  const control = () => store.sandbox.control
  const sessionsOf = async (feed: Pick<AdminOverlay, "meta_feed_id">) => (await control().uploads(feed.meta_feed_id!)).filter((session) => session.end_time !== null)

  /** Makes a feed over the items of the catalogue and waits until Meta has taken its file in. */
  async function overlay(catalogId: string, body: Record<string, unknown>): Promise<AdminOverlay> {
    const { feed } = (await post(`/catalogs/${catalogId}/feeds`, body)) as { feed: AdminOverlay }
    expect(feed.meta_feed_id).toEqual(expect.any(String))
    await taken(feed, 1)
    return feed
  }

  /** Waits for the session of this number, and that it was taken in here. */
  async function taken(feed: Pick<AdminOverlay, "meta_feed_id" | "catalog_id">, count: number) {
    const sessions = await until(`session ${count} of feed ${feed.meta_feed_id}`, async () => {
      const ended = await sessionsOf(feed)
      return ended.length >= count && ended
    })
    await until("all sessions are taken in", async () => (await statusOf(store, feed.catalog_id)).uploads.every((upload) => upload.ingested_at))
    return sessions[count - 1]
  }

  async function rebuildAndUpload(feed: AdminOverlay, count: number) {
    await post(`/feeds/${feed.id}/generate`)
    await post(`/feeds/${feed.id}/upload`)
    return await taken(feed, count)
  }

  const feedOf = async (id: string) => (await store.api.get(`${admin}/feeds/${id}`, store.admin)).data.feed
  const idsAtMeta = async ({ metaCatalogId }: Connected) => (await control().items(metaCatalogId)).map((item) => item.retailer_id).sort()

  // One catalogue for all three: connecting takes as long as what is looked at.
  it("a language's texts, chosen columns and a country's prices lie over the items, which stay as they are", async () => {
    const shop = await store.connect()
    await showsALanguage(shop)
    await putsColumnsOver(shop)
    await showsACountry(shop)
  })

  /** Its own prices and links are shown to a country, what has no price is hidden there, and everything else is as it was. */
  async function showsACountry(shop: Connected): Promise<void> {
    const before = await control().items(shop.metaCatalogId)
    for (const [body, words] of [
      [{ kind: "override", override_type: "country", override_value: "GB" }, "region_id: no region has this country"],
      [{ kind: "override", override_type: "country", override_value: "USA" }, "override_value: must be a country of two letters"],
      [{ kind: "override", override_type: "country", override_value: "US", format: "rss" }, "format: must be csv or tsv"],
      [{ kind: "override", override_type: "country", override_value: "US", currency_code: "eur" }, "currency_code: the region sells in USD"],
      [{ kind: "override", override_type: "planet" }, "override_type: must be country or language"],
      [{ kind: "shadow" }, "kind:"],
    ] as const) {
      expect(await refusalOf(`/catalogs/${shop.catalogId}/feeds`, body)).toContain(words)
    }

    const feed = await overlay(shop.catalogId, { kind: "override", override_type: "country", override_value: "us" })
    expect(feed).toMatchObject({ kind: "override", override_value: "US", currency_code: "usd", region_id: store.facts.regionIds.unitedStates })
    const [session] = await sessionsOf(feed)
    expect(session).toMatchObject({ num_invalid_items: 0, num_deleted_items: 0, error_count: 0, num_persisted_items: before.length })
    expect(session.errors.every(({ error_type }) => error_type === "PRODUCT_ITEM_NOT_VISIBLE")).toBe(true)
    expect(await refusalOf(`/catalogs/${shop.catalogId}/feeds`, { kind: "override", override_type: "country", override_value: "US" })).toContain("has a feed for US already")

    const [plain, sale, eurOnly] = (["plain", "sale", "eur_only"] as const).map((kind) => variantOf(store, kind))
    const inUs = async (sku: string) => (await control().localizedItem(shop.metaCatalogId, sku, { country: "US" }))!
    const base = Object.fromEntries(before.map(({ retailer_id, fields }) => [retailer_id, fields]))
    expect(await inUs(plain.sku)).toMatchObject({ price: expect.stringMatching(/ USD$/), link: expect.stringContaining("/us/products/"), visibility: "published", title: base[plain.sku].title })
    expect(await inUs(sale.sku)).toMatchObject({ sale_price: expect.stringMatching(/ USD$/) })
    expect(await inUs(eurOnly.sku)).toMatchObject({ visibility: "staging" })
    // Stock is one for all countries and is pushed: an override would stand before it.
    expect((await control().item(shop.metaCatalogId, plain.sku))!.overrides.country!.US.values).not.toHaveProperty("availability")
    const after = await control().items(shop.metaCatalogId)
    expect(after.map(({ retailer_id, fields }) => [retailer_id, fields])).toEqual(before.map(({ retailer_id, fields }) => [retailer_id, fields]))

    // Meta's schedule reads it at the feed's own address, with the feed's credentials.
    const { upload_id } = await control().fetchFeedNow(feed.meta_feed_id!, "replace")
    const scheduled = await taken(feed, 2)
    expect(scheduled).toMatchObject({ id: upload_id, input_method: "Server Fetch", url: feed.url, failed: false, num_persisted_items: before.length, num_deleted_items: 0 })

    // What is no longer offered shows everywhere as the main feed says.
    await store.api.post(`/admin/products/${plain.productId}`, { status: "draft" }, store.admin)
    await rebuildAndUpload(feed, 3)
    expect((await control().item(shop.metaCatalogId, plain.sku))!.overrides.country).not.toHaveProperty("US")
    expect(await idsAtMeta(shop)).toEqual(before.map((item) => item.retailer_id).sort())

    await store.api.delete(`${admin}/feeds/${feed.id}`, store.admin)
    expect((await control().feeds(shop.metaCatalogId)).map((one) => one.id)).toEqual([shop.feed.meta_feed_id])
    expect(await inUs(sale.sku)).toMatchObject({ price: base[sale.sku].price })
    expect(await idsAtMeta(shop)).toEqual(before.map((item) => item.retailer_id).sort())
    const { overlays } = (await store.api.get(`${admin}/catalogs/${shop.catalogId}/feeds`, store.admin)).data
    expect(overlays).toEqual([])
    const refused = await store.api.delete(`${admin}/feeds/${shop.feed.id}`, store.admin).catch((error: { response: { data: { message: string } } }) => error.response)
    expect(refused.data.message).toContain("has items of its own")
  }

  /** What is translated is shown in that language, and taken away when it no longer is. */
  async function showsALanguage(shop: Connected): Promise<void> {
    const { sku, productId } = variantOf(store, "size_colour")
    const untranslated = variantOf(store, "plain")
    const translations = store.container.resolve<ITranslationModuleService>(Modules.TRANSLATION)
    const { product } = (await store.api.get(`/admin/products/${productId}?fields=id,title,options.*,options.values.*`, store.admin)).data
    expect(await refusalOf(`/catalogs/${shop.catalogId}/feeds`, { kind: "override", override_type: "language", locale: "tlh" })).toContain("has no locale tlh")
    const values = product.options.flatMap((option: { values: { id: string; value: string }[] }) => option.values) as { id: string; value: string }[]
    await translations.createTranslations([
      { reference: "product", reference_id: productId, locale_code: "fr-FR", translations: { title: "Veste chaude", description: "<p>Très <b>chaude</b></p>" } },
      ...values.map(({ id, value }) => ({ reference: "product_option_value", reference_id: id, locale_code: "fr-FR", translations: { value: `${value} (fr)` } })),
    ])

    const feed = await overlay(shop.catalogId, { kind: "override", override_type: "language", locale: "fr-FR", format: "tsv" })
    expect(feed).toMatchObject({ override_value: "fr_XX", locale: "fr-FR", format: "tsv" })
    const base = (await control().item(shop.metaCatalogId, sku))!.fields
    const inFrench = async (id: string) => (await control().localizedItem(shop.metaCatalogId, id, { language: "fr_XX", country: "US" }))!
    expect(await inFrench(sku)).toMatchObject({ title: "Veste chaude", description: "Très chaude", price: base.price, link: base.link, size: expect.stringMatching(/ \(fr\)$/), color: expect.stringMatching(/ \(fr\)$/) })
    expect((await control().item(shop.metaCatalogId, untranslated.sku))!.overrides).toEqual({})
    const sibling = store.facts.variants.filter((variant) => variant.productId === productId)
    const [session] = await sessionsOf(feed)
    expect(session).toMatchObject({ num_persisted_items: sibling.length, error_count: 0, warning_count: 0, num_deleted_items: 0 })

    const all = await translations.listTranslations({ locale_code: "fr-FR" }, { take: null })
    await translations.deleteTranslations(all.map((translation) => translation.id))
    await rebuildAndUpload(feed, 2)
    expect(await inFrench(sku)).toMatchObject({ title: base.title, description: base.description, size: base.size })
    await store.api.delete(`${admin}/feeds/${feed.id}`, store.admin)
  }

  /** A supplementary feed's values are shown instead of the items' own until it ends. */
  async function putsColumnsOver(shop: Connected): Promise<void> {
    const { sku, productId } = variantOf(store, "plain")
    const ids = await idsAtMeta(shop)
    for (const [body, words] of [
      [{ columns: ["quantity_to_sell_on_facebook"] }, "columns: quantity_to_sell_on_facebook cannot be put over an item"],
      [{ columns: ["colour"] }, "columns: colour is no column of the feed"],
      [{ columns: ["brand"], primary_feed_ids: ["mcfeed_none"] }, "primary_feed_ids: the catalogue has no feed mcfeed_none"],
      [{ columns: [] }, "columns: must name at least one column"],
    ] as const) {
      expect(await refusalOf(`/catalogs/${shop.catalogId}/feeds`, { kind: "supplementary", ...body })).toContain(words)
    }
    const feed = await overlay(shop.catalogId, { kind: "supplementary", columns: ["brand", "product_type"] })
    expect(feed.primary_feed_ids).toEqual([shop.feed.id])
    expect((await control().item(shop.metaCatalogId, sku))!.supplement).toMatchObject({ brand: "Kiln" })
    expect(await refusalOf(`/catalogs/${shop.catalogId}/feeds`, { kind: "supplementary", columns: ["brand"] })).toContain("at most one supplementary feed")

    await store.api.post(`/admin/products/${productId}`, { metadata: { brand: "Other" } }, store.admin)
    const session = await rebuildAndUpload(feed, 2)
    expect(session).toMatchObject({ num_deleted_items: 0, num_invalid_items: 0, error_count: 0, warning_count: 0, num_persisted_items: ids.length })
    expect((await control().item(shop.metaCatalogId, sku))!.fields.brand).toBe("Other")
    expect((await feedOf(feed.id)).columns).toEqual(["brand", "product_type"])
    await store.api.delete(`${admin}/feeds/${feed.id}`, store.admin)
    expect((await control().item(shop.metaCatalogId, sku))!.fields.brand).toBe("Kiln")
    expect(await idsAtMeta(shop)).toEqual(ids)
  }

  it("a feed made update_only loses nothing at Meta that its file lacks, also where Meta does not know the word, and uploads can be asked to delete nothing", async () => {
    await control().setSettings({ update_only_feeds: "refuse" })
    const body = await newConnection(store)
    const catalogId: string = (await post("/catalogs", body)).catalog.id
    const { feed } = (await post(`/catalogs/${catalogId}/feeds`, { update_only: true })) as { feed: AdminFeed }
    expect(feed.update_only).toBe(true)
    expect(await refusalOf(`/catalogs/${catalogId}/feeds`, { update_only: false })).toContain("update_only: Meta is told when a feed is made")
    const [atMeta] = await control().feeds(body.meta_catalog_id)
    expect(atMeta).toMatchObject({ deletion_enabled: false, options: expect.not.objectContaining({ update_only: true }) })
    const listed = await until("the first upload is taken in", async () => {
      const { counts, uploads } = await statusOf(store, catalogId)
      return uploads.some((upload) => upload.ingested_at) && counts.in_step > 0 && counts.in_step === counts.listed && counts.listed
    })

    // Gone for longer than the catalogue keeps such items, so that the next file lacks it.
    const { productId, sku } = variantOf(store, "plain")
    await store.api.post(`/admin/products/${productId}`, { status: "draft" }, store.admin)
    await post(`/feeds/${feed.id}/generate`)
    const published = async (number: number) => await until(`snapshot ${number} is published`, async () => (await feedOf(feed.id)).published?.number >= number)
    await published(2)
    const module = metaCatalog(store.container)
    const items = await module.listItems({ retailer_id: sku, catalog_id: catalogId })
    await module.updateItems(items.map(({ id }) => ({ id, discontinued_at: new Date(Date.now() - 400 * 86_400_000) })))
    await post(`/feeds/${feed.id}/generate`)
    await published(3)
    for (const [request, session] of [
      [{ update_only: true, by: "file" }, { kind: "update", input_method: "Manual Upload" }],
      [{ update_only: true }, { kind: "update", input_method: "User initiated server fetch" }],
      [{}, { kind: "replace", input_method: "User initiated server fetch" }],
      [{ by: "file" }, { kind: "replace", input_method: "Manual Upload" }],
    ] as const) {
      const count = (await sessionsOf({ meta_feed_id: atMeta.id })).length
      await post(`/feeds/${feed.id}/upload`, request)
      expect(await taken({ meta_feed_id: atMeta.id, catalog_id: catalogId }, count + 1)).toMatchObject({ ...session, num_deleted_items: 0, num_invalid_items: 0 })
    }
    expect(await control().item(body.meta_catalog_id, sku)).not.toBeNull()
    expect((await statusOf(store, catalogId)).counts.listed).toBe(listed)
    expect(await refusalOf(`/feeds/${feed.id}/upload`, { by: "post" })).toContain("by: must be url or file")
  })
})
