import { parse } from "csv-parse/sync"
import fc from "fast-check"
import { XMLParser, XMLValidator } from "fast-xml-parser"
import { EXTRA_COLUMNS, fieldOf, fromStored, PRODUCT_COLUMNS, VARIANT_COLUMNS, type FeedFieldName, type FeedRow, type RowLayout } from "../../catalog/columns/field-table"
import { FEED_FORMATS, type FeedFormat } from "../../modules/meta-catalog/feeds/feed-format"
import { rowWriter } from "../row-writer"

type Cells = Record<string, string>

const HEAD = { title: 'Kiln & "Sons" <x>', link: "https://shop.test/?a=1&b=2", updatedAt: new Date("2026-11-22T06:30:00Z") }

const AWKWARD = [
  '"', "'", ",", "\t", "a\tb", "two\nlines", "a\r\nb", "\r", "]]>", "<![CDATA[x]]>", "&amp;", "&#x41;", "&", "<b>bold</b>", "<!-- x -->", "<?xml?>", "=1+1", "+1", "-1", "@SUM(A1)",
  " leading", "trailing ", "  ", "مرحبا بالعالم", "\u202eעברית\u202c", "👩‍👩‍👧‍👦", "🏳️‍🌈", "日本", "€ 5", "\u00a0", "\u2028", "\u0085", "0012", "1e5", "true",
]
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...AWKWARD), maxLength: 5 }),
  fc.constantFrom("", ...AWKWARD)
)

/** Columns that hold several values have a form of their own, which the mapping guarantees. */
const part = fc.string({ unit: fc.constantFrom("a", "é", "&", "<", "]]>", "👗", "ש", "=", "-"), minLength: 1, maxLength: 6 })
const list = (joined: (parts: string[]) => string) => fc.array(part, { maxLength: 4 }).map((parts) => (parts.length === 0 ? "" : joined(parts)))
const LISTS: Partial<Record<FeedFieldName, fc.Arbitrary<string>>> = {
  additional_image_link: list((parts) => parts.map((one) => `https://cdn.test/${one}`).join(",")),
  internal_label: list((parts) => `[${parts.map((one) => `'${one}'`).join(",")}]`),
  additional_variant_attribute: fc.array(fc.tuple(part, part), { maxLength: 3 }).map((pairs) => pairs.map(([label, value]) => `${label}:${value}`).join(", ")),
  disabled_capabilities: fc.array(part, { maxLength: 4 }).map(jsonCell),
  shipping: list((parts) => parts.map((one) => `GB::${one}:3.00 GBP`).join(",")),
  ...Object.fromEntries(["image", "video"].map((column) => [column, media(part).map(jsonCell)])),
  ...Object.fromEntries(["unit_price", "importer_address", "applink"].map((column) => [column, parts(column).map(jsonCell)])),
}

function media(text: fc.Arbitrary<string>): fc.Arbitrary<unknown[]> {
  return fc.array(fc.record({ url: text, tag: fc.array(text, { minLength: 1, maxLength: 3 }) }, { requiredKeys: ["url"] }), { maxLength: 3 })
}

/** Some of the parts that a column of named parts has. */
function parts(column: string): fc.Arbitrary<object> {
  const kind = fieldOf(column)!.kind
  const keys = kind.is === "object" ? kind.keys : ["value", "currency", "unit"]
  return fc.record(Object.fromEntries(keys.map((key) => [key, part])), { requiredKeys: [] })
}

function jsonCell(value: object): string {
  return Object.keys(value).length === 0 ? "" : JSON.stringify(value)
}

function cells(columns: readonly FeedFieldName[]): fc.Arbitrary<Cells> {
  return fc.record(Object.fromEntries(columns.map((column) => [column, LISTS[column] ?? text])))
}

const products = fc.array(cells(PRODUCT_COLUMNS), { minLength: 3, maxLength: 3 })
const pages = fc.array(fc.array(fc.record({ variant: cells(VARIANT_COLUMNS), extra: cells(EXTRA_COLUMNS), product: fc.nat(2) }), { maxLength: 5 }), { minLength: 1, maxLength: 3 })
const catalogue = fc
  .tuple(products, pages)
  .map(([shared, some]) => some.map((page) => page.map(({ variant, extra, product }) => ({ variant, extra, product: shared[product] }) as FeedRow)))

const EVERY_COLUMN: RowLayout = { variant: VARIANT_COLUMNS, extra: EXTRA_COLUMNS, product: PRODUCT_COLUMNS }

function write(format: FeedFormat, some: FeedRow[][], layout?: RowLayout): string {
  const writer = rowWriter(format, HEAD, layout)
  return writer.header() + some.map((page) => writer.rows(page)).join("") + writer.footer()
}

/** The same rows with only the cells that have a value: XML has no empty cells. */
function filled(row: Cells): Cells {
  return Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== ""))
}

const xml = new XMLParser({
  ignoreAttributes: false,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  processEntities: { enabled: true, maxTotalExpansions: 1e6 },
  numberParseOptions: { hex: false, leadingZeros: false, skipLike: /.*/ },
  isArray: (name) =>
    ["item", "entry", "additional_image_link", "internal_label", "additional_variant_attribute", "disabled_capabilities", "image", "video", "tag", "g:shipping"].includes(name),
})

