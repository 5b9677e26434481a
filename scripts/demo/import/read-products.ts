import { parse } from "csv-parse"
import { isValidHandle, toHandle } from "@medusajs/framework/utils"
import { cellReader, type Cells } from "./columns"
import { isTrue, readCount, readPrice } from "./amounts"

/** A line of the file with something to say about it. */
export type Note = { line: number; reason: string }

/** What was not taken over: whole lines, and single values of lines that were. */
export type Notes = { refused: Note[]; remarks: Note[] }

/** A variant as the file has it. */
export type FileVariant = {
  line: number
  options: Record<string, string>
  sku: string | null
  barcode: string | null
  grams: number | null
  /** Null where the file does not count its stock. */
  quantity: number | null
  allowsBackorder: boolean
  price: string | null
  /** Price during the sale, where a higher price to compare with is given. */
  salePrice: string | null
  image: string | null
}

/** A product as the file has it, with at least one variant. */
export type FileProduct = {
  line: number
  handle: string
  title: string
  body: string
  type: string | null
  tags: string[]
  isPublished: boolean
  isGiftCard: boolean
  metadata: Record<string, string>
  optionTitles: string[]
  images: string[]
  variants: FileVariant[]
}

type Row = { line: number; cells: Cells }

/** Where values have to be unique in the whole file. A file of a hundred thousand lines keeps some megabytes of them. */
type Seen = { handles: Set<string>; skus: Map<string, number>; barcodes: Map<string, number> }

/** The option of a product that has none, as Medusa names it. */
const NO_OPTION = { title: "Default option", value: "Default option value" }

/**
 * Reads a file in the common product layout (one line per variant or image, a product's lines together under one handle) product
 * by product. What cannot be read goes into `notes`, and the reading goes on.
 *
 * @param currencyCode of all prices in the file
 * @throws Error when the file has no header with a column Handle
 */
export async function* readProducts(source: NodeJS.ReadableStream, { currencyCode, notes }: { currencyCode: string; notes: Notes }): AsyncGenerator<FileProduct> {
  const seen: Seen = { handles: new Set(), skus: new Map(), barcodes: new Map() }
  for await (const rows of productRows(source, notes)) {
    const product = toProduct(rows, { currencyCode, notes, seen })
    if (product) yield product
  }
}

/** The lines of one handle after the other. */
async function* productRows(source: NodeJS.ReadableStream, notes: Notes): AsyncGenerator<Row[]> {
  let rows: Row[] = []
  for await (const row of readRows(source, notes)) {
    if (row.cells.handle === "") {
      notes.refused.push({ line: row.line, reason: "the handle is missing, so nothing says which product the line belongs to" })
      continue
    }
    if (rows.length > 0 && rows[0].cells.handle !== row.cells.handle) {
      yield rows
      rows = []
    }
    rows.push(row)
  }
  if (rows.length > 0) yield rows
}

async function* readRows(source: NodeJS.ReadableStream, notes: Notes): AsyncGenerator<Row> {
  // Lines of other lengths and quotes inside of cells are common; only a quote that never ends makes an end. It is skipped and not
  // thrown, because with an error the stream forgets the good lines before it that nobody has asked for yet.
  let parsed = 0
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_record: (record, { lines }) => {
      parsed = lines
      return record
    },
    on_skip: (error) => {
      notes.refused.push({ line: parsed + 1, reason: `the line cannot be read, nor what follows as part of it: ${error?.message}` })
      return undefined
    },
  })
  source.on("error", (error) => parser.destroy(error))
  let read: ((record: string[]) => Cells) | undefined
  let line = 1
  for await (const { record, info } of source.pipe(parser) as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    if (read) yield { line, cells: read(record) }
    else read = cellReader(record)
    line = info.lines + 1
  }
}

type Reading = { currencyCode: string; notes: Notes; seen: Seen }

function toProduct(rows: Row[], { currencyCode, notes, seen }: Reading): FileProduct | null {
  const [{ line, cells: first }] = rows
  const refuseAll = (reason: string) => {
    for (const row of rows) notes.refused.push({ line: row.line, reason })
    return null
  }
  // Medusa would make one up, another one each time.
  if (!/[\p{L}\p{N}]/u.test(first.handle)) return refuseAll(`the handle "${first.handle}" has no letter or digit that a web address could hold`)
  const handle = isValidHandle(first.handle) ? first.handle : toHandle(first.handle)
  if (seen.handles.has(handle)) return refuseAll(`the handle "${first.handle}" has been used further above`)
  if (first.title === "") return refuseAll("the first line of the product has no title")
  seen.handles.add(handle)
  if (handle !== first.handle) notes.remarks.push({ line, reason: `the handle "${first.handle}" became "${handle}"` })
  const options = optionsOf(first)
  const variants = variantRows(rows).flatMap((row) => toVariant(row, { options, currencyCode, notes, seen }) ?? [])
  const own = withoutRepeats(variants, notes)
  if (own.length === 0) return null
  return {
    line,
    handle,
    title: first.title,
    body: first.body,
    type: first.type || null,
    tags: [...new Set(first.tags.split(",").map((tag) => tag.trim()).filter(Boolean))],
    isPublished: !["draft", "archived"].includes(first.status.toLowerCase()) && (first.published === "" || isTrue(first.published)),
    isGiftCard: isTrue(first.giftCard),
    metadata: metadataOf(first),
    optionTitles: Object.keys(own[0].options),
    images: imagesOf(rows),
    variants: own,
  }
}

