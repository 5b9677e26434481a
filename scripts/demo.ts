import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { startSandbox } from "../integration-tests/graph-sandbox"
import { productRange } from "../integration-tests/store/product-range"
import { lastLines } from "../integration-tests/store/run-store-process"
import { startStore } from "../integration-tests/store/start-store"
import { dropStoreDatabase, readFacts } from "../integration-tests/store/store-database"
import { AdminApi } from "./demo/admin-api"
import { changeStock, type Shop } from "./demo/change-stock"
import { connectCatalog, uploadFirstFeed } from "./demo/connect"
import { importStore, tellImport } from "./demo/import-store"
import { GraphDatabase } from "./demo/graph-database"
import { step } from "./demo/progress"
import { startPostgres } from "./embedded-postgres"
import { freePort, portOr } from "./free-port"
import { interruptIsTheEnd, isStopping, onStop, stopAll } from "./stop-in-order"

const logDirectory = join(__dirname, "..", ".cache", "demo")

/**
 * `npm run demo`: a store, Meta's side and the connection between them, until Ctrl-C. With `--once` it runs headless,
 * changes stock, compares both sides and ends with one JSON line; its exit code says whether they agree. With `--import file.csv` the
 * store sells what the file holds.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: "boolean", default: false }, import: { type: "string" } } })
  const shop = await startShop({ once: values.once, file: values.import })
  const connection = await step("Connect the catalogue", () => connectCatalog(shop))
  const upload = await step("Build the feed, upload it, take in Meta's results", () => uploadFirstFeed(shop, connection))
  if (!values.once) {
    return invite(shop)
  }
  const { report, differences } = await step("Change stock, wait until Meta has acknowledged it, compare", () =>
    changeStock(shop, { ...connection, upload }),
  )
  for (const difference of differences) {
    console.error(`   differs: ${difference}`)
  }
  await stopAll()
  console.log(JSON.stringify(report))
  return report.ok ? 0 : 1
}

async function startShop({ once, file }: { once: boolean; file?: string }): Promise<Shop> {
  const postgres = await step("Start PostgreSQL", () => startPostgres({ name: "demo" }))
  onStop(() => postgres.stop())
  // On a server of somebody else's, two demos may run at once.
  const mark = process.env.DATABASE_URL ? `_${process.pid}` : ""
  const databaseUrl = postgres.url(`meta_catalog_demo_store${mark}`)
  const graphDatabaseUrl = postgres.url(`meta_catalog_demo_graph${mark}`)
  for (const url of [databaseUrl, graphDatabaseUrl]) {
    await dropStoreDatabase(url)
    onStop(() => dropStoreDatabase(url))
  }
  const sandbox = await step("Start Meta's side, the Graph sandbox", async () =>
    startSandbox({ databaseUrl: graphDatabaseUrl, port: once ? await freePort() : await portOr(9100), host: "127.0.0.1" }),
  )
  onStop(() => sandbox.stop())
  rmSync(logDirectory, { recursive: true, force: true })
  mkdirSync(logDirectory, { recursive: true })
  const logFile = join(logDirectory, "store.log")
  const imported = file && (await step(`Import ${file}`, () => importStore({ databaseUrl, file, logFile })))
  if (imported) {
    tellImport(imported)
  }
  const store = await step("Start Medusa with the admin (the first time builds both, about a minute)", async () =>
    startStore({ databaseUrl, graphUrl: sandbox.url, admin: true, port: once ? undefined : await portOr(9000), logFile }),
  )
  onStop(() => store.stop())
  const facts = await readFacts(databaseUrl)
  const metaCatalog = await sandbox.control.createCatalog({ name: "Example Outdoor" })
  const { token } = await sandbox.control.createToken({ catalogIds: [metaCatalog.id] })
  const graphDatabase = await GraphDatabase.open(graphDatabaseUrl, metaCatalog.id)
  onStop(() => graphDatabase.close())
  const meta = { catalogId: metaCatalog.id, token, url: sandbox.url, database: graphDatabase }
  return { api: new AdminApi(store.url, facts.secretKey), facts, range: imported ? [] : productRange(), meta, store, logFile }
}

/** Tells a person where to look, and waits for Ctrl-C, which the signal handler answers. */
async function invite({ facts, meta, store, logFile }: Shop): Promise<never> {
  const shown = facts.variants.find(({ kind }) => kind === "size_colour") ?? facts.variants[0]
  const lines = [
    ["Medusa admin", `${store.url}/app`],
    ["Log in", `${facts.admin.email} / ${facts.admin.password}`],
    ["Settings", `${store.url}/app/settings/meta-catalog`],
    ...(shown ? [["A product", `${store.url}/app/products/${shown.productId}`]] : []),
    ["Meta's side", `${meta.url}/`],
    ["Store log", logFile],
  ]
  console.log(`\n${lines.map(([name, value]) => `   ${name.padEnd(14)}${value}`).join("\n")}\n`)
  console.log("   Change the stock of a variant and watch it arrive on Meta's side. Ctrl-C ends everything.\n")
  interruptIsTheEnd()
  await store.ended
  if (isStopping()) {
    return new Promise(() => {
      // The signal handler ends the process.
    })
  }
  throw new Error(`The store has ended. The end of its log:\n${lastLines(store.logs(), 20)}`)
}

main().then(
  (code) => process.exit(code),
  async (error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : error}\n`)
    console.error(`The store's log is ${join(logDirectory, "store.log")}.`)
    await stopAll()
    process.exit(1)
  },
)
