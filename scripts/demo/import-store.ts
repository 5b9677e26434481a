import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { Client } from "pg"
import { finishStoreProcess } from "../../integration-tests/store/run-store-process"
import { ensureStoreDatabase } from "../../integration-tests/store/store-database"
import type { ImportSummary } from "./import/summary"

/**
 * Makes the database of a shop that sells what a product file holds.
 *
 * @throws Error when there is no such file, or with the end of the log when it cannot be imported at all
 */
export async function importStore({ databaseUrl, file, logFile }: { databaseUrl: string; file: string; logFile: string }): Promise<ImportSummary> {
  const path = resolve(file)
  if (!existsSync(path)) {
    throw new Error(`There is no file ${path}.`)
  }
  await ensureStoreDatabase({ databaseUrl, seeded: false })
  const environment = { DATABASE_URL: databaseUrl, NODE_ENV: "test", REDIS_URL: undefined, DISABLE_MEDUSA_ADMIN: "true", IMPORT_FILE: path }
  await finishStoreProcess("import", { environment, logFile })
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query("select facts from imported_products")).rows[0].facts as ImportSummary
  } finally {
    await client.end()
  }
}

/** Tells a person what was imported and what was not, line by line. */
export function tellImport({ products, variants, on_sale, refused, remarks, first }: ImportSummary): void {
  console.log(`   ${products} products with ${variants} variants, ${on_sale} of them on sale; ${refused} lines not imported, ${remarks} remarks`)
  for (const { line, reason } of first) {
    console.log(`   line ${line}: ${reason}`)
  }
  const more = refused + remarks - first.length
  if (more > 0) {
    console.log(`   … and ${more} more`)
  }
}
