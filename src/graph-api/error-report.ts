import { pipeline } from "node:stream"
import { parse } from "csv-parse"
import { request, type Dispatcher } from "undici"
import { z } from "@medusajs/framework/zod"
import { findColumns, readRow, type ErrorReportRow, type ReportColumns } from "./error-report-columns"
import { GraphError } from "./graph-error"
import { systemCodeOf } from "./system-code"

export type { ErrorReportRow } from "./error-report-columns"

export type ErrorReportDownload = {
  /** From `readErrorReport`. */
  fileUrl: string
  /** The configured Graph address; its exact origin is allowed too, which lets a stand-in serve reports over http. */
  graphUrl: string
  /** Default 512 MiB. */
  maxBytes?: number
  headersTimeoutMs?: number
  bodyTimeoutMs?: number
  dispatcher?: Dispatcher
  signal?: AbortSignal
}

const ALLOWED_DOMAINS = ["fbcdn.net", "fbsbx.com", "facebook.com"]
const MAX_ROW_BYTES = 1024 * 1024

/**
 * Downloads a full error report (CONTRACT 6.4) and yields its rows as they arrive. No token is sent and no redirect followed: the address
 * comes from a reply and must lie on a host of Meta's, over https.
 *
 * Columns are found by likely names. Throws GraphError for a refused address, a failed, broken or oversized download, and for a report in
 * which no column names the item, because then refused items would look stored. Rows yielded before a throw are a part of the report only.
 */
export async function* downloadErrorReport(download: ErrorReportDownload): AsyncGenerator<ErrorReportRow, void, undefined> {
  const address = allowedAddress(download)
  const body = await openReport(address, download)
  const maxBytes = download.maxBytes ?? 512 * 1024 * 1024
  const csv = parse({ bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, max_record_size: MAX_ROW_BYTES })
  // A failure anywhere ends the parser with that error, which the loop below meets.
  pipeline(body, (source: AsyncIterable<Buffer>) => bounded(source, maxBytes), csv, () => undefined)

  let columns: ReportColumns | null = null
  try {
    for await (const record of csv) {
      const cells = z.array(z.string()).parse(record)
      if (columns) {
        yield readRow(cells, columns)
      } else {
        columns = findColumns(cells)
        if (!columns) {
          throw unusable(address, `no column names the item; its columns are ${cells.slice(0, 20).join(", ").slice(0, 300)}`)
        }
      }
    }
  } catch (error) {
    throw error instanceof GraphError ? error : unusable(address, `it broke off or is not CSV (${systemCodeOf(error)})`)
  } finally {
    // The pipeline alone leaves the connection open when the reader of these rows stops early.
    body.on("error", () => undefined).destroy()
  }
  if (!columns) {
    throw unusable(address, "it is empty")
  }
}

function allowedAddress({ fileUrl, graphUrl }: ErrorReportDownload): URL {
  const url = URL.canParse(fileUrl) ? new URL(fileUrl) : null
  if (!url) {
    throw new GraphError("The error report has no usable address", { kind: "unreadable", outcome: "not_applied" })
  }
  const ofMeta =
    url.protocol === "https:" &&
    url.port === "" &&
    ALLOWED_DOMAINS.some((domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`))
  if (url.username || url.password || !(ofMeta || url.origin === new URL(graphUrl).origin)) {
    throw unusable(url, "its address is not one of Meta's")
  }
  return url
}

async function openReport(address: URL, download: ErrorReportDownload): Promise<Dispatcher.ResponseData["body"]> {
  let reply: Dispatcher.ResponseData
  try {
    reply = await request(address, {
      method: "GET",
      headersTimeout: download.headersTimeoutMs ?? 60_000,
      bodyTimeout: download.bodyTimeoutMs ?? 60_000,
      dispatcher: download.dispatcher,
      signal: download.signal,
    })
  } catch (error) {
    throw new GraphError(`The error report at ${address.host} cannot be downloaded (${systemCodeOf(error)})`, {
      kind: "network",
      outcome: "not_applied",
      systemCode: systemCodeOf(error),
    })
  }
  if (reply.statusCode !== 200) {
    reply.body.on("error", () => undefined).destroy()
    throw unusable(address, `HTTP ${reply.statusCode}`, reply.statusCode)
  }
  return reply.body
}

async function* bounded(source: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > maxBytes) {
      throw new GraphError(`The error report is larger than ${maxBytes} bytes`, { kind: "unreadable", outcome: "not_applied" })
    }
    yield chunk
  }
}

/** Names the host only: path and query of such an address are a key to the file. */
function unusable(address: URL, problem: string, status: number | null = null): GraphError {
  return new GraphError(`The error report at ${address.host} cannot be used: ${problem}`, { kind: "unreadable", outcome: "not_applied", status })
}
