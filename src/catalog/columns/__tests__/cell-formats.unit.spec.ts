import fc from "fast-check"
import { cellFormat } from "../cell-formats"
import { excerpt } from "../cell-text"
import { FEED_FIELDS, fieldOf, type FeedFieldName } from "../field-table"

const GBP = { code: "gbp", decimals: 2 }

/** The cell of a value, and what was said about it. */
function format(name: FeedFieldName, raw: unknown, currency = GBP) {
  const said: string[] = []
  const cell = cellFormat(fieldOf(name)!, currency)(raw, (kind, value, reason) => said.push([kind, value, reason].filter(Boolean).join(" | ")))
  return { cell, said }
}

describe("a cell of each kind", () => {
  it.each<[FeedFieldName, unknown, string]>([
    ["custom_label_0", "  two\nlines\u0007 ", "two lines"],
    ["custom_label_0", 7, "7"],
    ["custom_label_0", true, "true"],
    ["custom_label_0", ["a", "b "], "a, b"],
    ["title", "Mug\ud83d", "Mug"],
    ["description", "<p>One</p><ul><li>two</li></ul>", "One\n• two"],
    ["rich_text_description", "plain & <simple>", "<p>plain &amp; &lt;simple&gt;</p>"],
    ["rich_text_description", '<p style="x">a<script>b</script></p>', "<p>a</p>"],
    ["link", " https://shop.test/p?a=1&b=2 ", "https://shop.test/p?a=1&b=2"],
    ["mobile_link", 'https://shop.test/a b"c', "https://shop.test/a%20b%22c"],
    ["additional_image_link", ["https://c.test/1,2.jpg", "https://c.test/3.jpg", "https://c.test/3.jpg"], "https://c.test/1%2C2.jpg,https://c.test/3.jpg"],
    ["additional_image_link", "https://c.test/1.jpg; https://c.test/2.jpg", "https://c.test/1.jpg,https://c.test/2.jpg"],
    // Picture services put commas into addresses.
    ["additional_image_link", "https://c.test/w_100,h_100/1.jpg", "https://c.test/w_100%2Ch_100/1.jpg"],
    ["additional_image_link", "https://c.test/w_1;h_1/1.jpg,https://c.test/2.jpg|https://c.test/3.jpg", "https://c.test/w_1%3Bh_1/1.jpg,https://c.test/2.jpg,https://c.test/3.jpg"],
    ["image", "https://c.test/w_100,h_100/1.jpg , https://c.test/2.jpg", '[{"url":"https://c.test/w_100,h_100/1.jpg"},{"url":"https://c.test/2.jpg"}]'],
    ["image", "https://c.test/1.jpg", '[{"url":"https://c.test/1.jpg"}]'],
    ["video", [{ url: "https://c.test/1.mp4", tag: ["front", ""] }], '[{"url":"https://c.test/1.mp4","tag":["front"]}]'],
    ["offer_price", "24.5", "24.50 GBP"],
    ["offer_price", 24.555, "24.56 GBP"],
    ["offer_price", "24.50gbp", "24.50 GBP"],
    ["offer_price_effective_date", "2027-03-01T8:00-0300/2027-03-08", "2027-03-01T11:00+00:00/2027-03-08T00:00+00:00"],
    ["expiration_date", "2028-02-29T23:30:00-05:00", "2028-03-01"],
    ["expiration_date", new Date("2027-01-02T03:04:05Z"), "2027-01-02"],
    ["custom_number_0", "4294967295", "4294967295"],
    ["custom_number_0", 0, "0"],
    ["user_rating", "4.5", "4.5"],
    ["rating_count", 1, "1"],
    ["condition", "NEW", "new"],
    ["wa_compliance_category", "country origin exempt", "COUNTRY_ORIGIN_EXEMPT"],
    ["disabled_capabilities", "da, Mini-Shops", '["da","mini_shops"]'],
    ["internal_label", "['Spring','it\"s']", "['spring','it s']"],
    ["internal_label", ["Spring", "spring", ""], "['spring']"],
    ["additional_variant_attribute", { Scent: "Pine, dark", Finish: "Matt:soft" }, "Scent:Pine dark, Finish:Matt soft"],
    ["additional_variant_attribute", "Scent:Pine,Finish:Matt", "Scent:Pine, Finish:Matt"],
    ["shipping", "gb::Standard:4.9 GBP, UK:Wales:Air:3", "GB::Standard:4.90 GBP,GB:Wales:Air:3.00 GBP"],
    ["shipping", { country: "PH", service: "Air", price: "300 PHP" }, "PH::Air:300 PHP"],
    ["shipping", [{ shipping_country: "US", shipping_region: "CA", shipping_service: "x", shipping_price_value: "0.0", shipping_price_currency: "USD" }], "US:CA:x:0.0 USD"],
    ["shipping_weight", "0.4KG", "0.4 kg"],
    ["origin_country", "uk", "GB"],
    ["importer_address", '{"street1":"1 Kiln Lane","city":"Goa","country":"IN","street2":""}', '{"street1":"1 Kiln Lane","city":"Goa","country":"IN"}'],
    ["return_policy_info", { is_final_sale: false, return_policy_days: 30 }, '{"is_final_sale":"false","return_policy_days":"30"}'],
    ["unit_price", "1.2 GBP/l", '{"value":"1.20","currency":"GBP","unit":"l"}'],
    ["unit_price", { value: 1.2, unit: "100 g" }, '{"value":"1.20","currency":"GBP","unit":"100 g"}'],
    ["gtin", "400-6381 333931", "4006381333931"],
    ["google_product_category", "Apparel & Accessories > Clothing > Shirts & Tops", "212"],
    ["fb_product_category", "Home > Kitchen>Mugs", "Home > Kitchen > Mugs"],
    ["fb_product_category", 412, "412"],
    ["commerce_tax_category", "FB_APRL", "FB_APRL"],
    ["tax", "US:CA:9.25:y", "US:CA:9.25:y"],
  ])("%s of %j is %j", (name, raw, cell) => expect(format(name, raw)).toEqual({ cell, said: [] }))

  it.each<[FeedFieldName, unknown, string]>([
    ["custom_label_0", { a: 1 }, "must be text"],
    ["link", "/p/mug", "must be an address"],
    ["link", "https://user:secret@shop.test/", "must be an address"],
    ["mobile_link", "ftp://shop.test/", "must be an address"],
    ["offer_price", "24.50 EUR", "must be an amount above zero in GBP"],
    ["offer_price", "0", "must be an amount above zero in GBP"],
    ["offer_price", "24,50", "must be an amount above zero in GBP"],
    ["offer_price_effective_date", "2027-03-08/2027-03-01", "must be a start and a later end"],
    ["offer_price_effective_date", "2017-12-01T0:00-23:59", "must be a start and a later end"],
    ["expiration_date", "2027-02-29", "must be a date"],
    ["expiration_date", "01/02/2027", "must be a date"],
    ["custom_number_0", "4294967296", "must be a whole number from 0 to 4294967295"],
    ["custom_number_0", -1, "must be a whole number"],
    ["custom_number_0", 1.5, "must be a whole number"],
    ["user_rating", 0.9, "must be a number from 1 to 5"],
    ["rating_count", 0, "must be a whole number from 1"],
    ["gender", "robots", "must be one of female, male, unisex"],
    ["disabled_capabilities", "everything", "must be one or more of"],
    ["additional_variant_attribute", "Color:Blue", "no label may be a column of its own"],
    ["additional_variant_attribute", "Scent", "must be Label:Value pairs"],
    ["shipping", "GB:Standard:4.90 GBP", "must be entries such as"],
    ["shipping", "XX::Standard:4.90 GBP", "must be entries such as"],
    ["shipping_weight", 400, "must be a number with lb, oz, g or kg"],
    ["origin_country", "EU", "must be a country code"],
    ["origin_country", "Portugal", "must be a country code"],
    ["importer_address", "1 Kiln Lane", "must be a JSON object with street1"],
    ["unit_price", "1.20 EUR/l", "must be an amount in GBP and a unit"],
    ["gtin", "4006381333932", "must be a GTIN"],
    ["google_product_category", "Mugs", "must be an id or an English path"],
    ["fb_product_category", "Home > Mugs", "must be an id or a path of at least 3 levels"],
    ["commerce_tax_category", "APRL", "must be one of Meta's tax categories"],
    ["tax", "9.25", "must be entries such as US:CA:9.25:y"],
    ["image", "mug.jpg", "must be addresses"],
    ["offer_price_effective_date", "2027-03-01T08:00:10/2027-03-01T08:00:50", "must be a start and a later end"],
    ["rich_text_description", { html: "<b>Mug</b>" }, "must be text"],
  ])("%s leaves %j out, because it %s", (name, raw, words) => {
    const { cell, said } = format(name, raw)
    expect(cell).toBe("")
    expect(said).toEqual([expect.stringContaining(words)])
  })

  it("writes amounts with the digits of the currency", () => {
    expect(format("offer_price", "1200.4", { code: "jpy", decimals: 0 }).cell).toBe("1200 JPY")
    expect(format("offer_price", "1.5", { code: "kwd", decimals: 3 }).cell).toBe("1.500 KWD")
  })

  it("keeps what fits of lists and says what was left out", () => {
    const films = Array.from({ length: 22 }, (_, index) => `https://c.test/${index}.mp4`)
    expect(JSON.parse(format("video", films).cell)).toHaveLength(20)
    expect(format("video", films).said).toEqual(["cut | https://c.test/20.mp4"])
    const long = Array.from({ length: 30 }, (_, index) => `https://c.test/${"x".repeat(150)}${index}.jpg`)
    const { cell, said } = format("additional_image_link", long)
    expect(cell.length).toBeLessThanOrEqual(2000)
    expect(said[0]).toMatch(/^cut \|/)
    expect(format("image", ["https://c.test/1.jpg", "no"])).toEqual({ cell: '[{"url":"https://c.test/1.jpg"}]', said: [expect.stringContaining("invalid | no")] })
  })

  it.each([null, undefined, "", " \n", [], {}, [""], { a: null }])("of %j is empty, without a word", (raw) => {
    for (const { name } of FEED_FIELDS) expect(format(name, raw)).toEqual({ cell: "", said: [] })
  })
})

