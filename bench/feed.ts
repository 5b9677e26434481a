import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Client } from "pg"
import { ensureStoreDatabase } from "../integration-tests/store/store-database"
import type { Benchmark } from "../scripts/bench"
import { existingServer } from "../scripts/postgres-server"
import { fillCatalogue } from "./catalogue/fill"
import { FLOOR_STATEMENT } from "./catalogue/floor"
import type { BuildFigures } from "./feed/build-process"

/**
 * `npm run bench -- feed --items 100000 [--rounds 5]`: time from the first query to the published gzip file, against one
 * COPY of the same source columns, taking turns. The first build, which also registers every item and stores every row,
 * is measured apart from the rebuilds that follow; the plain keys are medians over the rebuilds.
 */
export const run: Benchmark = async ({ postgres, arguments: rest }) => {
  const { values } = parseArgs({ args: rest, options: { items: { type: "string", default: "100000" }, rounds: { type: "string", default: "5" } } })
  const items = Number(values.items)
  const name = `bench_feed_${items}`
  const databaseUrl = postgres.url(name)
  await postgres.dropDatabase(name)
  try {
    console.error(`filling a store with ${items} variants`)
    await ensureStoreDatabase({ databaseUrl, seeded: false })
    await fillCatalogue(databaseUrl, { items })
    return await measure({ databaseUrl, items, rounds: Number(values.rounds) })
  } finally {
    await postgres.dropDatabase(name)
  }
}

async function measure({ databaseUrl, items, rounds }: { databaseUrl: string; items: number; rounds: number }) {
  const store = startStore(databaseUrl)
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await answer(store)
    console.error(`the floor, in ${client.database}:\n${FLOOR_STATEMENT}`)
    await floor(client)
    const first = { floor_s: await floor(client), ...(await build(store)) }
    const rebuilds: ({ floor_s: number } & BuildFigures)[] = []
    for (let round = 0; round < rounds; round += 1) {
      // Without it the second build is planned with statistics from before the items existed; autovacuum does it in a store.
      if (round === 0) await client.query("analyze")
      rebuilds.push({ floor_s: await floor(client), ...(await build(store)) })
      console.error(`round ${round + 1}: ${JSON.stringify(rebuilds[round])}`)
    }
    const wall = median(rebuilds.map((one) => one.wall_s))
    return {
      benchmark: "feed",
      items,
      floor_statement: FLOOR_STATEMENT.replace(/\s+/g, " "),
      wall_s: rounded(wall),
      rows_per_s: Math.round(items / wall),
      floor_rows_per_s: Math.round(items / median(rebuilds.map((one) => one.floor_s))),
      bytes: rebuilds[0].bytes,
      ratio_to_floor: rounded(median(rebuilds.map((one) => one.wall_s / one.floor_s))),
      peak_rss_above_idle_mb: Math.round(Math.max(first.peak_rss_above_idle_mb, ...rebuilds.map((one) => one.peak_rss_above_idle_mb))),
      measured: `median of ${rounds} rebuilds; memory is the peak of all builds`,
      first_build_wall_s: rounded(first.wall_s),
      first_build_ratio_to_floor: rounded(first.wall_s / first.floor_s),
      rows: rebuilds[0].rows,
      status: [...new Set(rebuilds.map((one) => one.status))].join(","),
    }
  } finally {
    store.disconnect()
    await once(store, "exit")
    await client.end()
  }
}

/** Seconds the floor takes; its rows are read and dropped. */
async function floor(client: Client): Promise<number> {
  const started = performance.now()
  await client.query(FLOOR_STATEMENT)
  return (performance.now() - started) / 1000
}

function startStore(databaseUrl: string): ChildProcess {
  return fork(join(__dirname, "feed", "build-process.ts"), {
    execArgv: ["--import", require.resolve("tsx")],
    stdio: ["ignore", 2, "inherit", "ipc"],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      NODE_ENV: "production",
      REDIS_URL: "",
      LOG_LEVEL: "error",
      DISABLE_MEDUSA_ADMIN: "true",
      MEDUSA_DISABLE_TELEMETRY: "true",
    },
  })
}

async function build(store: ChildProcess): Promise<BuildFigures> {
  store.send("build")
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
