import { parse, type CsvError } from "csv-parse"
import { createReadStream } from "node:fs"
import { open } from "node:fs/promises"
import { pipeline, Readable, Transform } from "node:stream"
import { createGunzip } from "node:zlib"
import { openXmlFile } from "./feed-xml"
import { refusedFile, type Problem } from "./problems"
import { XmlItemTooLong, XmlRefused } from "./xml-items"

export type FileOptions = { encoding: string; delimiter: string; quoted_fields_mode: string }

/** A cell is text; elements of XML that are repeated or hold others are lists or objects. */
export type Cell = string | unknown[] | Record<string, unknown>

/** A record of the file. `row_number` counts from 1 with the header, so the first item is row 2 (CONTRACT 6.3); XML has no header. */
export type FileRow = { row_number: number; cells: Cell[]; broken: string | null }

export type FeedFile = { header: string[]; rows: AsyncGenerator<FileRow> }

/** The file as a whole cannot be used; nothing of it is applied. */
export class FileRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.summary)
    this.name = "FileRefused"
  }
}

/** One line, or one item of XML, has at most this many characters (CONTRACT 6.6). */
const MAX_LINE = 5242880

const HEAD_BYTES = 64 * 1024

const DELIMITERS: Record<string, string> = { BAR: "|", COMMA: ",", TAB: "\t", TILDE: "~", SEMICOLON: ";" }

/**
 * Opens a CSV, TSV, RSS or Atom file, gzip or not, as a stream of records. Throws FileRefused for what is none of them, for a file
 * without rows to read a header from, and, while rows are read, for a line over the limit or a broken gzip.
 */
export async function openFeedFile(path: string, options: FileOptions): Promise<FeedFile> {
  const bytes = await uncompress(path)
  const { head, encoding } = await inspect(bytes, options.encoding)
  const text = head.replace(/^\uFEFF/, "")
  if (text.trim() === "") {
    throw emptyFile()
  }
  if (text.trimStart().startsWith("<")) {
    return openXml(() => decoded(bytes(), encoding))
  }
  const comments = /^(#[^\n]*\n)*/.exec(text)?.[0].split("\n").length ?? 1
  const firstLine = text.split("\n")[comments - 1] ?? ""
  const records = parseRecords(bytes(), {
    encoding,
    delimiter: DELIMITERS[options.delimiter] ?? detectDelimiter(firstLine),
    fromLine: comments,
    quote: options.quoted_fields_mode !== "off",
  })
  const first = await records.next()
  if (first.done || first.value.broken !== null) {
    throw unsupported("The header row cannot be read.")
  }
  return { header: first.value.cells.map((name) => name.trim()), rows: records }
}

async function openXml(text: () => AsyncIterable<string>): Promise<FeedFile> {
  try {
    return await openXmlFile(text, MAX_LINE)
  } catch (error) {
    if (error instanceof XmlItemTooLong) {
      throw lineTooLong()
    }
    throw unsupported(error instanceof XmlRefused ? error.message : "The file ends in the middle or cannot be decompressed.")
  }
}

async function* decoded(bytes: Readable, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    yield decoder.decode(chunk, { stream: true })
  }
  yield decoder.decode()
}

export function emptyFile(): FileRefused {
  return new FileRefused(refusedFile("Your Data Feed File Can't Be Empty", "The file has no rows. Nothing was changed."))
}

function unsupported(description: string): FileRefused {
  return new FileRefused(refusedFile("File format is not supported", description))
}

type Bytes = () => Readable

/** Gives the file's bytes, decompressed, as often as asked. */
async function uncompress(path: string): Promise<Bytes> {
  const file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
  await file.close()
  const magic = buffer.subarray(0, bytesRead).toString("latin1")
  if (magic.startsWith("PK") || magic.startsWith("BZh")) {
    throw unsupported("The sandbox reads gzip; zip and bz2 it does not.")
  }
  if (!magic.startsWith("\x1f\x8b")) {
    return () => createReadStream(path)
  }
  return () => pipeline(createReadStream(path), createGunzip(), () => undefined) as unknown as Readable
}

