import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "./free-port"

/** A Redis whose database in the URL is empty and ours alone. */
export interface RedisServer {
  url: string
  /** Stops a server that was started here; empties the database of one that was not. Safe to call twice. */
  stop(): Promise<void>
}

/** The part of ioredis that is used here; it comes with Medusa's Redis modules. */
interface RedisClient {
  connect(): Promise<void>
  select(database: number): Promise<unknown>
  dbsize(): Promise<number>
  set(key: string, value: string): Promise<unknown>
  flushdb(): Promise<unknown>
  disconnect(): void
  on(event: "error", listener: (error: Error) => void): unknown
}
type RedisClientClass = new (url: string, options: { lazyConnect: boolean; retryStrategy: () => null }) => RedisClient

const howToGetOne =
  "Set REDIS_URL to a Redis server (version 6.2 or later), or install one so that redis-server is on PATH: " +
  '"apt-get install redis-server" on Debian and Ubuntu, "brew install redis" on macOS.'

/**
 * The Redis of REDIS_URL, or else a `redis-server` from PATH, started on a free port without persistence.
 * @throws Error that says what to do where there is neither, or where the server has no empty database
 */
export async function startRedis(): Promise<RedisServer> {
  const existing = process.env.REDIS_URL
  return existing ? await emptyDatabaseOf(existing) : await startOwn()
}

/** The database the URL names when it is empty, else another one of that server: what lies in Redis is somebody's. */
async function emptyDatabaseOf(redisUrl: string): Promise<RedisServer> {
  const url = new URL(redisUrl)
  const named = Number(url.pathname.slice(1) || "0")
  const client = clientOf(redisUrl)
  try {
    await client.connect().catch((error: Error) => {
      throw new Error(`The Redis of REDIS_URL (${url.host}) does not answer: ${error.message}`)
    })
    for (const database of [named, ...Array.from({ length: 15 }, (_, index) => 15 - index)]) {
      const isThere = await client.select(database).then(
        () => true,
        () => false,
      )
      if (isThere && (await client.dbsize()) === 0) {
        // Another run that looks from here on finds it taken.
        await client.set("meta-catalog-cluster-test", String(process.pid))
        url.pathname = `/${database}`
        return { url: url.href, stop: () => empty(url.href) }
      }
    }
  } finally {
    client.disconnect()
  }
  throw new Error(`The Redis of REDIS_URL (${url.host}) has no empty database. Empty one, for example with "redis-cli -n 15 flushdb", or unset REDIS_URL.`)
}

async function empty(redisUrl: string): Promise<void> {
  const client = clientOf(redisUrl)
  await client.connect()
  await client.flushdb()
  client.disconnect()
}

function clientOf(redisUrl: string): RedisClient {
  const medusa = createRequire(require.resolve("@medusajs/medusa"))
  const Redis = createRequire(medusa.resolve("@medusajs/event-bus-redis"))("ioredis") as RedisClientClass
  const client = new Redis(redisUrl, { lazyConnect: true, retryStrategy: () => null })
  // Every failure is thrown by the command that meets it.
  client.on("error", () => undefined)
  return client
}

async function startOwn(): Promise<RedisServer> {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), "meta-catalog-redis-"))
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", directory]
  // In a process group of its own: a Ctrl-C in the terminal reaches only us, and we end it last.
  const child = spawn("redis-server", settings, { detached: process.platform !== "win32", stdio: ["ignore", "pipe", "pipe"] })
  const end = () => {
    child.kill("SIGKILL")
    rmSync(directory, { recursive: true, force: true })
  }
  // Last resort for a process that ends without having called stop.
  process.once("exit", end)
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()))
  try {
    await ready(child)
  } catch (error) {
    end()
    throw error
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      process.removeListener("exit", end)
      end()
      await closed
    },
  }
}

function ready(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ""
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf-8").on("data", (text: string) => {
        output += text
        if (output.includes("Ready to accept connections")) {
          resolve()
        }
      })
    }
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Error(`The cluster suite needs Redis. ${howToGetOne}`) : error),
    )
    child.once("close", (code) => reject(new Error(`redis-server ended with ${code} before it was ready:\n${output}`)))
  })
}
