import { once } from "node:events"
import { parseArgs } from "node:util"
import { Client } from "pg"
import { ensureStoreDatabase, readFacts } from "../integration-tests/store/store-database"
import { startStore, testEncryptionKey } from "../integration-tests/store/start-store"
import type { Benchmark } from "../scripts/bench"
import { onStop } from "../scripts/stop-in-order"
import { fillCatalogue } from "./catalogue/fill"
import { connectCatalogue, type Connected } from "./push/connect"
import { measureEvents } from "./push/event-latency"
import { startGraphProcess, type GraphProcess } from "./push/graph-process"
import { median, quantile } from "./push/quantiles"
import { measureQuota } from "./push/quota"
import { measureRound, startPushProcess, type Round } from "./push/throughput"

/** How long the Graph server lets every batch wait before it works on it. */
const BATCH_DELAY_MS = 200

/** Without a quota at the Graph server the plugin, too, must not save calls: it starts from Meta's least and learns from headers. */
const CALLS_WITHOUT_QUOTA = 1_000_000

/** Items of the quota benchmark: one for each change of its two hours. */
const QUOTA_ITEMS = 1_200

/**
 * `npm run bench -- push --items 20000 [--rounds 5] [--seconds 20]`: how fast stock changes reach Meta, one by one through a
 * running store and all at once, against a bare HTTP loop. With `--quota` instead: two simulated hours under Meta's least
 * quota. `bench/README.md` says what each figure means.
 */
export const run: Benchmark = async ({ postgres, arguments: rest }) => {
  const { values } = parseArgs({
    args: rest,
    options: {
      items: { type: "string", default: "20000" },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "20" },
      quota: { type: "boolean", default: false },
    },
  })
  const [items, rounds, seconds] = [values.quota ? QUOTA_ITEMS : Number(values.items), Number(values.rounds), Number(values.seconds)]
  const names = { store: `bench_push_${items}`, graph: `bench_push_graph_${items}` }
  for (const name of Object.values(names)) {
    await postgres.dropDatabase(name)
    onStop(() => postgres.dropDatabase(name))
  }

  say(`filling a store with ${items} variants`)
  const databaseUrl = postgres.url(names.store)
  await ensureStoreDatabase({ databaseUrl, seeded: true })
  await fillCatalogue(databaseUrl, { items })
  const graph = await startGraphProcess(postgres.url(names.graph))
  onStop(() => graph.stop())
  await graph.control.setSettings({ batch_delay_ms: [BATCH_DELAY_MS, BATCH_DELAY_MS] })
  say(`Graph server: a process of its own, every batch waits ${BATCH_DELAY_MS} ms, no quota until the benchmark sets one`)
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  onStop(() => client.end())

  if (values.quota) {
    const { connected, publicUrl } = await connectOnly({ databaseUrl, client, graph, items })
    say("two hours of changes, each six seconds after the last, under a quota of 200 calls an hour; the clocks are moved on")
    return await measureQuota({ store: client, databaseUrl, graph, connected, items, env: pushEnvironment({ databaseUrl, graph, publicUrl }) })
  }
  const { connected, publicUrl, events } = await measureRunningStore({ databaseUrl, client, graph, items, seconds })
  const measured = await measureAll({ databaseUrl, client, graph, connected, publicUrl, items, rounds })
  const push_s = median(measured.map((round) => round.push_s))
  return {
    benchmark: "push",
    items,
    items_per_s: Math.round(items / push_s),
    calls: Math.max(...measured.map((round) => round.calls)),
    ratio_to_floor: rounded(median(measured.map((round) => round.floor_s)) / push_s),
    event_to_sent_ms: { p50: quantile(events.latencies, 0.5), p99: quantile(events.latencies, 0.99), max: Math.max(...events.latencies) },
    push_s: rounded(push_s),
    floor_s: rounded(median(measured.map((round) => round.floor_s))),
    rounds,
    events: events.latencies.length,
    event_calls: events.calls,
    batch_delay_ms: BATCH_DELAY_MS,
  }
}

type RunningStore = { databaseUrl: string; client: Client; graph: GraphProcess; items: number; seconds: number }

/** The part that needs a whole store: its admin API connects the catalogue and changes stock, its subscribers hear of it. */
async function measureRunningStore({ databaseUrl, client, graph, items, seconds }: RunningStore) {
  const store = await startStore({ databaseUrl, graphUrl: graph.url, env: { NODE_ENV: "production", LOG_LEVEL: "error", REDIS_URL: "" } })
  onStop(() => store.stop())
  const admin = { url: store.url, secretKey: (await readFacts(databaseUrl)).secretKey }
  say("connecting the catalogue and waiting for its first upload")
  const connected = await connectCatalogue({ admin, graph, items })
  await client.query("analyze")
  await client.query("update meta_catalog_catalog set calls_per_hour = $1", [CALLS_WITHOUT_QUOTA])
  say(`changing stock ten times a second for ${seconds} seconds through the admin API of a running store`)
  const events = await measureEvents({ store: client, admin, graph, connected }, { seconds })
  const [p50, p90, p99, max] = [0.5, 0.9, 0.99, 1].map((share) => quantile(events.latencies, share))
  say(`event to sent: p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, longest ${max} ms; ${events.latencies.length} events in ${events.calls} calls`)
  await store.stop()
  return { connected, publicUrl: store.url, events }
}

/** A store that runs just long enough to connect the catalogue and list its items. */
async function connectOnly({ databaseUrl, client, graph, items }: Omit<RunningStore, "seconds">) {
  const store = await startStore({ databaseUrl, graphUrl: graph.url, env: { NODE_ENV: "production", LOG_LEVEL: "error", REDIS_URL: "" } })
  onStop(() => store.stop())
  say("connecting the catalogue and waiting for its first upload")
  const connected = await connectCatalogue({ admin: { url: store.url, secretKey: (await readFacts(databaseUrl)).secretKey }, graph, items })
  await client.query("analyze")
  await store.stop()
  return { connected, publicUrl: store.url }
}

/** What a Medusa process of this store, without jobs and requests, has to know. */
function pushEnvironment({ databaseUrl, graph, publicUrl }: { databaseUrl: string; graph: GraphProcess; publicUrl: string }): Record<string, string> {
  return { DATABASE_URL: databaseUrl, META_GRAPH_URL: graph.url, MEDUSA_BACKEND_URL: publicUrl, META_CATALOG_ENCRYPTION_KEY: testEncryptionKey }
}

type All = { databaseUrl: string; client: Client; graph: GraphProcess; connected: Connected; publicUrl: string; items: number; rounds: number }

/** Everything at once, round by round, after one round that warms both sides up. */
async function measureAll({ databaseUrl, client, graph, connected, publicUrl, items, rounds }: All): Promise<Round[]> {
  const pushing = await startPushProcess(pushEnvironment({ databaseUrl, graph, publicUrl }))
  onStop(async () => {
    if (pushing.exitCode === null) {
      const ended = once(pushing, "exit")
      pushing.disconnect()
      await ended
    }
  })
  say("all items changed at once; the floor is a bare undici loop posting the same bodies and polling every 50 ms; one warm-up round, not counted")
  const measured: Round[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const figures = await measureRound({ store: client, pushing, graph, connected, items }, round)
    say(`round ${round || "for warming up"}: ${JSON.stringify(figures)}`)
    if (round > 0) {
      measured.push(figures)
    }
  }
  return measured
}

function say(text: string): void {
  console.error(text)
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100
}
