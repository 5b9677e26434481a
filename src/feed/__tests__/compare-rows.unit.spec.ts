import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable, Writable } from "node:stream"
import { parse } from "csv-parse/sync"
import fc from "fast-check"
import { DEFAULT_LAYOUT, EXTRA_COLUMNS, fromStored, type FeedRow, type RowLayout, type StoredCells } from "../../catalog/columns/field-table"
import { FEED_FORMATS, type FeedFormat } from "../../modules/meta-catalog/feeds/feed-format"
import { RowComparison } from "../compare-rows"
import { diffCsv } from "../diff-csv"
import { summariseDiff } from "../diff-summary"
import { openFileWriter } from "../file-writer"
import { rowWriter } from "../row-writer"
import { ColumnIndex, readStoredRows } from "../stored-rows"

const LAYOUT: RowLayout = { ...DEFAULT_LAYOUT, extra: EXTRA_COLUMNS }
const HEAD = { title: "Kiln", link: "https://shop.test", updatedAt: new Date("2026-11-22T06:30:00Z") }

/** A file as the build stores it. */
async function stored(format: FeedFormat, rows: StoredCells[], layout = LAYOUT): Promise<Buffer> {
  const chunks: Buffer[] = []
  const writeStream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  const file = openFileWriter({ writeStream, promise: Promise.resolve() })
  const writer = rowWriter(format, HEAD, layout)
  await file.write(writer.header())
  await file.write(writer.rows(rows.map(fromStored) as FeedRow[]))
  await file.write(writer.footer())
  await file.finish()
  return Buffer.concat(chunks)
}

type File = { format: FeedFormat; stored: Buffer }

function compare(before: File, after: File, waiting = 4_000) {
  const columns = new ColumnIndex()
  const read = (file: File) => readStoredRows(Readable.from([file.stored]), file.format, columns)
  const isXml = (file: File) => file.format === "rss" || file.format === "atom"
  const pair = { columns, before: read(before), after: read(after), expectedRows: 100_000, isMixed: isXml(before) !== isXml(after) }
  return { columns, comparison: new RowComparison(pair, { waiting, folder: tmpdir() }) }
}

async function summaryOf(before: File, after: File, limit?: number) {
  const { columns, comparison } = compare(before, after, limit)
  return await summariseDiff(comparison, columns)
}

/** What the summary has to be, worked out with everything in memory. */
function naive(before: StoredCells[], after: StoredCells[]) {
  const old = new Map(before.map((row) => [row.id, row as Record<string, string>]))
  const now = new Map(after.map((row) => [row.id, row as Record<string, string>]))
  const columns: Record<string, { rows: number; filled: number; cleared: number }> = {}
  let changed = 0
  for (const [id, row] of now) {
    const was = old.get(id)
    if (!was) continue
    const differing = [...new Set([...Object.keys(row), ...Object.keys(was)])].filter((column) => (row[column] ?? "") !== (was[column] ?? ""))
    changed += differing.length > 0 ? 1 : 0
    for (const column of differing) {
      const entry = (columns[column] ??= { rows: 0, filled: 0, cleared: 0 })
      entry.rows += 1
      entry.filled += was[column] ? 0 : 1
      entry.cleared += row[column] ? 0 : 1
    }
  }
  const both = after.filter((row) => old.has(row.id)).length
  return { added: after.length - both, removed: before.length - both, changed, unchanged: both - changed, columns }
}

