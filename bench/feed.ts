import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Client } from "pg"
import { ensureStoreDatabase } from "../integration-tests/store/store-database"
import type { Benchmark } from "../scripts/bench"
import { existingServer } from "../scripts/postgres-server"
import { fillCatalogue, type Prices } from "./catalogue/fill"
import { FLOOR_STATEMENT } from "./catalogue/floor"
import type { BuildFigures, BuildRequest } from "./feed/build-process"

/**
 * `npm run bench -- feed --items 100000 [--rounds 5] [--prices mixed] [--feeds 4]`: time from the first query to the published gzip
 * file, against one COPY of the same source columns, taking turns. The first build, which also registers every item and stores every
 * row, is measured apart from the rebuilds that follow; the plain keys are medians over the rebuilds. With several feeds each round
 * also has one run of all of them.
 */
export const run: Benchmark = async ({ postgres, arguments: rest }) => {
  const { values } = parseArgs({
    args: rest,
    options: {
      items: { type: "string", default: "100000" },
      rounds: { type: "string", default: "5" },
      feeds: { type: "string", default: "1" },
      prices: { type: "string", default: "base" },
    },
  })
  if (values.prices !== "base" && values.prices !== "mixed") throw new Error(`--prices is base or mixed, not ${values.prices}`)
  const settings: Settings = { items: Number(values.items), rounds: Number(values.rounds), feeds: Number(values.feeds), prices: values.prices }
  const name = `bench_feed_${settings.items}`
  const databaseUrl = postgres.url(name)
  await postgres.dropDatabase(name)
  try {
    console.error(`filling a store with ${settings.items} variants`)
    await ensureStoreDatabase({ databaseUrl, seeded: false })
    await fillCatalogue(databaseUrl, settings)
    return await measure(databaseUrl, settings)
  } finally {
    await postgres.dropDatabase(name)
  }
}

type Settings = { items: number; rounds: number; feeds: number; prices: Prices }

/** The floor and one feed right after it, and where there are several feeds one run of all of them right after that. */
type Round = { floor_s: number; one: BuildFigures; all: BuildFigures | null }

async function measure(databaseUrl: string, { items, rounds, feeds, prices }: Settings) {
  const store = startStore(databaseUrl, feeds)
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const round = async (): Promise<Round> => ({ floor_s: await floor(client), one: await build(store, 1), all: feeds > 1 ? await build(store, feeds) : null })
  try {
    await answer(store)
    console.error(`the floor, in ${client.database}:\n${FLOOR_STATEMENT}`)
    await floor(client)
    const first = await round()
    console.error(`first: ${JSON.stringify(first)}`)
    const rebuilds: Round[] = []
    for (let n = 0; n < rounds; n += 1) {
      // Without it the second build is planned with statistics from before the items existed; autovacuum does it in a store.
      if (n === 0) await client.query("analyze")
      rebuilds.push(await round())
      console.error(`round ${n + 1}: ${JSON.stringify(rebuilds[n])}`)
    }
    const wall = median(rebuilds.map(({ one }) => one.wall_s))
    return {
      benchmark: "feed",
      items,
      prices,
      floor_statement: FLOOR_STATEMENT.replace(/\s+/g, " "),
      wall_s: rounded(wall),
      cpu_s: rounded(median(rebuilds.map(({ one }) => one.cpu_s))),
      rows_per_s: Math.round(items / wall),
      floor_s: rounded(median(rebuilds.map(({ floor_s }) => floor_s))),
      floor_rows_per_s: Math.round(items / median(rebuilds.map(({ floor_s }) => floor_s))),
      bytes: rebuilds[0].one.bytes,
      ratio_to_floor: rounded(median(rebuilds.map(({ floor_s, one }) => one.wall_s / floor_s))),
      peak_rss_above_idle_mb: Math.round(Math.max(...[first, ...rebuilds].map(({ one }) => one.peak_rss_above_idle_mb))),
      measured: `median of ${rounds} rebuilds; memory is the peak of all builds of one feed`,
      first_build_wall_s: rounded(first.one.wall_s),
      first_build_ratio_to_floor: rounded(first.one.wall_s / first.floor_s),
      rows: rebuilds[0].one.rows,
      status: [...new Set(rebuilds.map(({ one }) => one.status))].join(","),
      statements: median(rebuilds.map(({ one, all }) => (all ?? one).statements)),
      ...(feeds > 1 ? ofSeveral(feeds, rebuilds) : {}),
    }
  } finally {
    store.disconnect()
    await once(store, "exit")
    await client.end()
  }
}

function ofSeveral(feeds: number, rebuilds: Round[]) {
  return {
    feeds,
    statements_of_one: median(rebuilds.map(({ one }) => one.statements)),
    ratio_to_one: rounded(median(rebuilds.map(({ one, all }) => all!.wall_s / one.wall_s))),
    feeds_wall_s: rounded(median(rebuilds.map(({ all }) => all!.wall_s))),
    feeds_cpu_s: rounded(median(rebuilds.map(({ all }) => all!.cpu_s))),
    feeds_rows: rebuilds[0].all!.rows,
    feeds_peak_rss_above_idle_mb: Math.round(Math.max(...rebuilds.map(({ all }) => all!.peak_rss_above_idle_mb))),
    feeds_status: [...new Set(rebuilds.map(({ all }) => all!.status))].join(","),
  }
}

/** Seconds the floor takes; its rows are read and dropped. */
async function floor(client: Client): Promise<number> {
  const started = performance.now()
  await client.query(FLOOR_STATEMENT)
  return (performance.now() - started) / 1000
}

function startStore(databaseUrl: string, feeds: number): ChildProcess {
  return fork(join(__dirname, "feed", "build-process.ts"), {
    execArgv: ["--import", require.resolve("tsx")],
    stdio: ["ignore", 2, "inherit", "ipc"],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      FEEDS: String(feeds),
      NODE_ENV: "production",
      REDIS_URL: "",
      LOG_LEVEL: "error",
      DISABLE_MEDUSA_ADMIN: "true",
      MEDUSA_DISABLE_TELEMETRY: "true",
    },
  })
}

async function build(store: ChildProcess, feeds: number): Promise<BuildFigures> {
  const request: BuildRequest = { feeds }
  store.send(request)
  return (await answer(store)) as BuildFigures
}

async function answer(store: ChildProcess): Promise<unknown> {
  const [message] = await Promise.race([
    once(store, "message"),
    once(store, "exit").then(([code]) => Promise.reject(new Error(`the measured process ended with ${code}`))),
  ])
  return message
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100
}

if (require.main === module) void standalone()

/** `npx tsx bench/feed.ts --items 100000` on the server of DATABASE_URL or DB_HOST, DB_PORT, DB_USERNAME and DB_PASSWORD. */
async function standalone(): Promise<void> {
  const { DB_HOST = "localhost", DB_PORT = "5432", DB_USERNAME = "postgres", DB_PASSWORD = "" } = process.env
  const url = process.env.DATABASE_URL ?? `postgres://${DB_USERNAME}:${encodeURIComponent(DB_PASSWORD)}@${DB_HOST}:${DB_PORT}/postgres`
  console.log(JSON.stringify(await run({ postgres: existingServer(url), arguments: process.argv.slice(2) })))
}
