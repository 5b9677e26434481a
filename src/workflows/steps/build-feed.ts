import { randomBytes } from "node:crypto"
import { setImmediate } from "node:timers/promises"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { IFileModuleService, Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { streamGoneItems } from "../../catalog/gone-items"
import { isOfFeed } from "../../catalog/known-items"
import { layoutOf } from "../../catalog/item-settings"
import { productMapper } from "../../catalog/map-product"
import type { PriceVariants } from "../../catalog/prices"
import { storefrontUrl } from "../../catalog/product-url"
import { streamProductSources, type SourcePage } from "../../catalog/product-sources"
import { openSnapshot } from "../../catalog/query"
import type { CatalogScope } from "../../catalog/scope"
import { variantColumns } from "../../catalog/feed-columns"
import { readColumnSettings } from "../../catalog/column-settings"
import { FEED_EXTENSIONS, type FeedFormat } from "../../modules/meta-catalog/feed-format"
import { openFileWriter, type FileWriter } from "../../feed/file-writer"
import { filledCounter, type FilledCounter } from "../../feed/filled-cells"
import type { BuildCounts } from "../../feed/plausibility"
import { rowWriter, type FeedHead, type RowWriter } from "../../feed/row-writer"
import { verifyStored } from "../../feed/verify-stored"
import type { IssueInput } from "../../modules/meta-catalog/issues"
import { PRIORITY } from "../../modules/meta-catalog/priority"
import { packItemRows, type PackedRows } from "../../modules/meta-catalog/packed-rows"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import type { SnapshotFile, StartedSnapshot } from "../../modules/meta-catalog/snapshots"
import { openPrices } from "../catalog-prices"
import { itemSettingsOf } from "../item-settings-of"
import { metaCatalog, scopeOf, type CatalogRow } from "../open-catalog"
import { decideGone, decidePage, keepInvalid, type PageOutcome, type RowSettings } from "./page-rows"
import { deleteExpiredFiles } from "./expired-files"
import { writeOverlay } from "./build-overlay"
import { writeUpdates } from "./build-updates"
import { concludeBuild, snapshotCounts, type CompleteBuild } from "./conclude-build"
import { readPartition, type FeedPartition } from "./feed-partition"
import { registerPage, type Refusal } from "./register-page"

// Small pages die young: at 250 rows a build of 100,000 items adds some 30 MB to the process, at 2,000 rows 300 MB, because
// what lives through two collections is kept until a full one. Reading takes no longer, as the next page is read meanwhile.
const PAGE_SIZE = 250
const HEARTBEAT_MS = 5_000

/** What one build came to. `skipped`: another build of the feed is running, or the feed is gone. */
export type BuildResult = { status: "ready" | "held" | "skipped"; snapshot_id: string | null; rows: number }

/** The build was taken for dead and another one has begun; nothing of it is kept. */
class BuildLost extends Error {
  constructor() {
    super("The build was taken for dead and another one has begun.")
    this.name = "BuildLost"
  }
}

type FeedRow = Awaited<ReturnType<MetaCatalogModuleService["retrieveFeed"]>>

/** One running build. */
type Build = {
  module: MetaCatalogModuleService
  /** For reads outside the snapshot, and never for writes. */
  sql: Knex
  logger: Logger
  catalog: CatalogRow
  scope: CatalogScope
  feedId: string
  /** Null for the only feed of the catalogue. */
  partition: FeedPartition | null
  started: StartedSnapshot
  settings: RowSettings
  writer: FileWriter
  text: RowWriter
  filled: FilledCounter
  columnSettings: Record<string, string>
  counts: BuildCounts
  massChange: { selling: number; unavailable: number }
  takenOver: Set<string>
  /** Followed up once the file is published: a held file changes nothing at Meta. */
  becameInvalid: string[]
  becameValid: string[]
  differing: string[]
  /** Some are offered again, so that what Meta hides has to be shown. */
  hasReturned: boolean
  /** The database work of the page before, done while this one is mapped. */
  pending: Promise<void>
  heardAt: number
}

/**
 * Builds the file of a feed beside the one that is served, and switches over when it is complete and plausible. A failed
 * build leaves the served file as it is. Running it twice at once builds once; with `after`, the number of the feed's newest
 * snapshot when the need was seen, also running it twice in a row does.
 *
 * @throws whatever stopped the build, after noting it on the snapshot and deleting the file.
 */
export async function buildFeed(container: MedusaContainer, feedId: string, { after }: { after?: number } = {}): Promise<BuildResult> {
  const module = metaCatalog(container)
  const logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  const files = container.resolve<IFileModuleService>(Modules.FILE)
  const started = await module.snapshots.startSnapshot({ feedId, after })
  if (!started) return { status: "skipped", snapshot_id: null, rows: 0 }
  let writer: FileWriter | undefined
  let fileKey: string | undefined
  try {
    // Read after the start: what is changed from here on asks for another build.
    const feed = await module.retrieveFeed(feedId)
    const catalog = await module.retrieveCatalog(feed.catalog_id)
    const target = await openTarget(files, started.format)
    fileKey = target.fileKey
    writer = openFileWriter(target)
    await module.snapshots.recordSnapshotFile({ snapshotId: started.id, fileKey })
    const { build, follow } = await BUILD_OF_KIND[feed.kind](container, { catalog, feed, started, writer })
    const file: SnapshotFile = { key: fileKey, ...(await writer.finish()) }
    await verifyStored(await files.getDownloadStream(fileKey), file)
    const status = await concludeBuild(container, { ...build, file })
    if (status === "lost") throw new BuildLost()
    if (status === "ready") await follow()
    await deleteExpiredFiles(container)
    return { status, snapshot_id: started.id, rows: build.counts.rows }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    logger.error(`[meta-catalog] feed ${feedId} was not built: ${message}`)
    await writer?.abort()
    // A build that was published or held before the error keeps its file: it is being served, or may be released.
    const hasFailed = await module.snapshots.failSnapshot({ snapshotId: started.id, error: message })
    if (fileKey && (hasFailed || error instanceof BuildLost)) await files.deleteFiles([fileKey]).catch(() => undefined)
    throw error
  }
}

/** What a build is made of, and into what. */
type Source = { catalog: CatalogRow; feed: FeedRow; started: StartedSnapshot; writer: FileWriter }

/** A file that is written, and what is to be done once it is published. */
type Written = { build: Omit<CompleteBuild, "file">; follow: () => Promise<void> }

async function buildAll(container: MedusaContainer, source: Source): Promise<Written> {
  const { feed } = source
  const build = await prepare(container, source)
  await writeItems(build, await openPrices(container, build.scope))
  // Where nothing is deleted, a file may shrink as it likes.
  if (feed.never_deletes) build.started = { ...build.started, published_rows: null }
  return { build: { ...build, columns: { filled: build.filled.totals(), settings: build.columnSettings } }, follow: () => followPublication(build) }
}

/** Nothing at Meta is deleted by what a file of updates lacks, so it may shrink as it likes. */
async function buildUpdates(container: MedusaContainer, { catalog, feed, started, writer }: Source): Promise<Written> {
  const module = metaCatalog(container)
  const heartbeat = heartbeatOf(module, started)
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const written = await writeUpdates({ sql, scope: scopeOf(catalog), mainFeedId: feed.main_feed_id!, writer, heartbeat })
  return { build: { module, catalog, feedId: feed.id, started: { ...started, published_rows: null }, partition: null, columns: null, ...written }, follow: async () => undefined }
}

/** What lies over the items of other feeds adds and deletes none, so such a file may shrink as it likes, too. */
async function buildOverlay(container: MedusaContainer, { catalog, feed, started, writer }: Source): Promise<Written> {
  const module = metaCatalog(container)
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const format = started.format === "tsv" ? "tsv" : "csv"
  const written = await writeOverlay({ container, module, sql, catalog, feed, format, writer, heartbeat: heartbeatOf(module, started) })
  return { build: { module, catalog, feedId: feed.id, started: { ...started, published_rows: null }, partition: null, columns: null, ...written }, follow: async () => undefined }
}

const BUILD_OF_KIND = { replace: buildAll, update_only: buildUpdates, supplementary: buildOverlay, override: buildOverlay } as const

/** Shows now and then that a build is alive, and ends it where it was taken for dead. */
function heartbeatOf(module: MetaCatalogModuleService, started: StartedSnapshot): (counts: BuildCounts) => Promise<void> {
  let heardAt = Date.now()
  return async (counts) => {
    if (Date.now() - heardAt < HEARTBEAT_MS) return
    heardAt = Date.now()
    if (!(await module.snapshots.keepSnapshotAlive({ snapshotId: started.id, counts: snapshotCounts(counts) }))) throw new BuildLost()
  }
}

/** The name carries 128 random bits, because a file provider may serve what it stores to anyone who knows the name. */
async function openTarget(files: IFileModuleService, format: FeedFormat) {
  const filename = `meta-catalog-${randomBytes(16).toString("hex")}.${FEED_EXTENSIONS[format]}.gz`
  return await files.getUploadStream({ filename, mimeType: "application/gzip", access: "private" })
}

async function prepare(
  container: MedusaContainer,
  { catalog, feed, started, writer }: Source
): Promise<Build> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const module = metaCatalog(container)
  const items = await itemSettingsOf({ sql, module }, catalog)
  const columns = layoutOf(items, variantColumns(feed.strategy, { pushesPrices: catalog.pushes_prices }))
  return {
    module,
    sql,
    logger: container.resolve(ContainerRegistrationKeys.LOGGER),
    catalog,
    scope: scopeOf(catalog),
    feedId: feed.id,
    partition: await readPartition(module, feed),
    started,
    writer,
    text: rowWriter(started.format, headOf(catalog, started), columns),
    filled: filledCounter(columns),
    columnSettings: await readColumnSettings(sql, { catalogId: catalog.id }),
    settings: {
      items,
      mapProduct: productMapper(items),
      scheme: catalog.retailer_id_scheme,
      publishedNumber: started.published_number,
      builtAt: new Date(started.first_read_at),
    },
    counts: { offered: 0, gone: 0, fresh: 0, keptInvalid: 0, keptGone: 0, omitted: 0, retired: 0, leaving: await module.moves.countLeaving({ feedId: feed.id, publishedNumber: started.published_number }), rows: 0 },
    massChange: { selling: 0, unavailable: 0 },
    takenOver: new Set(),
    becameInvalid: [],
    becameValid: [],
    differing: [],
    hasReturned: false,
    pending: Promise.resolve(),
    heardAt: Date.now(),
  }
}

