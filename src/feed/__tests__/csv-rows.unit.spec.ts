import { parse } from "csv-parse/sync"
import fc from "fast-check"
import { fromStored, PRODUCT_COLUMNS, VARIANT_COLUMNS, type FeedRow } from "../../catalog/columns/field-table"
import { csvHeader, csvWriter } from "../csv-rows"

const columns = [...VARIANT_COLUMNS, ...PRODUCT_COLUMNS]
const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 20 }), fc.constantFrom('"', ",", "a,b", 'says "no"', "two\nlines", "", " x ", "=1+1", "€ 5", "日本"))
const row = fc.record({ variant: fc.record(Object.fromEntries(VARIANT_COLUMNS.map((column) => [column, text]))), product: fc.nat(2) })
const products = fc.array(fc.record(Object.fromEntries(PRODUCT_COLUMNS.map((column) => [column, text]))), { minLength: 3, maxLength: 3 })

function read(csv: string): Record<string, string>[] {
  return parse(csv, { columns: true })
}

describe("csv rows", () => {
  it("are read back cell by cell, over several pages and with products that share their half", () => {
    fc.assert(
      fc.property(products, fc.array(fc.array(row, { maxLength: 5 }), { maxLength: 3 }), (shared, pages) => {
        const write = csvWriter()
        const rows = pages.map((page) => page.map((one) => ({ variant: one.variant, product: shared[one.product] }) as FeedRow))
        const csv = csvHeader() + rows.map((page) => write(page)).join("")
        expect(read(csv)).toEqual(rows.flat().map(({ variant, product }) => ({ ...variant, ...product })))
      })
    )
  })

  it("quotes only where it has to, and each quote twice", () => {
    const csv = csvWriter()([fromStored({ id: "A-1", title: 'Mug, "blue"', price: "24.50 GBP" })])
    expect(csv).toContain("A-1,,,,,,24.50 GBP,")
    expect(csv).toContain(',"Mug, ""blue""",')
    expect(csv.endsWith("\n")).toBe(true)
  })

  it("begin with one header line of every column, without a byte order mark", () => {
    expect(csvHeader()).toBe(`${columns.join(",")}\n`)
    expect(new Set(columns).size).toBe(columns.length)
  })

  it("writes nothing for an empty page", () => expect(csvWriter()([])).toBe(""))
})
