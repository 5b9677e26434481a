import { gzipSync } from "node:zlib"
import { csv, HEADER, line, openFeedHost, openLab, openShop, type FeedHost, type Lab, type Shop } from "./harness"

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

async function upload(file: string | Buffer, to = feed) {
  await shop.api.post(`${to}/uploads`, { url: host.serve("/file", file) })
  await control().settle()
  return (await control().uploads(to)).at(-1)!
}

async function feedWith(options: Record<string, unknown>): Promise<string> {
  return (await shop.api.post(`${shop.id}/product_feeds`, { name: "special", ...options })).body.id
}

const item = (id: string) => control().item(shop.id, id)

describe("file formats", () => {
  const cells = line("A").split(",")

  test.each([
    ["tab", "\t"],
    ["bar", "|"],
    ["semicolon", ";"],
    ["tilde", "~"],
  ])("cells separated by a %s are found out", async (_name, delimiter) => {
    const session = await upload(`${HEADER.replaceAll(",", delimiter)}\n${cells.join(delimiter)}\n`)
    expect(session).toMatchObject({ num_persisted_items: 1, warning_count: 0, error_count: 0 })
  })

  test("a file in a delimiter the feed does not name is not understood", async () => {
    const session = await upload(csv(line("A")), await feedWith({ delimiter: "TAB" }))
    expect(session.num_persisted_items).toBe(0)
  })

  test("quoted cells hold commas, doubled quotes and line breaks", async () => {
    await upload(csv(line("A", { title: 'Mug, "blue"', description: "One\nTwo" }), line("B")))
    expect((await item("A"))?.fields).toMatchObject({ title: 'Mug, "blue"', description: "One\nTwo" })
    expect(await item("B")).not.toBeNull()
  })

  test("CRLF, a byte order mark, comment lines before the header and another order of columns are all read", async () => {
    const [first, ...rest] = HEADER.split(",")
    const turned = [...rest, first].join(",")
    const [id, ...values] = cells
    const text = `\uFEFF# ref_application_id 1234\r\n# ref_asset_id shop-1\r\n${turned}\r\n${[...values, id].join(",")}\r\n`
    expect(await upload(text)).toMatchObject({ num_persisted_items: 1, warning_count: 0 })
  })

  test("without a named encoding UTF-8 is tried first and Latin-1 after a byte contradicts it", async () => {
    await upload(csv(line("A", { title: "Tasse für Käse" })))
    expect((await item("A"))?.title).toBe("Tasse für Käse")
    await upload(Buffer.from(csv(line("B", { title: "Tasse für Käse" })), "latin1"))
    expect((await item("B"))?.title).toBe("Tasse für Käse")
    const utf16 = await feedWith({ encoding: "UTF16LE" })
    await upload(Buffer.from(csv(line("C", { title: "Tasse für Käse" })), "utf16le"), utf16)
    expect((await item("C"))?.title).toBe("Tasse für Käse")
  })

  test("flattened image columns and JSON cells become one list", async () => {
    const header = `${HEADER.replace("image_link", "image[0].url")},image[0].tag[0],image[1].url,video`
    const row = `${line("A")},front,https://cdn.test/2.jpg,"[{""url"":""https://cdn.test/v.mp4""}]"`
    expect(await upload(`${header}\n${row}\n`)).toMatchObject({ num_persisted_items: 1, error_count: 0 })
    expect((await item("A"))?.fields).toMatchObject({
      image: [{ url: "https://cdn.test/1.jpg", tag: ["front"] }, { url: "https://cdn.test/2.jpg" }],
      video: [{ url: "https://cdn.test/v.mp4" }],
    })
  })

  test.each([
    ["XML", "<?xml version='1.0'?><rss></rss>"],
    ["a zip archive", Buffer.from("PK\u0003\u0004rest")],
    ["something that only looks like gzip", Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])],
    ["a line of more than 5242880 characters", csv(line("A"), line("B", { description: "x".repeat(5242881) }), line("C"))],
  ])("%s is refused as a whole", async (_name, file) => {
    expect(await upload(file)).toMatchObject({ failed: true, num_persisted_items: 0, error_count: 1 })
    expect(await control().items(shop.id)).toEqual([])
  })

  test("an unknown column is ignored with one warning", async () => {
    const session = await upload(`${HEADER},default_product\n${line("A")},yes\n${line("B")},no\n`)
    expect(session).toMatchObject({ num_persisted_items: 2, warning_count: 1 })
    expect(session.errors).toEqual([
      expect.objectContaining({ summary: 'value of "default_product" is not correct', severity: "warning", total_count: 1 }),
    ])
  })

  test("a broken row is fatal by its row number, counted with the header as 1, and its neighbours are kept", async () => {
    const broken = `${line("B")},surplus`
    const session = await upload(csv(line("A"), broken, line("C"), 'D"x,quote inside', line("E", { brand: "" }), 'F,"left open'))
    expect(session).toMatchObject({ num_detected_items: 6, num_persisted_items: 2, num_invalid_items: 4 })
    const { body } = await shop.api.get(`${session.id}/errors?error_priority=HIGH`)
    const rows = body.data.flatMap((error: any) => error.samples.data.map((sample: any) => sample.row_number))
    expect(rows.sort()).toEqual([3, 5, 6, 7])
  })
})

