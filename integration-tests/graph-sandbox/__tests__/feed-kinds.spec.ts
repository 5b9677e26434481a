import { csv, line, openFeedHost, openLab, openShop, type FeedHost, type Lab, type Shop } from "./harness"

let lab: Lab
let host: FeedHost
let shop: Shop

beforeAll(async () => {
  lab = await openLab()
  host = await openFeedHost()
})

afterAll(async () => {
  await host.close()
  await lab.close()
})

beforeEach(async () => {
  await lab.sandbox.control.reset()
  shop = await openShop(lab.sandbox)
})

const control = () => lab.sandbox.control
const create = async (body: Record<string, unknown>) => shop.api.post(`${shop.id}/product_feeds`, { name: "a feed", ...body })

/** Uploads a text into a feed as Meta's schedule would take it (`replace`) or as one that deletes nothing. */
async function upload(feedId: string, text: string, more: Record<string, unknown> = {}) {
  const url = host.serve(`/${feedId}.csv`, text)
  const { body } = await shop.api.post(`${feedId}/uploads`, { url, ...more })
  await control().settle()
  const uploads = await control().uploads(feedId)
  return uploads.find((session) => session.id === body.id)!
}

async function primary(...ids: string[]): Promise<string> {
  const feed = (await create({ name: "main" })).body.id as string
  await upload(feed, csv(...ids.map((id) => line(id))))
  return feed
}

