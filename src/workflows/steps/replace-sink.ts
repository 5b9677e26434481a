import { setImmediate } from "node:timers/promises"
import { readColumnSettings } from "../../catalog/columns/column-settings"
import { variantColumns } from "../../catalog/columns/feed-columns"
import type { GoneItem } from "../../catalog/store/gone-items"
import { layoutOf } from "../../catalog/items/item-settings"
import { isOfFeed } from "../../catalog/store/known-items"
import { productMapper } from "../../catalog/items/map-product"
import { storefrontUrl } from "../../catalog/items/product-url"
import type { SourcePage, VariantSource } from "../../catalog/store/product-sources"
import type { StoreReader } from "../../catalog/store/store-pages"
import { filledCounter, type FilledCounter } from "../../feed/filled-cells"
import type { BuildCounts } from "../../feed/plausibility"
import { rowWriter, type FeedHead, type RowWriter } from "../../feed/row-writer"
import type { IssueInput } from "../../modules/meta-catalog/issues"
import { packItemRows, type PackedRows } from "../../modules/meta-catalog/items/packed-rows"
import { PRIORITY } from "../../modules/meta-catalog/push/priority"
import type { StartedSnapshot } from "../../modules/meta-catalog/snapshots/snapshots"
import { itemSettingsOf } from "../catalogs/item-settings-of"
import { scopeOf, type CatalogRow } from "../open-catalog"
import { noCounts, type FeedSink, type SinkSource } from "./feed-sink"
import { readPartition, type FeedPartition } from "./feed-partition"
import { decideGone, decideVariants, emptyOutcome, keepInvalid, type PageOutcome, type RowSettings } from "./page-rows"
import { registerPage, type Refusal } from "./register-page"

/** After so many variants whoever waits for the event loop has its turn: with a whole page at once PostgreSQL and this process take turns, too. */
const DECIDED_AT_ONCE = 40

/** How many items one statement marks. */
const MARKED_AT_ONCE = 250

/** A feed whose file holds every item of it. */
type ReplaceBuild = SinkSource & {
  reader: StoreReader
  /** Null for the only feed of the catalogue. */
  partition: FeedPartition | null
  settings: RowSettings
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
}

/**
 * Opens a feed's sink for a file that replaces the one before: gives new variants an item, writes a row for each valid one and the last valid
 * row of those that are not, and keeps what was found in the database.
 */
export async function openReplaceSink(source: SinkSource): Promise<FeedSink> {
  const build = await prepare(source)
  await build.writer.write(build.text.header())
  return {
    reader: build.reader,
    counts: build.counts,
    offered: (page) => writeOffered(build, page),
    gone: (items) => writeGone(build, items),
    finish: async () => {
      const footer = build.text.footer()
      if (footer !== "") await build.writer.write(footer)
      await build.pending
      const { feed, counts, massChange, partition } = build
      await removeStaleIssues(build)
      // Where nothing is deleted, a file may shrink as it likes.
      const started = feed.never_deletes ? { ...build.started, published_rows: null } : build.started
      const columns = { filled: build.filled.totals(), settings: build.columnSettings }
      return { build: { started, counts, massChange, partition, columns }, follow: () => followPublication(build) }
    },
  }
}

async function prepare(source: SinkSource): Promise<ReplaceBuild> {
  const { module, snapshot, catalog, feed, started } = source
  const items = await itemSettingsOf(source, catalog)
  const namesPrevious = await module.renames.namesPreviousIds({ feedId: feed.id, number: started.number })
  const columns = layoutOf(items, { variant: variantColumns(feed.strategy, { pushesPrices: catalog.pushes_prices }), namesPrevious })
  const scope = scopeOf(catalog)
  return {
    ...source,
    reader: { scope, priceVariants: await source.pricesOf(scope), details: items.columns?.details },
    partition: await readPartition(module, feed),
    text: rowWriter(started.format, headOf(catalog, started), columns),
    filled: filledCounter(columns),
    columnSettings: await readColumnSettings(snapshot, catalog),
    settings: {
      items,
      mapProduct: productMapper(items),
      scheme: catalog.retailer_id_scheme,
      number: started.number,
      publishedNumber: started.published_number,
      builtAt: new Date(started.first_read_at),
    },
    counts: { ...noCounts(), leaving: await module.moves.countLeaving({ feedId: feed.id, publishedNumber: started.published_number }) },
    massChange: { selling: 0, unavailable: 0 },
    takenOver: new Set(),
    becameInvalid: [],
    becameValid: [],
    differing: [],
    hasReturned: false,
    pending: Promise.resolve(),
  }
}

/** What an XML file says about itself. */
function headOf(catalog: CatalogRow, started: StartedSnapshot): FeedHead {
  const link = storefrontUrl(catalog.product_url_template, { country: catalog.country_code, locale: catalog.locale })
  return { title: catalog.name, link: link ?? catalog.public_url, updatedAt: new Date(started.first_read_at) }
}

async function writeOffered(build: ReplaceBuild, page: SourcePage): Promise<void> {
  const written = await decideOffered(build, page)
  // Whoever hands pages out still holds this one while its text waits for the disk: what it is made of would survive collections.
  page.variants.length = 0
  await handOn(build, written)
}

