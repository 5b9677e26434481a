import type { MedusaContainer } from "@medusajs/framework/types"
import { lostColumns } from "../../feed/lost-columns"
import { judge, type BuildCounts, type Verdict } from "../../feed/plausibility"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import type { SnapshotColumns } from "../../modules/meta-catalog/snapshots/snapshot-columns"
import type { SnapshotCounts, SnapshotFile, StartedSnapshot } from "../../modules/meta-catalog/snapshots/snapshots"
import { isMassChange } from "../feeds/mass-change"
import type { FeedPartition } from "./feed-partition"
import { notifyAdmin } from "../notify"
import type { CatalogRow } from "../open-catalog"

/** A build whose file is complete. */
export type CompleteBuild = {
  module: MetaCatalogModuleService
  catalog: CatalogRow
  feedId: string
  started: StartedSnapshot
  counts: BuildCounts
  massChange: { selling: number; unavailable: number }
  /** Null for the only feed of the catalogue. */
  partition: FeedPartition | null
  /** Why a person should look at this file first, whatever the checks say; left out or null where nothing speaks against it. */
  holdReason?: string | null
  /** Null for a file whose columns nobody counts. */
  columns: SnapshotColumns | null
  file: SnapshotFile
}

/**
 * Publishes a complete file where it is plausible and holds it otherwise, telling a person once.
 *
 * @returns `lost` when another build has taken this one's place.
 * @throws Error when the counts contradict each other.
 */
export async function concludeBuild(container: MedusaContainer, build: CompleteBuild): Promise<"ready" | "held" | "lost"> {
  const { module, catalog, feedId, started, massChange, columns, file } = build
  const snapshotId = started.id
  const counts = snapshotCounts(build.counts)
  const brake = await module.catalogs.readBrakeSettings({ catalogId: catalog.id })
  const isHeld = isMassChange(brake, massChange)
  const shrink = { sharePercent: brake?.sharePercent ?? 100, minimumItems: brake?.minimumItems ?? Infinity }
  const served = columns && (await module.snapshotColumns.servedColumns({ feedId }))
  if (columns) await module.snapshotColumns.recordColumns({ snapshotId, ...columns })
  const judged = judge({
    counts: build.counts,
    publishedRows: started.published_rows,
    shrink,
    lostColumns: columns && served ? lostColumns(served, { rows: counts.rows, ...columns }, shrink) : [],
    massChange: { ...massChange, isHeld },
    isReleased: brake?.isReleased ?? false,
  })
  const verdict: Verdict = build.holdReason ? { publish: false, reason: build.holdReason } : judged
  if (verdict.publish) {
    return (await module.snapshots.publishSnapshot({ snapshotId, counts, file })) ? "ready" : "lost"
  }
  const held = await module.snapshots.holdSnapshot({ snapshotId, counts, file, reason: verdict.reason })
  if (!held.isHeld) return "lost"
  if (isHeld) await module.catalogs.holdBrake({ catalogId: catalog.id, held: { source: "build", ...massChange } })
  // A second feed has no items until one joins it: nobody has to know.
  const isAwaited = build.partition !== null && started.published_rows === null && build.counts.rows === 0
  if (held.isNew && !isAwaited) {
    await notifyAdmin(container, {
      title: `Meta catalogue ${catalog.name}: a new feed is held back`,
      description: `${verdict.reason} The feed served before is kept.`,
    })
  }
  return "held"
}

/** Counts as the snapshot row keeps them. */
export function snapshotCounts(counts: BuildCounts): SnapshotCounts {
  return {
    scanned: counts.offered + counts.gone,
    rows: counts.rows,
    kept: counts.keptInvalid + counts.keptGone,
    omitted: counts.omitted,
    retired: counts.retired,
  }
}
