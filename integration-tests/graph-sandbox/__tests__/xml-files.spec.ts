import { gzipSync } from "node:zlib"
import { openFeedHost, openLab, openShop, type FeedHost, type Lab, type Shop } from "./harness"

let lab: Lab
let host: FeedHost
let shop: Shop
let feed: string

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
  feed = (await shop.api.post(`${shop.id}/product_feeds`, { name: "main", default_currency: "GBP" })).body.id
})

const control = () => lab.sandbox.control
const fields = async (id: string) => (await control().item(shop.id, id))?.fields

async function upload(file: string | Buffer) {
  await shop.api.post(`${feed}/uploads`, { url: host.serve("/file", file) })
  await control().settle()
  return (await control().uploads(feed)).at(-1)!
}

const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
const rss = (...items: string[]) =>
  `${DECLARATION}<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Kiln</title><link>https://shop.test</link>${items.join("")}</channel></rss>`
const atom = (...entries: string[]) =>
  `${DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>Kiln</title>${entries.join("")}</feed>`

const inner = (id: string, more = "") =>
  `<g:id>${id}</g:id><g:title>Mug ${id}</g:title><g:description>Glazed &amp; fired.</g:description><g:availability>in stock</g:availability>` +
  `<g:condition>new</g:condition><g:price>24.50 GBP</g:price><g:link>https://shop.test/p?a=1&amp;b=2</g:link>` +
  `<g:image_link>https://cdn.test/1.jpg</g:image_link><g:brand>Kiln</g:brand>${more}`
const item = (id: string, more = "") => `<item>${inner(id, more)}</item>`
const entry = (id: string, more = "") => `<entry>${inner(id, more)}</entry>`

const MORE = `<quantity_to_sell_on_facebook>14</quantity_to_sell_on_facebook><color>Blue</color><status>archived</status>
  <additional_image_link>https://cdn.test/2.jpg</additional_image_link><additional_image_link>https://cdn.test/3.jpg</additional_image_link>
  <internal_label>Spring</internal_label><internal_label>a,b</internal_label>
  <additional_variant_attribute><label>Finish</label><value>Matt</value></additional_variant_attribute>
  <additional_variant_attribute><label>Scent</label><value>Pine</value></additional_variant_attribute>
  <g:shipping><g:country>GB</g:country><g:service>Air</g:service><g:price>3 GBP</g:price></g:shipping>
  <image><url>https://cdn.test/4.jpg</url><tag>front</tag></image><rich_text_description><![CDATA[<b>Glazed</b> & "fired" ]]]]><![CDATA[>]]></rich_text_description>`

const ITEM = {
  title: "Mug A",
  description: "Glazed & fired.",
  price: "24.50 GBP",
  link: "https://shop.test/p?a=1&b=2",
  quantity_to_sell_on_facebook: 14,
  color: "Blue",
  visibility: "staging",
  additional_image_link: ["https://cdn.test/2.jpg", "https://cdn.test/3.jpg"],
  internal_label: ["spring", "a,b"],
  additional_variant_attribute: "Finish:Matt, Scent:Pine",
  shipping: "GB::Air:3 GBP",
  image: [{ url: "https://cdn.test/4.jpg", tag: ["front"] }],
  rich_text_description: '<b>Glazed</b> & "fired" ]]>',
}

test.each([
  ["RSS 2.0", rss(item("A", MORE), item("B"))],
  ["Atom", atom(entry("A", MORE), entry("B"))],
  ["gzip RSS", gzipSync(rss(item("A", MORE), item("B")))],
])("%s is read with lists, nested elements, references and CDATA", async (_name, file) => {
  expect(await upload(file)).toMatchObject({ num_detected_items: 2, num_persisted_items: 2, error_count: 0 })
  expect(await fields("A")).toMatchObject(ITEM)
  expect(await fields("B")).toMatchObject({ title: "Mug B", brand: "Kiln" })
})

test("a file in many small pieces is read as one, characters of several bytes too", async () => {
  const bytes = Buffer.from(rss(item("A", "<color>Grün 👗</color>")))
  const url = host.serve("/slow", (_request, response) => {
    for (let start = 0; start < bytes.length; start += 3) response.write(bytes.subarray(start, start + 3))
    response.end()
  })
  await shop.api.post(`${feed}/uploads`, { url })
  await control().settle()
  expect(await fields("A")).toMatchObject({ color: "Grün 👗" })
})

