import { Writable } from "node:stream"
import { finished } from "node:stream/promises"
import { gunzipSync } from "node:zlib"
import { parse } from "csv-parse/sync"
import { product, variant } from "../../../catalog/store/__tests__/sources"
import { newItem } from "../../../catalog/store/known-items"
import type { SourcePage, VariantSource } from "../../../catalog/store/product-sources"
import { DEFAULT_STOCK_POLICY } from "../../../catalog/stock/stock-policy"
import { openFileWriter } from "../../../feed/file-writer"
import { openUpdatesSink } from "../build-updates"
import type { SinkSource } from "../feed-sink"

const MAIN = "mcfeed_main"

function listed(sku: string, change: Partial<VariantSource> = {}): VariantSource {
  const item = { ...newItem({ id: `mcitem_${sku}`, retailerId: sku, feedId: MAIN, number: 1 }), listed: true }
  return variant({ id: `variant_${sku}`, sku, item, ...change })
}

/** The file that these variants lead to, as text. */
async function fileOf(...variants: VariantSource[]): Promise<string> {
  const chunks: Buffer[] = []
  const writeStream = new Writable({ write: (chunk: Buffer, _encoding, done) => (chunks.push(chunk), done()) })
  const writer = openFileWriter({ writeStream, promise: finished(writeStream) })
  const source = { catalog: { id: "mcat_1" }, feed: { main_feed_id: MAIN }, started: {}, writer, pricesOf: async () => async () => new Map() }
  // A file of updates asks for nothing else of a run.
  const sink = await openUpdatesSink(source as unknown as SinkSource)
  const page: SourcePage = { products: new Map([["prod_1", product()]]), variants }
  await sink.offered(page)
  await sink.finish()
  await writer.finish()
  return gunzipSync(Buffer.concat(chunks)).toString("utf8")
}

const rowsOf = (text: string): Record<string, string>[] => parse(text, { columns: true })

it("has one set of columns, filled in every row", async () => {
  const stocked = listed("A")
  const soldOut = listed("B", { stock: { ...stocked.stock, available: 0 } })
  const invalid = listed("C", { item: { ...listed("C").item!, isInvalid: true } })
  expect(rowsOf(await fileOf(stocked, soldOut, invalid))).toEqual([
    { id: "A", availability: "in stock", quantity_to_sell_on_facebook: "5" },
    { id: "B", availability: "out of stock", quantity_to_sell_on_facebook: "0" },
    { id: "C", availability: "out of stock", quantity_to_sell_on_facebook: "0" },
  ])
})

it("has the same rows again when nothing has changed, because Meta refuses a file without any", async () => {
  const first = await fileOf(listed("A"), listed("B"))
  expect(rowsOf(first)).toHaveLength(2)
  expect(await fileOf(listed("A"), listed("B"))).toBe(first)
})

it("leaves a quantity empty only for an item that was never told one", async () => {
  const unmanaged = { ...variant().stock, managesInventory: false, available: null }
  const policy = { ...DEFAULT_STOCK_POLICY, unmanaged: "omit" as const }
  const rows = rowsOf(await fileOf(listed("NEVER", { stock: { ...unmanaged, wasToldNumber: false }, policy }), listed("TOLD", { stock: { ...unmanaged, wasToldNumber: true }, policy })))
  expect(rows.map((row) => [row.id, row.quantity_to_sell_on_facebook === ""])).toEqual([["NEVER", true], ["TOLD", false]])
})

it("has no row for an item that Meta does not hold, or holds in another feed", async () => {
  const item = listed("A").item!
  expect(rowsOf(await fileOf(listed("A", { item: { ...item, listed: false } }), listed("B", { item: { ...item, feedId: "mcfeed_other" } }), listed("C", { item: null })))).toEqual([])
})
