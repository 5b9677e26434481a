import fc from "fast-check"
import { cellOf, fromStored, limitOf, PRODUCT_COLUMNS, toStored, VARIANT_COLUMNS } from "../../columns/field-table"
import { mapItem } from "../map-item"
import { mapProduct, productMapper } from "../map-product"
import { NO_PRICE } from "../../prices/prices"
import type { ProductSource } from "../../store/product-details"
import type { VariantSource } from "../../store/product-sources"
import { isUsableRetailerId, retailerId } from "../retailer-id"
import { product, settings, variant } from "../../store/__tests__/sources"

function map(p: Partial<ProductSource> = {}, v: Partial<VariantSource> = {}, s = settings()) {
  return mapItem(variant(v), mapProduct(product(p), s), s, "MUG")
}

function cells(p: Partial<ProductSource> = {}, v: Partial<VariantSource> = {}, s = settings()) {
  const { row } = map(p, v, s)
  return { ...row.variant, ...row.product }
}

describe("mapItem", () => {
  it("maps a plain variant", () => {
    const filled = Object.entries(cells()).filter(([, value]) => value !== "")
    expect(Object.fromEntries(filled)).toEqual({
      id: "MUG",
      title: "Mug",
      description: "A mug.",
      condition: "new",
      price: "24.50 GBP",
      link: "https://shop.example/gb/products/mug?variant=variant_1",
      image_link: "https://cdn.example.com/mug.jpg",
      brand: "Kiln",
    })
  })

  it("groups variants only where there are several", () => {
    expect(cells({ variantCount: 1 }).item_group_id).toBe("")
    expect(cells({ variantCount: 2 }).item_group_id).toBe("prod_1")
  })

  it("writes a sale only when it is lower, with dates only when it ends", () => {
    const startsAt = new Date("2027-03-01T08:00:00Z")
    const endsAt = new Date("2027-03-08T23:59:00Z")
    const sale = (saleAmount: string, saleEndsAt: Date | null) => cells({}, { price: { amount: "24.5", saleAmount, saleStartsAt: startsAt, saleEndsAt } })
    expect(sale("20", endsAt)).toMatchObject({ sale_price: "20.00 GBP", sale_price_effective_date: "2027-03-01T08:00+00:00/2027-03-08T23:59+00:00" })
    expect(sale("20", null)).toMatchObject({ sale_price: "20.00 GBP", sale_price_effective_date: "" })
    expect(sale("24.5", endsAt)).toMatchObject({ sale_price: "", sale_price_effective_date: "" })
    expect(sale("30", endsAt)).toMatchObject({ sale_price: "", sale_price_effective_date: "" })
    expect(sale("24.499", endsAt)).toMatchObject({ sale_price: "" })
  })

  it("puts options where Meta looks for them and the rest into pairs", () => {
    const options = [
      { title: "Colour", value: "Blue" },
      { title: "SIZE", value: "M" },
      { title: "Glaze, inside", value: "matt: soft" },
      { title: "Default option", value: "Default option value" },
    ]
    expect(cells({}, { options })).toMatchObject({ color: "Blue", size: "M", additional_variant_attribute: "Glaze inside:matt soft" })
  })

  it("takes metadata of the variant before that of the product, and options before both", () => {
    const p = { metadata: { brand: "Own", color: "Red", mpn: 77, gender: "Female" } }
    expect(cells(p, { metadata: { color: "Green" } })).toMatchObject({ brand: "Own", color: "Green", mpn: "77", gender: "female" })
    expect(cells(p, { options: [{ title: "Color", value: "Blue" }] }).color).toBe("Blue")
  })

  it("leaves out what Meta does not know and says so", () => {
    const { row, losses } = map({ metadata: { gender: "robots" } }, { ean: "4006381333932", barcode: "SHELF-12" })
    expect(row.variant).toMatchObject({ gender: "", gtin: "" })
    expect(losses).toEqual(
      expect.arrayContaining([
        { kind: "invalid", field: "gender", value: "robots" },
        { kind: "invalid", field: "gtin", value: "4006381333932" },
      ])
    )
  })

  it("uses the first right GTIN and reports none then", () => {
    const { row, losses } = map({}, { ean: "wrong", barcode: "4006381333931" })
    expect(row.variant.gtin).toBe("4006381333931")
    expect(losses).toEqual([])
  })

  it("shows a variant's own images first and never those of other variants", () => {
    const images = [
      { url: "https://cdn.example.com/all.jpg", variantIds: [] },
      { url: "https://cdn.example.com/blue.jpg", variantIds: ["variant_1"] },
      { url: "https://cdn.example.com/red.jpg", variantIds: ["variant_2"] },
    ]
    expect(cells({ images })).toMatchObject({
      image_link: "https://cdn.example.com/blue.jpg",
      additional_image_link: "https://cdn.example.com/mug.jpg,https://cdn.example.com/all.jpg",
    })
    expect(cells({ images: images.slice(2), thumbnail: null }).image_link).toBe("https://cdn.example.com/red.jpg")
  })

  it("encodes what would break a list of images and drops what is no web address", () => {
    const images = ["https://cdn.example.com/a,b.jpg", "/static/c.jpg", "https://cdn.example.com/d e.jpg"].map((url) => ({ url, variantIds: [] }))
    expect(cells({ thumbnail: null, images })).toMatchObject({
      image_link: "https://cdn.example.com/a%2Cb.jpg",
      additional_image_link: "https://cdn.example.com/d%20e.jpg",
    })
    expect(map({ thumbnail: "/static/c.jpg" }).losses).toEqual([{ kind: "invalid", field: "image_link", value: "/static/c.jpg" }])
  })

  it("writes tags as Meta's list", () => {
    expect(cells({ tags: ["Spring", "it's, on [sale]"] }).internal_label).toBe("['spring','it s on sale']")
  })

  it("takes the category path, else the type", () => {
    expect(cells({ categoryPath: ["Home", "Kitchen"], type: "Mugs" }).product_type).toBe("Home > Kitchen")
    expect(cells({ type: "Mugs" }).product_type).toBe("Mugs")
  })

  it("maps a product once while its variants follow each other", () => {
    const toProduct = productMapper(settings())
    const [one, two] = [product(), product({ id: "prod_2" })]
    expect(toProduct(one)).toBe(toProduct(one))
    expect(toProduct(two)).not.toBe(toProduct(one))
  })

  it("changes its hash with any cell but the stock, and with nothing else", () => {
    const before = map()
    expect(map().hash).toBe(before.hash)
    expect(map({}, { stock: { ...variant().stock, available: 0 } }).hash).toBe(before.hash)
    for (const change of [map({ title: "Cup" }), map({ tags: ["x"] }), map({}, { price: { ...NO_PRICE, amount: "1" } }), map({}, { options: [{ title: "Size", value: "L" }] })]) {
      expect(change.hash).not.toBe(before.hash)
    }
  })

  it("keeps within Meta's limits, on one line wherever only the description may have several", () => {
    const text = fc.string({ unit: "binary", maxLength: 300 })
    const metadata = fc.record({ brand: text, mpn: text, pattern: text, google_product_category: text, gender: text }, { requiredKeys: [] })
    fc.assert(
      fc.property(
        fc.record({ title: text, description: text, type: text, tags: fc.array(text, { maxLength: 3 }), metadata, material: text }),
        fc.record({ options: fc.array(fc.record({ title: fc.oneof(text, fc.constant("Color")), value: text }), { maxLength: 6 }), sku: text, thumbnail: text }),
        (p, v) => {
          const { row } = map(p, v)
          for (const column of [...VARIANT_COLUMNS, ...PRODUCT_COLUMNS]) {
            const cell = cellOf(row, column)
            expect([...cell].length).toBeLessThanOrEqual(limitOf(column))
            // eslint-disable-next-line no-control-regex
            expect(cell).not.toMatch(column === "description" ? /[\u0000-\u0008\u000b-\u001f]/ : /[\u0000-\u001f]/)
          }
        }
      )
    )
  })
})

it("a row comes back from where it is kept, without its stock", () => {
  const { row } = map({ tags: ["x"], variantCount: 3 })
  row.variant.availability = "in stock"
  row.variant.status = "active"
  const kept = toStored(row)
  expect(kept).not.toHaveProperty("availability")
  expect(kept).not.toHaveProperty("gender")
  expect(fromStored(kept)).toEqual({ variant: { ...row.variant, availability: "", status: "" }, product: row.product, extra: row.extra })
})

describe("retailer id", () => {
  it.each([
    ["sku", " MUG-1 ", "MUG-1"],
    ["sku", "  ", "variant_1"],
    ["sku", null, "variant_1"],
    ["sku", "A\nB", "A B"],
    ["variant_id", "MUG-1", "variant_1"],
  ] as const)("by %s with the SKU %j is %s", (scheme, sku, id) => expect(retailerId({ id: "variant_1", sku }, scheme)).toBe(id))

  it("may have 100 characters, whatever they take in UTF-16", () => {
    expect(isUsableRetailerId("😀".repeat(100))).toBe(true)
    expect(isUsableRetailerId("x".repeat(101))).toBe(false)
  })
})
