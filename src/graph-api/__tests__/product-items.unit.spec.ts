import { GraphError } from "../graph-error"
import { findItems, itemPath, listItems, readItem, updateItem } from "../product-items"
import { clientFor, collect, raw, refusal, rejection, ScriptedServer, type Answer } from "./scripted-server"

let server: ScriptedServer

async function serve(...script: Answer[]) {
  server = await ScriptedServer.start(...script)
  return clientFor(server)
}

afterEach(() => server?.stop())

describe("itemPath", () => {
  it.each([
    ["12345", "catalog:880012:MTIzNDU"],
    ["ID_1", "catalog:880012:SURfMQ"],
    ["Tasse/ä ?&", "catalog:880012:VGFzc2Uvw6QgPyY"],
    [">>>???", "catalog:880012:Pj4-Pz8_"],
  ])("encodes %j as UTF-8 in base64url without padding", (retailerId, path) => {
    expect(itemPath("880012", retailerId)).toBe(path)
  })
})

describe("readItem", () => {
  const address = { metaCatalogId: "880012", retailerId: "MUG-BLUE-M" }

  it("reads the fields asked for beside both ids", async () => {
    const client = await serve(
      raw('{"id":12345678901234567891,"retailer_id":"MUG-BLUE-M","price":"£24.50","quantity_to_sell_on_facebook":14,"errors":[{"error_type":"X"}]}')
    )
    await expect(readItem(client, address, ["price", "quantity_to_sell_on_facebook", "id"])).resolves.toEqual({
      id: "12345678901234567891",
      retailer_id: "MUG-BLUE-M",
      price: "£24.50",
      quantity_to_sell_on_facebook: 14,
      errors: [{ error_type: "X" }],
    })
    const { url } = server.received[0]
    expect(url.pathname).toBe("/v26.0/catalog:880012:TVVHLUJMVUUtTQ")
    expect(url.searchParams.get("fields")).toBe("id,retailer_id,price,quantity_to_sell_on_facebook")
  })

  it.each([
    ["100/33", { code: 100, error_subcode: 33 }],
    ["803", { code: 803 }],
  ])("gives null when Meta does not know the item (%s), even as HTTP 500", async (_name, error) => {
    const client = await serve(refusal(error, 500))
    await expect(readItem(client, address, [])).resolves.toBeNull()
  })

  it("does not take any other refusal for an absent item", async () => {
    const client = await serve(refusal({ code: 100, error_subcode: 1 }))
    expect(await rejection(readItem(client, address, []), GraphError)).toMatchObject({ code: 100, subcode: 1 })
  })
})

describe("findItems", () => {
  const item = (id: string) => ({ id, retailer_id: `R${id}` })

  it("asks for one id by eq and for several by is_any", async () => {
    const client = await serve({ data: [] })
    await collect(findItems(client, { metaCatalogId: "880012", retailerIds: ["A"] }))
    await collect(findItems(client, { metaCatalogId: "880012", retailerIds: ["A", "B", "A"] }))
    expect(server.received.map(({ url }) => JSON.parse(url.searchParams.get("filter") ?? ""))).toEqual([
      { retailer_id: { eq: "A" } },
      { retailer_id: { is_any: ["A", "B"] } },
    ])
  })

  it("asks nothing when there is nothing to look up", async () => {
    const client = await serve({ data: [] })
    await expect(collect(findItems(client, { metaCatalogId: "880012", retailerIds: [] }))).resolves.toEqual([])
    expect(server.received).toHaveLength(0)
  })

  it("goes on by cursor, through short and empty pages, and never to the address in next", async () => {
    const page = (ids: string[], after: string, last = false) => ({
      data: ids.map(item),
      paging: { cursors: { before: "b", after }, ...(last ? {} : { next: "http://127.0.0.1:1/stolen?access_token=x&after=WRONG" }) },
    })
    const client = await serve(page(["1"], "c1"), page([], "c2"), page(["1", "2"], "c3"), page(["3"], "c4", true))
    const found = await collect(findItems(client, { metaCatalogId: "880012", retailerIds: ["R1", "R2", "R3"] }))
    expect(found.map(({ id }) => id)).toEqual(["1", "2", "3"])
    expect(server.received.map(({ url }) => url.searchParams.get("after"))).toEqual([null, "c1", "c2", "c3"])
    expect(new Set(server.received.map(({ url }) => url.searchParams.get("filter"))).size).toBe(1)
  })

  it.each([
    ["the same cursor again", { data: [], paging: { cursors: { after: "c1" }, next: "http://x/" } }],
    ["no cursor", { data: [], paging: { next: "http://x/" } }],
  ])("does not pass a part for the whole when a further page comes with %s", async (_name, page) => {
    const client = await serve(page)
    expect(await rejection(collect(findItems(client, { metaCatalogId: "1", retailerIds: ["A"] })), GraphError)).toMatchObject({ kind: "unreadable" })
    expect(server.received.length).toBeLessThanOrEqual(2)
  })

  it("splits many or long ids into calls whose address stays short, and asks for each id once", async () => {
    const client = await serve({ data: [] })
    const retailerIds = Array.from({ length: 400 }, (_, index) => `${"ä".repeat(index % 100)}-${index}`)
    await collect(findItems(client, { metaCatalogId: "880012", retailerIds }))
    const asked = server.received.flatMap(({ url }) => JSON.parse(url.searchParams.get("filter") ?? "").retailer_id.is_any)
    expect(asked).toEqual(retailerIds)
    for (const { url } of server.received) {
      expect(url.href.length).toBeLessThan(8000)
    }
  })
})

