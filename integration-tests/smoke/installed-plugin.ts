/**
 * `npm run test:smoke`: the packed plugin in an empty Medusa app. The other suites load the plugin's source as the
 * project; only this one goes through `files`, `exports`, declared dependencies and the options in `plugins`.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { Client } from "pg"
import { startPostgres } from "../../scripts/embedded-postgres"
import { freePort } from "../../scripts/free-port"
import { onStop, stopAll } from "../../scripts/stop-in-order"
import { makeEmptyApp, runMedusa, startMedusa, type EmptyApp } from "./empty-app"

const root = join(__dirname, "..", "..")
const admin = { email: "smoke@example.com", password: "supersecret" }

async function main(): Promise<number> {
  const app = await timed("build, pack and install into an empty app", async () => makeEmptyApp())
  onStop(() => rmSync(app.directory, { recursive: true, force: true }))
  const postgres = await startPostgres({ name: "smoke" })
  onStop(() => postgres.stop())
  const database = `meta_catalog_smoke_${process.pid}`
  await postgres.recreateDatabase(database)
  onStop(() => postgres.dropDatabase(database))
  const graph = await startGraph()
  const port = await freePort()
  const environment = {
    NODE_ENV: "production",
    MEDUSA_DISABLE_TELEMETRY: "true",
    DATABASE_URL: postgres.url(database),
    PORT: String(port),
    REDIS_URL: "",
    PLUGIN_OPTIONS_JSON: JSON.stringify({
      encryptionKey: "a key for the smoke test with enough characters",
      graphUrl: graph.url,
      publicUrl: "https://smoke.example.com",
    }),
  }
  await timed("migrate", async () => runMedusa(app, ["db:migrate", "--execute-safe-links"], environment))
  await timed("build the app's admin", async () => runMedusa(app, ["build"], environment))
  await timed("create a user", async () => runMedusa(app, ["user", "-e", admin.email, "-p", admin.password], environment))
  const url = await timed("start", () => start(app, environment))
  const checks = [
    ...checkPackage(app),
    ...(await checkTables(environment.DATABASE_URL)),
    ...(await checkRegistered(url)),
    ...(await checkRoutes(url, graph)),
    ...checkAdminBundle(app),
  ]
  await stopAll()
  for (const { name, problem } of checks) {
    console.log(` ${problem ? "✗" : "✓"} ${name}${problem ? `: ${problem}` : ""}`)
  }
  const failed = checks.filter(({ problem }) => problem).length
  console.log(`smoke: ${checks.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

interface Check {
  name: string
  /** What is wrong, or undefined. */
  problem: string | undefined
}

function check(name: string, problem: string | false | undefined): Check {
  return { name, problem: problem || undefined }
}

/** Nothing but built files is packed, and every name in `exports` resolves from the app. */
function checkPackage({ directory, packed }: EmptyApp): Check[] {
  const wanted = /^(package\.json|README\.md|LICENSE|\.medusa\/server\/src\/(?!admin\/).+|\.medusa\/server\/src\/admin\/index\.m?js)$/
  const strangers = packed.filter((path) => !wanted.test(path) || path.includes("__tests__") || (path.endsWith(".ts") && !path.endsWith(".d.ts")))
  const resolve = createRequire(join(directory, "package.json")).resolve
  const name = "medusa-plugin-meta-catalog"
  const unresolved = ["package.json", "workflows", "modules/meta-catalog", "catalog/map-item-hook", "admin"].filter((path) => {
    try {
      return !resolve(`${name}/${path}`)
    } catch {
      return true
    }
  })
  return [
    check("only built files are packed", strangers.length > 0 && strangers.slice(0, 5).join(", ")),
    check("the README and the licence are packed", ["README.md", "LICENSE"].filter((path) => !packed.includes(path)).join(", ")),
    check("the types of mapItem are packed", !packed.includes(".medusa/server/src/catalog/map-item-hook.d.ts") && "map-item-hook.d.ts is missing"),
    check("exports resolve", unresolved.length > 0 && `${unresolved.join(", ")} does not resolve`),
  ]
}

/** The tables the migrations describe exist. */
async function checkTables(databaseUrl: string): Promise<Check[]> {
  const folder = join(root, "src", "modules", "meta-catalog", "migrations")
  const snapshot = readdirSync(folder).find((file) => file.startsWith(".snapshot"))!
  const { tables } = JSON.parse(readFileSync(join(folder, snapshot), "utf-8")) as { tables: { name: string }[] }
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query("select table_name from information_schema.tables where table_name like 'meta_catalog%'")
  await client.end()
  const missing = tables.filter(({ name }) => !rows.some(({ table_name }) => table_name === name))
  return [check(`${tables.length} tables exist`, tables.length === 0 ? "the snapshot names none" : missing.map(({ name }) => name).join(", "))]
}

const MAP_ITEM = JSON.stringify({ columns: ["custom_label_0"], answer: { custom_label_0: "smoke" } })

