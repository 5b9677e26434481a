import { MedusaError } from "@medusajs/framework/utils"
import type { DiffSummary } from "../../../feed/diff-summary"
import type { MetaCatalogModuleService } from "../../../modules/meta-catalog/service"
import type { SnapshotComparison } from "../../../modules/meta-catalog/snapshots/snapshot-diffs"
import type { SnapshotEntry } from "../../../modules/meta-catalog/snapshots/snapshot-history"
import { whyNotComparable } from "../../../workflows/feeds/compare-snapshots"
import { buildSeconds } from "./presenters"
import type { AdminSnapshotDiff, AdminSnapshotEntry } from "./snapshot-types"

export function toAdminSnapshotEntry(snapshot: SnapshotEntry): AdminSnapshotEntry {
  const { bytes, plain_bytes, started_at, first_read_at, finished_at, published_at, last_fetched_at, ...rest } = snapshot
  return {
    ...rest,
    bytes: bytes === null ? null : Number(bytes),
    plain_bytes: plain_bytes === null ? null : Number(plain_bytes),
    started_at: new Date(started_at).toISOString(),
    first_read_at: text(first_read_at),
    finished_at: text(finished_at),
    published_at: text(published_at),
    last_fetched_at: text(last_fetched_at),
    build_seconds: buildSeconds(snapshot),
  }
}

/**
 * Reads what is known of a snapshot's difference from the one before it.
 *
 * @throws MedusaError NOT_FOUND where there is no such snapshot.
 */
export async function readDiff(module: MetaCatalogModuleService, snapshotId: string): Promise<AdminSnapshotDiff> {
  return toAdminSnapshotDiff(await findComparison(module, snapshotId))
}

/** @throws MedusaError NOT_FOUND where there is no such snapshot. */
export async function findComparison(module: MetaCatalogModuleService, snapshotId: string): Promise<SnapshotComparison> {
  const found = await module.snapshotDiffs.readComparison({ snapshotId })
  if (!found) throw new MedusaError(MedusaError.Types.NOT_FOUND, `There is no snapshot ${snapshotId}.`)
  return found
}

function toAdminSnapshotDiff(found: SnapshotComparison): AdminSnapshotDiff {
  const { snapshot, against } = found
  const reason = whyNotComparable(found)
  return {
    snapshot_id: snapshot.id,
    against: against && { id: against.id, number: against.number, format: against.format, rows: against.rows, published_at: text(against.published_at) as string },
    ...stateOf(found, reason),
    can_download: reason === null,
  }
}

function stateOf({ diff, diff_error, is_computing }: SnapshotComparison, reason: string | null): Pick<AdminSnapshotDiff, "status" | "message" | "computed_at" | "summary"> {
  const nothing = { computed_at: null, summary: null }
  if (diff) {
    const { computed_at, against_id: _, ...summary } = diff as DiffSummary & { computed_at: string; against_id: string }
    return { status: "done", message: null, computed_at: text(computed_at), summary }
  }
  if (is_computing) return { status: "computing", message: null, ...nothing }
  if (reason) return { status: "unavailable", message: reason, ...nothing }
  return { status: diff_error ? "failed" : "none", message: diff_error, ...nothing }
}

function text(time: Date | string | null): string | null {
  return time ? new Date(time).toISOString() : null
}
