import type { AdminCatalogStatus } from "../../api/admin/meta-catalog/catalog-types"

/** Something under way for a catalogue; the texts are under `metaCatalog.activity`. */
export type Activity =
  | { kind: "build_queued" | "upload_queued" | "upload_running" | "results_reading" | "audit_queued" }
  | { kind: "building"; rows: number }
  | { kind: "pushing" | "auditing" | "moving"; items: number }

/** Everything under way, in the order it happens. Empty when nothing will change by itself soon. */
export function activities(status: AdminCatalogStatus): Activity[] {
  return [...status.feeds.flatMap(feedActivities), ...uploadActivities(status), ...moveActivities(status), ...pushActivities(status), ...auditActivities(status)]
}

function feedActivities(feed: AdminCatalogStatus["feeds"][number]): Activity[] {
  const found: Activity[] = []
  if (feed.latest?.status === "building") {
    found.push({ kind: "building", rows: feed.latest.rows })
  } else if (feed.build_requested_at) {
    found.push({ kind: "build_queued" })
  }
  if (feed.upload_requested_at) {
    found.push({ kind: "upload_queued" })
  }
  return found
}

function uploadActivities(status: AdminCatalogStatus): Activity[] {
  const found: Activity[] = []
  if (status.uploads.some((upload) => !upload.ended_at)) {
    found.push({ kind: "upload_running" })
  }
  if (status.uploads.some((upload) => upload.ended_at && !upload.ingested_at)) {
    found.push({ kind: "results_reading" })
  }
  return found
}

/** Items that left one feed and are not listed from the other; new items wait for a build or an upload, which say so themselves. */
function moveActivities({ moving }: AdminCatalogStatus): Activity[] {
  const items = moving.reduce((sum, { leaving }) => sum + leaving, 0)
  return items > 0 ? [{ kind: "moving", items }] : []
}

/** A paused catalogue sends nothing, so its waiting items are no activity. */
function pushActivities(status: AdminCatalogStatus): Activity[] {
  const items = status.counts.in_flight + (status.catalog.state === "active" ? status.counts.waiting : 0)
  return items > 0 ? [{ kind: "pushing", items }] : []
}

/** A paused catalogue is not audited; what was begun goes on when the pause ends. */
function auditActivities({ audit, catalog }: AdminCatalogStatus): Activity[] {
  if (catalog.state === "paused") {
    return []
  }
  if (audit.running) {
    return [{ kind: "auditing", items: audit.running.checked + audit.running.skipped }]
  }
  return audit.requested_at ? [{ kind: "audit_queued" }] : []
}
