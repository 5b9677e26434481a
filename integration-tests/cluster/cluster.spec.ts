import { setTimeout as sleep } from "node:timers/promises"
import { sentTwiceInOneCall, sentWhileInFlight } from "../store/call-order"
import { randomFrom } from "../store/random"
import type { SeededVariant } from "../store/seed-store"
import { until } from "../store/until"
import { overlaps, unaccounted } from "./hold-times"
import { startCluster, WORKERS, type Cluster } from "./start-cluster"
import { deeds, tally } from "./witness"

jest.setTimeout(180_000)

const seed = Number(process.env.CLUSTER_SEED ?? Date.now() % 1_000_000)
/** What the storm touches. Few enough that one item is changed again and again while it is in flight. */
const STORMED = 60
/** The plugin's default for `doubtfulWindowMs`, which the processes run with. */
const DOUBTFUL_WINDOW_MS = 600_000

describe("a server and two workers on Redis", () => {
  const random = randomFrom(seed)
  let cluster: Cluster
  let catalogId: string
  let metaCatalogId: string
  let feedId: string
  let endStorm: (() => Promise<void>) | undefined

  beforeAll(async () => {
    const redisUrl = process.env.REDIS_URL
    if (!redisUrl) {
      throw new Error('This suite needs Redis: run it with "npm run test:cluster".')
    }
    cluster = await startCluster({ redisUrl })
    const { sandbox, facts, api } = cluster
    metaCatalogId = (await sandbox.control.createCatalog({ name: "Kiln", currency: "EUR" })).id
    const { token } = await sandbox.control.createToken({ catalogIds: [metaCatalogId] })
    const catalog = await api.createCatalog({
      meta_catalog_id: metaCatalogId,
      access_token: token,
      sales_channel_id: facts.salesChannelId,
      region_id: facts.regionIds.europe,
      product_url_template: "https://shop.example/{country}/products/{handle}?variant={variant_id}",
      default_brand: "Kiln",
    })
    catalogId = catalog.id
    feedId = (await api.createFeed(catalogId)).id
    await until("every listed item is in step", isInStep, 60)
  })

  // A test that fails must not leave its storm blowing.
  afterEach(async () => {
    await endStorm?.()
  })

  afterAll(async () => {
    await cluster?.stop()
  })

  it("sends a change made through the server within seconds, by a worker", async () => {
    const latencies: number[] = []
    for (const variant of stormed().slice(0, 3)) {
      const since = new Date()
      await changeStock(variant)
      const answered = Date.now()
      const batch = await until("Meta has the change", async () =>
        (await cluster.sandbox.control.batches(metaCatalogId)).find(({ received_at }) => Date.parse(received_at) >= since.getTime()),
      )
      latencies.push(Date.parse(batch.received_at) - answered)
      await until("the change is acknowledged", isInStep)
    }
    console.info(`ms from the server's answer to Meta: ${latencies.join(", ")}`)
    expect(await differences()).toEqual([])
    expect(Math.max(...latencies)).toBeLessThan(5_000)
    expect(await doneBy("batch")).toEqual(expect.arrayContaining([expect.stringMatching(/^worker-/)]))
    expect(await doneBy("batch")).not.toContain("server")
  })

  it("builds the feed once for each request, on a worker", async () => {
    for (let request = 0; request < 5; request += 1) {
      const before = await countBuilds()
      await cluster.api.generate(feedId)
      await until("the feed is built", async () => (await countBuilds()) > before && (await openBuilds()) === 0)
      expect(await countBuilds()).toBe(before + 1)
    }
    const before = await countBuilds()
    await Promise.all([1, 2, 3].map(() => cluster.api.generate(feedId)))
    await until("the feed is built", async () => (await countBuilds()) > before && !(await hasBuildRequest()) && (await openBuilds()) === 0, 70)
    expect((await countBuilds()) - before).toBeLessThanOrEqual(3)
    expect(await doneBy("build")).not.toContain("server")
  })

  it("sweeps on a worker when a person presses Push now at the server", async () => {
    const before = (await deeds(cluster.sql)).filter(({ what }) => what === "sweep").length
    const asked = Date.now()
    await cluster.api.push(catalogId)
    const sweeps = await until("the catalogue is swept", async () => {
      const found = (await deeds(cluster.sql)).filter(({ what }) => what === "sweep")
      return found.length > before && found
    })
    console.info(`ms from Push now to the sweep: ${Date.now() - asked}`)
    expect(sweeps.map(({ process }) => process)).not.toContain("server")
  })

  it("loses no change and never sends one item twice at a time while workers are killed", async () => {
    const struck: string[] = []
    const strike = async (worker: (typeof WORKERS)[number]) => {
      await until(`${worker} is in the middle of a call`, async () => (await unendedBy(worker)) > 0)
      await sleep(random() * 400)
      await cluster.kill(worker)
      struck.push(await openBatches())
      return { isBack: cluster.start(worker) }
    }
    try {
      // Calls take their time, so that some workers die between a call and its answer.
      await cluster.sandbox.control.setFaults([{ path: "items_batch", method: "POST", times: 10_000, action: { type: "latency", ms: 300 } }])
      const storm = startStorm()
      const first = await strike("worker-1")
      // No worker is alive for a while: what happens meanwhile waits in Redis.
      const second = await strike("worker-2")
      await Promise.all([first.isBack, second.isBack])
      const before = (await deeds(cluster.sql)).length
      await until("both have work again", async () => {
        const since = (await deeds(cluster.sql)).slice(before)
        return storm.changes() > 100 && WORKERS.every((worker) => since.some(({ what, process }) => what === "batch" && process === worker))
      })
      const third = await strike("worker-1")
      await storm.end()
      const minuteBefore = minuteNow()
      const sweepsBefore = (await deeds(cluster.sql)).filter(({ what }) => what === "sweep").length

      // The leases of the dead and the time of the next sweep pass; then the minute's jobs clear up.
      await cluster.sql.query(
        `create or replace function meta_catalog_now() returns timestamptz language sql stable as
         $$ select statement_timestamp() + interval '20 minutes' $$`,
      )
      await cluster.sandbox.control.clearFaults()
      await until("every listed item is in step after a sweep", async () => (await isSwept()) && (await isInStep()), 90)
      await third.isBack
      expect(await differences()).toEqual([])

      const batches = await cluster.sandbox.control.batches(metaCatalogId)
      expect(batches).not.toEqual([])
      expect(batches.filter(({ errors_total_count }) => errors_total_count > 0)).toEqual([])
      expect(sentTwiceInOneCall(batches)).toEqual([])
      expect(sentWhileInFlight(batches)).toEqual([])
      expect(await overlaps(cluster.sql, { windowMs: DOUBTFUL_WINDOW_MS })).toEqual([])
      const calls = batches.map(({ handle, requests }) => ({ handle, retailerIds: requests.map(({ data }) => data.id) }))
      expect(await unaccounted(cluster.sql, calls)).toEqual([])

      const done = await deeds(cluster.sql)
      console.info(`CLUSTER_SEED=${seed}, ${storm.changes()} changes, batches open when killed: ${struck.join(" | ")}, ${JSON.stringify(tally(done))}`)
      // The minute's job ran on one instance at a time, and nothing at all on the server.
      const sweeps = done.filter(({ what }) => what === "sweep").length - sweepsBefore
      expect(sweeps).toBeGreaterThanOrEqual(1)
      expect(sweeps).toBeLessThanOrEqual(minuteNow() - minuteBefore)
      expect([...new Set(done.map(({ process }) => process))].sort()).toEqual([...WORKERS])
    } catch (error) {
      throw new Error(`CLUSTER_SEED=${seed}, batches open when killed: ${struck.join(" | ")}: ${(error as Error).message}`, { cause: error })
    }
  })

  it("ends what it began when a worker is told to stop, and leaves the rest to the other one", async () => {
    await cluster.sandbox.control.setFaults([{ path: "items_batch", method: "POST", times: 10_000, action: { type: "latency", ms: 500 } }])
    const storm = startStorm()
    await until("worker-2 is in the middle of a call", async () => (await unendedBy("worker-2")) > 0)
    await cluster.end("worker-2")
    expect(await unendedBy("worker-2")).toBe(0)
    await storm.end()
    const asked = Date.now()
    await until("every listed item is in step", isInStep)
    console.info(`ms until the other worker had done the rest: ${Date.now() - asked}`)
    expect(await differences()).toEqual([])
    expect(await overlaps(cluster.sql, { windowMs: DOUBTFUL_WINDOW_MS })).toEqual([])
  })

  function stormed(): SeededVariant[] {
    return cluster.facts.variants.filter(({ kind, inventoryItemIds }) => ["plain", "size_colour"].includes(kind) && inventoryItemIds.length === 1).slice(0, STORMED)
  }

  /** Changes stock through the server's admin API as fast as it answers. */
  function startStorm(): { end: () => Promise<void>; changes: () => number } {
    const variants = stormed()
    let isOver = false
    let changes = 0
    const blow = async () => {
      while (!isOver) {
        await changeStock(variants[Math.floor(random() * variants.length)])
        changes += 1
      }
    }
    const winds = [blow(), blow()]
    endStorm = async () => {
      isOver = true
      await Promise.all(winds)
    }
    return { changes: () => changes, end: endStorm }
  }

  /** Scheduled jobs tick when this number changes. */
  function minuteNow(): number {
    return Math.floor(Date.now() / 60_000)
  }

  /** To another quantity than the one the item has, as far as chance can do. */
  async function changeStock({ inventoryItemIds: [inventoryItemId] }: SeededVariant): Promise<void> {
    await cluster.api.setStock({ inventoryItemId, locationId: cluster.facts.locationIds.berlin, quantity: 100 + Math.floor(random() * 900) })
  }

  async function isInStep(): Promise<boolean> {
    const { counts } = await cluster.api.status(catalogId)
    return counts.listed > 0 && counts.in_step === counts.listed && !(await openBatches())
  }

  /** A sweep since the clock was moved, so nothing waits that only a sweep would find. */
  async function isSwept(): Promise<boolean> {
    const { rows } = await cluster.sql.query("select swept_at > meta_catalog_now() - interval '15 minutes' as is_swept from meta_catalog_catalog")
    return rows[0].is_swept === true
  }

  /** What is between claim and settlement. A doubtful batch is not: its items have been let go and are sent again. */
  async function openBatches(): Promise<string> {
    const { rows } = await cluster.sql.query(
      "select status, count(*)::int from meta_catalog_batch where status in ('claimed', 'sending', 'sent', 'verifying') group by status order by status",
    )
    return rows.map(({ status, count }) => `${count} ${status}`).join(", ")
  }

  /** Batches the process has claimed and neither handed to Meta nor given back. */
  async function unendedBy(process: (typeof WORKERS)[number]): Promise<number> {
    const { rows } = await cluster.sql.query(
      "select count(*)::int from meta_catalog_batch b join cluster_deed d on d.id = b.id and d.process = $1 where b.status in ('claimed', 'sending')",
      [process],
    )
    return rows[0].count
  }

  async function countBuilds(): Promise<number> {
    return (await cluster.sql.query("select count(*)::int from meta_catalog_snapshot where feed_id = $1", [feedId])).rows[0].count
  }

  async function openBuilds(): Promise<number> {
    return (await cluster.sql.query("select count(*)::int from meta_catalog_snapshot where status = 'building'")).rows[0].count
  }

  async function hasBuildRequest(): Promise<boolean> {
    return (await cluster.sql.query("select build_requested_at from meta_catalog_feed where id = $1", [feedId])).rows[0].build_requested_at !== null
  }

  /** The processes that did it. */
  async function doneBy(deed: "batch" | "build" | "sweep"): Promise<string[]> {
    return [...new Set((await deeds(cluster.sql)).filter(({ what }) => what === deed).map(({ process }) => process))]
  }

  /** Every item whose value at Meta is not the one the store wants, or is not known to be. */
  async function differences(): Promise<unknown[]> {
    const atMeta = new Map((await cluster.sandbox.control.items(metaCatalogId)).map((item) => [item.retailer_id, item]))
    const found: unknown[] = []
    for (const productId of new Set(cluster.facts.variants.map((variant) => variant.productId))) {
      for (const { retailer_id, state, wanted, acknowledged } of await cluster.api.productItems(productId, catalogId)) {
        const item = retailer_id ? atMeta.get(retailer_id) : undefined
        const pair = item && { quantity: item.quantity_to_sell_on_facebook, availability: item.availability }
        const agrees = pair?.quantity === wanted?.quantity && pair?.availability === wanted?.availability && state === "in_step"
        if (state !== "not_in_feed" && !agrees) {
          found.push({ retailer_id, state, wanted, acknowledged, atMeta: pair })
        }
      }
    }
    expect(atMeta.size).toBeGreaterThan(200)
    return found
  }
})
