import { once } from "node:events"
import type { Readable } from "node:stream"
import type { IFileModuleService, Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError, Modules } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse } from "@medusajs/framework/workflows-sdk"
import { RowComparison } from "../../feed/compare-rows"
import { summariseDiff } from "../../feed/diff-summary"
import { ColumnIndex, readStoredRows } from "../../feed/stored-rows"
import { FEED_EXTENSIONS } from "../../modules/meta-catalog/feeds/feed-format"
import type { ComparedSnapshot, SnapshotComparison } from "../../modules/meta-catalog/snapshots/snapshot-diffs"
import { metaCatalog } from "../open-catalog"

const TIMEOUT_S = 60 * 60
const HEARTBEAT_MS = 5_000

/** The two files of a comparison that can be made. */
export type ComparedFiles = { snapshot: ComparedSnapshot; against: ComparedSnapshot }

/** Why a snapshot's file cannot be compared with the one published before it, or null where it can. */
export function whyNotComparable({ snapshot, against }: Pick<SnapshotComparison, "snapshot" | "against">): string | null {
  if (snapshot.status === "building") return "The file is still being built."
  if (snapshot.status === "failed") return "The build ended without a file."
  if (!against) return "No file was published before this one, so there is nothing to compare it with."
  const gone = [snapshot, against].find((side) => side.file_key === null)
  return gone ? `File ${gone.number} has been deleted: files are kept for a day after another one replaced them, the last two for longer.` : null
}

/** A comparison whose files are open until `close`. */
export type OpenComparison = { columns: ColumnIndex; comparison: RowComparison; close: () => void }

/**
 * Opens both files for a comparison.
 *
 * @throws MedusaError where a file cannot be read.
 */
export async function openComparison(container: MedusaContainer, { snapshot, against }: ComparedFiles): Promise<OpenComparison> {
  const before = await openStored(container, against)
  let after: Readable
  try {
    after = await openStored(container, snapshot)
  } catch (error) {
    before.destroy()
    throw error
  }
  const columns = new ColumnIndex()
  const comparison = new RowComparison({
    columns,
    before: readStoredRows(before, against.format, columns),
    after: readStoredRows(after, snapshot.format, columns),
    expectedRows: against.rows + snapshot.rows,
    isMixed: (FEED_EXTENSIONS[against.format] === "xml") !== (FEED_EXTENSIONS[snapshot.format] === "xml"),
  })
  return { columns, comparison, close: () => [before, after].forEach((stored) => stored.destroy()) }
}

async function openStored(container: MedusaContainer, { id, number, file_key }: ComparedSnapshot): Promise<Readable> {
  try {
    const stored = await container.resolve<IFileModuleService>(Modules.FILE).getDownloadStream(file_key!)
    // Until it is read nobody else hears its errors; what reads it later hears of them then.
    stored.on("error", () => undefined)
    await once(stored, "readable")
    return stored
  } catch (error) {
    const logger = container.resolve<Logger>(ContainerRegistrationKeys.LOGGER)
    logger.warn(`[meta-catalog] the file of snapshot ${id} cannot be opened: ${error instanceof Error ? error.message : error}`)
    throw new MedusaError(MedusaError.Types.NOT_FOUND, `File ${number} cannot be read from the store of files.`)
  }
}

/**
 * Compares a snapshot's file with the one published before it and keeps the result on the snapshot. Whatever goes wrong is kept
 * there too, for the person who asked.
 */
export async function compareSnapshot(container: MedusaContainer, snapshotId: string): Promise<void> {
  const { snapshotDiffs } = metaCatalog(container)
  try {
    const found = await snapshotDiffs.readComparison({ snapshotId })
    if (!found || found.diff) return
    const reason = whyNotComparable(found)
    if (reason) throw new MedusaError(MedusaError.Types.NOT_ALLOWED, reason)
    await snapshotDiffs.storeDiff({ snapshotId, diff: await compareFiles(container, { snapshot: found.snapshot, against: found.against! }) })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    container.resolve<Logger>(ContainerRegistrationKeys.LOGGER).warn(`[meta-catalog] snapshot ${snapshotId} was not compared: ${message}`)
    await snapshotDiffs.failDiff({ snapshotId, error: message })
  }
}

async function compareFiles(container: MedusaContainer, files: ComparedFiles) {
  const { snapshotDiffs } = metaCatalog(container)
  const { comparison, columns, close } = await openComparison(container, files)
  const alive = setInterval(() => void snapshotDiffs.keepDiffAlive({ snapshotId: files.snapshot.id }).catch(() => undefined), HEARTBEAT_MS)
  try {
    const summary = await summariseDiff(comparison, columns)
    for (const [read, { number, rows }] of [[comparison.rows.before, files.against], [comparison.rows.after, files.snapshot]] as const) {
      if (read !== rows) throw new MedusaError(MedusaError.Types.UNEXPECTED_STATE, `File ${number} has ${read} rows instead of the ${rows} that were written.`)
    }
    return { against_id: files.against.id, ...summary }
  } finally {
    clearInterval(alive)
    close()
  }
}

export type CompareSnapshotInput = { snapshot_id: string }

const compareSnapshotStep = createStep(
  { name: "meta-catalog-compare-snapshot", async: true, timeout: TIMEOUT_S },
  async ({ snapshot_id }: CompareSnapshotInput, { container }) => {
    await compareSnapshot(container, snapshot_id)
    return new StepResponse({ snapshot_id })
  }
)

/** Compares a snapshot's file with the one published before it, in the background. */
export const compareSnapshotWorkflow = createWorkflow("meta-catalog-compare-snapshot", (input: CompareSnapshotInput) => {
  compareSnapshotStep(input).config({ async: true, backgroundExecution: true })
})

/** Starts the comparison of a snapshot in the background, unless it is made or being made already. */
export async function compareSoon(container: MedusaContainer, snapshotId: string): Promise<void> {
  if (await metaCatalog(container).snapshotDiffs.claimDiff({ snapshotId })) {
    await compareSnapshotWorkflow(container).run({ input: { snapshot_id: snapshotId } })
  }
}