/** What an XML file says about itself. */
function headOf(catalog: CatalogRow, started: StartedSnapshot): FeedHead {
  const link = storefrontUrl(catalog.product_url_template, { country: catalog.country_code, locale: catalog.locale })
  return { title: catalog.name, link: link ?? catalog.public_url, updatedAt: new Date(started.first_read_at) }
}

async function writeItems(build: Build, priceVariants: PriceVariants): Promise<void> {
  const snapshot = await openSnapshot(build.sql)
  const { partition } = build
  const range = { pageSize: PAGE_SIZE }
  try {
    await build.writer.write(build.text.header())
    for await (const page of streamProductSources(snapshot, build.scope, { ...range, priceVariants, details: build.settings.items.columns?.details })) {
      await writeOffered(build, page)
    }
    for await (const items of streamGoneItems(snapshot, [build.scope], range)) {
      // An item that changed hands after the snapshot was opened has been written for its new variant.
      const ofCatalog = items.get(build.catalog.id) ?? []
      const gone = ofCatalog.filter((item) => (partition === null || isOfFeed(item, partition.feedId)) && !build.takenOver.has(item.id))
      const outcome = decideGone(gone, build.settings)
      build.counts.gone += gone.length
      build.counts.keptGone += outcome.counts.kept
      await take(build, outcome, [])
    }
    const footer = build.text.footer()
    if (footer !== "") await build.writer.write(footer)
    await build.pending
  } finally {
    await build.pending.catch(() => undefined)
    await snapshot.rollback()
  }
  await build.module.issues.removeStaleIssues({
    catalogId: build.scope.catalogId,
    source: "check",
    before: new Date(build.started.first_read_at),
    feedId: build.partition?.feedId,
  })
}

