import { isWebUrl, productUrl, storefrontUrl, templateProblem } from "../product-url"

const values = { country: "gb", locale: "en-GB", handle: "mug & co", variant_id: "variant_1", product_id: "prod_1", sku: "A/1" }

describe("product URLs", () => {
  it("fills in every place and encodes the values", () => {
    const url = productUrl("https://shop.example/{country}/{locale}/{handle}?v={variant_id}&p={product_id}&s={sku}")
    expect(url(values)).toBe("https://shop.example/gb/en-GB/mug%20%26%20co?v=variant_1&p=prod_1&s=A%2F1")
  })

  it("gives none when a value is missing", () => {
    expect(productUrl("https://shop.example/{sku}")({ ...values, sku: null })).toBeNull()
    expect(productUrl("https://shop.example/{variant_id}")({ ...values, sku: null })).toBe("https://shop.example/variant_1")
  })

  it.each(["{handle}", "/products/{handle}", "ftp://shop.example/{handle}", "https://shop .example/{handle}"])("gives none for the template %j", (template) =>
    expect(productUrl(template)(values)).toBeNull()
  )

  it.each([
    ["https://shop.example/{country}/products/{handle}?variant={variant_id}", null],
    ["https://shop.example/all", "{handle} or {variant_id}"],
    ["https://shop.example/{slug}", "does not know {slug}"],
    ["shop.example/{handle}", "http or https address"],
  ])("judges the template %j", (template, problem) => {
    if (problem === null) expect(templateProblem(template)).toBeNull()
    else expect(templateProblem(template)).toContain(problem)
  })

  it("knows a web address", () => {
    expect(isWebUrl("https://cdn.example.com/a%20b.jpg?x=1")).toBe(true)
    expect(isWebUrl("//cdn.example.com/a.jpg")).toBe(false)
    expect(isWebUrl("https://")).toBe(false)
  })
})

describe("storefrontUrl", () => {
  it.each([
    ["https://shop.example/{country}/products/{handle}", "https://shop.example"],
    ["https://{country}.shop.example:8443/{locale}/{variant_id}", "https://de.shop.example:8443"],
    ["shop.example/{handle}", null],
  ])("of %s is %j", (template, url) => expect(storefrontUrl(template, { country: "de", locale: null })).toBe(url))
})
