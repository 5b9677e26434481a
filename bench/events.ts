import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Client } from "pg"
import { ensureStoreDatabase } from "../integration-tests/store/store-database"
import { testEncryptionKey } from "../integration-tests/store/start-store"
import type { Benchmark } from "../scripts/bench"
import { onStop } from "../scripts/stop-in-order"
import { fillCatalogue } from "./catalogue/fill"
import type { ChangeFigures, ChangeOrder } from "./events/events-process"
import { medianInterval } from "./events/median-interval"
import { median } from "./push/quantiles"

/** Pairs that warm the process up and do not count. */
const WARM_UP = 5

type Pair = { with: ChangeFigures; without: ChangeFigures }

/**
 * `npm run bench -- events [--pairs 40] [--levels 500] [--items 20000]`: what the plugin's subscriber costs a change of many
 * stock levels. `bench/README.md` says what each figure means.
 */
export const run: Benchmark = async ({ postgres, arguments: rest }) => {
  const { values } = parseArgs({
    args: rest,
    options: { pairs: { type: "string", default: "40" }, levels: { type: "string", default: "500" }, items: { type: "string", default: "20000" } },
  })
  const [pairs, levels, items] = [Number(values.pairs), Number(values.levels), Number(values.items)]
  const name = `bench_events_${items}`
  const databaseUrl = postgres.url(name)
  await postgres.dropDatabase(name)
  onStop(() => postgres.dropDatabase(name))
  console.error(`filling a store with ${items} variants`)
  await ensureStoreDatabase({ databaseUrl, seeded: false })
  await fillCatalogue(databaseUrl, { items })
  const measured = await measure({ databaseUrl, pairs, levels })

  const ratio = medianInterval(measured.map((pair) => pair.with.workflow_ms / pair.without.workflow_ms))
  const settled = medianInterval(measured.map((pair) => pair.with.settled_ms / pair.without.settled_ms))
  const of = (side: keyof Pair, figure: "workflow_ms" | "settled_ms") => rounded(median(measured.map((pair) => pair[side][figure])), 1)
  return {
    benchmark: "events",
    levels,
    pairs,
    ratio: rounded(ratio.median, 3),
    ratio_ci: ratio.interval.map((bound) => rounded(bound, 3)),
    settled_ratio: rounded(settled.median, 3),
    settled_ratio_ci: settled.interval.map((bound) => rounded(bound, 3)),
    statements: Math.max(...measured.map((pair) => pair.with.statements - pair.without.statements)),
    workflow_ms: { with: of("with", "workflow_ms"), without: of("without", "workflow_ms") },
    settled_ms: { with: of("with", "settled_ms"), without: of("without", "settled_ms") },
    items,
  }
}

async function measure({ databaseUrl, pairs, levels }: { databaseUrl: string; pairs: number; levels: number }): Promise<Pair[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  onStop(() => client.end())
  const { rows } = await client.query<ChangeOrder["levels"][number]>("select inventory_item_id, location_id from inventory_level where location_id = 'sloc_north' order by md5(id)")
  const child = await startProcess(databaseUrl)
  const measured: Pair[] = []
  for (let number = -WARM_UP; number < pairs; number += 1) {
    const start = ((number + WARM_UP) * levels) % (rows.length - levels)
    const chosen = rows.slice(start, start + levels)
    // Which side goes first changes from pair to pair, and no level gets a stock it has.
    const figures: Partial<Pair> = {}
    for (const [turn, side] of (number % 2 === 0 ? (["with", "without"] as const) : (["without", "with"] as const)).entries()) {
      figures[side] = await order(child, { levels: chosen, stocked_quantity: 100 + 2 * (number + WARM_UP) + turn, withPlugin: side === "with" })
    }
    const pair = figures as Pair
    if (number === -WARM_UP) {
      console.error(`statements of the plugin:\n${pair.with.texts.map((text) => `- ${text.replace(/\s+/g, " ").slice(0, 160)}`).join("\n")}`)
    }
    console.error(`pair ${number < 0 ? "for warming up" : number + 1}: with ${text(pair.with)}, without ${text(pair.without)}`)
    if (number >= 0) {
      measured.push(pair)
    }
  }
  child.disconnect()
  return measured
}

async function startProcess(databaseUrl: string): Promise<ChildProcess> {
  const child = fork(join(__dirname, "events", "events-process.ts"), {
    execArgv: ["--import", require.resolve("tsx")],
    // Medusa logs a line per heard event: it is written, as in any store, and counts.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      REDIS_URL: "",
      DISABLE_MEDUSA_ADMIN: "true",
      DATABASE_URL: databaseUrl,
      META_CATALOG_ENCRYPTION_KEY: testEncryptionKey,
    },
  })
  onStop(async () => {
    if (child.exitCode === null) {
      const ended = once(child, "exit")
      child.kill()
      await ended
    }
  })
  await answer(child)
  return child
}

async function order(child: ChildProcess, what: ChangeOrder): Promise<ChangeFigures> {
  const answered = answer(child)
  child.send(what)
  return (await answered) as ChangeFigures
}

async function answer(child: ChildProcess): Promise<unknown> {
  const stopped = new AbortController()
  const { signal } = stopped
  try {
    return await Promise.race([
      once(child, "message", { signal }).then(([message]) => message),
      once(child, "exit", { signal }).then(([code]) => Promise.reject(new Error(`the measured process ended with ${code}`))),
    ])
  } finally {
    stopped.abort()
  }
}

function text({ workflow_ms, settled_ms, statements }: ChangeFigures): string {
  return `${workflow_ms.toFixed(1)} ms, settled ${settled_ms.toFixed(1)} ms, ${statements} statements`
}

function rounded(number: number, digits: number): number {
  return Number(number.toFixed(digits))
}