async function decideOffered(build: ReplaceBuild, page: SourcePage): Promise<WrittenPage> {
  const { module, catalog, feed, started, settings, partition } = build
  const isOurs = (variant: VariantSource) => (variant.item ? isOfFeed(variant.item, feed.id) : partition!.takesIn(variant))
  const variants = partition ? page.variants.filter(isOurs) : page.variants
  const newcomers = variants.filter((variant) => variant.item === null)
  const registrar = { ...build, scope: build.reader.scope, feedId: feed.id, number: started.number, scheme: settings.scheme }
  const { items, takenOver, refusals, elsewhere } = await registerPage(registrar, newcomers)
  for (const id of takenOver) build.takenOver.add(id)
  // An item of another feed that changed hands here is still written there for the variant it had.
  if (elsewhere.size > 0) await module.feeds.requestBuilds({ catalogIds: [catalog.id], unlessBuilding: true })
  const own = elsewhere.size > 0 ? variants.filter((variant) => !elsewhere.has(variant.id)) : variants
  const outcome = emptyOutcome()
  let text = ""
  for (let start = 0; start < own.length; start += DECIDED_AT_ONCE) {
    decideVariants(outcome, { ...page, variants: own.slice(start, start + DECIDED_AT_ONCE) }, items, settings)
    text += takeRows(build, outcome)
    // PostgreSQL has answered meanwhile, and reads the next page once it is told to.
    await setImmediate()
  }
  keepInvalid(outcome, await module.itemRows.readItemRows({ itemIds: outcome.invalid.map((item) => item.id) }), settings)
  build.counts.offered += own.length
  build.counts.fresh += outcome.counts.fresh
  build.counts.keptInvalid += outcome.counts.kept
  return { text: text + takeRows(build, outcome), changes: take(build, outcome, refusals) }
}

async function writeGone(build: ReplaceBuild, items: GoneItem[]): Promise<void> {
  const { partition, feed } = build
  // An item that changed hands after the snapshot was opened has been written for its new variant.
  const gone = items.filter((item) => (partition === null || isOfFeed(item, feed.id)) && !build.takenOver.has(item.id))
  const outcome = decideGone(gone, build.settings)
  build.counts.gone += gone.length
  build.counts.keptGone += outcome.counts.kept
  await handOn(build, { text: takeRows(build, outcome), changes: take(build, outcome, []) })
}

/** What a page came to: its lines, and what is to be done about it in the database. */
type WrittenPage = { text: string; changes: PageChanges }

/** Turns the rows there are so far into text and counts them; they are gone then. */
function takeRows(build: ReplaceBuild, outcome: PageOutcome): string {
  const rows = outcome.rows.splice(0)
  build.counts.rows += rows.length
  build.filled.count(rows)
  return rows.length > 0 ? build.text.rows(rows) : ""
}

/** Adds a page to what was counted, and packs what it changes, so that its objects can go before anything is waited for. */
function take(build: ReplaceBuild, outcome: PageOutcome, refusals: Refusal[]): PageChanges {
  build.counts.omitted += outcome.counts.omitted
  build.counts.retired += outcome.counts.retired
  build.counts.leaving += outcome.counts.leaving
  build.massChange.selling += outcome.selling
  build.massChange.unavailable += outcome.unavailable
  build.becameInvalid.push(...outcome.becameInvalid)
  build.becameValid.push(...outcome.becameValid)
  build.differing.push(...outcome.differing)
  build.hasReturned ||= outcome.back.length > 0
  return changesOf(build, outcome, refusals)
}

/** Writes the lines of a page and hands its database work on. */
async function handOn(build: ReplaceBuild, { text, changes }: WrittenPage): Promise<void> {
  if (text !== "") await build.writer.write(text)
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

function changesOf(build: ReplaceBuild, { storedRows, joined, left, gone, back, ...outcome }: PageOutcome, refusals: Refusal[]): PageChanges {
  return { rows: packItemRows(storedRows), issues: issueRows(build.catalog.id, outcome.findings, refusals), joined, left, gone, back }
}

/**
 * Marks what the published file changes at Meta without any event telling of it: an item the file would set to another value
 * than Meta acknowledged is then asserted again after the upload, and an item without a valid row is pushed out of stock. What is offered
 * again is uploaded at once: no call says that an item is to be shown (CONTRACT 3.6).
 */
async function followPublication({ module, feed, hasReturned, becameInvalid, becameValid, differing }: ReplaceBuild): Promise<void> {
  if (hasReturned) await module.feeds.requestUpload({ feedId: feed.id })
  await module.itemRegistration.recordValidity({ invalid: becameInvalid, valid: becameValid })
  for (let start = 0; start < differing.length; start += MARKED_AT_ONCE) {
    const itemIds = differing.slice(start, start + MARKED_AT_ONCE)
    await module.items.markItemsDue({ itemIds, reason: "the feed says something else", priority: PRIORITY.sweep })
  }
}

async function record({ module, started, feed }: ReplaceBuild, { rows, issues, joined, left, gone, back }: PageChanges): Promise<void> {
  await module.itemRows.storeItemRows(rows)
  await module.itemRegistration.recordMembership({ feedId: feed.id, number: started.number, joined, left })
  await module.itemRegistration.recordDiscontinued({ gone, back })
  await module.issues.storeIssues(issues)
}

async function removeStaleIssues({ module, catalog, started, partition }: ReplaceBuild): Promise<void> {
  await module.issues.removeStaleIssues({ catalogId: catalog.id, source: "check", before: new Date(started.first_read_at), feedId: partition?.feedId })
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