describe("rows with a fatal problem", () => {
  test.each([
    ["id", "", "PROPERTY_VALUE_MISSING"],
    ["title", "", "PROPERTY_VALUE_MISSING"],
    ["description", "", "PROPERTY_VALUE_MISSING"],
    ["availability", "", "PROPERTY_VALUE_MISSING"],
    ["condition", "", "PROPERTY_VALUE_MISSING"],
    ["price", "", "PROPERTY_VALUE_MISSING"],
    ["link", "", "PROPERTY_VALUE_MISSING"],
    ["image_link", "", "PROPERTY_VALUE_MISSING"],
    ["brand", "", "PROPERTY_VALUE_MISSING"],
    ["id", "x".repeat(101), "PROPERTY_VALUE_STRING_EXCEEDS_LENGTH"],
    ["title", "Mug ".repeat(51), "PROPERTY_VALUE_STRING_EXCEEDS_LENGTH"],
    ["description", "x".repeat(10000), "PROPERTY_VALUE_STRING_EXCEEDS_LENGTH"],
    ["availability", "In Stock", "PROPERTY_VALUE_FORMAT"],
    ["availability", "in_stock", "PROPERTY_VALUE_FORMAT"],
    ["condition", "mint", "PROPERTY_VALUE_FORMAT"],
    ["price", "£24.50", "PROPERTY_VALUE_FORMAT"],
    ["price", "24,50 GBP", "PROPERTY_VALUE_FORMAT"],
    ["price", "-1.00 GBP", "PROPERTY_VALUE_FORMAT"],
    ["price", "0.00 GBP", "PROPERTY_VALUE_NON_POSITIVE"],
    ["price", "24.50 XXQ", "PROPERTY_PRICE_CURRENCY_NOT_SUPPORTED"],
    ["link", "shop.test/mug", "PROPERTY_VALUE_FORMAT"],
    ["link", "https://user:pw@shop.test/mug", "PROPERTY_VALUE_FORMAT"],
    ["link", "ftp://shop.test/mug", "PROPERTY_VALUE_FORMAT"],
    ["image_link", "https://cdn.test/my mug.jpg", "PROPERTY_VALUE_FORMAT"],
  ])("a bad %s is refused, with only its own problem said about the row (%#)", async (field, value, errorType) => {
    const session = await upload(csv(line("A", { [field]: value }), line("B")))
    expect(session).toMatchObject({ num_persisted_items: 1, num_invalid_items: 1 })
    expect(session.errors.map(({ error_type, severity, field: name }) => [error_type, severity, name])).toEqual([
      [errorType, "fatal", field],
    ])
    expect((await control().items(shop.id)).map((entry) => entry.retailer_id)).toEqual(["B"])
  })

  test("a price without a code takes the feed's currency, and one without a blank is read", async () => {
    await upload(csv(line("A", { price: "12" }), line("B", { price: "12.5GBP" }), line("C", { condition: "New" })))
    expect((await item("A"))?.price).toBe("12 GBP")
    expect((await item("B"))?.price).toBe("12.5 GBP")
    expect((await item("C"))?.fields.condition).toBe("new")
  })
})

