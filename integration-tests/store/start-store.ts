import { setTimeout as sleep } from "node:timers/promises"
import { freePort } from "../../scripts/free-port"
import { buildAdmin } from "./build-admin"
import { lastLines, runStoreProcess } from "./run-store-process"
import { ensureStoreDatabase, fileDirectoryOf } from "./store-database"

export interface StoreSettings {
  /** The store's database; made from a cached, migrated template when it does not exist. */
  databaseUrl: string
  /** Whether a new database gets the products of `seedStore`; their facts are read with `readFacts`. Default: true. */
  seeded?: boolean
  /** Base URL of the Graph server the plugin talks to. */
  graphUrl: string
  /** Serves the admin at /app, built first when src/admin changed. Default: false. */
  admin?: boolean
  /** Default: a free one. */
  port?: number
  /** More variables for the process; undefined removes one. */
  env?: Record<string, string | undefined>
  /** Also gets the process's output. */
  logFile?: string
}

export interface Store {
  /** For example http://localhost:9123, also the backend's public URL as far as the plugin knows. */
  url: string
  port: number
  databaseUrl: string
  /** The end of the process's output. */
  logs(): string
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<void>
  /** Ends the process as an operator would and waits for it; safe to call twice. */
  stop(): Promise<void>
  /** Ends the process as a crash would, at once and without a word. Waits until it is gone. */
  kill(): Promise<void>
}

/** The key stores in tests and the demo encrypt secrets with. */
export const testEncryptionKey = "for tests and the demo only, never for a real store"

/**
 * Starts a whole Medusa store with the plugin in place, in a process of its own.
 * @throws Error with the end of its log when it does not answer within four minutes, or ends before
 */
export async function startStore(settings: StoreSettings): Promise<Store> {
  const { databaseUrl, seeded = true, admin = false, logFile } = settings
  const [adminBuild] = await Promise.all([admin ? buildAdmin() : undefined, ensureStoreDatabase({ databaseUrl, seeded })])
  const port = settings.port ?? (await freePort())
  const url = `http://localhost:${port}`
  const running = runStoreProcess("serve", {
    logFile,
    environment: {
      // Not "production", which would set session cookies for https only.
      NODE_ENV: "test",
      DATABASE_URL: databaseUrl,
      PORT: String(port),
      MEDUSA_BACKEND_URL: url,
      ADMIN_CORS: url,
      AUTH_CORS: url,
      FILE_DIR: fileDirectoryOf(databaseUrl),
      META_GRAPH_URL: settings.graphUrl,
      META_CATALOG_ENCRYPTION_KEY: testEncryptionKey,
      DISABLE_MEDUSA_ADMIN: "true",
      ADMIN_BUILD: adminBuild,
      ...settings.env,
    },
  })
  const end = async (signal: NodeJS.Signals) => {
    running.child.kill(signal)
    await running.ended
  }
  const store: Store = {
    url,
    port,
    databaseUrl,
    logs: running.logs,
    ended: running.ended.then(() => undefined),
    async stop() {
      const forced = setTimeout(() => running.child.kill("SIGKILL"), 15_000)
      await end("SIGTERM")
      clearTimeout(forced)
    },
    kill: () => end("SIGKILL"),
  }
  await waitUntilHealthy(store, running.ended)
  return store
}

async function waitUntilHealthy(store: Store, ended: Promise<number | null>): Promise<void> {
  let exit: { code: number | null } | undefined
  void ended.then((code) => (exit = { code }))
  for (const deadline = Date.now() + 240_000; Date.now() < deadline; await sleep(50)) {
    if (exit) {
      throw new Error(`The store ended with ${exit.code} before it was ready. The end of its log:\n${lastLines(store.logs(), 30)}`)
    }
    const answer = await fetch(`${store.url}/health`).catch(() => undefined)
    if (answer?.ok) {
      return
    }
  }
  await store.kill()
  throw new Error(`The store did not answer within four minutes. The end of its log:\n${lastLines(store.logs(), 30)}`)
}
