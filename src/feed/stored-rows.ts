import type { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGunzip } from "node:zlib"
import { parse } from "csv-parse"
import type { FeedFormat } from "../modules/meta-catalog/feeds/feed-format"
import { cellsOf, itemParser, type XmlElement } from "./xml-cells"

/** One row of a stored file: its cells at the positions of a `ColumnIndex`; one without a value is empty or missing. */
export type StoredRow = { id: string; cells: string[] }

/** The positions of columns in rows of several files, in the order in which they were first met. */
export class ColumnIndex {
  readonly names: string[] = []
  private readonly positions = new Map<string, number>()

  /** Position of a column, which gets one if it has none. */
  positionOf(name: string): number {
    let position = this.positions.get(name)
    if (position === undefined) {
      position = this.names.push(name) - 1
      this.positions.set(name, position)
    }
    return position
  }
}

/**
 * Reads a file as it was stored, a page of rows at a time; what is not asked for is not read.
 *
 * @throws Error when the file is cut off or is not of that format.
 */
export async function* readStoredRows(stored: Readable, format: FeedFormat, columns: ColumnIndex): AsyncGenerator<StoredRow[]> {
  const plain = createGunzip({ chunkSize: 64 * 1024 })
  // Its error is heard of through `plain`, which it ends.
  const read = pipeline(stored, plain).catch(() => undefined)
  try {
    if (format === "csv" || format === "tsv") yield* delimitedRows(plain, format === "csv" ? "," : "\t", columns)
    else yield* xmlRows(plain, format === "rss" ? "item" : "entry", columns)
  } finally {
    plain.destroy()
    stored.destroy()
    await read
  }
}

const PAGE_SIZE = 500

async function* delimitedRows(plain: Readable, delimiter: string, columns: ColumnIndex): AsyncGenerator<StoredRow[]> {
  const parser = parse({ delimiter, record_delimiter: "\n" })
  const parsed = pipeline(plain, parser).catch(() => undefined)
  let positions: number[] | undefined
  let isIdentity = false
  let idPosition = -1
  let page: StoredRow[] = []
  for await (const record of parser as AsyncIterable<string[]>) {
    if (!positions) {
      positions = record.map((name) => columns.positionOf(name))
      isIdentity = positions.every((position, index) => position === index)
      idPosition = record.indexOf("id")
      if (idPosition < 0) throw new Error("The stored file has no column id.")
      continue
    }
    page.push({ id: record[idPosition], cells: isIdentity ? record : moved(record, positions) })
    if (page.length === PAGE_SIZE) {
      yield page
      page = []
    }
  }
  await parsed
  if (!positions) throw new Error("The stored file is empty.")
  if (page.length > 0) yield page
}

function moved(record: string[], positions: number[]): string[] {
  const cells: string[] = []
  for (let index = 0; index < record.length; index += 1) cells[positions[index]] = record[index]
  return cells
}

async function* xmlRows(plain: Readable, tag: "item" | "entry", columns: ColumnIndex): AsyncGenerator<StoredRow[]> {
  const parser = itemParser(tag)
  for await (const text of plain.setEncoding("utf8") as AsyncIterable<string>) {
    parser.write(text)
    if (parser.items.length === 0) continue
    yield parser.items.splice(0).map((item) => xmlRow(item, columns))
  }
  parser.end()
  if (parser.items.length > 0) yield parser.items.splice(0).map((item) => xmlRow(item, columns))
}

function xmlRow(item: XmlElement[], columns: ColumnIndex): StoredRow {
  const cells: string[] = []
  for (const [column, cell] of cellsOf(item)) cells[columns.positionOf(column)] = cell
  return { id: cells[columns.positionOf("id")] ?? "", cells }
}
