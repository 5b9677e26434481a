import { createHash } from "node:crypto"
import type { ErrorReportRow } from "../../graph-api/error-report"
import type { UploadError } from "../../graph-api/uploads"
import type { IssueInput } from "../../modules/meta-catalog/issues"

type Origin = { catalogId: string; uploadId: string }

/**
 * Issues from the sample of errors Meta gives at once. An error without named rows becomes one issue of the catalogue, so
 * nothing Meta says is lost.
 */
export function issuesOfSample(errors: UploadError[], origin: Origin): IssueInput[] {
  return errors.flatMap((error): IssueInput[] => {
    const issue = { ...common(origin), severity: severityOf(error), code: codeOf(error), cause: causeOf(error), ...wordsOf(error) }
    const retailerIds = [...new Set(error.samples.flatMap(({ retailerId }) => (retailerId ? [retailerId] : [])))]
    return retailerIds.length > 0 ? retailerIds.map((retailer_id) => ({ ...issue, retailer_id })) : [issue]
  })
}

/**
 * An issue from one row of the full report. The report names no error type, so it gets that of the sampled error with the
 * same text, else a stable code made from the text.
 */
export function issueOfReportRow(row: ErrorReportRow, errors: UploadError[], origin: Origin): IssueInput {
  const known = errors.find((error) => row.message === error.summary || row.message === error.description)
  return {
    ...common(origin),
    severity: row.severity === "fatal" ? "error" : "warning",
    code: known ? codeOf(known) : (row.errorType ?? codeOfText(row.message)),
    cause: known ? causeOf(known) : codeOfText(row.message),
    field: row.fields[0] ?? "",
    ...(known ? wordsOf(known) : { title: row.message, message: row.message, action: null }),
    retailer_id: row.retailerId ?? "",
  }
}

function common({ catalogId, uploadId }: Origin): Pick<IssueInput, "catalog_id" | "source" | "upload_id"> {
  return { catalog_id: catalogId, source: "feed_upload", upload_id: uploadId }
}

function severityOf(error: UploadError): IssueInput["severity"] {
  return error.severity === "fatal" ? "error" : "warning"
}

function wordsOf(error: UploadError): Pick<IssueInput, "title" | "message" | "action"> {
  return { title: error.summary, message: error.description || error.summary, action: error.description || null }
}

function codeOf(error: UploadError): string {
  return error.errorType ?? codeOfText(error.summary)
}

/** Two problems of one error type differ only in their text, "GTIN is incorrectly formatted" from "URL is incorrectly formatted". */
function causeOf(error: UploadError): string {
  return codeOfText(error.summary)
}

function codeOfText(text: string): string {
  return `text_${createHash("sha256").update(text).digest("hex").slice(0, 12)}`
}