test("what an item no longer says is cleared by a replace file and left by an update file", async () => {
  await upload(rss(item("A", "<color>Blue</color>"), item("B")))
  await shop.api.post(`${feed}/uploads`, { url: host.serve("/update", rss(item("A"))), update_only: true })
  await control().settle()
  expect(await fields("A")).toMatchObject({ color: "Blue" })
  await upload(rss(item("A")))
  expect(await fields("A")).not.toHaveProperty("color")
  expect(await fields("B")).toBeUndefined()
})

test("unknown elements, and known ones under the wrong namespace, are ignored with a warning each", async () => {
  const session = await upload(rss(item("A", "<g:color>Blue</g:color><glaze>x</glaze><material>Clay</material>"), item("B", "<glaze>y</glaze>")))
  expect(session).toMatchObject({ num_persisted_items: 2, warning_count: 3, error_count: 0 })
  expect(session.errors.map(({ summary }) => summary).sort()).toEqual([
    'value of "g:color (Google\'s)" is not correct',
    'value of "glaze" is not correct',
    'value of "material (not Google\'s)" is not correct',
  ])
  expect(await fields("A")).not.toHaveProperty("color")
})

test("the prefix is only a name: another one for Google's namespace is as good, and g for another namespace is not", async () => {
  const renamed = rss(item("A")).replaceAll("g:", "google:").replace("xmlns:g=", "xmlns:google=")
  expect(await upload(renamed)).toMatchObject({ num_persisted_items: 1, warning_count: 0 })
  expect(await upload(rss(item("B")).replace("base.google.com/ns/1.0", "example.com/ns"))).toMatchObject({ num_persisted_items: 0, num_invalid_items: 1 })
})

test("rows are checked as in a text file; the first item is row 1, and a single field given twice makes its row fatal", async () => {
  const session = await upload(rss(item("A"), item("B").replace("24.50 GBP", "free"), item("C", "<color>Blue</color><color>Red</color>")))
  expect(session).toMatchObject({ num_detected_items: 3, num_persisted_items: 1, num_invalid_items: 2 })
  const { body } = await shop.api.get(`${session.id}/errors?error_priority=HIGH`)
  const rows = body.data.flatMap((error: any) => error.samples.data.map((sample: any) => sample.row_number))
  expect(rows.sort()).toEqual([2, 3])
})

test.each([
  ["no declaration", rss(item("A")).replace(DECLARATION, "")],
  ["no items", rss()],
  ["another root", `${DECLARATION}<products>${item("A")}</products>`],
  ["RSS of another version", rss(item("A")).replace('version="2.0"', 'version="0.91"')],
  ["a feed that is not Atom's", atom(entry("A")).replace("2005/Atom", "2005/Other")],
  ["a prefix that is not declared", rss(item("A", "<x:color>Blue</x:color>"))],
  ["a bare ampersand", rss(item("A", "<color>Blue & red</color>"))],
  ["a control character", rss(item("A", "<color>Blue\u0008</color>"))],
  ["a reference to one", rss(item("A", "<color>Blue&#8;</color>"))],
  ["]]> in text", rss(item("A", "<color>]]></color>"))],
  ["an entity of its own", rss(item("A", "<color>&blue;</color>"))],
  ["a document type", rss(item("A")).replace(DECLARATION, `${DECLARATION}<!DOCTYPE rss [<!ENTITY blue "Blue">]>`)],
  ["an end that is missing", rss(item("A"), item("B")).slice(0, -20)],
  ["a middle of an item as its end", rss(item("A"), item("B")).slice(0, -200)],
  ["a gzip that ends early", gzipSync(rss(item("A"), item("B"))).subarray(0, -20)],
  ["an item over the limit", rss(item("A", `<color>${"x".repeat(5242881)}</color>`))],
])("a file with %s is refused as a whole, and what is stored stays", async (_name, file) => {
  await upload(rss(item("KEPT")))
  expect(await upload(file)).toMatchObject({ failed: true, num_persisted_items: 0, error_count: 1 })
  expect((await control().items(shop.id)).map(({ retailer_id }) => retailer_id)).toEqual(["KEPT"])
})
