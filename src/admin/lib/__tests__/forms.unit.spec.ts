import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { fieldMessages } from "../api-error"
import { catalogFormFields, initialValues, isSameConnection, toInput, toUpdate } from "../catalog-form"
import { exampleUrl } from "../example-url"

const stored = {
  name: "Europe",
  meta_catalog_id: "123",
  has_access_token: true,
  has_app_secret: false,
  sales_channel_id: "sc_1",
  region_id: "reg_1",
  currency_code: "eur",
  country_code: "de",
  price_tax: "with_tax",
  product_url_template: "https://shop.test/{handle}",
  default_brand: null,
  retailer_id_scheme: "sku",
  transport: "items_batch",
  pushes_stock: true,
  pushes_prices: false,
  sells_on_meta: false,
  discontinued_months: 12,
  velocity_days: 28,
  medium_from: 0.5,
  fast_from: 3,
  velocity_hysteresis_percent: 20,
} as AdminCatalog

describe("messages of the admin API at form fields", () => {
  it("puts each message at the field it names", () => {
    const error = new Error("product_url_template: must contain {handle} or {variant_id}; currency_code: choose a region or a currency")
    expect(fieldMessages(error, catalogFormFields)).toEqual({
      product_url_template: "must contain {handle} or {variant_id}",
      currency_code: "choose a region or a currency",
    })
  })

  it("keeps a semicolon inside a message, and what names no field for the whole form", () => {
    const message = "access_token: Meta refuses it; create a new one; region_id: there is no such region"
    expect(fieldMessages(new Error(message), catalogFormFields)).toEqual({
      access_token: "Meta refuses it; create a new one",
      region_id: "there is no such region",
    })
    expect(fieldMessages(new Error("public_url: it is not https"), catalogFormFields)).toEqual({ form: "public_url: it is not https" })
    expect(fieldMessages("Failed to fetch", catalogFormFields)).toEqual({ form: "Failed to fetch" })
  })
})

describe("values of the connect form", () => {
  it("sends nothing of an unchanged catalogue, and no secret that was not typed", () => {
    expect(toUpdate(initialValues(stored), stored)).toEqual({})
  })

  it("sends only what differs, and a typed secret", () => {
    const values = { ...initialValues(stored), default_brand: " Acme ", access_token: "new", country_code: "FR" }
    expect(toUpdate(values, stored)).toEqual({ default_brand: "Acme", access_token: "new", country_code: "fr" })
  })

  it("sends the currency in place of a region that was taken away", () => {
    const values = { ...initialValues(stored), region_id: "", currency_code: "usd" }
    expect(toUpdate(values, stored)).toEqual({ region_id: null, currency_code: "usd" })
  })

  it("sends a changed measure as a number, and what is none as typed so that the API can say what is allowed", () => {
    const values = { ...initialValues(stored), velocity_days: "14", medium_from: " 0,25", fast_from: "many" }
    expect(toUpdate(values, stored)).toEqual({ velocity_days: 14, medium_from: 0.25, fast_from: "many" })
  })

  it("sends a transport and a switch that were changed, off as well as on", () => {
    const values = { ...initialValues(stored), transport: "item_node" as const, pushes_stock: false, pushes_prices: true }
    expect(toUpdate(values, stored)).toEqual({ transport: "item_node", pushes_stock: false, pushes_prices: true })
  })

  it("never sends what is fixed once connected", () => {
    const values = { ...initialValues(stored), meta_catalog_id: "999", retailer_id_scheme: "variant_id" as const }
    expect(toUpdate(values, stored)).toEqual({})
  })

  it("knows an earlier test only while the tested values stand", () => {
    const values = { ...initialValues(), meta_catalog_id: "123", access_token: "a" }
    const tested = toInput(values)
    expect(isSameConnection({ ...values, name: "Other" }, tested)).toBe(true)
    expect(isSameConnection({ ...values, access_token: "b" }, tested)).toBe(false)
    expect(isSameConnection(values, undefined)).toBe(false)
  })
})

describe("the example of a product URL template", () => {
  const values = { handle: "blue shirt", variant_id: "variant_1", product_id: "prod_1", sku: "S-1", country: "de", locale: null }

  it("fills in the values as the feed does", () => {
    expect(exampleUrl(" https://shop.test/{country}/{handle}?v={variant_id} ", values)).toEqual({
      ok: true,
      url: "https://shop.test/de/blue%20shirt?v=variant_1",
    })
  })

  it.each([
    ["", "empty"],
    ["https://shop.test/{country}", "no_place"],
    ["https://shop.test/{handle}/{colour}", "unknown_place"],
    ["https://shop.test/{locale}/{handle}", "value_missing"],
    ["shop.test/{handle}", "not_a_url"],
  ])("says what is missing in %p", (template, reason) => {
    expect(exampleUrl(template, values)).toEqual({ ok: false, reason })
  })
})
