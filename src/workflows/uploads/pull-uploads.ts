import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { downloadErrorReport } from "../../graph-api/error-report"
import { GraphError } from "../../graph-api/graph-error"
import { listUploadErrors, listUploads, readErrorReport, requestErrorReport, type UploadError, type UploadSession } from "../../graph-api/uploads"
import type { IssueInput } from "../../modules/meta-catalog/issues"
import type { EndedUpload, UploadFacts } from "../../modules/meta-catalog/uploads/uploads"
import { heedGraphError, wordsOf } from "../graph-trouble"
import { notifyAdmin } from "../notify"
import { openCatalog, type OpenCatalog } from "../open-catalog"
import { giveUp } from "../push/start-carriers"
import { uploadAsFile } from "./start-uploads"
import { issueOfReportRow, issuesOfSample } from "./upload-issues"

const ISSUES_PER_STATEMENT = 1_000
const DAY_MS = 86_400_000
const OLD_SESSIONS_IN_A_ROW = 100
/** New items come one after the other, and a file over all items is not built for each. */
const OVERLAY_DELAY_MS = 600_000
/** Meta's clock and ours may differ. */
const CLOCK_SLACK_MS = 120_000

/** How one catalogue's sessions stand after a round. */
export type PullResult = { ingested: number; running: number }

/**
 * Reads the upload sessions of a catalogue's feeds, whoever started them, and takes in those that have ended: which items
 * are listed now, which values are to be asserted again, and every error Meta found.
 */
export async function pullUploads(container: MedusaContainer, catalogId: string): Promise<PullResult> {
  const result: PullResult = { ingested: 0, running: 0 }
  const open = await openCatalog(container, catalogId)
  if (!open) {
    return result
  }
  const feeds = await open.module.listFeeds({ catalog_id: catalogId }, { take: null, order: { id: "ASC" } })
  for (const feed of feeds.filter((candidate) => candidate.meta_feed_id !== null)) {
    try {
      if (!(await open.module.uploads.takeReading({ feedId: feed.id }))) {
        continue
      }
      result.running += await readSessions(open, { id: feed.id, metaFeedId: feed.meta_feed_id as string })
      for (const upload of await open.module.uploads.listEndedUploads({ feedId: feed.id })) {
        if (!(await takeIn(open, upload))) {
          // Its report is still being written. A later session must not be taken in before it.
          result.running += 1
          break
        }
        result.ingested += 1
      }
    } catch (error) {
      if (!(error instanceof GraphError)) {
        throw error
      }
      await heedGraphError(open, error, "object")
      await open.module.feeds.recordFeedError({ feedId: feed.id, error: wordsOf(error) })
    }
  }
  await endMigrations(open)
  await open.module.renames.requestLateUploads({ catalogId })
  return result
}

async function endMigrations(open: OpenCatalog): Promise<void> {
  await open.module.moves.handOverLate({ catalogId: open.catalog.id })
  for (const name of await open.module.moves.endMigrated({ catalogId: open.catalog.id })) {
    open.logger.info(`[meta-catalog] ${open.catalog.name}: the items of ${name} have come over; the feed has ended and can be deleted at Meta`)
  }
}

async function readSessions(open: OpenCatalog, feed: { id: string; metaFeedId: string }): Promise<number> {
  const newest = await open.module.uploads.newestIngestedStart({ feedId: feed.id })
  const horizon = newest ? newest.getTime() - DAY_MS : 0
  const sessions: UploadSession[] = []
  let older = 0
  for await (const session of listUploads(open.client, { metaFeedId: feed.metaFeedId })) {
    const isRecent = (session.startedAt?.getTime() ?? Infinity) >= horizon
    older = isRecent ? 0 : older + 1
    if (isRecent) {
      sessions.push(session)
    }
    // The list's order is not promised, so one old session does not end it; many in a row do.
    if (older === OLD_SESSIONS_IN_A_ROW) {
      break
    }
  }
  await open.module.uploads.recordUploads({ catalogId: open.catalog.id, feedId: feed.id, uploads: sessions.map(toFacts) })
  return sessions.filter((session) => session.endedAt === null).length
}

