import type { AdminFeed, AdminUpload } from "../../api/admin/meta-catalog/feed-types"
import type { AdminSnapshot } from "../../api/admin/meta-catalog/snapshot-types"

/** How a feed stands, in one word; the texts are under `metaCatalog.feed.state`. */
export type FeedState = "held" | "building" | "queued" | "failed" | "served" | "empty" | "not_built"

export type StateColor = "green" | "orange" | "red" | "blue" | "grey"

/** A feed of any kind. */
export type BuiltFeed = Pick<AdminFeed, "latest" | "published" | "build_requested_at">

const colors: Record<FeedState, StateColor> = {
  held: "orange",
  building: "blue",
  queued: "blue",
  failed: "red",
  served: "green",
  empty: "grey",
  not_built: "grey",
}

/**
 * What a person has to know first: a held or failed newest file outranks an older one that is still being served.
 *
 * @param isAlone there is no other feed, so that one without items is a mistake
 */
export function feedState(feed: BuiltFeed, isAlone = true): { state: FeedState; color: StateColor } {
  const word = wordFor(feed)
  const state = word === "held" && isEmptyBeside(feed, isAlone) ? "empty" : word
  return { state, color: colors[state] }
}

/** A second feed begins without items, and its empty file must never be published. */
export function isEmptyBeside(feed: BuiltFeed, isAlone: boolean): boolean {
  return !isAlone && !feed.published && feed.latest?.status === "held" && feed.latest.rows === 0
}

function wordFor(feed: BuiltFeed): FeedState {
  if (feed.latest?.status === "building") {
    return "building"
  }
  if (feed.build_requested_at) {
    return "queued"
  }
  if (feed.latest?.status === "held") {
    return "held"
  }
  if (feed.latest?.status === "failed") {
    return "failed"
  }
  return feed.published ? "served" : "not_built"
}

/** Whether Meta's word about when it fetches can be taken over: addresses and credentials are ours alone. */
export function canAdopt({ drift }: Pick<AdminFeed, "drift">): boolean {
  return drift.some(({ field }) => /^(update_)?schedule\.(?!url|username)/.test(field))
}

const snapshotColors: Record<AdminSnapshot["status"], StateColor> = { building: "blue", held: "orange", ready: "green", superseded: "grey", failed: "red" }

export function snapshotColor(status: AdminSnapshot["status"]): StateColor {
  return snapshotColors[status]
}

export type UploadState = "running" | "reading" | "with_errors" | "with_warnings" | "clean"

const uploadColors: Record<UploadState, StateColor> = {
  running: "blue",
  reading: "blue",
  with_errors: "red",
  with_warnings: "orange",
  clean: "green",
}

/** How an upload session stands: running at Meta, its results being read, or done. */
export function uploadState(upload: AdminUpload): { state: UploadState; color: StateColor } {
  const state = uploadWord(upload)
  return { state, color: uploadColors[state] }
}

function uploadWord(upload: AdminUpload): UploadState {
  if (!upload.ended_at) {
    return "running"
  }
  if (!upload.ingested_at) {
    return "reading"
  }
  if (upload.invalid || upload.error_count) {
    return "with_errors"
  }
  return upload.warning_count ? "with_warnings" : "clean"
}