describe("listItems", () => {
  it("reads one page from the cursor on, with the feed of each item, and says where the next begins", async () => {
    const client = await serve(
      raw('{"data":[{"id":1,"retailer_id":"A","product_feed":{"id":12345678901234567891,"name":"ours"}},{"id":"2","retailer_id":7}],"paging":{"cursors":{"after":"c2"},"next":"http://x/"}}'),
      { data: [], paging: { cursors: { before: "c2", after: "c2" } } },
      { data: [] }
    )
    const first = await listItems(client, { metaCatalogId: "880012", after: null, limit: 2, fields: ["visibility", "product_feed{id,name}"] })
    expect(first).toEqual({
      elements: [
        { id: "1", retailer_id: "A", product_feed: { id: "12345678901234567891", name: "ours" } },
        { id: "2", retailer_id: "7" },
      ],
      after: "c2",
    })
    expect(await listItems(client, { metaCatalogId: "880012", after: first.after, limit: 2 })).toEqual({ elements: [], after: null })
    expect(server.received.map(({ url }) => [url.pathname, url.searchParams.get("after"), url.searchParams.get("limit")])).toEqual([
      ["/v26.0/880012/products", null, "2"],
      ["/v26.0/880012/products", "c2", "2"],
    ])
    expect(server.received[0].url.searchParams.get("fields")).toBe("id,retailer_id,visibility,product_feed{id,name}")
    expect(server.received[0].url.searchParams.has("filter")).toBe(false)
  })

  it("does not end where a further page is promised under the cursor it was asked from", async () => {
    const client = await serve({ data: [], paging: { cursors: { after: "c1" }, next: "http://x/" } })
    const page = listItems(client, { metaCatalogId: "1", after: "c1", limit: 2 })
    expect(await rejection(page, GraphError)).toMatchObject({ kind: "unreadable" })
  })
})

describe("updateItem", () => {
  it("posts the node's fields as JSON, by our id or by Meta's", async () => {
    const client = await serve({ success: true })
    await updateItem(client, { metaCatalogId: "880012", retailerId: "ID_1" }, { availability: "in stock", inventory: 3 })
    await updateItem(client, { metaItemId: "5512" }, { inventory: 4 })
    expect(server.received.map(({ method, url, body }) => [method, url.pathname, JSON.parse(body)])).toEqual([
      ["POST", "/v26.0/catalog:880012:SURfMQ", { availability: "in stock", inventory: 3 }],
      ["POST", "/v26.0/5512", { inventory: 4 }],
    ])
  })

  it("does not take a plain no for success", async () => {
    const client = await serve({ success: false })
    expect(await rejection(updateItem(client, { metaItemId: "5512" }, {}), GraphError)).toMatchObject({ kind: "unreadable", outcome: "unknown" })
  })
})