function toFacts(session: UploadSession): UploadFacts {
  return {
    meta_upload_id: session.id,
    // The URL itself holds the feed's token and is not stored.
    snapshot_id: session.url?.match(/\/(mcsnap_[0-9A-Z]+)\.(?:csv|tsv|xml)/)?.[1] ?? null,
    batch_id: session.filename?.match(/^(mcbatch_[0-9A-Z]+)\.csv/)?.[1] ?? null,
    named_feed_id: `/${session.url ?? session.filename ?? ""}`.match(/\/(mcfeed_[0-9A-Z]+)\.csv/)?.[1] ?? null,
    input_method: session.inputMethod,
    started_at: session.startedAt,
    ended_at: session.endedAt,
    detected: session.detected,
    persisted: session.persisted,
    deleted: session.deleted,
    invalid: session.invalid,
    error_count: session.errorCount,
    warning_count: session.warningCount,
  }
}

/** @returns false while Meta is still writing the error report. */
async function takeIn(open: OpenCatalog, upload: EndedUpload): Promise<boolean> {
  const since = await open.module.issues.databaseNow()
  const errors = await readSample(open, upload)
  const sample = issuesOfSample(errors, originOf(open, upload))
  if (!upload.detected && errors.length === 0 && (await open.module.fetches.wasUnchanged({ uploadId: upload.id }))) {
    await closeUnchanged(open, upload)
    return true
  }
  if (!upload.detected) {
    await storeInParts(open, sample)
    await closeFailed(open, upload, errors)
    return true
  }
  const report = (upload.invalid ?? 0) > 0 ? await storeFullReport(open, upload, errors) : "not_needed"
  // The report says the same about items as the sample, in full; what names no item is only in the sample.
  await storeInParts(open, report === "stored" ? sample.filter((issue) => !issue.retailer_id) : sample)
  if (report === "awaited") {
    return false
  }
  if (upload.batch_id) {
    await takeInCarrier(open, upload, { since, listsNew: report !== "missing" })
    return true
  }
  await open.module.uploads.tieUpload({ uploadId: upload.id })
  await open.module.moves.reassertMigrating({ uploadId: upload.id })
  if (upload.is_update) {
    await takeInUpdate(open, upload, since)
    return true
  }
  const changes = await open.module.uploads.ingestUpload({ uploadId: upload.id, listsNew: report !== "missing" })
  if (!changes) {
    return true
  }
  await open.module.issues.removeStaleUploadIssues({ feedId: upload.feed_id, before: since })
  if (!wasSentAlong(upload)) {
    await open.module.feeds.recordFeedError({ feedId: upload.feed_id, error: null })
  }
  await followListing(open, { changed: changes.listed + changes.unlisted, withinMs: 0 })
  open.logger.info(
    `[meta-catalog] ${open.catalog.name}: upload ${upload.meta_upload_id} took in ${upload.persisted ?? 0} of ${upload.detected} items, ` +
      `${upload.invalid ?? 0} invalid; ${changes.listed} newly listed, ${changes.unlisted} no longer listed, ${changes.reasserted} to assert again`
  )
  return true
}

/** What lies over items of other feeds needs a row for those that are new at Meta, and none for those that are gone. */
async function followListing(open: OpenCatalog, { changed, withinMs }: { changed: number; withinMs: number }): Promise<void> {
  if (changed > 0) {
    await open.module.overlays.requestOverlays({ catalogId: open.catalog.id, withinMs })
  }
}

