import { randomBytes } from "node:crypto"
import type { IFileModuleService, Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { openFileWriter, type FileWriter } from "../../feed/file-writer"
import { FEED_EXTENSIONS, type FeedFormat } from "../../modules/meta-catalog/feeds/feed-format"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import type { SnapshotFile, StartedSnapshot } from "../../modules/meta-catalog/snapshots/snapshots"
import { metaCatalog, type CatalogRow } from "../open-catalog"
import { concludeBuild, snapshotCounts } from "./conclude-build"
import type { FeedRow, FeedSink } from "./feed-sink"
import { verifyStored } from "../../feed/verify-stored"

const HEARTBEAT_MS = 5_000

/** What one build came to. `skipped`: another build of the feed is running, or the feed is gone. Why one failed is on its snapshot. */
export type BuildResult = { status: "ready" | "held" | "skipped" | "failed"; snapshot_id: string | null; rows: number }

/** The build was taken for dead and another one has begun; nothing of it is kept. */
export class BuildLost extends Error {
  constructor() {
    super("The build was taken for dead and another one has begun.")
    this.name = "BuildLost"
  }
}

/** The process was told to stop in the middle of the build; another process begins again at once. */
export class BuildStopped extends Error {
  constructor() {
    super("The process was told to stop while the feed was built; it is built again.")
    this.name = "BuildStopped"
  }
}

/** What a build is made with. */
type Tools = { module: MetaCatalogModuleService; files: IFileModuleService; logger: Logger; container: MedusaContainer }

/**
 * One build of one feed, from its snapshot's row to its end: it owns the file, shows that it is alive, and either concludes or fails,
 * once. Nothing of a build that failed is kept but the reason.
 */
export class RunningBuild {
  private sink: FeedSink | undefined
  /** Why nothing more is to be done for it. */
  private end: Error | undefined
  private isGivenUp = false
  private readonly heartbeat: NodeJS.Timeout

  private constructor(
    private readonly tools: Tools,
    readonly feed: FeedRow,
    readonly catalog: CatalogRow,
    readonly started: StartedSnapshot,
    readonly writer: FileWriter,
    private readonly fileKey: string
  ) {
    this.heartbeat = setInterval(() => void this.showLife(), HEARTBEAT_MS)
    this.heartbeat.unref()
  }

  /**
   * Begins a build, unless one is running.
   *
   * @param after see `startSnapshot`
   * @returns null when there is nothing to build.
   * @throws whatever kept it from beginning, after noting it on the snapshot.
   */
  static async begin(container: MedusaContainer, { feedId, after }: { feedId: string; after?: number }): Promise<RunningBuild | null> {
    const module = metaCatalog(container)
    const tools: Tools = {
      module,
      container,
      logger: container.resolve(ContainerRegistrationKeys.LOGGER),
      files: container.resolve<IFileModuleService>(Modules.FILE),
    }
    const started = await module.snapshots.startSnapshot({ feedId, after })
    if (!started) return null
    try {
      // Read after the start: what is changed from here on asks for another build.
      const feed = await module.retrieveFeed(feedId)
      const catalog = await module.retrieveCatalog(feed.catalog_id)
      const target = await openTarget(tools.files, started.format)
      const build = new RunningBuild(tools, feed, catalog, started, openFileWriter(target), target.fileKey)
      await module.snapshots.recordSnapshotFile({ snapshotId: started.id, fileKey: target.fileKey })
      return build
    } catch (error) {
      await noteFailure(tools, { feedId, snapshotId: started.id, error })
      throw error
    }
  }

  /** Its sink, whose counts are shown from here on. */
  use(sink: FeedSink): void {
    this.sink = sink
  }

  /** Whether the process was told to stop in the middle of it; nothing more is to be asked of the database then. */
  get isStopped(): boolean {
    return this.end instanceof BuildStopped
  }

  /** @throws the reason why the build has ended already. */
  check(): void {
    if (this.end) throw this.end
  }

  /**
   * Completes the file and publishes or holds it.
   *
   * @throws BuildLost when another build has taken this one's place.
   */
  async conclude(sink: FeedSink): Promise<BuildResult> {
    const { module, files, container } = this.tools
    const { build, follow } = await sink.finish()
    const file: SnapshotFile = { key: this.fileKey, ...(await this.writer.finish()) }
    await verifyStored(await files.getDownloadStream(this.fileKey), file)
    this.check()
    const status = await concludeBuild(container, { ...build, module, catalog: this.catalog, feedId: this.feed.id, file })
    if (status === "lost") throw new BuildLost()
    if (status === "ready") await follow()
    this.finishWith(new Error("The build has ended."))
    return { status, snapshot_id: this.started.id, rows: build.counts.rows }
  }

  /** Gives the build up: notes why and deletes the file. Safe to call twice; the first reason stands. */
  async fail(error: unknown): Promise<void> {
    if (this.isGivenUp) return
    this.isGivenUp = true
    this.finishWith(error instanceof Error ? error : new Error(String(error)))
    const reason = this.end
    await this.writer.abort()
    const wasRunning = await noteFailure(this.tools, { feedId: this.feed.id, snapshotId: this.started.id, error: reason })
    // A build that was published or held before the error keeps its file: it is being served, or may be released.
    if (wasRunning || reason instanceof BuildLost) await this.tools.files.deleteFiles([this.fileKey]).catch(() => undefined)
  }

  private finishWith(end: Error): void {
    this.end ??= end
    clearInterval(this.heartbeat)
  }

  private async showLife(): Promise<void> {
    const { module } = this.tools
    const counts = this.sink ? snapshotCounts(this.sink.counts) : { scanned: 0, rows: 0, kept: 0, omitted: 0, retired: 0 }
    // A database that does not answer is heard of by the next page.
    const isOurs = await module.snapshots.keepSnapshotAlive({ snapshotId: this.started.id, counts }).catch(() => true)
    if (!isOurs) this.finishWith(new BuildLost())
  }
}

/** @returns whether the build was still running. */
async function noteFailure(
  { module, logger }: Tools,
  { feedId, snapshotId, error }: { feedId: string; snapshotId: string; error: unknown }
): Promise<boolean> {
  const message = error instanceof Error ? error.message : String(error)
  logger.error(`[meta-catalog] feed ${feedId} was not built: ${message}`)
  return await module.snapshots.failSnapshot({ snapshotId, error: message, isStopped: error instanceof BuildStopped })
}

/** The name carries 128 random bits, because a file provider may serve what it stores to anyone who knows the name. */
async function openTarget(files: IFileModuleService, format: FeedFormat) {
  const filename = `meta-catalog-${randomBytes(16).toString("hex")}.${FEED_EXTENSIONS[format]}.gz`
  return await files.getUploadStream({ filename, mimeType: "application/gzip", access: "private" })
}