const text = fc.constantFrom("", "", "Mug", "a,b", 'say "x"', "two\nlines", "a\r\nb", "tab\there", "<b> & ]]>", "مرحبا", "👩‍👩‍👧‍👦", " blank ", "=1+1")
const cells = fc.record({
  title: text,
  description: text,
  color: text,
  quantity_to_sell_on_facebook: fc.constantFrom("0", "5", ""),
  additional_image_link: fc.constantFrom("", "https://x.test/1", "https://x.test/1,https://x.test/2"),
  internal_label: fc.constantFrom("", "['a']", "['a','b c']"),
  additional_variant_attribute: fc.constantFrom("", "Finish:Matt", "Finish:Matt, Scent:Pine"),
  image: fc.constantFrom("", '[{"url":"https://x.test/1"}]', '[{"url":"https://x.test/1","tag":["a","b"]},{"url":"https://x.test/2"}]'),
  disabled_capabilities: fc.constantFrom("", '["da"]', '["da","mini_shops"]'),
  unit_price: fc.constantFrom("", '{"value":"1.20","currency":"EUR","unit":"l"}'),
  shipping: fc.constantFrom("", "US:CA:Ground:9.99 USD", "US::Air:16.00 USD,GB:::5 GBP"),
  custom_label_0: text,
  video: fc.constantFrom("", '[{"url":"https://x.test/a&b","tag":["<a>"]}]'),
  importer_address: fc.constantFrom("", '{"street1":"1 \\"High\\" St","city":"Cork","country":"IE"}'),
  applink: fc.constantFrom("", '{"ios_url":"app://x?a=1&b=2"}'),
  return_policy_info: fc.constantFrom("", '{"is_final_sale":"true","return_policy_days":"30"}'),
}) as fc.Arbitrary<StoredCells>
const catalogue = fc
  .uniqueArray(fc.tuple(fc.nat(12), cells), { selector: ([id]) => id, maxLength: 12 })
  .map((rows) => rows.map(([id, row]) => ({ ...row, id: `SKU-${id}` })))
const formats = fc.constantFrom(...FEED_FORMATS)