describe("override feeds", () => {
  test("a country feed changes what that country sees, per item and field, and adds and deletes nothing", async () => {
    await primary("A", "B")
    const feed = (await create({ override_type: "country", override_value: "GB" })).body.id
    expect((await shop.api.get(`${feed}?fields=override_type`)).body).toEqual({ id: feed, override_type: "country" })
    const session = await upload(feed, "id,override,price,sale_price,status,link,delete\nA,GB,9.00 GBP,,active,https://shop.test/gb/a,false\nX,GB,1.00 GBP,,,,false\n")
    expect(session).toMatchObject({ num_detected_items: 2, num_persisted_items: 1, num_invalid_items: 1, num_deleted_items: 0 })
    expect(session.errors.map((error) => error.summary)).toEqual(["Item Not in the Catalog: id"])
    expect((await control().items(shop.id)).map((item) => [item.retailer_id, item.price])).toEqual([["A", "24.50 GBP"], ["B", "24.50 GBP"]])
    expect(await control().localizedItem(shop.id, "A", { country: "GB" })).toMatchObject({ price: "9.00 GBP", link: "https://shop.test/gb/a", title: "Mug A" })
    expect(await control().localizedItem(shop.id, "A", { country: "FR" })).toMatchObject({ price: "24.50 GBP" })
    const page = await (await fetch(`${lab.sandbox.url}/?catalog=${shop.id}`)).text()
    expect(page).toContain("country override GB")
    expect(page).toContain('<span class="badge warn">GB</span>')
  })

  test("language goes before country, and both together before language", async () => {
    await primary("A")
    const feeds = await Promise.all(["COUNTRY", "LANGUAGE", "LANGUAGE_AND_COUNTRY"].map(async (override_type) => (await create({ override_type })).body.id))
    await upload(feeds[0], "id,override,title,link\nA,CA,Mug CA,https://shop.test/ca/a\n")
    await upload(feeds[1], "id,override,title,link\nA,fr_XX,Tasse,https://shop.test/fr/a\n")
    await upload(feeds[2], "id,override,link\nA,fr_XX|CA,https://shop.test/ca/fr/a\n")
    expect(await control().localizedItem(shop.id, "A", { country: "CA", language: "fr_XX" })).toMatchObject({ title: "Tasse", link: "https://shop.test/ca/fr/a" })
    expect(await control().localizedItem(shop.id, "A", { country: "CA" })).toMatchObject({ title: "Mug CA", link: "https://shop.test/ca/a" })
    const item = (await control().item(shop.id, "A"))!
    expect((await shop.api.get(`${item.id}/override_details?keys=fr_XX,CA`)).body.data).toEqual([
      { type: "country", key: "CA", values: { title: "Mug CA", link: "https://shop.test/ca/a" } },
      { type: "language", key: "fr_XX", values: { title: "Tasse", link: "https://shop.test/fr/a" } },
    ])
    expect((await shop.api.get(`${item.id}/override_details?type=language_and_country`)).body.data).toHaveLength(1)
  })

  test("an override goes with delete true, with its feed and with its item; a row that is missing leaves it unless the settings say so", async () => {
    const main = await primary("A", "B", "C")
    const feed = (await create({ override_type: "country" })).body.id
    const header = "id,override,price,delete\n"
    await upload(feed, `${header}A,GB,9.00 GBP,false\nB,GB,8.00 GBP,false\nC,GB,7.00 GBP,false\n`)
    const pricesInGb = async () => Promise.all(["A", "B"].map(async (id) => (await control().localizedItem(shop.id, id, { country: "GB" }))?.price))
    await upload(feed, `${header}A,GB,,true\n`)
    expect(await pricesInGb()).toEqual(["24.50 GBP", "8.00 GBP"])
    await upload(main, csv(line("A"), line("B")))
    expect(await control().item(shop.id, "C")).toBeNull()
    await control().setSettings({ absent_override_row: "drop" })
    await upload(feed, `${header}A,GB,6.00 GBP,false\n`, { update_only: true })
    expect(await pricesInGb()).toEqual(["6.00 GBP", "8.00 GBP"])
    await upload(feed, `${header}A,GB,6.00 GBP,false\n`)
    expect(await pricesInGb()).toEqual(["6.00 GBP", "24.50 GBP"])
    await shop.api.delete(feed)
    expect(await pricesInGb()).toEqual(["24.50 GBP", "24.50 GBP"])
    expect(await control().items(shop.id)).toHaveLength(2)
  })

  test("an empty cell takes a single value away again in a replace file", async () => {
    await primary("A")
    const feed = (await create({ override_type: "country" })).body.id
    await upload(feed, "id,override,price,sale_price\nA,GB,9.00 GBP,5.00 GBP\n")
    await upload(feed, "id,override,price,sale_price\nA,GB,9.00 GBP,\n")
    expect((await control().item(shop.id, "A"))!.overrides).toEqual({ country: { GB: { feed_id: feed, values: { price: "9.00 GBP" } } } })
  })

  test.each([
    ["a price in a language feed", "language", "id,override,title,price\nA,fr_XX,Tasse,9.00 EUR\n", "Column Not Allowed in a Language Feed"],
    ["no override column", "country", "id,price\nA,9.00 GBP\n", "A required column is missing: override"],
    ["a language where a country belongs", "country", "id,override,price\nA,fr_XX,9.00 GBP\n", "Invalid Value for Property: override"],
    ["a country that is none", "country", "id,override,price\nA,ZY,9.00 GBP\n", "Invalid Value for Property: override"],
    ["a country where a language belongs", "language", "id,override,title\nA,GB,Mug\n", "Invalid Value for Property: override"],
    ["one item twice", "country", "id,override,price\nA,GB,9.00 GBP\nA,GB,8.00 GBP\n", "Non-Unique Value: id"],
    ["a delete that is no word", "country", "id,override,price,delete\nA,GB,9.00 GBP,yes\n", "Invalid Value for Property: delete"],
  ])("%s is refused and changes nothing", async (_case, override_type, text, summary) => {
    await primary("A")
    const feed = (await create({ override_type })).body.id
    const session = await upload(feed, text)
    expect(session.errors.filter((error) => error.severity === "fatal").map((error) => error.summary)).toEqual([summary])
    expect((await control().item(shop.id, "A"))!.overrides[override_type as "country"] ?? {}).toEqual({})
  })

  test("a column that cannot be localised is passed over with a warning", async () => {
    await primary("A")
    const feed = (await create({ override_type: "country" })).body.id
    const session = await upload(feed, "id,override,price,rich_text_description\nA,GB,9.00 GBP,<b>x</b>\n")
    expect(session).toMatchObject({ num_persisted_items: 1, warning_count: 1 })
    expect((await control().item(shop.id, "A"))!.overrides.country?.GB.values).toEqual({ price: "9.00 GBP" })
  })

  test.each([
    ["a type that is none", { override_type: "PLANET" }],
    ["a value without a type", { override_value: "GB" }],
    ["a value of another type", { override_type: "country", override_value: "fr_XX" }],
    ["fields without a type", { selected_override_fields: ["price"] }],
  ])("a feed with %s is refused with code 100", async (_case, body) => {
    expect((await create(body)).body.error.code).toBe(100)
  })
})

