import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { Client } from "pg"
import type { BuildWish, BuildWord } from "../feed-process/build-process"
import { dropStoreDatabase, ensureStoreDatabase, fileDirectoryOf, readFacts } from "../store/store-database"
import { testDatabaseUrl } from "../store/test-database"
import { until } from "../store/until"

const databaseUrl = testDatabaseUrl("feed-resume")

describe("a build in two processes", () => {
  let sql: Client
  /** Its transaction holds builds up where they keep the rows of a page. */
  let barrier: Client
  let first: BuildProcess
  let second: BuildProcess
  let feedId: string

  beforeAll(async () => {
    await dropStoreDatabase(databaseUrl)
    await ensureStoreDatabase({ databaseUrl, seeded: true })
    ;[sql, barrier] = [new Client({ connectionString: databaseUrl }), new Client({ connectionString: databaseUrl })]
    await Promise.all([sql.connect(), barrier.connect()])
    ;[first, second] = await Promise.all([BuildProcess.start(), BuildProcess.start()])
    const { salesChannelId } = await readFacts(databaseUrl)
    const made = await first.ask({ make: { salesChannelId } })
    feedId = made.word === "made" ? made.feedId : ""
  }, 240_000)

  afterAll(async () => {
    await Promise.all([first?.kill(), second?.kill()])
    await barrier?.end()
    await sql?.end()
    await dropStoreDatabase(databaseUrl)
  })

  const hold = async () => void (await barrier.query("begin; lock table meta_catalog_item_row in exclusive mode"))
  const letGo = async () => void (await barrier.query("rollback"))
  const isHeldUp = async () =>
    (await sql.query("select from pg_locks l join pg_class c on c.oid = l.relation where c.relname = 'meta_catalog_item_row' and not l.granted")).rows.length > 0
  const snapshots = async () =>
    (await sql.query<{ status: string; error: string | null; file_key: string | null }>("select status, error, file_key from meta_catalog_snapshot order by number")).rows
  const files = () => readdirSync(fileDirectoryOf(databaseUrl), { recursive: true }).filter((name) => String(name).includes("meta-catalog-"))

  it("is one at a time, is given up when its process is killed, and leaves no file behind", async () => {
    await hold()
    void first.ask({ build: feedId })
    await until("the first process is in the middle of its build", isHeldUp)
    expect(await second.ask({ build: feedId })).toEqual({ word: "built", status: "skipped" })
    expect(files()).toHaveLength(1)

    await first.kill()
    expect(await second.ask({ build: feedId })).toEqual({ word: "built", status: "skipped" })
    await letGo()
    await sql.query("update meta_catalog_snapshot set heartbeat_at = heartbeat_at - interval '30 seconds'")
    expect(await second.ask({ build: feedId })).toEqual({ word: "built", status: "ready" })
    expect(await snapshots()).toEqual([
      { status: "failed", error: "The build stopped answering; its process may have ended.", file_key: null },
      { status: "ready", error: null, file_key: expect.any(String) },
    ])
    expect(files()).toHaveLength(1)
  }, 180_000)

  it("is given up at once when its process is told to stop, and asked for again", async () => {
    // So that every row is kept anew and the build can be held up.
    await sql.query("update product set title = title || ' again'")
    await hold()
    void second.ask({ build: feedId })
    await until("the second process is in the middle of its build", isHeldUp)
    second.stop()
    const given = await until("the build was given up", async () => (await snapshots()).find(({ error }) => error?.includes("told to stop")))
    expect(given.status).toBe("failed")
    const { rows } = await sql.query("select build_requested_at <= now() as is_wanted, last_error from meta_catalog_feed")
    expect(rows).toEqual([{ is_wanted: true, last_error: given.error }])
    await until("its file is gone", async () => files().length === 1)
    await letGo()
    await second.ended
  }, 180_000)
})

/** A process of `build-process.ts`. */
class BuildProcess {
  readonly ended: Promise<unknown>

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, "exit")
  }

  static async start(): Promise<BuildProcess> {
    const child = fork(join(__dirname, "..", "feed-process", "build-process.ts"), {
      execArgv: ["--import", require.resolve("tsx")],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        FILE_DIR: fileDirectoryOf(databaseUrl),
        NODE_ENV: "production",
        NODE_OPTIONS: "",
        REDIS_URL: "",
        LOG_LEVEL: "error",
        DISABLE_MEDUSA_ADMIN: "true",
        MEDUSA_DISABLE_TELEMETRY: "true",
      },
    })
    const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`the process ended with ${code} before it had booted`)))
    ended.catch(() => undefined)
    await Promise.race([once(child, "message"), ended])
    return new BuildProcess(child)
  }

  /** Its next word. */
  async ask(wish: BuildWish): Promise<BuildWord> {
    this.child.send(wish)
    const [word] = (await once(this.child, "message")) as [BuildWord]
    return word
  }

  /** As an operator ends it. */
  stop(): void {
    this.child.kill("SIGTERM")
  }

  /** As a crash does. Waits until it is gone; safe to call twice. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL")
    if (this.child.exitCode === null && this.child.signalCode === null) await this.ended
  }
}
