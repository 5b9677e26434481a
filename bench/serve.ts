import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Client } from "pg"
import { dropStoreDatabase } from "../integration-tests/store/store-database"
import { startStore, type Store } from "../integration-tests/store/start-store"
import type { Benchmark } from "../scripts/bench"
import { existingServer } from "../scripts/postgres-server"
import { onStop, stopAll } from "../scripts/stop-in-order"
import { median, quantile } from "./push/quantiles"
import { download } from "./serve/download"
import { askAgain } from "./serve/not-modified"
import { publishFile, type PublishedFile } from "./serve/publish-file"

/** Rounds that warm both servers and the page cache up and do not count. */
const WARM_UP = 1

type Round = { store: number; floor: number }

/**
 * `npm run bench -- serve [--mb 200] [--rounds 9] [--requests 5000]`: a stored file as a running store sends it, against the least a
 * Node.js server does to send it. `bench/README.md` says what each figure means.
 */
export const run: Benchmark = async ({ postgres, arguments: rest }) => {
  const { values } = parseArgs({
    args: rest,
    options: { mb: { type: "string", default: "200" }, rounds: { type: "string", default: "9" }, requests: { type: "string", default: "5000" } },
  })
  const databaseUrl = postgres.url("bench_serve")
  await dropStoreDatabase(databaseUrl)
  onStop(() => dropStoreDatabase(databaseUrl))
  // Nothing listens at the Graph URL: nothing of the feed is known to Meta.
  const store = await startStore({ databaseUrl, seeded: false, graphUrl: "http://localhost:1", env: { NODE_ENV: "production" } })
  onStop(() => store.stop())
  const file = await publishFile(store, { megabytes: Number(values.mb) })
  const floor = await startFileServer(file.path)
  onStop(() => end(floor.child))

  const rounds: Round[] = []
  for (let round = 0; round < Number(values.rounds) + WARM_UP; round += 1) {
    const pair = await measureRound({ store: file.url, floor: floor.url }, file, round)
    if (round < WARM_UP) continue
    rounds.push(pair)
    console.error(`round ${rounds.length}: ${JSON.stringify(pair)}`)
  }
  const again = await askAgain(file, { requests: Number(values.requests) })
  await checkFetches(store, { downloads: Number(values.rounds) + WARM_UP, notModified: again.length })
  return {
    benchmark: "serve",
    bytes: file.bytes,
    rounds: rounds.length,
    ratio_to_file_server: rounded(median(rounds.map((round) => round.floor / round.store)), 3),
    ratio_range: [Math.min, Math.max].map((end) => rounded(end(...rounds.map((round) => round.floor / round.store)), 3)),
    mb_per_s: Math.round(file.bytes / 1e6 / median(rounds.map((round) => round.store))),
    file_server_mb_per_s: Math.round(file.bytes / 1e6 / median(rounds.map((round) => round.floor))),
    not_modified_requests: again.length,
    not_modified_p50_ms: rounded(quantile(again, 0.5), 2),
    not_modified_p99_ms: rounded(quantile(again, 0.99), 2),
  }
}

/** One download from each, which takes turns at going first. Seconds. */
async function measureRound(urls: Record<keyof Round, string>, file: PublishedFile, round: number): Promise<Round> {
  const order: (keyof Round)[] = round % 2 === 0 ? ["floor", "store"] : ["store", "floor"]
  const seconds: Partial<Round> = {}
  for (const side of order) seconds[side] = await download(urls[side], { bytes: file.bytes, authorization: file.authorization })
  return seconds as Round
}

async function startFileServer(path: string): Promise<{ url: string; child: ChildProcess }> {
  const child = fork(join(__dirname, "serve", "file-server.ts"), [path], {
    execArgv: ["--import", require.resolve("tsx")],
    stdio: ["ignore", 2, "inherit", "ipc"],
  })
  const [port] = await once(child, "message")
  return { url: `http://localhost:${port}/file.csv.gz`, child }
}

async function end(child: ChildProcess): Promise<void> {
  child.disconnect()
  await once(child, "exit")
}

/** Fails when the store has not noted exactly what was asked of it. */
async function checkFetches(store: Store, { downloads, notModified }: { downloads: number; notModified: number }): Promise<void> {
  const client = new Client({ connectionString: store.databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query("select not_modified, count(*)::int from meta_catalog_fetch group by 1 order by 1")
    const noted = rows.map((row) => row.count as number)
    if (noted[0] !== downloads || noted[1] !== notModified) throw new Error(`noted ${noted.join(" and ")} of ${downloads} downloads and ${notModified} repetitions`)
  } finally {
    await client.end()
  }
}

function rounded(number: number, digits: number): number {
  return Number(number.toFixed(digits))
}

if (require.main === module) void standalone()

/** `npx tsx bench/serve.ts` on the server of DATABASE_URL. */
async function standalone(): Promise<void> {
  const figures = await run({ postgres: existingServer(process.env.DATABASE_URL ?? "postgres://postgres@localhost:5432/postgres"), arguments: process.argv.slice(2) })
  await stopAll()
  console.log(JSON.stringify(figures))
}
