import { setImmediate } from "node:timers/promises"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { streamGoneItems } from "../../catalog/gone-items"
import { readDecimals, type PriceVariants } from "../../catalog/prices"
import { openSnapshot } from "../../catalog/query"
import type { CatalogScope } from "../../catalog/scope"
import { streamStorePages } from "../../catalog/store-pages"
import { openPrices } from "../catalog-prices"
import { metaCatalog } from "../open-catalog"
import { openOverlaySink } from "./build-overlay"
import { openUpdatesSink } from "./build-updates"
import { deleteExpiredFiles } from "./expired-files"
import type { FeedSink, SinkSource } from "./feed-sink"
import { openReplaceSink } from "./replace-sink"
import { RunningBuild, type BuildResult } from "./running-build"
import { whileRunning } from "./stop-builds"

// Small pages die young: at 250 rows a build of 100,000 items adds some 30 MB to the process, at 2,000 rows 300 MB, because
// what lives through two collections is kept until a full one. Reading takes no longer, as the next page is read meanwhile.
const PAGE_SIZE = 250

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

  constructor(
    private readonly container: MedusaContainer,
    private readonly builds: readonly RunningBuild[],
    private readonly ended: (outcome: BuildOutcome) => void
  ) {}

  async execute(): Promise<void> {
    const sql = this.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
    try {
      const snapshot = await openSnapshot(sql)
      try {
        await this.openSinks(sql, snapshot)
        await this.read(snapshot)
      } finally {
        await snapshot.rollback()
      }
    } catch (error) {
      // What is not the fault of one feed is everyone's.
      await Promise.all(this.builds.map((build) => this.leave(build, error)))
    }
    await this.each(CONCLUSION_LIMIT_MS, async ({ build, sink }) => this.ended({ feedId: build.feed.id, result: await build.conclude(sink) }))
  }

  private async openSinks(sql: Knex, snapshot: Knex.Transaction): Promise<void> {
    const module = metaCatalog(this.container)
    const shared = { container: this.container, module, sql, snapshot, pricesOf: sharedPrices(this.container), decimalsOf: sharedDecimals(sql) }
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
    for await (const pages of streamStorePages(snapshot, readers, { pageSize: PAGE_SIZE })) {
      await this.each(PAGE_LIMIT_MS, async (member) => {
        member.build.check()
        const page = pages[places.get(member)!]
        if (page.variants.length > 0) await member.sink.offered(page)
      })
      if (this.members.length === 0) return
      // Lets answers of PostgreSQL in and its next statement out, and the rest of the store have its turn.
      await setImmediate()
    }
    for await (const items of streamGoneItems(snapshot, readers.map(({ scope }) => scope), { pageSize: PAGE_SIZE })) {
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
        await inTime(work(member), limitMs)
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

/** @throws Error when it takes longer. */
async function inTime(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The feed's file made no progress for ${limitMs / 60_000} minutes; the file provider may hang.`)), limitMs)
  })
  try {
    await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

function sharedPrices(container: MedusaContainer): (scope: CatalogScope) => Promise<PriceVariants> {
  const open = new Map<string, Promise<PriceVariants>>()
  return (scope) => {
    const key = JSON.stringify([scope.currencyCode.toLowerCase(), scope.regionId, scope.countryCode, scope.priceTax])
    const known = open.get(key) ?? openPrices(container, scope)
    open.set(key, known)
    return known
  }
}

/** Read for the first that asks; a store has some hundred currencies at most. */
function sharedDecimals(sql: Knex): (currencyCode: string) => Promise<number> {
  let decimals: Promise<(code: string) => number> | undefined
  return async (code) => (await (decimals ??= readDecimals(sql)))(code)
}