describe("rows with a warning", () => {
  const withColumn = (column: string, value: string) => `${HEADER},${column}\n${line("A")},"${value.replaceAll('"', '""')}"\n`

  test.each([
    ["gtin", "4006381333932", "PROPERTY_VALUE_FORMAT"],
    ["gtin", "40063-81333-931", "PROPERTY_VALUE_FORMAT"],
    ["google_product_category", "Mugs", "UNSUPPORTED_PRODUCT_CATEGORY"],
    ["sale_price", "24.50 GBP", "INVALID_SALE_PRICE"],
    ["sale_price", "10.00 EUR", "INVALID_SALE_PRICE"],
    ["sale_price", "ten", "PROPERTY_VALUE_FORMAT"],
    ["sale_price_effective_date", "2017-12-01T0:00-23:59/2017-12-31T0:00-23:59", "PROPERTY_VALUE_FORMAT"],
    ["sale_price_effective_date", "2027-03-08T08:00+00:00/2027-03-01T08:00+00:00", "PROPERTY_VALUE_FORMAT"],
    ["additional_image_link", Array.from({ length: 21 }, (_, n) => `https://cdn.test/${n}.jpg`).join(","), "PROPERTY_VALUE_FORMAT"],
    ["additional_image_link", `https://cdn.test/${"x".repeat(2000)}.jpg`, "PROPERTY_VALUE_FORMAT"],
    ["item_group_id", "x".repeat(101), "PROPERTY_VALUE_STRING_EXCEEDS_LENGTH"],
    ["color", "x".repeat(201), "PROPERTY_VALUE_STRING_EXCEEDS_LENGTH"],
    ["custom_label_0", "x".repeat(101), "PROPERTY_VALUE_STRING_EXCEEDS_LENGTH"],
    ["custom_number_0", "4294967296", "PROPERTY_VALUE_FORMAT"],
    ["gender", "other", "PROPERTY_VALUE_FORMAT"],
    ["age_group", "senior", "PROPERTY_VALUE_FORMAT"],
    ["internal_label", "spring", "PROPERTY_VALUE_FORMAT"],
    ["additional_variant_attribute", "Matt", "PROPERTY_VALUE_FORMAT"],
    ["shipping", "GB::Air:3.00", "PROPERTY_VALUE_FORMAT"],
    ["shipping_weight", "heavy", "PROPERTY_VALUE_FORMAT"],
    ["expiration_date", "31.12.2027", "PROPERTY_VALUE_FORMAT"],
    ["visibility", "hidden", "PROPERTY_VALUE_FORMAT"],
  ])("a bad %s is left out with a warning and the rest is kept (%#)", async (column, value, errorType) => {
    const session = await upload(withColumn(column, value))
    expect(session).toMatchObject({ num_persisted_items: 1, error_count: 0, warning_count: 1 })
    expect(session.errors[0]).toMatchObject({ error_type: errorType, severity: "warning" })
    expect((await item("A"))?.fields).not.toHaveProperty(column)
  })

  test.each([
    ["gtin", "4006381333931", "4006381333931"],
    ["google_product_category", "674", "674"],
    ["google_product_category", "Home > Kitchen > Mugs", "Home > Kitchen > Mugs"],
    ["sale_price", "19.99 GBP", "19.99 GBP"],
    ["sale_price_effective_date", "2027-03-01T08:00+00:00/2027-03-08T23:59+00:00", "2027-03-01T08:00+00:00/2027-03-08T23:59+00:00"],
    ["sale_price_effective_date", "2027-03-01T08:00-0300/", "2027-03-01T08:00-0300/"],
    ["additional_image_link", "https://cdn.test/2.jpg,https://cdn.test/3.jpg", ["https://cdn.test/2.jpg", "https://cdn.test/3.jpg"]],
    ["internal_label", "['Spring','gift']", ["spring", "gift"]],
    ["additional_variant_attribute", "Scent:Pine, Finish:Matt", "Scent:Pine, Finish:Matt"],
    ["shipping", "GB::Air:3.00 GBP,PH:Manila:Sea:300 PHP", "GB::Air:3.00 GBP,PH:Manila:Sea:300 PHP"],
    ["expiration_date", "2027-12-31", "2027-12-31"],
    ["unit_price", '{"value":"1.20","currency":"GBP","unit":"l"}', { value: "1.20", currency: "GBP", unit: "l" }],
  ])("%s = %p is taken without a remark", async (column, value, stored) => {
    const session = await upload(withColumn(column, value))
    expect(session).toMatchObject({ num_persisted_items: 1, error_count: 0, warning_count: 0 })
    expect((await item("A"))?.fields[column]).toEqual(stored)
  })

  test.each([
    ["title in capitals", { title: "BLUE MUG" }, "PROPERTY_VALUE_UPPERCASE_WARNING"],
    ["HTML in the description", { description: "<p>Glazed</p>" }, "PROPERTY_VALUE_CONTAINS_HTML_TAGS"],
    ["in stock with nothing to sell", { quantity_to_sell_on_facebook: "0" }, "INVENTORY_ZERO_AVAILABILITY_IN_STOCK"],
  ])("a row with %s is kept as it is with a remark", async (_case, overrides, errorType) => {
    const session = await upload(csv(line("A", overrides)))
    expect(session).toMatchObject({ num_persisted_items: 1, error_count: 0, warning_count: 1 })
    expect(session.errors[0].error_type).toBe(errorType)
    const [field, value] = Object.entries(overrides)[0]
    expect(String((await item("A"))?.fields[field])).toBe(value)
  })

  test("status archived hides the item as visibility staging does, and Meta remarks on it", async () => {
    const session = await upload(withColumn("status", "archived"))
    expect(session.errors[0]).toMatchObject({ error_type: "PRODUCT_ITEM_NOT_VISIBLE", severity: "warning" })
    expect((await item("A"))?.visibility).toBe("staging")
    await upload(withColumn("status", "active"))
    expect((await item("A"))?.visibility).toBe("published")
  })

  test("a quantity that is no number from 0 up is left out, so the stored one stays", async () => {
    await upload(csv(line("A")))
    for (const quantity of ["-1", "2.5", "many"]) {
      expect(await upload(csv(line("A", { quantity_to_sell_on_facebook: quantity })))).toMatchObject({
        num_persisted_items: 1,
        warning_count: 1,
      })
      expect((await item("A"))?.quantity_to_sell_on_facebook).toBe(14)
    }
  })

  test("inventory is read as the older name of quantity_to_sell_on_facebook", async () => {
    await upload(csv(line("A", { quantity_to_sell_on_facebook: "7" })).replace("quantity_to_sell_on_facebook", "inventory"))
    expect((await item("A"))?.quantity_to_sell_on_facebook).toBe(7)
  })
})