async function writeOffered(build: Build, page: SourcePage): Promise<void> {
  const { partition } = build
  const variants = partition ? page.variants.filter((variant) => (variant.item ? isOfFeed(variant.item, partition.feedId) : partition.takesIn(variant))) : page.variants
  const newcomers = variants.filter((variant) => variant.item === null)
  const { items, takenOver, refusals, elsewhere } = await registerPage({ ...build, number: build.started.number, scheme: build.settings.scheme }, newcomers)
  for (const id of takenOver) build.takenOver.add(id)
  // An item of another feed that changed hands here is still written there for the variant it had.
  if (elsewhere.size > 0) await build.module.feeds.requestBuilds({ catalogIds: [build.catalog.id], unlessBuilding: true })
  const own = elsewhere.size > 0 ? variants.filter((variant) => !elsewhere.has(variant.id)) : variants
  const outcome = decidePage({ ...page, variants: own }, items, build.settings)
  keepInvalid(outcome, await build.module.itemRows.readItemRows({ itemIds: outcome.invalid.map((item) => item.id) }))
  build.counts.offered += own.length
  build.counts.fresh += outcome.counts.fresh
  build.counts.keptInvalid += outcome.counts.kept
  // Lets answers of PostgreSQL in and its next statement out, and the rest of the store have its turn.
  await setImmediate()
  await take(build, outcome, refusals)
}

