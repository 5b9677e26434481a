import { csv, itemData, line, openFeedHost, openLab, openShop, type FeedHost, type Lab, type Shop } from "./harness"

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
const put = (...ids: string[]) =>
  control().putItems(
    shop.id,
    ids.map((id) => itemData(id) as { id: string })
  )
const own = (id: string, pad = false) => {
  const text = Buffer.from(id).toString("base64url")
  return `catalog:${shop.id}:${pad ? text.padEnd(Math.ceil(text.length / 4) * 4, "=") : text}`
}

describe("reading", () => {
  test("an item shows its node names, its price as display text and its feed", async () => {
    const feed = (await shop.api.post(`${shop.id}/product_feeds`, { name: "main" })).body.id
    await shop.api.post(`${feed}/uploads`, { url: host.serve("/f", csv(line("MUG-1"))) })
    await control().settle()
    const stored = await control().item(shop.id, "MUG-1")
    const fields =
      "id,retailer_id,name,price,currency,availability,quantity_to_sell_on_facebook,visibility,url,image_url,brand,condition,product_feed{id},image_fetch_status,errors"
    expect((await shop.api.get(`${stored?.id}?fields=${fields}`)).body).toEqual({
      id: stored?.id,
      retailer_id: "MUG-1",
      name: "Mug MUG-1",
      price: "£24.50",
      currency: "GBP",
      availability: "in stock",
      quantity_to_sell_on_facebook: 14,
      visibility: "published",
      url: "https://shop.test/p/mug",
      image_url: "https://cdn.test/1.jpg",
      brand: "Kiln",
      condition: "new",
      product_feed: { id: feed },
      image_fetch_status: "NO_STATUS",
      errors: [],
    })
  })

  test("an item is found under its own id in base64url, padded or not, with or without a version", async () => {
    await put("ID_1", "Grün/?&=", "12345")
    for (const id of ["ID_1", "Grün/?&=", "12345"]) {
      expect((await shop.api.get(`${own(id)}?fields=retailer_id`)).body.retailer_id).toBe(id)
      expect((await shop.api.get(`${encodeURIComponent(own(id, true))}?fields=retailer_id`)).body.retailer_id).toBe(id)
      const bare = await fetch(`${lab.sandbox.url}/${own(id)}?access_token=${shop.token}&fields=retailer_id`)
      expect(((await bare.json()) as { retailer_id: string }).retailer_id).toBe(id)
    }
    expect((await shop.api.get(own("id_1"))).body.error).toMatchObject({ code: 100, error_subcode: 33 })
    expect((await shop.api.get(`${own("ID_1")}==`)).status).toBe(200)
    expect((await shop.api.get(`${own("ID_1")}=`)).body.error.error_subcode).toBe(33)
  })

  test("the list is filtered by retailer id and by item id, alone or any of several", async () => {
    await put("A", "B", "C")
    const read = async (filter: unknown) =>
      (await shop.api.get(`${shop.id}/products?fields=retailer_id&filter=${encodeURIComponent(JSON.stringify(filter))}`)).body
    const idsOf = (body: { data: { retailer_id: string }[] }) => body.data.map((item) => item.retailer_id).sort()
    expect(idsOf((await read({ retailer_id: { eq: "B" } })) as never)).toEqual(["B"])
    expect(idsOf((await read({ retailer_id: { is_any: ["A", "C", "Z"] } })) as never)).toEqual(["A", "C"])
    const stored = await control().items(shop.id)
    expect(idsOf((await read({ product_item_id: { is_any: [stored[0].id, stored[1].id] } })) as never)).toEqual(["A", "B"])
    expect(idsOf((await read({ retailer_id: { eq: "b" } })) as never)).toEqual([])
    expect((await read({ shoe_size: { eq: "43" } })).error.code).toBe(100)
    expect((await read({ retailer_id: { sounds_like: "B" } })).error.code).toBe(100)
    expect((await shop.api.get(`${shop.id}/products?filter={retailer_id`)).body.error.code).toBe(100)
  })

  test("following the cursors gives every item once, and the total on demand", async () => {
    const ids = Array.from({ length: 7 }, (_, index) => `S${index}`)
    await put(...ids)
    const seen: string[] = []
    let after = ""
    for (;;) {
      const { body } = await shop.api.get(`${shop.id}/products?fields=retailer_id&limit=3&summary=true${after && `&after=${after}`}`)
      expect(body.summary).toEqual({ total_count: 7 })
      seen.push(...body.data.map((item: { retailer_id: string }) => item.retailer_id))
      after = body.paging.cursors.after
      if (!body.paging.next) {
        break
      }
    }
    expect(seen.sort()).toEqual(ids)
    expect((await shop.api.get(`${shop.id}/products?after=!!!`)).body.error.code).toBe(100)
  })

  test("with paging_misses, an item that changes between two pages comes twice and another one not at all; the filter still finds that", async () => {
    await control().setSettings({ paging_misses: true })
    await put("A")
    await put("B")
    await put("C")
    await put("D")
    const read = async (more: string) => (await shop.api.get(`${shop.id}/products?fields=retailer_id${more}`)).body
    const idsOf = (body: { data: { retailer_id: string }[] }) => body.data.map((item) => item.retailer_id)
    const first = (await read("&limit=2")) as never
    expect(idsOf(first)).toEqual(["A", "B"])
    await put("A")
    const second = (await read(`&limit=2&after=${(first as { paging: { cursors: { after: string } } }).paging.cursors.after}`)) as never
    expect(idsOf(second)).toEqual(["D", "A"])
    expect((second as { paging: { next?: string } }).paging.next).toBeUndefined()
    const before = (second as { paging: { cursors: { before: string } } }).paging.cursors.before
    expect(idsOf((await read(`&limit=5&before=${before}`)) as never)).toEqual(["B", "C"])
    const filter = encodeURIComponent(JSON.stringify({ retailer_id: { eq: "C" } }))
    expect(idsOf((await read(`&filter=${filter}`)) as never)).toEqual(["C"])
    expect((await read("&after=!!!")).error.code).toBe(100)
  })

  test("the list shows each item's feed, and none where it was put there by hand", async () => {
    await put("LOOSE")
    const feed = (await shop.api.post(`${shop.id}/product_feeds`, { name: "main" })).body.id
    await shop.api.post(`${feed}/uploads`, { url: host.serve("/f", csv(line("FED"))) })
    await control().settle()
    const { data } = (await shop.api.get(`${shop.id}/products?fields=retailer_id,visibility,product_feed{id,name}`)).body
    expect(data).toEqual([
      { id: expect.any(String), retailer_id: "LOOSE", visibility: "published" },
      { id: expect.any(String), retailer_id: "FED", visibility: "published", product_feed: { id: feed, name: "main" } },
    ])
  })

  test("a feed lists its own items only", async () => {
    await put("LOOSE")
    const feed = (await shop.api.post(`${shop.id}/product_feeds`, { name: "main" })).body.id
    await shop.api.post(`${feed}/uploads`, { url: host.serve("/f", csv(line("A"))) })
    await control().settle()
    expect((await shop.api.get(`${feed}/products?fields=retailer_id`)).body.data).toEqual([{ id: expect.any(String), retailer_id: "A" }])
  })
})