const letters = fc.constantFrom("a", "Z", "é", "日", "👗", "\ud83d", "\udc57", "\u0000", "\u0007", "\u0085", "\u2028", "\ufffe", '"', "'", ",", ":", ";", "|", "/", "<", "&", "{", "[", "]", "\n", "\t", " ", "0", "9", ".")
const text = fc.string({ unit: letters, maxLength: 300 })
const raw = fc.oneof(text, fc.string({ unit: fc.constantFrom("👗", "\ud83d", "x"), minLength: 90, maxLength: 250 }), fc.integer(), fc.double(), fc.array(text, { maxLength: 5 }), fc.dictionary(text, text, { maxKeys: 4 }), fc.jsonValue())

describe.each(FEED_FIELDS.map((field) => [field.name, field] as const))("any value in %s", (name, field) => {
  it("becomes a cell within the limit, in whole characters, that is taken again as it is", () => {
    fc.assert(
      fc.property(raw, (value) => {
        const { cell, said } = format(name, value)
        expect([...cell].length).toBeLessThanOrEqual(field.maxLength ?? Infinity)
        expect(cell).not.toMatch(/\p{Surrogate}/u)
        // eslint-disable-next-line no-control-regex
        expect(cell).not.toMatch(name === "description" ? /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe]/ : /[\u0000-\u001f\u007f-\u009f\ufffe]/)
        // What is said goes into the database as JSON, which has no halves of characters either.
        for (const words of said) expect(words).not.toMatch(/\p{Surrogate}/u)
        if (name !== "rich_text_description") expect(format(name, cell)).toEqual({ cell, said: [] })
      }),
      { numRuns: 60 }
    )
  })
})

it("an excerpt never splits a character", () => {
  fc.assert(fc.property(text, (value) => expect(excerpt(value.repeat(3))).not.toMatch(/\p{Surrogate}/u)))
})
