import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import { Client } from "pg"
import { ensureStoreDatabase, readFacts } from "../integration-tests/store/store-database"
import { startStore } from "../integration-tests/store/start-store"
import type { Benchmark } from "../scripts/bench"
import { onStop } from "../scripts/stop-in-order"
import { fillCatalogue } from "./catalogue/fill"
import { connectCatalogue } from "./push/connect"
import { measureEvents } from "./push/event-latency"
import { startGraphProcess } from "./push/graph-process"
import { quantile } from "./push/quantiles"

/** As the push benchmark has it: no quota at the Graph server, so the plugin must not save calls either. */
const CALLS_WITHOUT_QUOTA = 1_000_000

/** One value that was sent: milliseconds from the mark an event left to the call, and from the call to Meta's final word. */
type Sent = { waited: number; in_flight: number }

/**
 * `npm run bench -- delays [--items 2000] [--seconds 30]`: how long a stock change of a running store takes until the Graph server
 * has acknowledged it, as the item's own history says: ten changes a second through the admin API, the sandbox with its default
 * processing time of 0.2 to 0.6 s and without a quota. What it prints is what `npm run simulate` draws its delays from.
 */
export const run: Benchmark = async ({ postgres, arguments: rest }) => {
  const { values } = parseArgs({ args: rest, options: { items: { type: "string", default: "2000" }, seconds: { type: "string", default: "30" } } })
  const [items, seconds] = [Number(values.items), Number(values.seconds)]
  const names = { store: "bench_delays", graph: "bench_delays_graph" }
  for (const name of Object.values(names)) {
    await postgres.dropDatabase(name)
    onStop(() => postgres.dropDatabase(name))
  }
  const databaseUrl = postgres.url(names.store)
  await ensureStoreDatabase({ databaseUrl, seeded: true })
  await fillCatalogue(databaseUrl, { items })
  const graph = await startGraphProcess(postgres.url(names.graph))
  onStop(() => graph.stop())
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  onStop(() => client.end())

  const store = await startStore({ databaseUrl, graphUrl: graph.url, env: { NODE_ENV: "production", LOG_LEVEL: "error", REDIS_URL: "" } })
  onStop(() => store.stop())
  const admin = { url: store.url, secretKey: (await readFacts(databaseUrl)).secretKey }
  console.error("connecting the catalogue and waiting for its first upload")
  const connected = await connectCatalogue({ admin, graph, items })
  await client.query("update meta_catalog_catalog set calls_per_hour = $1", [CALLS_WITHOUT_QUOTA])
  const { rows } = await client.query<{ began: Date }>("select meta_catalog_now() as began")
  console.error(`changing stock ten times a second for ${seconds} seconds through the admin API of a running store`)
  await measureEvents({ store: client, admin, graph, connected }, { seconds })
  const sent = await readSent(client, rows[0].began)
  const total = sent.map((one) => one.waited + one.in_flight)
  return {
    benchmark: "delays",
    measured_at: new Date().toISOString(),
    how: `npm run bench -- delays --items ${items} --seconds ${seconds}`,
    cores: availableParallelism(),
    event_to_acknowledged_ms: Object.fromEntries([0.5, 0.9, 0.95, 0.99, 1].map((share) => [`p${share * 100}`, quantile(total, share)])),
    samples_ms: sent.map((one) => [one.waited, one.in_flight]),
  }
}

/** The acknowledged values since `began`, in the order of their calls. */
async function readSent(client: Client, began: Date): Promise<Sent[]> {
  const { rows } = await client.query<Sent>(
    `select round(extract(epoch from h.sent_at - h.due_at) * 1000)::int as waited,
            round(extract(epoch from b.settled_at - h.sent_at) * 1000)::int as in_flight
     from meta_catalog_item_change h
     join meta_catalog_batch b on b.id = h.batch_id and b.status = 'settled' and b.error is null
     where h.due_at >= $1 and h.quantity is not null and h.deleted_at is null
     order by h.sent_at, h.due_at, h.item_id`,
    [began]
  )
  return rows
}
