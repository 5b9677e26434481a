import type { IFileModuleService, MedusaContainer } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { GraphError } from "../../graph-api/graph-error"
import { startUpload, type UploadSource } from "../../graph-api/uploads"
import { snapshotUrl, storedFileName } from "../../modules/meta-catalog/feeds/feed-url"
import type { RequestedUpload } from "../../modules/meta-catalog/feeds/feeds"
import { heedGraphError, wordsOf } from "../graph-trouble"
import { openCatalog, type OpenCatalog } from "../open-catalog"

const RETRY_MS = 60_000

/** Starts the one-time uploads that were asked for, each by a URL that names its snapshot or with its file sent along. Returns how many began. */
export async function startUploads(container: MedusaContainer, catalogId: string): Promise<number> {
  const open = await openCatalog(container, catalogId)
  if (!open) {
    return 0
  }
  let started = 0
  for (const requested of await open.module.feeds.takeRequestedUploads({ catalogId, publicUrl: open.module.publicUrl })) {
    if (requested.as_file) {
      started += (await uploadAsFile(open, requested)) ? 1 : 0
      continue
    }
    const feed = await open.module.retrieveFeed(requested.feed_id)
    const credentials = await open.module.feedCredentials(feed.id)
    const snapshot = await open.module.retrieveSnapshot(requested.snapshot_id)
    const url = snapshotUrl(open.module.publicUrl, feed, snapshot)
    started += (await start(open, requested, { url, ...(credentials ?? {}) })) ? 1 : 0
  }
  return started
}

/** Sends the snapshot along as a file, because Meta could not fetch its URL. Returns false when it could not be started. */
export async function uploadAsFile(open: OpenCatalog, requested: Omit<RequestedUpload, "as_file">): Promise<boolean> {
  const snapshot = await open.module.retrieveSnapshot(requested.snapshot_id)
  if (!snapshot.file_key || snapshot.bytes === null || (await open.module.moves.lacksMigrating({ snapshotId: snapshot.id }))) {
    return false
  }
  const files = open.container.resolve<IFileModuleService>(Modules.FILE)
  const stream = await files.getDownloadStream(snapshot.file_key)
  const file = { stream, filename: storedFileName(snapshot.id, snapshot.format), contentType: "application/gzip", size: Number(snapshot.bytes) }
  return await start(open, requested, { file })
}

async function start(open: OpenCatalog, requested: Omit<RequestedUpload, "as_file">, source: UploadSource): Promise<boolean> {
  const { feed_id: feedId, catalog_id: catalogId, snapshot_id: snapshotId, update_only: updateOnly } = requested
  const feed = await open.module.retrieveFeed(feedId)
  try {
    const { id } = await startUpload(open.client, { metaFeedId: feed.meta_feed_id ?? "", updateOnly, ...source })
    await open.module.uploads.recordStartedUpload({ catalogId, feedId, metaUploadId: id, snapshotId, updateOnly })
    // A file sent along proves nothing about the URL, which Meta will fetch again: why it could not stays said.
    if ("url" in source) {
      await open.module.feeds.recordFeedError({ feedId, error: null })
    }
    return true
  } catch (error) {
    if (!(error instanceof GraphError)) {
      throw error
    }
    // With an unknown outcome a session may have begun: the list of sessions shows it, and a second one does no harm.
    await heedGraphError(open, error, "object")
    await open.module.feeds.postponeUpload({ feedId, updateOnly, waitMs: RETRY_MS, error: `The upload could not be started: ${wordsOf(error)}` })
    return false
  }
}

const startUploadsStep = createStep("meta-catalog-start-uploads", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await startUploads(container, catalog_id))
})

/** Starts the uploads of one catalogue that were asked for. */
export const startUploadsWorkflow = createWorkflow("meta-catalog-start-uploads", (input: { catalog_id: string }) => {
  return new WorkflowResponse(startUploadsStep(input))
})