describe("the comparison of two stored files", () => {
  it("finds what a look at everything in memory finds, in any two formats, any order, also with rows put aside on disk", async () => {
    await fc.assert(
      fc.asyncProperty(catalogue, catalogue, formats, formats, fc.constantFrom(0, 3, undefined), async (before, after, one, other, limit) => {
        const [old, now] = await Promise.all([stored(one, before), stored(other, after)])
        const { samples, columns, ...counts } = await summaryOf({ format: one, stored: old }, { format: other, stored: now }, limit)
        const expected = naive(before, after)
        expect({ ...counts, columns: Object.fromEntries(columns.map(({ column, ...rows }) => [column, rows])) }).toEqual(expected)
        expect(columns.map(({ rows }) => rows)).toEqual(columns.map(({ rows }) => rows).sort((a, b) => b - a))
        expect(samples).toHaveLength(Math.min(20, expected.added + expected.removed + expected.changed))
        for (const { kind, retailer_id, title, cells: shown } of samples) {
          const [was, is] = [before, after].map((rows) => rows.find((row) => row.id === retailer_id) as Record<string, string> | undefined)
          expect(kind).toBe(!was ? "added" : !is ? "removed" : "changed")
          expect(title).toBe((is ?? was)!.title)
          for (const { column, ...values } of shown) expect(values).toEqual({ before: was![column], after: is![column] })
        }
      }),
      { numRuns: 120 }
    )
  })

  it("finds nothing where a file was only written in another format or order, whatever characters it has", async () => {
    const rows: StoredCells[] = [
      { id: "A", title: "a\u0000b\u0008c", brand: "\u0001", image: '[ {"tag":[],"url":"https://x.test/1"} ]', internal_label: "plain", unit_price: "no json" },
      { id: "B", title: "1\t2\n3\r4", additional_variant_attribute: "Finish : Matt ,Scent:Pine" },
    ]
    const csv = await stored("csv", rows)
    const { unit_price: _, ...valid } = rows[0]
    const rss = await stored("rss", [rows[1], valid])
    expect(await summaryOf({ format: "csv", stored: csv }, { format: "rss", stored: rss })).toMatchObject({
      added: 0,
      removed: 0,
      unchanged: 1,
      changed: 1,
      columns: [{ column: "unit_price", rows: 1, filled: 0, cleared: 1 }],
    })
  })

  it("counts a column that one file lacks as filled or cleared where the other has values", async () => {
    const rows = [{ id: "A", color: "red" }, { id: "B" }]
    const with_ = { format: "csv", stored: await stored("csv", rows) } as const
    const without = { format: "tsv", stored: await stored("tsv", rows, { ...LAYOUT, variant: LAYOUT.variant.filter((name) => name !== "color") }) } as const
    expect((await summaryOf(with_, without)).columns).toEqual([{ column: "color", rows: 1, filled: 0, cleared: 1 }])
    expect((await summaryOf(without, with_)).columns).toEqual([{ column: "color", rows: 1, filled: 1, cleared: 0 }])
  })

  it("shows every column that changed among the samples, although other rows come first", async () => {
    const rows = (color: string, size: string) => Array.from({ length: 100 }, (_, n) => ({ id: `SKU-${n}`, color, size: n === 99 ? size : "" }))
    const { samples } = await summaryOf({ format: "csv", stored: await stored("csv", rows("red", "")) }, { format: "csv", stored: await stored("csv", [...rows("blue", "XL"), { id: "new" }]) })
    expect(samples).toHaveLength(20)
    expect(samples[0]).toEqual({ kind: "added", retailer_id: "new", title: "", cells: [] })
    expect(samples.flatMap(({ cells }) => cells)).toContainEqual({ column: "size", before: "", after: "XL" })
  })

  it("cuts long cells in samples, between characters", async () => {
    const file = async (description: string) => ({ format: "csv" as const, stored: await stored("csv", [{ id: "A", description }]) })
    const { samples } = await summaryOf(await file("short"), await file("👗".repeat(300)))
    expect(samples[0].cells).toEqual([{ column: "description", before: "short", after: `${"👗".repeat(199)}…` }])
  })

  it.each(FEED_FORMATS)("fails for a %s file that was cut off", async (format) => {
    const whole = await stored(format, Array.from({ length: 500 }, (_, n) => ({ id: `SKU-${n}`, title: Math.random().toString() })))
    const cut = { format, stored: whole.subarray(0, whole.length - 20) }
    await expect(summaryOf({ format, stored: whole }, cut)).rejects.toThrow("unexpected end of file")
    await expect(summaryOf(cut, { format, stored: whole })).rejects.toThrow("unexpected end of file")
  })

  it("leaves nothing behind where it is given up half-way: rows on disk are removed and the files closed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "compare-rows-"))
    try {
      const rows = (title: string) => Array.from({ length: 3_000 }, (_, n) => ({ id: `${title}-${n % 2 ? n : "same"}-${n}`, title: `${title}${Math.random()}` }))
      const files = [Readable.from([await stored("csv", rows("a"))]), Readable.from([await stored("csv", [...rows("b"), ...rows("a")])])]
      const columns = new ColumnIndex()
      const [one, other] = files.map((file) => readStoredRows(file, "csv", columns))
      const differences = new RowComparison({ columns, before: one, after: other, expectedRows: 30_000, isMixed: false }, { waiting: 100, folder }).differences()
      await differences.next()
      expect(await readdir(folder)).toEqual([expect.stringContaining("meta-catalog-diff-")])
      await differences.return(undefined)
      expect(await readdir(folder)).toEqual([])
      expect(files.map((file) => file.destroyed)).toEqual([true, true])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it("is downloaded with every cell, and no cell of it is a formula for a spreadsheet", async () => {
    const before = await stored("csv", [{ id: "=A", title: "Mug", color: "+1" }, { id: "B", title: "Bowl" }])
    const after = await stored("rss", [{ id: "=A", title: "@SUM(A1)", color: "" }, { id: "C", title: "-Cup, new" }])
    const { columns, comparison } = compare({ format: "csv", stored: before }, { format: "rss", stored: after })
    let csv = ""
    for await (const lines of diffCsv(comparison, columns)) csv += lines
    const rows: string[][] = parse(csv, { bom: true })
    expect(rows[0]).toEqual(["retailer_id", "kind", "column", "before", "after"])
    expect(rows.slice(1).sort()).toEqual([
      ["'=A", "changed", "color", "'+1", ""],
      ["'=A", "changed", "title", "Mug", "'@SUM(A1)"],
      ["B", "removed", "title", "Bowl", ""],
      ["C", "added", "title", "", "'-Cup, new"],
    ])
  })
})