async function takeInUpdate(open: OpenCatalog, upload: EndedUpload, since: Date): Promise<void> {
  const changes = await open.module.uploads.ingestUpdate({ uploadId: upload.id })
  if (!changes) {
    return
  }
  await open.module.issues.removeStaleUploadIssues({ feedId: upload.feed_id, before: since })
  await open.module.feeds.recordFeedError({ feedId: upload.feed_id, error: null })
  open.logger.info(
    `[meta-catalog] ${open.catalog.name}: upload ${upload.meta_upload_id} updated ${upload.persisted ?? 0} of ${upload.detected} items, ` +
      `${upload.invalid ?? 0} invalid; ${changes.reasserted} to assert again`
  )
}

async function takeInCarrier(open: OpenCatalog, upload: EndedUpload, { since, listsNew }: { since: Date; listsNew: boolean }): Promise<void> {
  const outcome = await open.module.carriers.ingestCarrier({ uploadId: upload.id, listsNew })
  if (!outcome) {
    return
  }
  await open.module.carriers.removeStaleCarriedIssues({ uploadId: upload.id, before: since })
  await followListing(open, { changed: outcome.listed, withinMs: OVERLAY_DELAY_MS })
  open.logger.info(
    `[meta-catalog] ${open.catalog.name}: upload ${upload.meta_upload_id} brought ${upload.persisted ?? 0} of ${upload.detected} items; ` +
      `${outcome.listed} newly listed, ${outcome.acknowledged} acknowledged, ${outcome.refused} refused, ${outcome.reasserted} to assert again`
  )
}

async function readSample(open: OpenCatalog, upload: EndedUpload): Promise<UploadError[]> {
  const errors: UploadError[] = []
  if ((upload.error_count ?? 0) + (upload.warning_count ?? 0) + (upload.invalid ?? 0) === 0 && upload.detected) {
    return errors
  }
  for await (const error of listUploadErrors(open.client, { uploadId: upload.meta_upload_id })) {
    errors.push(error)
  }
  return errors
}

/** A session whose fetch was answered by 304: what Meta holds stays as it is. */
async function closeUnchanged(open: OpenCatalog, upload: EndedUpload): Promise<void> {
  if (!(await open.module.uploads.closeFailedUpload({ uploadId: upload.id }))) {
    return
  }
  await open.module.feeds.recordFeedError({ feedId: upload.feed_id, error: null })
  open.logger.info(`[meta-catalog] ${open.catalog.name}: upload ${upload.meta_upload_id} found the file unchanged`)
}

/** A session that read nothing. When it was ours, by URL, and nobody fetched that URL, the file is sent along instead. */
async function closeFailed(open: OpenCatalog, upload: EndedUpload, errors: UploadError[]): Promise<void> {
  if (!(await open.module.uploads.closeFailedUpload({ uploadId: upload.id }))) {
    return
  }
  const reason = errors.map((error) => error.summary).join(" ") || "Meta read no items from it and gave no reason."
  if (upload.batch_id) {
    await giveUp(open, upload.batch_id, `Upload ${upload.meta_upload_id} failed: ${reason}`)
    return
  }
  await open.module.feeds.recordFeedError({ feedId: upload.feed_id, error: `Upload ${upload.meta_upload_id} failed: ${reason}` })
  await notifyAdmin(open.container, { title: `Meta catalogue ${open.catalog.name}: an upload failed`, description: reason })
  if (upload.snapshot_id && !wasSentAlong(upload)) {
    const since = new Date((upload.started_at ?? new Date()).getTime() - CLOCK_SLACK_MS)
    const fetches = await open.module.listFetches({ snapshot_id: upload.snapshot_id, completed_at: { $gte: since } }, { take: 1 })
    if (fetches.length === 0) {
      await uploadAsFile(open, { feed_id: upload.feed_id, catalog_id: upload.catalog_id, snapshot_id: upload.snapshot_id, update_only: upload.update_only })
    }
  }
}

/** The file was in the call, so Meta fetched nothing. */
function wasSentAlong(upload: EndedUpload): boolean {
  return /manual/i.test(upload.input_method ?? "")
}

/** `awaited`: Meta is still writing it; `missing`: there will be none. */
type ReportOutcome = "stored" | "awaited" | "missing"