describe("supplementary feeds", () => {
  test("their values lie over the primary's, whatever it brings later, and are gone with the feed", async () => {
    const main = await primary("A", "B")
    const feed = (await create({ ingestion_source_type: "SUPPLEMENTARY_FEED", primary_feed_ids: [main] })).body.id
    const session = await upload(feed, "id,brand,custom_label_0\nA,Other,x\nZ,Other,x\n")
    expect(session).toMatchObject({ num_detected_items: 2, num_invalid_items: 1, num_deleted_items: 0 })
    await upload(main, csv(line("A", { brand: "Newer", title: "Newer" }), line("B")))
    expect((await control().item(shop.id, "A"))!.fields).toMatchObject({ brand: "Other", custom_label_0: "x", title: "Newer" })
    expect((await control().items(shop.id)).map((item) => item.feed_id)).toEqual([main, main])
    const node = (await shop.api.get(`${main}?fields=supplementary_feeds`)).body
    expect(node.supplementary_feeds.data.map((supplement: { id: string }) => supplement.id)).toEqual([feed])
    const sources = (await shop.api.get(`${shop.id}/data_sources?ingestion_source_type=SUPPLEMENTARY`)).body.data
    expect(sources.map((source: { id: string }) => source.id)).toEqual([feed])
    await shop.api.delete(feed)
    expect((await control().item(shop.id, "A"))!.fields).toMatchObject({ brand: "Newer", title: "Newer" })
    expect((await control().item(shop.id, "A"))!.fields.custom_label_0).toBeUndefined()
    expect(await control().items(shop.id)).toHaveLength(2)
  })

  test("one may serve several primary feeds, and a primary feed has at most one", async () => {
    const [first, second] = [await primary("A"), await primary("B")]
    const supplement = { ingestion_source_type: "SUPPLEMENTARY_FEED" }
    const feed = (await create({ ...supplement, primary_feed_ids: [first, second] })).body.id
    await upload(feed, "id,brand\nA,Other\nB,Other\n")
    expect((await control().items(shop.id)).map((item) => item.fields.brand)).toEqual(["Other", "Other"])
    expect((await create({ ...supplement, primary_feed_ids: [second] })).body.error.code).toBe(100)
    expect((await create({ ...supplement, primary_feed_ids: [feed] })).body.error.code).toBe(100)
  })
})

describe("feeds that never delete", () => {
  test.each([
    ["accept", { update_only: true }, 2],
    ["ignore", { update_only: true }, 1],
    ["ignore", { update_only: true, deletion_enabled: false }, 2],
  ] as const)("update_only %sed, made with %j: %i items are left by a file that lacks one", async (word, body, left) => {
    await control().setSettings({ update_only_feeds: word })
    const feed = (await create({ ...body, schedule: { interval: "DAILY", url: `${host.url}/f.csv` } })).body.id
    host.serve("/f.csv", csv(line("A"), line("B")))
    await control().fetchFeedNow(feed, "replace")
    host.serve("/f.csv", csv(line("A")))
    await control().fetchFeedNow(feed, "replace")
    expect(await control().items(shop.id)).toHaveLength(left)
  })

  test("update_only may be refused as an unknown parameter", async () => {
    await control().setSettings({ update_only_feeds: "refuse" })
    expect((await create({ update_only: true })).body.error.code).toBe(100)
  })
})
