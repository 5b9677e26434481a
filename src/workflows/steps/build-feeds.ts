import { setImmediate } from "node:timers/promises"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { streamGoneItems } from "../../catalog/store/gone-items"
import { readDecimals, type PriceVariants } from "../../catalog/prices/prices"
import { openSnapshot } from "../../catalog/store/query"
import type { CatalogScope } from "../../catalog/store/scope"
import { streamStorePages } from "../../catalog/store/store-pages"
import { openPrices } from "../catalogs/catalog-prices"
import { metaCatalog } from "../open-catalog"
import { openOverlaySink } from "./build-overlay"
import { openUpdatesSink } from "./build-updates"
import { deleteExpiredFiles } from "./expired-files"
import type { FeedSink, SinkSource } from "./feed-sink"
import { eachInTime, inTime } from "./in-time"
import { openReplaceSink } from "./replace-sink"
import { RunningBuild, type BuildResult } from "./running-build"
import { whileRunning } from "./stop-builds"

// Small pages die young: what lives through two collections is kept until a full one, which is what the process grows by in a build.
const PAGE_SIZE = 250

/**
 * How long a page may take to be read, and the prices on it. A connection that died unnoticed, or a tax provider that never answers, must not
 * keep this process from building, as its builds show life all the while.
 */
const READ_LIMIT_MS = 15 * 60_000
const PRICES_LIMIT_MS = 60_000

/** What to say of those that took too long. */
const UNREAD = "The store could not be read: the database does not answer"
const UNPRICED = "The prices could not be read: the Pricing or the Tax Module does not answer"
const UNWRITTEN = "The feed's file made no progress; the file provider may hang"

/** How long a feed may take for a page before it leaves the run: a store of files that hangs must not hold the others up. */
const PAGE_LIMIT_MS = 120_000

/** The same for everything behind the last page: the file provider may need a while to put a large file together. */
const CONCLUSION_LIMIT_MS = 15 * 60_000

/** A feed to be built; see `startSnapshot` for `after`. */
export type DueFeed = { feedId: string; after?: number }

/** How the build of one feed ended; an error was noted on its snapshot already. */
export type BuildOutcome = { feedId: string; result: BuildResult } | { feedId: string; error: unknown }

const SINK_OF_KIND = { replace: openReplaceSink, update_only: openUpdatesSink, supplementary: openOverlaySink, override: openOverlaySink } as const

/** A feed in the run. */
type Member = { build: RunningBuild; sink: FeedSink }

/**
 * Builds the files of several feeds, whatever their kinds and catalogues, from one reading of the store: one state of the database, and
 * each of core's tables read once. Every feed's file is built beside the one that is served, and takes its place when it is complete and
 * plausible. A feed that fails leaves the run, and the others go on.
 *
 * @param onEnd called as soon as a feed's build has ended, before the run has
 * @returns one outcome for each feed, in their order.
 */
export async function buildFeeds(container: MedusaContainer, feeds: readonly DueFeed[], onEnd: (outcome: BuildOutcome) => void = () => undefined): Promise<BuildOutcome[]> {
  const outcomes = new Map<string, BuildOutcome>()
  const ended = (outcome: BuildOutcome) => {
    outcomes.set(outcome.feedId, outcome)
    onEnd(outcome)
  }
  const builds: RunningBuild[] = []
  for (const feed of feeds) {
    try {
      const build = await RunningBuild.begin(container, feed)
      if (build) builds.push(build)
      else ended({ feedId: feed.feedId, result: { status: "skipped", snapshot_id: null, rows: 0 } })
    } catch (error) {
      ended({ feedId: feed.feedId, error })
    }
  }
  if (builds.length > 0) {
    await whileRunning(container, builds, () => new Run(container, builds, ended).execute())
    if (!builds.some((build) => build.isStopped)) await deleteExpiredFiles(container)
  }
  return feeds.map(({ feedId }) => outcomes.get(feedId)!)
}

/** One reading of the store for the builds that have begun. */
class Run {
  private members: Member[] = []
  private readonly left = new Set<RunningBuild>()
  private readonly prices: RunPrices

  constructor(
    private readonly container: MedusaContainer,
    private readonly builds: readonly RunningBuild[],
    private readonly ended: (outcome: BuildOutcome) => void
  ) {
    this.prices = new RunPrices(container)
  }