/** Stores every row of the full error report, streamed. Which items count as listed rests on it, never on the sample. */
async function storeFullReport(open: OpenCatalog, upload: EndedUpload, errors: UploadError[]): Promise<ReportOutcome> {
  const status = await tryReport(open, upload, errors)
  await open.module.uploads.recordReportStatus({ uploadId: upload.id, status })
  if (status === "WRITE_FINISHED") {
    return "stored"
  }
  const isGivenUp = status === "SESSION_DATA_NOT_FOUND" || (await open.module.uploads.isReportOverdue({ uploadId: upload.id }))
  if (!isGivenUp) {
    return "awaited"
  }
  await open.module.issues.storeIssues([
    {
      ...originIssue(open, upload),
      severity: "warning",
      code: "error_report_missing",
      title: "Meta gave no full error report",
      message:
        `Upload ${upload.meta_upload_id} had ${upload.invalid ?? 0} invalid items, but only a sample of the reasons could be read (${status}). ` +
        "New items of this upload are not counted as listed.",
      action: "Start another upload to get a new report.",
    },
  ])
  return "missing"
}

/** One look at the report. Answers Meta's status word, or UNREADABLE where the file could not be read to its end. */
async function tryReport(open: OpenCatalog, upload: EndedUpload, errors: UploadError[]): Promise<string> {
  const uploadId = upload.meta_upload_id
  const report = await readErrorReport(open.client, { uploadId })
  if (report.status === "WRITE_FINISHED" && report.fileUrl) {
    try {
      await storeReportRows(open, upload, { fileUrl: report.fileUrl, errors })
      return "WRITE_FINISHED"
    } catch (error) {
      if (!(error instanceof GraphError)) {
        throw error
      }
      open.logger.warn(`[meta-catalog] the error report of upload ${uploadId} could not be read: ${error.message}`)
      return "UNREADABLE"
    }
  }
  if (["NOT_REQUESTED", "ERROR_REPORT_OUTDATED", "FATAL_ERROR", "UNKNOWN"].includes(report.status)) {
    await requestErrorReport(open.client, { uploadId })
  }
  return report.status === "WRITE_FINISHED" ? "UNREADABLE" : report.status
}

async function storeReportRows(open: OpenCatalog, upload: EndedUpload, { fileUrl, errors }: { fileUrl: string; errors: UploadError[] }): Promise<void> {
  let part: IssueInput[] = []
  for await (const row of downloadErrorReport({ fileUrl, graphUrl: open.module.options.graphUrl })) {
    part.push(issueOfReportRow(row, errors, originOf(open, upload)))
    if (part.length === ISSUES_PER_STATEMENT) {
      await open.module.issues.storeIssues(part)
      part = []
    }
  }
  await open.module.issues.storeIssues(part)
}

function originOf(open: OpenCatalog, upload: EndedUpload): { catalogId: string; uploadId: string } {
  return { catalogId: open.catalog.id, uploadId: upload.id }
}

function originIssue(open: OpenCatalog, upload: EndedUpload): Pick<IssueInput, "catalog_id" | "source" | "upload_id"> {
  return { catalog_id: open.catalog.id, source: "feed_upload", upload_id: upload.id }
}

async function storeInParts(open: OpenCatalog, issues: IssueInput[]): Promise<void> {
  for (let start = 0; start < issues.length; start += ISSUES_PER_STATEMENT) {
    await open.module.issues.storeIssues(issues.slice(start, start + ISSUES_PER_STATEMENT))
  }
}

const pullUploadsStep = createStep("meta-catalog-pull-uploads", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await pullUploads(container, catalog_id))
})

/** Takes in the results of one catalogue's upload sessions. */
export const pullUploadsWorkflow = createWorkflow("meta-catalog-pull-uploads", (input: { catalog_id: string }) => {
  return new WorkflowResponse(pullUploadsStep(input))
})