describe("changing", () => {
  test("an item is updated by node id and by its own id, and only in what is named", async () => {
    await put("A")
    const { id } = (await control().item(shop.id, "A"))!
    expect((await shop.api.post(id, { quantity_to_sell_on_facebook: "1337" })).body).toEqual({ success: true })
    expect(await control().item(shop.id, "A")).toMatchObject({ quantity_to_sell_on_facebook: 1337, title: "Mug A", updated_by: "node" })
    await shop.api.post(own("A"), { inventory: 3, availability: "out of stock", visibility: "staging" })
    expect(await control().item(shop.id, "A")).toMatchObject({
      quantity_to_sell_on_facebook: 3,
      availability: "out of stock",
      visibility: "staging",
    })
  })

  test("prices are hundredths in the item's currency, and a sale price of 0 ends the sale", async () => {
    await put("A")
    await shop.api.post(own("A"), { price: 1999, sale_price: 1500 })
    expect((await control().item(shop.id, "A"))?.fields).toMatchObject({ price: "19.99 GBP", sale_price: "15.00 GBP" })
    await shop.api.post(own("A"), { sale_price: 0 })
    expect((await control().item(shop.id, "A"))?.fields.sale_price).toBeUndefined()
    await shop.api.post(own("A"), { price: 2000, currency: "EUR" })
    expect((await control().item(shop.id, "A"))?.price).toBe("20.00 EUR")
  })

  test.each([
    ["a price with a point", { price: "19.99 GBP" }],
    ["a negative quantity", { quantity_to_sell_on_facebook: -1 }],
    ["an availability that is none", { availability: "gone" }],
    ["an address that is none", { url: "shop.test" }],
    ["an unknown parameter", { title: "Mug" }],
    ["another retailer id", { retailer_id: "B" }],
    ["a currency that is none", { currency: "XXQ" }],
    ["a price with a fraction of a hundredth", { price: 19.5 }],
    ["a price of 0", { price: 0 }],
    ["a negative sale price", { sale_price: -1 }],
    ["a sale date in words", { sale_price_start_date: "tomorrow" }],
    ["an empty sale date", { sale_price_end_date: "" }],
    ["a day that is none", { sale_price_end_date: "2027-13-40" }],
    ["the feed's name of the sale period", { sale_price_effective_date: "2027-03-01T00:00+00:00/2027-03-08T00:00+00:00" }],
    ["a quantity with a fraction", { quantity_to_sell_on_facebook: 1.5 }],
    ["attributes as the feed writes them", { additional_variant_attributes: "Glaze:Matt" }],
  ])("%s is refused with code 100 and changes nothing", async (_case, body) => {
    await put("A")
    const before = await control().item(shop.id, "A")
    expect((await shop.api.post(own("A"), body)).body.error.code).toBe(100)
    expect(await control().item(shop.id, "A")).toEqual(before)
  })

  test("sale dates the wrong way round give HTTP 500 with a permanent code 100, as reported of Meta", async () => {
    await put("A")
    const reply = await shop.api.post(own("A"), {
      sale_price_start_date: "2027-03-08T00:00:00+0000",
      sale_price_end_date: "2027-03-01T00:00:00+0000",
    })
    expect(reply).toMatchObject({ status: 500, body: { error: { code: 100, error_subcode: 1803009, is_transient: false } } })
  })

  test("sale dates are written one by one, and stay when the sale price is cleared", async () => {
    await put("A")
    const dates = async () => (await control().item(shop.id, "A"))?.fields.sale_price_effective_date
    await shop.api.post(own("A"), { sale_price: 1500, sale_price_start_date: "2027-03-01T00:00:00+0000", sale_price_end_date: "2027-03-08" })
    expect(await dates()).toBe("2027-03-01T00:00:00+0000/2027-03-08")
    await shop.api.post(own("A"), { sale_price_end_date: "2027-03-09T12:00Z" })
    expect(await dates()).toBe("2027-03-01T00:00:00+0000/2027-03-09T12:00Z")
    expect((await shop.api.post(own("A"), { sale_price_end_date: "2027-02-01" })).body.error).toMatchObject({ code: 100, error_subcode: 1803009 })
    await shop.api.post(own("A"), { sale_price: 0 })
    expect(await dates()).toBe("2027-03-01T00:00:00+0000/2027-03-09T12:00Z")
  })

  test("variant attributes are a map on the node and the feed's own field beneath", async () => {
    await put("A")
    await shop.api.post(own("A"), { additional_variant_attributes: { Glaze: "Matt", Handle: "Left" } })
    expect((await control().item(shop.id, "A"))?.fields.additional_variant_attribute).toBe("Glaze:Matt, Handle:Left")
    const read = await shop.api.get(`${own("A")}?fields=additional_variant_attributes`)
    expect(read.body.additional_variant_attributes).toEqual({ Glaze: "Matt", Handle: "Left" })
  })

  test("an item is deleted once; after that it is unknown", async () => {
    await put("A", "B")
    expect((await shop.api.delete(own("A"))).body).toEqual({ success: true })
    expect((await shop.api.delete(own("A"))).body.error).toMatchObject({ code: 100, error_subcode: 33 })
    expect((await control().items(shop.id)).map((item) => item.retailer_id)).toEqual(["B"])
  })

  test("a product is made with Meta's defaults, refused when taken and upsert is off, and needs an image", async () => {
    const body = { retailer_id: "NEW", name: "Blue mug", currency: "GBP", price: 2450, image_url: "https://cdn.test/1.jpg" }
    const made = await shop.api.post(`${shop.id}/products`, body)
    expect((await control().item(shop.id, "NEW"))?.id).toBe(made.body.id)
    expect(await control().item(shop.id, "NEW")).toMatchObject({ availability: "in stock", visibility: "published", price: "24.50 GBP" })
    expect((await shop.api.post(`${shop.id}/products`, { ...body, allow_upsert: false })).body.error.code).toBe(10800)
    expect((await shop.api.post(`${shop.id}/products`, { ...body, name: "Red mug" })).body.id).toBe(made.body.id)
    const { image_url: _image, ...blind } = body
    expect((await shop.api.post(`${shop.id}/products`, blind)).body.error.code).toBe(10801)
  })
})