/** Writes the rows of a page and hands its database work on. */
async function take(build: Build, outcome: PageOutcome, refusals: Refusal[]): Promise<void> {
  build.counts.omitted += outcome.counts.omitted
  build.counts.retired += outcome.counts.retired
  build.counts.leaving += outcome.counts.leaving
  build.counts.rows += outcome.rows.length
  build.massChange.selling += outcome.selling
  build.massChange.unavailable += outcome.unavailable
  build.becameInvalid.push(...outcome.becameInvalid)
  build.becameValid.push(...outcome.becameValid)
  build.differing.push(...outcome.differing)
  build.hasReturned ||= outcome.back.length > 0
  build.filled.count(outcome.rows)
  // Packed before anything is waited for, so that a page's objects can go.
  const changes = changesOf(build, outcome, refusals)
  if (outcome.rows.length > 0) await build.writer.write(build.text.rows(outcome.rows))
  await build.pending
  build.pending = record(build, changes)
  // Heard of when the next page waits for it.
  build.pending.catch(() => undefined)
}

/** What one page changes in the database. */
type PageChanges = {
  rows: PackedRows
  issues: IssueInput[]
  joined: string[]
  left: string[]
  gone: string[]
  back: string[]
}

function changesOf(build: Build, { storedRows, joined, left, gone, back, ...outcome }: PageOutcome, refusals: Refusal[]): PageChanges {
  return { rows: packItemRows(storedRows), issues: issueRows(build.scope.catalogId, outcome.findings, refusals), joined, left, gone, back }
}

/**
 * Marks what the published file changes at Meta without any event telling of it: an item the file would set to another value
 * than Meta acknowledged is then asserted again after the upload, and an item without a valid row is pushed out of stock. What is offered
 * again is uploaded at once: no call says that an item is to be shown (CONTRACT 3.6).
 */
async function followPublication({ module, feedId, hasReturned, becameInvalid, becameValid, differing }: Build): Promise<void> {
  if (hasReturned) await module.feeds.requestUpload({ feedId })
  await module.itemRegistration.recordValidity({ invalid: becameInvalid, valid: becameValid })
  for (let start = 0; start < differing.length; start += PAGE_SIZE) {
    const itemIds = differing.slice(start, start + PAGE_SIZE)
    await module.items.markItemsDue({ itemIds, reason: "the feed says something else", priority: PRIORITY.sweep })
  }
}

async function record(build: Build, { rows, issues, joined, left, gone, back }: PageChanges): Promise<void> {
  const { module, started, feedId } = build
  await module.itemRows.storeItemRows(rows)
  await module.itemRegistration.recordMembership({ feedId, number: started.number, joined, left })
  await module.itemRegistration.recordDiscontinued({ gone, back })
  await module.issues.storeIssues(issues)
  if (Date.now() - build.heardAt < HEARTBEAT_MS) return
  build.heardAt = Date.now()
  const isOurs = await module.snapshots.keepSnapshotAlive({ snapshotId: started.id, counts: snapshotCounts(build.counts) })
  if (!isOurs) throw new BuildLost()
}

function issueRows(catalogId: string, findings: PageOutcome["findings"], refusals: Refusal[]): IssueInput[] {
  const found = [
    ...findings,
    // Without an item the variant's own id keeps its issue apart from the others.
    ...refusals.map(({ variant, finding }) => ({ variant, finding, retailerId: variant.id })),
  ]
  return found.map(({ variant, retailerId, finding }) => ({
    catalog_id: catalogId,
    source: "check",
    retailer_id: retailerId,
    product_id: variant.productId,
    variant_id: variant.id,
    ...finding,
  }))
}
