/**
 * What runs in the child process of a store: `store-process.ts migrate | seed | import | serve`, with everything else in the
 * environment (DATABASE_URL, PORT, IMPORT_FILE). It ends when its parent does.
 */
import { createReadStream } from "node:fs"
import { join } from "node:path"
import type { MedusaContainer } from "@medusajs/framework/types"
import express from "express"
import { container as globalContainer } from "@medusajs/framework"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { migrate } from "@medusajs/medusa/commands/db/migrate"
import { migrateSearchIndexes } from "@medusajs/medusa/commands/db/migrate-search"
import { runMigrationScripts } from "@medusajs/medusa/commands/db/run-scripts"
import loadApp, { initializeContainer } from "@medusajs/medusa/loaders/index"
import { importProducts } from "../../scripts/demo/import/import-products"
import { summaryOf, withImported } from "../../scripts/demo/import/summary"
import { adminBundler } from "./build-admin"
import { seedStore } from "./seed-store"

const directory = join(__dirname, "..", "..")

/** As `medusa db:migrate`, but its three parts in one process: the command starts another one for each of the last two. */
async function migrateStore(): Promise<void> {
  process.env.MEDUSA_WORKER_MODE = "server"
  const container = await initializeContainer(directory)
  const logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  const everything = { executeAllLinks: true, executeSafeLinks: false, executeAllSearch: true, executeSafeSearch: false }
  const here = { directory, container, logger }
  const migrated = await migrate({ ...here, ...everything, skipLinks: false, skipScripts: true, skipSearch: true })
  const indexed = await migrateSearchIndexes({ ...here, ...everything })
  const scripted = await runMigrationScripts(here)
  if (!migrated || !indexed || !scripted) {
    throw new Error("The database could not be migrated")
  }
}

async function loadWithoutJobs(): Promise<MedusaContainer> {
  // Jobs run in the other modes, and nothing of the plugin's shall run beside the seed.
  process.env.MEDUSA_WORKER_MODE = "server"
  const { container } = await loadApp({ directory, expressApp: express(), skipLoadingEntryPoints: true })
  return container
}

async function seed(): Promise<void> {
  await note("seeded_store", await seedStore(await loadWithoutJobs()))
}

/** A shop with the products of a file in place of the seed's. */
async function importFile(): Promise<void> {
  const container = await loadWithoutJobs()
  const facts = await seedStore(container, [])
  const place = { salesChannelId: facts.salesChannelId, locationId: facts.locationIds.berlin, currencyCode: "eur" }
  const report = await importProducts(container, createReadStream(process.env.IMPORT_FILE!), place)
  await note("seeded_store", withImported(facts, report))
  await note("imported_products", summaryOf(report))
}

/** For the parent, which reads it from the database. */
async function note(table: "seeded_store" | "imported_products", facts: object): Promise<void> {
  const connection = globalContainer.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  await connection.raw(`create table ${table} (facts jsonb not null)`)
  await connection.raw(`insert into ${table} values (?)`, [JSON.stringify(facts)])
}

/**
 * As `medusa start`, which serves the admin from <root>/public only. That folder must not exist here: Vite copies it into
 * the plugin's own build.
 */
async function serve(): Promise<void> {
  const app = express()
  if (process.env.ADMIN_BUILD) {
    app.use("/app", await adminBundler().serve({ path: "/app", outDir: process.env.ADMIN_BUILD }))
  }
  const { shutdown } = await loadApp({ directory, expressApp: app })
  app.get("/health", (_request, response) => {
    response.status(200).send("OK")
  })
  const server = app.listen(Number(process.env.PORT))
  process.once("SIGTERM", async () => {
    await new Promise((resolve) => server.close(resolve))
    await shutdown()
    process.exit(0)
  })
}

async function main(): Promise<void> {
  const [task] = process.argv.slice(2)
  process.once("disconnect", () => process.exit(0))
  if (!process.connected) {
    // The parent ended while this process was still loading.
    process.exit(0)
  }
  if (task === "serve") {
    return serve()
  }
  const tasks = { migrate: migrateStore, seed, import: importFile }
  await tasks[task as keyof typeof tasks]()
  process.exit(0)
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