type Element = string | Element[] | { [name: string]: Element }

const SHIPPING = ["country", "region", "service", "price"]

/** One item as the row it came from; written without the writer's table. */
function rowOf(item: Record<string, Element>): Cells {
  return Object.fromEntries(
    Object.entries(item)
      .filter(([name]) => name !== "#text")
      .map(([name, value]) => {
        if (name === "additional_image_link") return [name, (value as string[]).join(",")]
        if (name === "internal_label") return [name, `[${(value as string[]).map((label) => `'${label}'`).join(",")}]`]
        if (name === "additional_variant_attribute") return [name, (value as Cells[]).map((pair) => `${pair.label}:${pair.value}`).join(", ")]
        if (name === "g:shipping") return ["shipping", (value as Cells[]).map((entry) => SHIPPING.map((part) => entry[`g:${part}`] ?? "").join(":")).join(",")]
        // Named parts and lists of objects are JSON in a cell of a text file.
        if (typeof value === "object") return [name, JSON.stringify(value)]
        return [name.replace(/^g:/, ""), value as string]
      })
  )
}

function read(format: FeedFormat, file: string): Cells[] {
  if (format === "csv" || format === "tsv") {
    return (parse(file, { columns: true, delimiter: format === "csv" ? "," : "\t", record_delimiter: "\n" }) as Cells[]).map(filled)
  }
  expect(XMLValidator.validate(file)).toBe(true)
  const document = xml.parse(file)
  return ((format === "rss" ? document.rss.channel.item : document.feed.entry) ?? []).map(rowOf)
}

describe.each(FEED_FORMATS)("a %s file", (format) => {
  it("read by another parser gives the rows it was written from, over several pages and with products that share their half", () => {
    fc.assert(
      fc.property(catalogue, (some) => {
        const expected = some.flat().map(({ variant, extra, product }) => filled({ ...variant, ...extra, ...product }))
        expect(read(format, write(format, some, EVERY_COLUMN))).toEqual(expected)
      }),
      { numRuns: 200 }
    )
  })

  it("has no column that is not set, whatever a row holds", () => {
    const row = fromStored({ id: "A", title: "Mug", custom_label_0: "x", vendor_id: "y" })
    expect(read(format, write(format, [[row]]))).toEqual([{ id: "A", title: "Mug" }])
    expect(read(format, write(format, [[row]], { variant: ["id"], extra: ["vendor_id"], product: [] }))).toEqual([{ id: "A", vendor_id: "y" }])
  })

  it("is whole without a row", () => expect(read(format, write(format, []))).toEqual([]))
})

const MUG = fromStored({
  id: "MUG-1",
  title: "Mug ]]> & more",
  price: "24.50 GBP",
  color: "Blue",
  additional_image_link: "https://cdn.test/2.jpg,https://cdn.test/3.jpg",
  internal_label: "['spring','sale']",
  additional_variant_attribute: "Finish:Matt, Scent:Pine",
})

describe("RSS and Atom", () => {
  it("begin with the declaration, carry g: where Meta's samples do, repeat lists and leave empty cells out", () => {
    expect(write("rss", [[MUG]])).toBe(
      `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">
<channel>
<title>Kiln &amp; &quot;Sons&quot; &lt;x&gt;</title>
<link>https://shop.test/?a=1&amp;b=2</link>
<description>Kiln &amp; &quot;Sons&quot; &lt;x&gt;</description>
<item>
<g:id>MUG-1</g:id>
<g:price>24.50 GBP</g:price>
<additional_image_link>https://cdn.test/2.jpg</additional_image_link>
<additional_image_link>https://cdn.test/3.jpg</additional_image_link>
<color>Blue</color>
<additional_variant_attribute><label>Finish</label><value>Matt</value></additional_variant_attribute>
<additional_variant_attribute><label>Scent</label><value>Pine</value></additional_variant_attribute>
<g:title>Mug ]]&gt; &amp; more</g:title>
<internal_label>spring</internal_label>
<internal_label>sale</internal_label>
</item>
</channel>
</rss>
`
    )
  })

  it("differ in what is around the items only", () => {
    const file = write("atom", [[MUG]])
    expect(file).toContain(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">`)
    expect(file).toContain(`<link rel="alternate" href="https://shop.test/?a=1&amp;b=2"/>\n`)
    expect(file).toContain("<updated>2026-11-22T06:30:00.000Z</updated>")
    const [, entry] = /<entry>([^]*)<\/entry>/.exec(file)!
    const [, item] = /<item>([^]*)<\/item>/.exec(write("rss", [[MUG]]))!
    expect(entry).toBe(item)
  })

  it.each(["rss", "atom"] as const)("a %s file leaves out what XML does not allow, and a cell of nothing else", (format) => {
    const unpaired = "\ud83d"
    const row = fromStored({ id: "A", title: `a\u0000b\u0008c\u000bd\u001fe\uffff\ufffe${unpaired}f\udc57👗`, brand: `\u0001${unpaired}`, description: "1\t2\n3\r4\u007f5" })
    const file = write(format, [[row]])
    expect(read(format, file)).toEqual([{ id: "A", title: "abcdef👗", description: "1\t2\n3\r4\u007f5" }])
    // A carriage return as such would be read as a line feed by a parser that follows the rules.
    expect(file).not.toContain("\r")
  })
})