  async execute(): Promise<void> {
    const sql = this.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
    try {
      const snapshot = await openSnapshot(sql)
      try {
        await this.openSinks(sql, snapshot)
        await this.read(snapshot)
      } finally {
        // Nothing was written, and a connection that does not answer is not to be waited for.
        await inTime(snapshot.rollback(), PRICES_LIMIT_MS, UNREAD).catch(() => undefined)
      }
    } catch (error) {
      // What is not the fault of one feed is everyone's.
      await Promise.all(this.builds.map((build) => this.leave(build, error)))
    }
    await this.each(CONCLUSION_LIMIT_MS, async ({ build, sink }) => this.ended({ feedId: build.feed.id, result: await build.conclude(sink) }))
  }

  private async openSinks(sql: Knex, snapshot: Knex.Transaction): Promise<void> {
    const module = metaCatalog(this.container)
    const shared = { container: this.container, module, sql, snapshot, pricesOf: (scope: CatalogScope) => this.prices.of(scope), decimalsOf: sharedDecimals(sql) }
    for (const build of this.builds) {
      const { catalog, feed, started, writer } = build
      const source: SinkSource = { ...shared, catalog, feed, started, writer }
      try {
        const sink = await SINK_OF_KIND[feed.kind](source)
        build.use(sink)
        this.members.push({ build, sink })
      } catch (error) {
        await this.leave(build, error)
      }
    }
  }

  private async read(snapshot: Knex.Transaction): Promise<void> {
    const readers = this.members.map(({ sink }) => sink.reader)
    const places = new Map(this.members.map((member, index) => [member, index]))
    for await (const pages of eachInTime(streamStorePages(snapshot, readers, { pageSize: PAGE_SIZE }), READ_LIMIT_MS, UNREAD)) {
      await this.each(PAGE_LIMIT_MS, async (member) => {
        member.build.check()
        this.prices.check(member.sink.reader.priceVariants)
        const page = pages[places.get(member)!]
        if (page.variants.length > 0) await member.sink.offered(page)
      })
      if (this.members.length === 0) return
      // Lets answers of PostgreSQL in and its next statement out, and the rest of the store have its turn.
      await setImmediate()
    }
    for await (const items of eachInTime(streamGoneItems(snapshot, readers.map(({ scope }) => scope), { pageSize: PAGE_SIZE }), READ_LIMIT_MS, UNREAD)) {
      await this.each(PAGE_LIMIT_MS, async ({ build, sink }) => {
        build.check()
        await sink.gone(items.get(sink.reader.scope.catalogId) ?? [])
      })
      if (this.members.length === 0) return
    }
  }

  /** Lets every member work; one that fails or takes too long leaves the run. */
  private async each(limitMs: number, work: (member: Member) => Promise<void>): Promise<void> {
    await Promise.all(this.members.map(async (member) => {
      try {
        await inTime(work(member), limitMs, UNWRITTEN)
      } catch (error) {
        await this.leave(member.build, error)
      }
    }))
  }

  private async leave(build: RunningBuild, error: unknown): Promise<void> {
    this.members = this.members.filter((member) => member.build !== build)
    if (this.left.has(build)) return
    this.left.add(build)
    await build.fail(error).catch(() => undefined)
    this.ended({ feedId: build.feed.id, error })
  }
}

/**
 * Price readers of the run: catalogues with the same context share one. Where prices cannot be read, a tax provider being away for instance,
 * only the feeds that show them end: everything else is read on.
 */
class RunPrices {
  private readonly open = new Map<string, Promise<PriceVariants>>()
  private readonly failures = new Map<PriceVariants, unknown>()

  constructor(private readonly container: MedusaContainer) {}

  async of(scope: CatalogScope): Promise<PriceVariants> {
    const key = JSON.stringify([scope.currencyCode.toLowerCase(), scope.regionId, scope.countryCode, scope.priceTax])
    const known = this.open.get(key) ?? this.guarded(scope)
    this.open.set(key, known)
    return await known
  }

  /** @throws what these prices could not be read for. */
  check(prices: PriceVariants): void {
    if (this.failures.has(prices)) throw this.failures.get(prices)
  }

  private async guarded(scope: CatalogScope): Promise<PriceVariants> {
    const prices = await openPrices(this.container, scope)
    const guarded: PriceVariants = async (variants) => {
      if (this.failures.has(guarded)) return new Map()
      try {
        return await inTime(prices(variants), PRICES_LIMIT_MS, UNPRICED)
      } catch (error) {
        this.failures.set(guarded, error)
        return new Map()
      }
    }
    return guarded
  }
}

/** Read for the first that asks; a store has some hundred currencies at most. */
function sharedDecimals(sql: Knex): (currencyCode: string) => Promise<number> {
  let decimals: Promise<(code: string) => number> | undefined
  return async (code) => (await (decimals ??= readDecimals(sql)))(code)
}
