import { Readable } from "node:stream"
import { createSalesChannelsWorkflow, linkSalesChannelsToStockLocationWorkflow } from "@medusajs/medusa/core-flows"
import { readPrice } from "../../scripts/demo/import/amounts"
import { importProducts, type ImportReport } from "../../scripts/demo/import/import-products"
import type { AdminIssue } from "../../src/api/admin/meta-catalog/issue-types"
import { messFates, messFile } from "../store/product-mess"
import { newConnection, statusOf, until, withConnectedStore } from "./connected-store"

withConnectedStore("import", (store) => {
  /** A channel of its own holds what is imported, so that the catalogue has nothing else. */
  async function importMess(): Promise<{ report: ImportReport; salesChannelId: string }> {
    const { result } = await createSalesChannelsWorkflow(store.container).run({ input: { salesChannelsData: [{ name: "Imported" }] } })
    const salesChannelId = result[0].id
    const locationId = store.facts.locationIds.berlin
    await linkSalesChannelsToStockLocationWorkflow(store.container).run({ input: { id: locationId, add: [salesChannelId] } })
    // In pieces that end in the middle of lines and characters, as a file is read.
    const bytes = Buffer.from(messFile())
    const pieces = Array.from({ length: Math.ceil(bytes.length / 997) }, (_, n) => bytes.subarray(n * 997, (n + 1) * 997))
    const report = await importProducts(store.container, Readable.from(pieces), { salesChannelId, locationId, currencyCode: "eur" })
    return { report, salesChannelId }
  }

  async function connectTo(salesChannelId: string) {
    const { data } = await store.api.post("/admin/meta-catalog/catalogs", await newConnection(store, { sales_channel_id: salesChannelId }), store.admin)
    const { id: catalogId, meta_catalog_id: metaCatalogId } = data.catalog as { id: string; meta_catalog_id: string }
    await store.api.post(`/admin/meta-catalog/catalogs/${catalogId}/feeds`, {}, store.admin)
    const upload = await until("the upload is taken in and everything listed is in step", async () => {
      const { uploads, counts } = await statusOf(store, catalogId)
      return counts.listed > 0 && counts.in_step === counts.listed && uploads.find(({ ingested_at }) => ingested_at)
    })
    return { catalogId, metaCatalogId, upload }
  }

  async function issuesOf(catalogId: string): Promise<AdminIssue[]> {
    const { data } = await store.api.get(`/admin/meta-catalog/issues?catalog_id=${catalogId}&limit=200`, store.admin)
    return data.issues
  }

  it("a file of every trouble: what can be sold is at Meta, and everything else says why it is not", async () => {
    const fates = messFates()
    const { report, salesChannelId } = await importMess()
    expect(report.refused).toEqual(fates.refused.map(({ line, reason }) => ({ line, reason: expect.stringContaining(reason) })))
    expect(report.remarks).toEqual(fates.remarks)
    expect(report.variants).toHaveLength(fates.items.length + fates.hidden)
    expect(report.onSale).toBe(1)

    const { catalogId, metaCatalogId, upload } = await connectTo(salesChannelId)
    const idOfLine = new Map(report.variants.map(({ source, variantId }) => [source.line, variantId]))
    const wanted = Object.fromEntries(fates.items.map(({ line, id, issues }) => [id ?? idOfLine.get(line)!, issues]))
    const found: Record<string, string[]> = Object.fromEntries(Object.keys(wanted).map((id) => [id, []]))
    for (const { retailer_id, code } of await issuesOf(catalogId)) (found[retailer_id] ??= []).push(code)
    expect(Object.fromEntries(Object.entries(found).map(([id, codes]) => [id, codes.sort()]))).toEqual(wanted)

    const isWritten = (codes: string[]) => !codes.some((code) => ["price_missing", "price_not_positive", "image_missing", "image_url_invalid", "retailer_id_too_long"].includes(code))
    const written = Object.entries(wanted).flatMap(([id, codes]) => (isWritten(codes) ? [id] : []))
    expect(upload).toMatchObject({ detected: written.length, persisted: written.length, invalid: 0 })
    const atMeta = async (id: string) => (await store.sandbox.control.item(metaCatalogId, id)) as unknown as { fields: Record<string, unknown> } & Record<string, unknown>
    for (const id of written) expect(await atMeta(id)).toBeTruthy()
    expect(JSON.stringify(await atMeta("SALE"))).toMatch(/"49.90 EUR".*"39.90 EUR"|"39.90 EUR".*"49.90 EUR"/)
    expect(JSON.stringify(await atMeta("COMMA"))).toContain('"1299.00 EUR"')
    expect(JSON.stringify(await atMeta("SIGN"))).toContain('"1049.50 EUR"')
    expect(await atMeta("SOLD-OUT")).toMatchObject({ quantity_to_sell_on_facebook: 0, availability: "out of stock" })
    expect(await atMeta("GOES-ON")).toMatchObject({ quantity_to_sell_on_facebook: 100, availability: "in stock" })
    expect(JSON.stringify(await atMeta("TEE-L"))).toContain(JSON.stringify("https://cdn.example.com/mess/tee-large.jpg"))
    expect(JSON.stringify(await atMeta("HTML"))).not.toMatch(/alert|onclick/)
  })

  it("a second time: what the store has is refused line by line, and nothing is made twice", async () => {
    const first = await importMess()
    const { data: before } = await store.container.resolve("query").graph({ entity: "variant", fields: ["id"] })
    const place = { salesChannelId: first.salesChannelId, locationId: store.facts.locationIds.berlin, currencyCode: "eur" }
    const report = await importProducts(store.container, Readable.from([messFile()]), place)
    expect(report.variants).toEqual([])
    expect(report.refused.length).toBe(first.report.refused.length + first.report.variants.length)
    const { data: after } = await store.container.resolve("query").graph({ entity: "variant", fields: ["id"] })
    expect(after).toHaveLength(before.length)

    // What nobody looks at beforehand is the store's to refuse, one product at a time.
    const barcodes = "Handle,Title,Variant Barcode\nother,Other,4006381333931\nmore,More,\n"
    const third = await importProducts(store.container, Readable.from([barcodes]), place)
    expect(third.refused).toEqual([{ line: 2, reason: expect.stringMatching(/^the store refused the product: .*4006381333931/) }])
    expect(third.variants).toMatchObject([{ handle: "more" }])
  })

  it("a file without a column Handle is refused as a whole", async () => {
    const place = { salesChannelId: store.facts.salesChannelId, locationId: store.facts.locationIds.berlin, currencyCode: "eur" }
    await expect(importProducts(store.container, Readable.from(["Name,Price\nCup,3\n"]), place)).rejects.toThrow("no column Handle; its first line is: Name, Price")
  })
})

describe("prices in a file", () => {
  it.each([
    ["19.99", "19.99"],
    ["19,99", "19.99"],
    ["1,234.50", "1234.50"],
    ["1.234,50", "1234.50"],
    ["1.234.567", "1234567"],
    ["2,400", "2400"],
    ["0.125", "0.125"],
    ["1 234,50 €", "1234.50"],
    ["12 eur", "12"],
    ["-3", "-3"],
    ["", null],
  ])("reads %j as %j", (cell, amount) => expect(readPrice(cell, "eur")).toEqual({ amount }))

  it.each(["on request", "$12", "12 USD", "1,2,3.4.5", "--1", "€"])("does not read %j", (cell) => expect(readPrice(cell, "eur")).toHaveProperty("problem"))
})