/** Every subscriber, job and workflow of the source is registered in the app. */
async function checkRegistered(url: string): Promise<Check[]> {
  const registered = (await (await fetch(`${url}/registered`)).json()) as {
    subscribers: { event: string; id: string }[]
    workflows: string[]
    mapItem?: { columns: string[]; answer: unknown }
  }
  const jobs = exportsOf("jobs").map(({ config }) => `job-${(config as { name: string }).name}`)
  const subscribers = exportsOf("subscribers").flatMap(({ config }) => {
    const { event, context } = config as { event: string | string[]; context: { subscriberId: string } }
    return [event].flat().map((each) => `${context.subscriberId} on ${each}`)
  })
  const found = registered.subscribers.map(({ id, event }) => `${id} on ${event}`)
  return [
    check(`${jobs.length} jobs are registered`, jobs.length === 0 ? "there is none" : missingFrom(registered.workflows, jobs)),
    check(`${subscribers.length} subscriptions are registered`, subscribers.length === 0 ? "there is none" : missingFrom(found, subscribers)),
    check("mapItem reaches the plugin", JSON.stringify(registered.mapItem) !== MAP_ITEM && `it is ${JSON.stringify(registered.mapItem)}`),
  ]
}

function exportsOf(folder: "jobs" | "subscribers"): { config: unknown }[] {
  const directory = join(root, "src", folder)
  return readdirSync(directory)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => createRequire(__filename)(join(directory, file)) as { config: unknown })
}

function missingFrom(found: string[], wanted: string[]): string | undefined {
  const missing = wanted.filter((name) => !found.includes(name))
  return missing.length > 0 ? `not registered: ${missing.slice(0, 5).join(", ")}` : undefined
}

/** The routes answer, and a Graph call goes to the URL in the plugin's options. */
async function checkRoutes(url: string, graph: Graph): Promise<Check[]> {
  const login = await fetch(`${url}/auth/user/emailpass`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(admin) })
  const { token } = (await login.json()) as { token: string }
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
  const list = await fetch(`${url}/admin/meta-catalog/catalogs`, { headers })
  const body = await list.text()
  const stranger = await fetch(`${url}/admin/meta-catalog/catalogs`)
  const missingFeed = await fetch(`${url}/meta-catalog/feeds/${"0".repeat(32)}/feed.csv.gz`)
  await fetch(`${url}/admin/meta-catalog/test-connection`, { method: "POST", headers, body: JSON.stringify({ meta_catalog_id: "1234567890", access_token: "smoke-token" }) })
  return [
    check("the admin route answers", !(list.ok && body.includes('"catalogs":[]')) && `${list.status} ${body.slice(0, 200)}`),
    check("a stranger is turned away", stranger.status !== 401 && `got ${stranger.status}`),
    // Express answers "Cannot GET" where there is no route at all.
    check("the feed route knows no feed yet", (missingFeed.ok || (await missingFeed.text()).includes("Cannot GET")) && `got ${missingFeed.status}`),
    check("the Graph URL of the options is used", graph.requests.length === 0 && "no call arrived there"),
    check("the access token is not in a URL", graph.requests.find((line) => line.includes("smoke-token"))),
  ]
}

/** The app's own admin build holds the widget and the settings page. */
function checkAdminBundle({ directory }: EmptyApp): Check[] {
  const assets = join(directory, ".medusa", "server", "public", "admin", "assets")
  const scripts = readdirSync(assets)
    .filter((file) => file.endsWith(".js"))
    .map((file) => readFileSync(join(assets, file), "utf-8"))
  const holds = (text: string) => scripts.some((script) => script.includes(text))
  return [
    check("the admin bundle has the settings page", !holds("settings/meta-catalog") && "its path is missing"),
    check("the admin bundle calls the plugin's API", !holds("/admin/meta-catalog/products/") && "the widget's request is missing"),
  ]
}

interface Graph {
  url: string
  /** First line of every request received. */
  requests: string[]
}

/** Answers everything with an error envelope and remembers that it was asked. */
async function startGraph(): Promise<Graph> {
  const requests: string[] = []
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    response.writeHead(400, { "content-type": "application/json" })
    response.end(JSON.stringify({ error: { message: "Invalid OAuth access token.", type: "OAuthException", code: 190 } }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onStop(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

async function start(app: EmptyApp, environment: Record<string, string>): Promise<string> {
  const child = startMedusa(app, environment)
  const ended = new Promise((resolve) => child.once("close", resolve))
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => (output = `${output}${chunk}`.slice(-20_000)))
  }
  onStop(async () => {
    child.kill("SIGTERM")
    const forced = setTimeout(() => child.kill("SIGKILL"), 10_000)
    await ended
    clearTimeout(forced)
  })
  const url = `http://localhost:${environment.PORT}`
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null) {
      break
    }
    if ((await fetch(`${url}/health`).catch(() => undefined))?.ok) {
      return url
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`The app did not start:\n${output}`)
}

async function timed<T>(name: string, run: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const result = await run()
  console.log(` · ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
  return result
}

main().then(
  (code) => process.exit(code),
  async (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    await stopAll()
    process.exit(1)
  },
)
