import { z } from "@medusajs/framework/zod"
import type { GraphCall, GraphClient } from "./client"
import { fileForm, type FileToSend } from "./multipart-file"
import { readPages } from "./pages"
import { changeReply, graphCount, graphId, graphText, graphTime } from "./reply-values"

export type { FileToSend } from "./multipart-file"

/** Where the upload's rows come from: an address Meta fetches, with Basic credentials if it asks for them, or a file sent along. */
export type UploadSource = { url: string; username?: string; password?: string } | { file: FileToSend }

/**
 * Starts a one-time upload into a feed (CONTRACT 6.1). With `updateOnly` nothing is deleted; without it, items missing from the rows are.
 * The file is streamed. Throws GraphError; with `outcome: "unknown"` the session may have begun: look at `listUploads`.
 */
export async function startUpload(
  client: GraphClient,
  { metaFeedId, updateOnly = false, ...source }: UploadSource & { metaFeedId: string; updateOnly?: boolean }
): Promise<{ id: string }> {
  const call: Pick<GraphCall, "form" | "json" | "secrets"> =
    "file" in source
      ? { form: fileForm({ update_only: String(updateOnly) }, source.file) }
      : {
          json: { url: source.url, username: source.username, password: source.password, update_only: updateOnly },
          secrets: [source.url, source.password ?? ""],
        }
  const path = `${encodeURIComponent(metaFeedId)}/uploads`
  const { id } = await client.request({ method: "POST", path, ...call }, z.looseObject({ id: graphId }))
  return { id }
}

/** One upload session. `endedAt` null: still running. Counts are null where Meta gives none (yet). `url` holds the feed's secret path. */
export type UploadSession = {
  id: string
  startedAt: Date | null
  endedAt: Date | null
  inputMethod: string | null
  url: string | null
  filename: string | null
  detected: number | null
  persisted: number | null
  deleted: number | null
  invalid: number | null
  errorCount: number | null
  warningCount: number | null
}

const UPLOAD_FIELDS =
  "id,start_time,end_time,input_method,url,filename,num_detected_items,num_persisted_items,num_deleted_items,num_invalid_items,error_count,warning_count"

const uploadReply = z
  .looseObject({
    id: graphId,
    start_time: graphTime.nullish(),
    end_time: graphTime.nullish(),
    input_method: z.string().nullish(),
    url: z.string().nullish(),
    filename: z.string().nullish(),
    num_detected_items: graphCount.nullish(),
    num_persisted_items: graphCount.nullish(),
    num_deleted_items: graphCount.nullish(),
    num_invalid_items: graphCount.nullish(),
    error_count: graphCount.nullish(),
    warning_count: graphCount.nullish(),
  })
  .transform(
    (upload): UploadSession => ({
      id: upload.id,
      startedAt: upload.start_time ?? null,
      endedAt: upload.end_time ?? null,
      inputMethod: upload.input_method ?? null,
      url: upload.url ?? null,
      filename: upload.filename ?? null,
      detected: upload.num_detected_items ?? null,
      persisted: upload.num_persisted_items ?? null,
      deleted: upload.num_deleted_items ?? null,
      invalid: upload.num_invalid_items ?? null,
      errorCount: upload.error_count ?? null,
      warningCount: upload.warning_count ?? null,
    })
  )

/** The sessions of a feed, in no promised order (CONTRACT 6.2): sort by `startedAt`. */
export function listUploads(client: GraphClient, { metaFeedId }: { metaFeedId: string }): AsyncGenerator<UploadSession, void, undefined> {
  return readPages(client, { path: `${encodeURIComponent(metaFeedId)}/uploads`, query: { fields: UPLOAD_FIELDS, limit: 100 } }, uploadReply)
}

/** One item an error was seen on. `rowNumber` counts in Meta's way (header probably row 1); `itemId` is Meta's own id. */
export type UploadErrorSample = { rowNumber: number | null; retailerId: string | null; itemId: string | null }

