import { mapItem } from "../map-item"
import { mapProduct } from "../map-product"
import { NO_PRICE } from "../../prices/prices"
import type { ProductSource } from "../../store/product-details"
import type { VariantSource } from "../../store/product-sources"
import { isValid, validateItem } from "../validate-item"
import { product, settings, variant } from "../../store/__tests__/sources"

function findings(p: Partial<ProductSource> = {}, v: Partial<VariantSource> = {}, s = settings()) {
  return validateItem(mapItem(variant(v), mapProduct(product(p), s), s, "MUG"), "gbp")
}

describe("validateItem", () => {
  it("finds nothing in a complete item", () => expect(findings()).toEqual([]))

  it.each<[string, Partial<ProductSource>, Partial<VariantSource>, ReturnType<typeof settings>]>([
    ["price_missing", {}, { price: NO_PRICE }, settings()],
    ["price_not_positive", {}, { price: { ...NO_PRICE, amount: "0" } }, settings()],
    ["price_not_positive", {}, { price: { ...NO_PRICE, amount: "-3" } }, settings()],
    ["image_missing", { thumbnail: null }, {}, settings()],
    ["image_url_invalid", { thumbnail: "/static/mug.jpg" }, {}, settings()],
    ["brand_missing", {}, {}, settings({ brand: null })],
    ["link_invalid", { handle: null }, {}, settings()],
    ["title_missing", { title: " " }, {}, settings()],
  ])("%s stops the row", (code, p, v, s) => {
    const found = findings(p, v, s)
    expect(found.map((finding) => finding.code)).toContain(code)
    expect(isValid(found)).toBe(false)
  })

  it.each<[string, Partial<ProductSource>, Partial<VariantSource>]>([
    ["gtin_invalid", {}, { ean: "4006381333932" }],
    ["title_cut", { title: "long ".repeat(40) }, {}],
    ["description_cut", { description: "long ".repeat(2000) }, {}],
    ["description_missing", { description: null }, {}],
    ["title_all_capitals", { title: "BLUE MUG FOR TEA" }, {}],
    ["gender_unknown", { metadata: { gender: "robots" } }, {}],
    ["google_product_category_unknown", { metadata: { google_product_category: "Mugs" } }, {}],
    ["sale_price_not_positive", {}, { price: { amount: "5", saleAmount: "0", saleStartsAt: null, saleEndsAt: null } }],
  ])("%s is a warning and lets the row pass", (code, p, v) => {
    const found = findings(p, v)
    expect(found.map((finding) => finding.code)).toEqual([code])
    expect(isValid(found)).toBe(true)
  })

  it("says in words what is wrong, where and what to do", () => {
    const [finding] = findings({}, { price: NO_PRICE })
    expect(finding).toMatchObject({ field: "price", title: "No price in GBP", action: "Add a price in GBP to the variant." })
  })

  it("does not take a short name in capitals for shouting", () => expect(findings({ title: "USB-C HUB" })).toEqual([]))

  it("reports a field once, as missing, when its value was left out", () => {
    expect(findings({ thumbnail: "ftp://x/y.jpg" }).map((finding) => finding.code)).toEqual(["image_url_invalid"])
  })
})
