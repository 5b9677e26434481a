import { readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { Client } from "pg"
import { existingServer, type PostgresServer } from "../../scripts/postgres-server"
import { finishStoreProcess } from "./run-store-process"
import type { StoreFacts } from "./seed-store"
import { sourceHash } from "./source-hash"

const root = join(__dirname, "..", "..")

const seedSources = ["integration-tests/store/seed-store.ts", "integration-tests/store/product-range.ts"]

function schemaSources(): string[] {
  const modules = readdirSync(join(root, "src", "modules"))
  return ["package-lock.json", "src/links", ...modules.map((name) => `src/modules/${name}/migrations`)]
}

/**
 * Makes sure a store's database exists. A missing one is copied from a template on the same server, migrated and, when
 * wanted, seeded; the template is made on first use and again when migrations or seed change. Takes about 15 seconds
 * then and less than one otherwise. A database that exists is left as it is, so a store can be started on it again.
 */
export async function ensureStoreDatabase({ databaseUrl, seeded }: { databaseUrl: string; seeded: boolean }): Promise<void> {
  const { server, name } = serverOf(databaseUrl)
  if (await databaseExists(server, name)) {
    return
  }
  const template = await ensureTemplate(server, { seeded })
  await server.recreateDatabase(name, template)
}

/** What the seed made, when the store in this database was seeded. */
export async function readFacts(databaseUrl: string): Promise<StoreFacts> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query("select facts from seeded_store")).rows[0].facts as StoreFacts
  } finally {
    await client.end()
  }
}

/** Drops a store's database, also while the store runs, and removes its files. */
export async function dropStoreDatabase(databaseUrl: string): Promise<void> {
  const { server, name } = serverOf(databaseUrl)
  await server.dropDatabase(name)
  rmSync(fileDirectoryOf(databaseUrl), { recursive: true, force: true })
}

/** Where the File Module of the store on this database keeps its files: with the database, not with the process. */
export function fileDirectoryOf(databaseUrl: string): string {
  return join(root, ".cache", "files", serverOf(databaseUrl).name)
}

function serverOf(databaseUrl: string): { server: PostgresServer; name: string } {
  const url = new URL(databaseUrl)
  const name = decodeURIComponent(url.pathname.slice(1))
  url.pathname = "/postgres"
  return { server: existingServer(url.href), name }
}

async function databaseExists(server: PostgresServer, name: string): Promise<boolean> {
  return (await server.query("select 1 from pg_database where datname = $1", [name])).length > 0
}

async function ensureTemplate(server: PostgresServer, { seeded }: { seeded: boolean }): Promise<string> {
  const kind = seeded ? "seeded_store" : "empty_store"
  const name = `${kind}_${sourceHash([...schemaSources(), ...(seeded ? seedSources : [])])}`
  if (await databaseExists(server, name)) {
    return name
  }
  // Two test processes may come here at once; a lock lives as long as its connection.
  const lock = new Client({ connectionString: server.url("postgres") })
  await lock.connect()
  try {
    await lock.query("select pg_advisory_lock(hashtext($1))", [name])
    if (!(await databaseExists(server, name))) {
      await buildTemplate(server, { name, seeded })
      await dropOldTemplates(server, { kind, keep: name })
    }
  } finally {
    await lock.end()
  }
  return name
}

async function buildTemplate(server: PostgresServer, { name, seeded }: { name: string; seeded: boolean }): Promise<void> {
  const unfinished = `${name}_unfinished`
  await server.recreateDatabase(unfinished, seeded ? await ensureTemplate(server, { seeded: false }) : undefined)
  const environment = { DATABASE_URL: server.url(unfinished), NODE_ENV: "test", REDIS_URL: undefined, DISABLE_MEDUSA_ADMIN: "true" }
  await finishStoreProcess(seeded ? "seed" : "migrate", { environment })
  await server.query(`alter database "${unfinished}" rename to "${name}"`)
}

/** Every change to a migration or the seed leaves a template behind; the newest few are kept for switching between branches. */
async function dropOldTemplates(server: PostgresServer, { kind, keep }: { kind: string; keep: string }): Promise<void> {
  const old = await server.query("select datname from pg_database where datname like $1 and datname <> $2 order by oid desc offset 2", [`${kind}_%`, keep])
  for (const { datname } of old) {
    await server.dropDatabase(datname as string)
  }
}