/** One kind of problem of an upload, with some of its rows. `id` names the instance, not the kind. fatal: the item was refused. */
export type UploadError = {
  id: string
  summary: string
  description: string
  severity: "fatal" | "warning"
  errorType: string | null
  totalCount: number | null
  affectedSurfaces: string[]
  samples: UploadErrorSample[]
}

const ERROR_FIELDS =
  "id,summary,description,severity,error_type,total_count,affected_surfaces,samples{row_number,retailer_id,id}"

const sampleReply = z
  .looseObject({ row_number: graphCount.nullish(), retailer_id: graphText.nullish(), id: graphId.nullish() })
  .transform((sample): UploadErrorSample => ({
    rowNumber: sample.row_number ?? null,
    retailerId: sample.retailer_id || null,
    itemId: sample.id ?? null,
  }))

const uploadErrorReply = z
  .looseObject({
    id: graphId,
    summary: z.string().nullish(),
    description: z.string().nullish(),
    severity: z.string().nullish(),
    error_type: graphText.nullish(),
    total_count: graphCount.nullish(),
    affected_surfaces: z.array(z.string()).nullish(),
    samples: z.looseObject({ data: z.array(sampleReply).nullish() }).nullish(),
    row_number: graphCount.nullish(),
  })
  .transform(
    (error): UploadError => ({
      id: error.id,
      summary: error.summary ?? "",
      description: error.description ?? "",
      severity: error.severity?.toLowerCase() === "warning" ? "warning" : "fatal",
      errorType: error.error_type ?? null,
      totalCount: error.total_count ?? null,
      affectedSurfaces: error.affected_surfaces ?? [],
      // An older shape names one row on the error itself instead of samples (CONTRACT 6.3).
      samples: error.samples?.data ?? (error.row_number == null ? [] : [{ rowNumber: error.row_number, retailerId: null, itemId: null }]),
    })
  )

/** The kinds of problems of an upload, each with a sample of its rows. `priority` HIGH gives the fatal ones, MEDIUM and LOW warnings. */
export function listUploadErrors(
  client: GraphClient,
  { uploadId, priority }: { uploadId: string; priority?: "HIGH" | "MEDIUM" | "LOW" }
): AsyncGenerator<UploadError, void, undefined> {
  const query = { fields: ERROR_FIELDS, error_priority: priority, limit: 100 }
  return readPages(client, { path: `${encodeURIComponent(uploadId)}/errors`, query }, uploadErrorReply)
}

/** Asks Meta to write the full report of an upload; harmless to repeat. Poll `readErrorReport` a few seconds apart. */
export async function requestErrorReport(client: GraphClient, { uploadId }: { uploadId: string }): Promise<void> {
  await client.request({ method: "POST", path: `${encodeURIComponent(uploadId)}/error_report` }, changeReply)
}

const REPORT_STATUSES = [
  "NOT_REQUESTED",
  "REQUESTED",
  "CREATED",
  "WRITE_FINISHED",
  "SESSION_DATA_NOT_FOUND",
  "ERROR_REPORT_OUTDATED",
  "FATAL_ERROR",
] as const

/** Meta's words (CONTRACT 6.4); UNKNOWN for any other. `fileUrl` is there only with WRITE_FINISHED. */
export type ErrorReport = { status: (typeof REPORT_STATUSES)[number] | "UNKNOWN"; fileUrl: string | null }

const errorReportReply = z
  .looseObject({ error_report: z.looseObject({ report_status: z.string().nullish(), file_handle: z.string().nullish() }).nullish() })
  .transform(({ error_report: report }): ErrorReport => {
    // Graph leaves out fields that hold nothing: a session without a report was never asked for one.
    const word = report?.report_status?.toUpperCase() ?? "NOT_REQUESTED"
    return { status: REPORT_STATUSES.find((status) => status === word) ?? "UNKNOWN", fileUrl: report?.file_handle || null }
  })

/** How far the full report of an upload is, and where to download it (`downloadErrorReport`). */
export async function readErrorReport(client: GraphClient, { uploadId }: { uploadId: string }): Promise<ErrorReport> {
  return client.request({ method: "GET", path: encodeURIComponent(uploadId), query: { fields: "error_report" } }, errorReportReply)
}
