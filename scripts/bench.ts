import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { startPostgres } from "./embedded-postgres"
import type { PostgresServer } from "./postgres-server"
import { onStop, stopAll } from "./stop-in-order"

const folder = join(__dirname, "..", "bench")

/** What a benchmark `bench/<name>.ts` exports as `run`. */
export type Benchmark = (place: BenchmarkPlace) => Promise<Record<string, unknown>>

export interface BenchmarkPlace {
  postgres: PostgresServer
  /** Everything after the benchmark's name on the command line. */
  arguments: string[]
}

/** `npm run bench -- <name> …`: runs `bench/<name>.ts` on a PostgreSQL and prints what it measured as its last line, in JSON. */
async function main(): Promise<void> {
  const [name, ...rest] = process.argv.slice(2)
  const names = benchmarkNames()
  if (!name || !names.includes(name)) {
    throw new Error(`Name a benchmark: npm run bench -- ${names.join(" | ") || "(there is none yet)"}`)
  }
  const postgres = await startPostgres({ name: "bench" })
  onStop(() => postgres.stop())
  const { run } = (await import(join(folder, `${name}.ts`))) as { run: Benchmark }
  const figures = await run({ postgres, arguments: rest })
  await stopAll()
  console.log(JSON.stringify(figures))
}

/** Every file that is a benchmark, and not a part of one in a folder. */
function benchmarkNames(): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(".ts"))
        .map((file) => file.slice(0, -3))
    : []
}

main().then(
  () => process.exit(0),
  async (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    await stopAll()
    process.exit(1)
  },
)