/** Reads the whole file once when the encoding must be found out: UTF-8 unless a byte contradicts, then Latin-1 (CONTRACT 7.3). */
async function inspect(bytes: Bytes, wanted: string): Promise<{ head: string; encoding: string }> {
  if (wanted.startsWith("UTF32")) {
    throw unsupported("The sandbox does not read UTF-32.")
  }
  const fixed: Record<string, string> = { LATIN1: "windows-1252", UTF8: "utf-8", UTF16LE: "utf-16le", UTF16BE: "utf-16be" }
  let encoding = fixed[wanted] ?? "utf-8"
  const strict = new TextDecoder("utf-8", { fatal: true })
  const start: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of bytes() as AsyncIterable<Buffer>) {
      if (length < HEAD_BYTES) {
        start.push(chunk)
        length += chunk.length
      } else if (wanted !== "AUTODETECT" || encoding !== "utf-8") {
        break
      }
      if (wanted === "AUTODETECT" && encoding === "utf-8" && !isUtf8(strict, chunk)) {
        encoding = "windows-1252"
      }
    }
  } catch {
    throw unsupported("The file cannot be decompressed.")
  }
  return { head: new TextDecoder(encoding).decode(Buffer.concat(start).subarray(0, HEAD_BYTES)), encoding }
}

function isUtf8(decoder: TextDecoder, chunk: Buffer): boolean {
  try {
    decoder.decode(chunk, { stream: true })
    return true
  } catch {
    return false
  }
}

function detectDelimiter(line: string): string {
  const counted = Object.values(DELIMITERS).map((delimiter) => ({ delimiter, count: line.split(delimiter).length }))
  return counted.reduce((best, next) => (next.count > best.count ? next : best), { delimiter: ",", count: 1 }).delimiter
}

type TextRow = Omit<FileRow, "cells"> & { cells: string[] }

type ParseOptions = { encoding: string; delimiter: string; fromLine: number; quote: boolean }

type ParsedRecord = { record: string[]; info: { records: number } }

async function* parseRecords(bytes: Readable, { encoding, delimiter, fromLine, quote }: ParseOptions): AsyncGenerator<TextRow> {
  const skipped: Skip[] = []
  const state = { tooLong: false }
  const parser = parse({
    delimiter,
    quote: quote ? '"' : false,
    from_line: fromLine,
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      state.tooLong ||= error?.code === "CSV_MAX_RECORD_SIZE"
      const skip = { after: Number(error?.records ?? 0), line: Number(error?.lines ?? 0), reason: reasonOf(error) }
      if (!isSameRecord(skipped.at(-1), skip, error)) {
        skipped.push(skip)
      }
      return undefined
    },
  })
  pipeline(encoding === "utf-8" ? [bytes, parser] : [bytes, toUtf8(encoding), parser], () => undefined)
  let width = 0
  let given = 0
  const broken = function* (upTo: number): Generator<TextRow> {
    while (skipped.length > given && skipped[given].after <= upTo) {
      const { after, reason } = skipped[given]
      given++
      yield { row_number: after + given, cells: [], broken: reason }
    }
  }
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedRecord>) {
      if (state.tooLong) {
        throw lineTooLong()
      }
      yield* broken(info.records - 1)
      width ||= record.length
      const surplus = record.length > width ? `it has ${record.length} cells, the header has ${width}` : null
      yield { row_number: info.records + given, cells: record, broken: surplus }
    }
  } catch (error) {
    throw error instanceof FileRefused ? error : unsupported("The file ends in the middle or cannot be decompressed.")
  }
  if (state.tooLong) {
    throw lineTooLong()
  }
  yield* broken(Infinity)
}

type Skip = { after: number; line: number; reason: string }

/** The parser tells of every bad quote in a record; a record counts once. A quote left open at the end belongs to the last one. */
function isSameRecord(last: Skip | undefined, next: Skip, error: CsvError | undefined): boolean {
  return last !== undefined && last.after === next.after && (last.line === next.line || error?.code === "CSV_QUOTE_NOT_CLOSED")
}

function reasonOf(error: CsvError | undefined): string {
  return error?.code === "CSV_QUOTE_NOT_CLOSED" ? "a quote is not closed" : "its quotes cannot be read"
}

function lineTooLong(): FileRefused {
  return new FileRefused(refusedFile("Line Too Long", `A line has more than ${MAX_LINE} characters.`))
}

function toUtf8(encoding: string): Transform {
  const decoder = new TextDecoder(encoding)
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, decoder.decode(chunk, { stream: true }))
    },
    flush(done) {
      done(null, decoder.decode())
    },
  })
}
