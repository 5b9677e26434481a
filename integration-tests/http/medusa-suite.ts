import { WorkflowScheduler } from "@medusajs/framework/orchestration"
import { medusaIntegrationTestRunner, type MedusaSuiteOptions } from "@medusajs/test-utils"
import type { AxiosInstance } from "axios"
import type { StoreFacts } from "../store/seed-store"
import { dropStoreDatabase, ensureStoreDatabase, readFacts } from "../store/store-database"
import { testDatabaseUrl } from "../store/test-database"

type SuiteOptions = Pick<MedusaSuiteOptions, "getContainer"> & {
  /** Client of the store, to be used in tests and hooks only. */
  api: AxiosInstance
  /** What the seed made, in a suite that is seeded. */
  readFacts(): Promise<StoreFacts>
}

export interface MedusaSuite {
  /** Names the database, so no two suites may share it. */
  name: string
  /** Whether the store has the products of `seedStore`. */
  seeded: boolean
  testSuite(options: SuiteOptions): void
}

/**
 * Boots Medusa once for the suite with the plugin in place and puts the database back before every test, as Medusa's
 * runner does; its database is copied from a template, so the runner's migrations find nothing to do and nothing is seeded.
 * Jobs run only when a test calls them; they run by the clock where tests start whole stores (restart, browser, cluster).
 */
export function medusaSuite({ name, seeded, testSuite }: MedusaSuite): void {
  const dbName = `medusa-${name}-${process.env.JEST_WORKER_ID ?? 1}`
  const databaseUrl = testDatabaseUrl(dbName)
  medusaIntegrationTestRunner({
    dbName,
    hooks: {
      // The last thing before the runner creates the database, which it leaves alone where it exists.
      beforeServerStart: async () => {
        await dropStoreDatabase(databaseUrl)
        await ensureStoreDatabase({ databaseUrl, seeded })
      },
    },
    testSuite: ({ api, getContainer }) => {
      keepCutConnectionsQuiet()
      // A test calls the jobs it is about: what comes by itself at the full minute would come upon some other test.
      beforeAll(() => new WorkflowScheduler().clear())
      testSuite({ api, getContainer, readFacts: () => readFacts(databaseUrl) })
    },
  })
}

/** Knex tells of each connection that the runner cuts when it puts the database back, which would bury the report. */
function keepCutConnectionsQuiet(): void {
  const { log } = console
  beforeAll(() => {
    console.log = (...words: unknown[]) => (String(words[0]).includes("Connection ended unexpectedly") ? undefined : log(...words))
  })
  afterAll(() => {
    console.log = log
  })
}
