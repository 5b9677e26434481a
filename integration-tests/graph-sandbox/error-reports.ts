import { randomBytes } from "node:crypto"
import { Readable } from "node:stream"
import { stringify } from "csv-stringify/sync"
import { UploadEntity, type UploadRow } from "./entities/upload"
import { badParameter } from "./errors"
import type { GraphRequest } from "./graph-request"
import { readParams } from "./params"
import { drawDelay } from "./settings"
import { openUpload } from "./upload-errors"
import type { World } from "./world"

/** A report is good for 30 days (CONTRACT 6.4). */
const REPORT_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000

/** Meta's headers are unconfirmed; these are the sandbox's. */
const HEADERS = ["id", "row_number", "severity", "error_type", "message", "field", "affected_capability", "is_blocking"]

const REPORT_PAGE = 5000

/** `POST /{upload}/error_report`: asks for the full report of an ended session. Asking again while one is good changes nothing. */
export async function requestReport(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const upload = await openUpload(request)
  readParams({}, request.params)
  if (!upload.end_time) {
    throw badParameter("The upload session has not ended yet")
  }
  const now = world.clock.now()
  if (upload.report_ready_at === null || isOutdated(upload, now)) {
    await world.db.getRepository(UploadEntity).update(
      { id: upload.id },
      {
        report_requested_at: now,
        report_ready_at: new Date(now.getTime() + drawDelay(world.settings.report_delay_ms)),
        report_key: randomBytes(18).toString("base64url"),
      }
    )
  }
  return { success: true }
}

/** The `error_report` field of an upload. `file_handle` is there only once the report is written. */
export function reportOf(world: World, upload: UploadRow): { report_status: string; file_handle?: string } {
  const now = world.clock.now()
  if (upload.report_ready_at === null) {
    return { report_status: "NOT_REQUESTED" }
  }
  if (isOutdated(upload, now)) {
    return { report_status: "ERROR_REPORT_OUTDATED" }
  }
  if (upload.report_ready_at > now) {
    return { report_status: "REQUESTED" }
  }
  return { report_status: "WRITE_FINISHED", file_handle: `${world.url}/reports/${upload.report_key}.csv` }
}

/** Makes every requested report ready now. */
export async function finishReports(world: World): Promise<void> {
  await world.db.query("UPDATE upload SET report_ready_at = $1 WHERE report_ready_at > $1", [world.clock.now()])
}

/** The file behind a `file_handle`, or null for a link that leads nowhere. It needs no token, like a CDN link. */
export async function openReport(world: World, key: string): Promise<Readable | null> {
  const upload = await world.db.getRepository(UploadEntity).findOneBy({ report_key: key })
  if (!upload || reportOf(world, upload).report_status !== "WRITE_FINISHED") {
    return null
  }
  return Readable.from(reportLines(world, upload.id))
}

type ReportRow = {
  id: string
  retailer_id: string | null
  row_number: number | null
  severity: string
  error_type: string
  summary: string
  field: string | null
}

async function* reportLines(world: World, uploadId: string): AsyncGenerator<string> {
  yield stringify([HEADERS])
  const ofTheFile = await world.db.query<ReportRow[]>(
    `SELECT NULL AS id, NULL AS retailer_id, NULL AS row_number, error.severity, error.error_type, error.summary, error.field
     FROM upload_error error
     WHERE error.upload_id = $1 AND NOT EXISTS (
       SELECT FROM upload_error_sample sample WHERE sample.upload_id = error.upload_id AND sample.ordinal = error.ordinal)
     ORDER BY error.ordinal`,
    [uploadId]
  )
  yield stringify(ofTheFile.map(reportLine))
  let last = "0"
  for (;;) {
    const rows = await world.db.query<ReportRow[]>(
      `SELECT sample.id, sample.retailer_id, sample.row_number, error.severity, error.error_type, error.summary, error.field
       FROM upload_error_sample sample
       JOIN upload_error error ON error.upload_id = sample.upload_id AND error.ordinal = sample.ordinal
       WHERE sample.upload_id = $1 AND sample.id > $2::bigint ORDER BY sample.id LIMIT ${REPORT_PAGE}`,
      [uploadId, last]
    )
    if (rows.length === 0) {
      return
    }
    yield stringify(rows.map(reportLine))
    last = rows[rows.length - 1].id
  }
}

function reportLine(row: ReportRow): (string | number)[] {
  const fatal = row.severity === "fatal"
  return [
    row.retailer_id ?? "",
    row.row_number ?? "",
    fatal ? "FATAL" : "WARNING",
    row.error_type,
    row.summary,
    row.field ?? "",
    "da",
    String(fatal),
  ]
}

function isOutdated(upload: UploadRow, now: Date): boolean {
  return upload.report_requested_at !== null && now.getTime() - upload.report_requested_at.getTime() > REPORT_LIFETIME_MS
}