/** A line with nothing but an image is no variant; the first line always is one. */
function variantRows(rows: Row[]): Row[] {
  return rows.filter(({ cells }, index) => index === 0 || [cells.option1Value, cells.option2Value, cells.option3Value, cells.sku, cells.price].some(Boolean))
}

/** An option of a product and which of the three it is. */
type Option = { title: string; value: (cells: Cells) => string }

const OPTION_VALUES = [(cells: Cells) => cells.option1Value, (cells: Cells) => cells.option2Value, (cells: Cells) => cells.option3Value]

/** `Title` with the value `Default Title` is how this layout says that there are no options. Names stand in the first line only. */
function optionsOf(first: Cells): Option[] {
  if (first.option1Name.toLowerCase() === "title" && first.option1Value.toLowerCase() === "default title") return []
  const named = [first.option1Name, first.option2Name, first.option3Name].map((title, index) => ({ title, value: OPTION_VALUES[index] }))
  return named.filter(({ title }, index) => title !== "" && named.findIndex((other) => other.title === title) === index)
}

function toVariant({ line, cells }: Row, { options, currencyCode, notes, seen }: Reading & { options: Option[] }): FileVariant | null {
  const missing = options.find(({ value }) => value(cells) === "")
  if (missing) {
    notes.refused.push({ line, reason: `the option "${missing.title}" has no value` })
    return null
  }
  const taken = cells.sku === "" ? undefined : seen.skus.get(cells.sku)
  if (taken !== undefined) {
    notes.refused.push({ line, reason: `the SKU "${cells.sku}" is that of line ${taken}` })
    return null
  }
  if (cells.sku !== "") seen.skus.set(cells.sku, line)
  const quantity = cells.tracker === "" ? null : readCount(cells.quantity)
  if (cells.tracker !== "" && Number(cells.quantity) < 0) notes.remarks.push({ line, reason: `the quantity ${cells.quantity} became 0` })
  return {
    line,
    options: options.length > 0 ? Object.fromEntries(options.map(({ title, value }) => [title, value(cells)])) : { [NO_OPTION.title]: NO_OPTION.value },
    sku: cells.sku || null,
    barcode: barcodeOf({ line, cells }, { notes, seen }),
    grams: readCount(cells.grams) || null,
    quantity: cells.tracker === "" ? null : (quantity ?? 0),
    allowsBackorder: cells.policy.toLowerCase() === "continue" || isTrue(cells.policy),
    ...pricesOf({ line, cells }, { currencyCode, notes }),
    image: cells.variantImage ? webAddress(cells.variantImage) : null,
  }
}

/** Medusa keeps barcodes apart, too; the variant is worth more than a repeated one. */
function barcodeOf({ line, cells }: Row, { notes, seen }: Pick<Reading, "notes" | "seen">): string | null {
  // Spreadsheets write an apostrophe before digits that are to stay text.
  const barcode = cells.barcode.replace(/^'/, "")
  if (barcode === "") return null
  const taken = seen.barcodes.get(barcode)
  if (taken !== undefined) {
    notes.remarks.push({ line, reason: `the barcode "${barcode}" is that of line ${taken} and was left out` })
    return null
  }
  seen.barcodes.set(barcode, line)
  return barcode
}

/** A higher price to compare with is the price, and what is asked now the price of a sale. */
function pricesOf({ line, cells }: Row, { currencyCode, notes }: Pick<Reading, "currencyCode" | "notes">): Pick<FileVariant, "price" | "salePrice"> {
  const read = (cell: string) => {
    const found = readPrice(cell, currencyCode)
    if ("amount" in found) return found.amount
    notes.remarks.push({ line, reason: `${found.problem} and was left out` })
    return null
  }
  const price = read(cells.price)
  const compareAt = read(cells.compareAt)
  const isSale = price !== null && compareAt !== null && Number(compareAt) > Number(price)
  return isSale ? { price: compareAt, salePrice: price } : { price, salePrice: null }
}

/** Two variants with the same options cannot be told apart; the first counts. */
function withoutRepeats(variants: FileVariant[], notes: Notes): FileVariant[] {
  const lines = new Map<string, number>()
  return variants.filter(({ line, options }) => {
    const key = JSON.stringify(options)
    const taken = lines.get(key)
    if (taken !== undefined) notes.refused.push({ line, reason: `its options are those of line ${taken}` })
    else lines.set(key, line)
    return taken === undefined
  })
}

/** The product's images in the order of their positions, then of the lines; each once. */
function imagesOf(rows: Row[]): string[] {
  const images = rows.flatMap(({ cells }, index) => {
    const position = readCount(cells.imagePosition) ?? Number.MAX_SAFE_INTEGER
    return cells.imageUrl ? [{ url: webAddress(cells.imageUrl), position, index }] : []
  })
  return [...new Set(images.sort((a, b) => a.position - b.position || a.index - b.index).map(({ url }) => url))]
}

/** `//host/path` leaves out what a browser knows; everything else stays as it is, for the plugin to judge. */
function webAddress(url: string): string {
  return url.startsWith("//") ? `https:${url}` : url
}

/** Under Meta's field names, as the plugin reads metadata. */
function metadataOf(first: Cells): Record<string, string> {
  const fields = {
    brand: first.vendor,
    google_product_category: first.googleCategory,
    gender: first.gender,
    age_group: first.ageGroup,
    condition: first.condition,
    mpn: first.mpn,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""))
}
