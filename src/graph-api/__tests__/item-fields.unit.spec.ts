import fc from "fast-check"
import { isNodePrice, toNewItem, toNodeFields } from "../item-fields"

const NO_SALE = { sale_price: "", sale_price_effective_date: "" }
const pricesOf = (price: { price: string; sale_price: string; sale_price_effective_date: string }) =>
  toNodeFields({ quantity: null, availability: null, price })

describe("toNodeFields", () => {
  it("writes quantity and availability as one pair", () => {
    expect(toNodeFields({ quantity: 14, availability: "in stock", price: null })).toEqual({
      quantity_to_sell_on_facebook: 14,
      availability: "in stock",
    })
    expect(toNodeFields({ quantity: 0, availability: "out of stock", price: null })).toEqual({
      quantity_to_sell_on_facebook: 0,
      availability: "out of stock",
    })
  })

  it("leaves a group out that is not part of the value, and the number where there is none", () => {
    expect(toNodeFields({ quantity: null, availability: "in stock", price: null })).toEqual({ availability: "in stock" })
    expect(toNodeFields({ quantity: 3, availability: null, price: { price: "1.00 EUR", ...NO_SALE } })).not.toHaveProperty("quantity_to_sell_on_facebook")
    expect(toNodeFields({ quantity: null, availability: null, price: null })).toEqual({})
  })

  it("writes prices in hundredths beside their currency, and a sale with its dates", () => {
    const period = "2027-03-01T00:00+00:00/2027-03-08T00:00+00:00"
    expect(pricesOf({ price: "24.50 GBP", sale_price: "19.99 GBP", sale_price_effective_date: period })).toEqual({
      price: 2450,
      currency: "GBP",
      sale_price: 1999,
      sale_price_start_date: "2027-03-01T00:00+00:00",
      sale_price_end_date: "2027-03-08T00:00+00:00",
    })
  })

  it("ends a sale with a sale price of 0", () => {
    expect(pricesOf({ price: "24.50 EUR", ...NO_SALE })).toMatchObject({ price: 2450, currency: "EUR", sale_price: 0 })
  })

  it("gives a sale without dates a period of its own, so that an earlier sale's dates do not stay in force", () => {
    const open = pricesOf({ price: "24.50 EUR", sale_price: "20.00 EUR", sale_price_effective_date: "" })
    const [start, end] = [open.sale_price_start_date, open.sale_price_end_date].map((date) => Date.parse(String(date)))
    expect(start).toBeLessThan(Date.parse("2026-01-01"))
    expect(end).toBeGreaterThan(Date.parse("2036-01-01"))
    const halfOpen = pricesOf({ price: "24.50 EUR", sale_price: "20.00 EUR", sale_price_effective_date: "2027-03-01T00:00+00:00/" })
    expect(halfOpen).toMatchObject({ sale_price_start_date: "2027-03-01T00:00+00:00", sale_price_end_date: open.sale_price_end_date })
  })

  it.each(["1500 JPY", "1.234 KWD", "24.5 EUR", "24 EUR", "24.50", "24.50 eur", "-1.00 EUR", "90071992547409.93 EUR"])(
    "refuses %s, which hundredths cannot say for sure",
    (price) => {
      expect(isNodePrice(price)).toBe(false)
      expect(() => pricesOf({ price, ...NO_SALE })).toThrow(RangeError)
    }
  )

  it("loses nothing of any amount with two decimals", () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999_999 }), fc.nat({ max: 99 }), fc.constantFrom("EUR", "GBP", "USD"), (whole, cents, currency) => {
        const text = `${whole}.${String(cents).padStart(2, "0")} ${currency}`
        expect(isNodePrice(text)).toBe(true)
        const { price, currency: code } = pricesOf({ price: text, ...NO_SALE }) as { price: number; currency: string }
        const digits = String(price).padStart(3, "0")
        expect(`${digits.slice(0, -2)}.${digits.slice(-2)} ${code}`).toBe(text)
      })
    )
  })
})

describe("toNewItem", () => {
  const cells = {
    id: "MUG-BLUE-M",
    title: "Blue mug",
    description: "Glazed.",
    link: "https://shop.test/p/mug",
    image_link: "https://cdn.test/1.jpg",
    additional_image_link: "https://cdn.test/2.jpg,https://cdn.test/3%2C4.jpg",
    availability: "",
    quantity_to_sell_on_facebook: "",
    status: "",
    condition: "new",
    price: "24.50 EUR",
    sale_price: "",
    sale_price_effective_date: "",
    brand: "Kiln",
    google_product_category: "Home & Garden > Kitchen",
    mpn: "K-1",
    item_group_id: "prod_1",
    gtin: "",
    color: "Blue",
    additional_variant_attribute: "Glaze:Matt, Handle:Left",
    internal_label: "['spring']",
  }

  it("gives every cell its node name and form and leaves empty ones out", () => {
    expect(toNewItem(cells, { quantity: 7, availability: "in stock" })).toEqual({
      retailer_id: "MUG-BLUE-M",
      name: "Blue mug",
      description: "Glazed.",
      url: "https://shop.test/p/mug",
      image_url: "https://cdn.test/1.jpg",
      additional_image_urls: ["https://cdn.test/2.jpg", "https://cdn.test/3%2C4.jpg"],
      condition: "new",
      brand: "Kiln",
      category: "Home & Garden > Kitchen",
      manufacturer_part_number: "K-1",
      retailer_product_group_id: "prod_1",
      color: "Blue",
      additional_variant_attributes: { Glaze: "Matt", Handle: "Left" },
      availability: "in stock",
      quantity_to_sell_on_facebook: 7,
      price: 2450,
      currency: "EUR",
      sale_price: 0,
      sale_price_start_date: expect.any(String),
      sale_price_end_date: expect.any(String),
    })
  })

  it("refuses a price that hundredths cannot say", () => {
    expect(() => toNewItem({ ...cells, price: "1500 JPY" }, { quantity: 7, availability: "in stock" })).toThrow(RangeError)
  })
})