describe("error samples and the full report", () => {
  const bad = (count: number) =>
    csv(line("OK"), ...Array.from({ length: count }, (_, n) => line(`X${n}`, { price: "" })), line("G", { title: "LOUD" }))

  test("errors are grouped with counts and a few sample rows, and filtered by priority", async () => {
    await control().setSettings({ error_sample_size: 3 })
    const { id } = await upload(bad(5))
    const all = (await shop.api.get(`${id}/errors?summary=true`)).body
    expect(all.summary).toEqual({ total_count: 2 })
    expect(all.data).toHaveLength(2)
    const high = (await shop.api.get(`${id}/errors?error_priority=HIGH`)).body.data
    expect(high).toEqual([
      {
        id: expect.any(String),
        summary: "A required field is missing: price.",
        description: expect.any(String),
        severity: "fatal",
        error_type: "PROPERTY_VALUE_MISSING",
        affected_surfaces: ["Dynamic Ads"],
        total_count: 5,
        samples: {
          data: [
            { row_number: 3, retailer_id: "X0" },
            { row_number: 4, retailer_id: "X1" },
            { row_number: 5, retailer_id: "X2" },
          ],
        },
      },
    ])
    const low = (await shop.api.get(`${id}/errors?error_priority=MEDIUM&fields=severity,samples{retailer_id}`)).body.data
    expect(low).toEqual([
      { id: expect.any(String), severity: "warning", samples: { data: [{ retailer_id: "G", id: expect.any(String) }] } },
    ])
  })

  test("errors are paged with cursors", async () => {
    const { id } = await upload(csv(line("A", { price: "" }), line("B", { link: "" }), line("C", { brand: "" })))
    const first = (await shop.api.get(`${id}/errors?limit=2`)).body
    expect(first.data).toHaveLength(2)
    const second = (await shop.api.get(`${id}/errors?limit=2&after=${first.paging.cursors.after}`)).body
    expect(second.data).toHaveLength(1)
    expect(new Set([...first.data, ...second.data].map((error: { summary: string }) => error.summary)).size).toBe(3)
  })

  test("the report goes from not requested over requested to written, needs no token and is outdated after 30 days", async () => {
    await control().setSettings({ report_delay_ms: [5000, 5000] })
    const { id } = await upload(bad(12))
    const report = async () => (await shop.api.get(`${id}?fields=error_report`)).body
    expect(await report()).toEqual({ id, error_report: { report_status: "NOT_REQUESTED" } })
    expect((await shop.api.post(`${id}/error_report`)).body).toEqual({ success: true })
    expect(await report()).toEqual({ id, error_report: { report_status: "REQUESTED" } })
    await control().advanceClock(5001)
    const { error_report } = await report()
    expect(error_report.report_status).toBe("WRITE_FINISHED")
    const file = await fetch(error_report.file_handle)
    expect(file.headers.get("content-type")).toContain("text/csv")
    const lines = (await file.text()).trim().split("\n")
    expect(lines).toHaveLength(1 + 12 + 1)
    expect(lines[0]).toBe("id,row_number,severity,error_type,message,field,affected_capability,is_blocking")
    expect(lines[1]).toBe("X0,3,FATAL,PROPERTY_VALUE_MISSING,A required field is missing: price.,price,da,true")
    expect(lines[13]).toContain("G,15,WARNING")
    await control().advanceClock(30 * 24 * 60 * 60 * 1000 + 1)
    expect((await report()).error_report).toEqual({ report_status: "ERROR_REPORT_OUTDATED" })
    expect((await fetch(error_report.file_handle)).status).toBe(404)
    await shop.api.post(`${id}/error_report`)
    expect((await report()).error_report.report_status).toBe("REQUESTED")
  })

  test("a refused file has its reason in the report as well", async () => {
    const { id } = await upload("")
    await shop.api.post(`${id}/error_report`)
    await control().settle()
    const { error_report } = (await shop.api.get(`${id}?fields=error_report`)).body
    expect(await (await fetch(error_report.file_handle)).text()).toContain("Your Data Feed File Can't Be Empty")
  })

  test("a link to a report cannot be guessed", async () => {
    expect((await fetch(`${lab.sandbox.url}/reports/anything.csv`)).status).toBe(404)
  })
})

test("twenty thousand rows with a problem each are taken in in half a minute of the processor's time", async () => {
  const rows = Array.from({ length: 20_000 }, (_, n) => line(`SKU-${n}`, { title: "LOUD MUG" }))
  const started = process.cpuUsage()
  const session = await upload(gzipSync(csv(...rows)))
  expect(session).toMatchObject({ num_detected_items: 20_000, num_persisted_items: 20_000, warning_count: 20_000 })
  expect(process.cpuUsage(started).user).toBeLessThan(30e6)
})
