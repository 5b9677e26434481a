import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { Client } from "pg"
import { AdminApi } from "../../scripts/demo/admin-api"
import { freePort } from "../../scripts/free-port"
import { startSandbox, type Sandbox } from "../graph-sandbox"
import type { StoreFacts } from "../store/seed-store"
import { startStore, type Store } from "../store/start-store"
import { dropStoreDatabase, ensureStoreDatabase, readFacts } from "../store/store-database"
import { installWitness } from "./witness"

const logDirectory = join(__dirname, "..", "..", ".cache", "cluster")

export const WORKERS = ["worker-1", "worker-2"] as const
export type ProcessName = "server" | (typeof WORKERS)[number]

/** One store in three processes, as an operator with Redis runs it, and Meta's stand-in. */
export interface Cluster {
  sandbox: Sandbox
  facts: StoreFacts
  /** A connection of the test's own to the store's database. */
  sql: Client
  /** The admin API, which only the server has. */
  api: AdminApi
  /** Starts a process that has been killed. */
  start(name: ProcessName): Promise<void>
  kill(name: ProcessName): Promise<void>
  /** Ends a process as an operator does, and waits for its end. */
  end(name: ProcessName): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the Graph sandbox and a server and two workers on one PostgreSQL database and one Redis, with Medusa's Redis event
 * bus, workflow engine and locking. A process shows its name in PostgreSQL, which is how the witness tells them apart. The
 * processes' logs are in `.cache/cluster`.
 */
export async function startCluster({ redisUrl }: { redisUrl: string }): Promise<Cluster> {
  const { DB_HOST = "localhost", DB_PORT = "5432", DB_USERNAME = "postgres", DB_PASSWORD = "" } = process.env
  const urlOf = (name: string) => `postgres://${DB_USERNAME}:${DB_PASSWORD}@${DB_HOST}:${DB_PORT}/${name}`
  const databaseUrl = urlOf(`cluster-store-${process.pid}`)
  const sandboxUrl = urlOf(`cluster-sandbox-${process.pid}`)
  const sandbox = await startSandbox({ databaseUrl: sandboxUrl, settings: { batch_delay_ms: [50, 600] } })
  await ensureStoreDatabase({ databaseUrl, seeded: true })
  const sql = new Client({ connectionString: databaseUrl })
  await sql.connect()
  await installWitness(sql)
  const facts = await readFacts(databaseUrl)
  const serverPort = await freePort()
  const stores = new Map<ProcessName, Store>()
  rmSync(logDirectory, { recursive: true, force: true })
  mkdirSync(logDirectory, { recursive: true })

  async function start(name: ProcessName): Promise<void> {
    const store = await startStore({
      databaseUrl,
      graphUrl: sandbox.url,
      port: name === "server" ? serverPort : undefined,
      logFile: join(logDirectory, `${name}.log`),
      env: {
        REDIS_URL: redisUrl,
        MEDUSA_WORKER_MODE: name === "server" ? "server" : "worker",
        // Meta reaches the store through the server, whichever process works for it.
        MEDUSA_BACKEND_URL: `http://localhost:${serverPort}`,
        PGAPPNAME: name,
      },
    })
    stores.set(name, store)
  }

  async function stop(): Promise<void> {
    await sql.end()
    await Promise.all([...stores.values()].map((store) => store.kill()))
    await sandbox.stop()
    await dropStoreDatabase(databaseUrl)
    await dropStoreDatabase(sandboxUrl)
  }

  const started = await Promise.allSettled((["server", ...WORKERS] as const).map(start))
  const failure = started.find((result) => result.status === "rejected")
  if (failure) {
    await stop()
    throw failure.reason
  }
  return {
    sandbox,
    facts,
    sql,
    api: new AdminApi(`http://localhost:${serverPort}`, facts.secretKey),
    start,
    kill: async (name) => {
      await stores.get(name)?.kill()
    },
    end: async (name) => {
      await stores.get(name)?.stop()
    },
    stop,
  }
}
