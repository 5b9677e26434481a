import { createReadStream, createWriteStream } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { finished } from "node:stream/promises"
import type { FeedRow } from "../../catalog/columns/field-table"
import { layoutOf } from "../../catalog/items/item-settings"
import { productMapper } from "../../catalog/items/map-product"
import { streamProductSources } from "../../catalog/store/product-sources"
import { openSnapshot } from "../../catalog/store/query"
import { csvHeader, csvWriter } from "../../feed/csv-rows"
import { openFileWriter, type FileWriter } from "../../feed/file-writer"
import type { FileToSend } from "../../graph-api/uploads"
import type { BatchEntry } from "../../modules/meta-catalog/batches/batch-entry"
import type { CarriedItem } from "../../modules/meta-catalog/carriers/carriers"
import { openPrices } from "../catalogs/catalog-prices"
import { decideCarried } from "../push/decide-carried"
import { itemSettingsOf } from "../catalogs/item-settings-of"
import type { OpenCatalog } from "../open-catalog"
import { decidePage, type RowSettings } from "./page-rows"

const PAGE_SIZE = 250

/** A carrier's file in the process's temporary folder, with what it brings and which items need nothing. */
export type CarrierFile = {
  entries: BatchEntry[]
  unchanged: BatchEntry[]
  /** Opens the file for one upload. `name` is its name at Meta. */
  toSend(name: string): FileToSend
  remove(): Promise<void>
}

/**
 * Writes the rows of claimed items as they are now, by the mapping of the feed. An item without a valid row, and a listed one
 * with nothing to sell, is left out. It is a file and not a stream, because the call states its length and its values are
 * committed before it is made.
 */
export async function writeCarrierFile(open: OpenCatalog, items: CarriedItem[]): Promise<CarrierFile> {
  const folder = await mkdtemp(join(tmpdir(), "meta-catalog-"))
  const path = join(folder, "carrier.csv.gz")
  const remove = async () => await rm(folder, { recursive: true, force: true })
  const stream = createWriteStream(path)
  const writer = openFileWriter({ writeStream: stream, promise: finished(stream) })
  try {
    const { entries, unchanged } = await writeRows(open, items, writer)
    const { bytes } = await writer.finish()
    const toSend = (filename: string): FileToSend => ({ stream: bytesOf(path), filename, contentType: "application/gzip", size: bytes })
    return { entries, unchanged, toSend, remove }
  } catch (error) {
    await writer.abort()
    await remove()
    throw error
  }
}

/** Opens the file when it is first read from, so that a call that is never made leaves nothing open. */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path)
}

async function writeRows(open: OpenCatalog, items: CarriedItem[], writer: FileWriter): Promise<Pick<CarrierFile, "entries" | "unchanged">> {
  const settings = await rowSettingsOf(open)
  const byRetailerId = new Map(items.map((item) => [item.retailer_id, item]))
  const range = {
    pageSize: PAGE_SIZE,
    priceVariants: await openPrices(open.container, open.scope),
    variantIds: items.map((item) => item.variant_id),
    details: settings.items.columns?.details,
  }
  const entries: BatchEntry[] = []
  const unchanged: BatchEntry[] = []
  const layout = layoutOf(settings.items)
  const toCsv = csvWriter(",", layout)
  const snapshot = await openSnapshot(open.sql)
  try {
    await writer.write(csvHeader(",", layout))
    for await (const page of streamProductSources(snapshot, open.scope, range)) {
      const rows: FeedRow[] = []
      for (const row of decidePage(page, new Map(), settings).rows) {
        const item = byRetailerId.get(row.variant.id)
        const { entry, verdict } = item ? decideCarried(item, row, { pushesStock: open.catalog.pushes_stock, pushesPrices: open.catalog.pushes_prices }) : NOT_OURS
        if (entry && verdict === "carry") {
          rows.push(row)
          entries.push(entry)
        } else if (entry && verdict === "unchanged") {
          unchanged.push(entry)
        }
      }
      if (rows.length > 0) await writer.write(toCsv(rows))
    }
  } finally {
    await snapshot.rollback()
  }
  return { entries, unchanged }
}

/** An item that another variant took over since the claim is no longer what was claimed. */
const NOT_OURS = { entry: null, verdict: "leave" } as const

async function rowSettingsOf({ module, sql, catalog }: OpenCatalog): Promise<RowSettings> {
  const items = await itemSettingsOf({ sql, module }, catalog)
  // Every carried item is written in a published snapshot; the number only matters for rows that are not valid, which are left out.
  return { items, mapProduct: productMapper(items), scheme: catalog.retailer_id_scheme, number: null, publishedNumber: 0, builtAt: await module.issues.databaseNow() }
}
