import { setTimeout as sleep } from "node:timers/promises"
import type { MedusaContainer } from "@medusajs/framework/types"
import type { AxiosInstance, AxiosRequestConfig, InternalAxiosRequestConfig } from "axios"
import { freePort } from "../../scripts/free-port"
import type { AdminCatalogStatus } from "../../src/api/admin/meta-catalog/catalog-types"
import type { AdminFeed } from "../../src/api/admin/meta-catalog/feed-types"
import type { AdminProductStatus } from "../../src/api/admin/meta-catalog/item-types"
import { startSandbox, type Sandbox } from "../graph-sandbox"
import { farSchedule } from "../store/far-schedule"
import { QUICK_META, QUICK_PUSH } from "../store/quick-delays"
import type { SeededVariant, StoreFacts } from "../store/seed-store"
import { dropStoreDatabase } from "../store/store-database"
import { testDatabaseUrl } from "../store/test-database"
import { until } from "../store/until"
import { reportFailure } from "./failure-report"
import { medusaSuite } from "./medusa-suite"
import { openEdge, type PublicEdge } from "./public-edge"

export { until }

export const PRODUCT_URL = "https://shop.example/{country}/products/{handle}?variant={variant_id}"

/** A seeded store and a Meta sandbox on real HTTP, as one suite sees them. Filled before the first test. */
export type ConnectedStore = {
  api: AxiosInstance
  sandbox: Sandbox
  facts: StoreFacts
  /** The admin's credentials for every call. */
  admin: AxiosRequestConfig
  container: MedusaContainer
  /** The way Meta takes to the store; the tests' own calls do not need it. */
  edge: PublicEdge
  connect(): Promise<Connected>
}

/** One freshly connected catalogue with its first upload taken in and nothing waiting. */
export type Connected = { catalogId: string; metaCatalogId: string; token: string; feed: AdminFeed }

/** Boots Medusa once for the suite, with the plugin in place and its Graph URL pointing at a sandbox of the suite's own. */
export function withConnectedStore(name: string, testSuite: (store: ConnectedStore) => void): void {
  const store = {} as ConnectedStore
  const sandboxDatabase = testDatabaseUrl(`sandbox-${name}-${process.env.JEST_WORKER_ID ?? 1}`)
  beforeAll(async () => {
    await dropStoreDatabase(sandboxDatabase)
    store.sandbox = await startSandbox({ databaseUrl: sandboxDatabase, port: 0, host: "127.0.0.1", settings: QUICK_META })
    const port = await freePort()
    process.env.PORT = String(port)
    store.edge = await openEdge(port)
    process.env.MEDUSA_BACKEND_URL = `http://localhost:${store.edge.port}`
    process.env.META_GRAPH_URL = store.sandbox.url
    Object.assign(process.env, QUICK_PUSH)
    process.env.META_CATALOG_ENCRYPTION_KEY = "for tests only, never for a real store"
  })
  afterAll(async () => {
    await store.sandbox.stop()
    await store.edge.close()
    await dropStoreDatabase(sandboxDatabase)
  })

  medusaSuite({
    name,
    seeded: true,
    testSuite: ({ api, getContainer, readFacts }) => {
      beforeAll(async () => {
        store.api = api
        store.api.interceptors.request.use(scheduleFarAway)
        store.container = getContainer()
        store.facts = await readFacts()
        store.admin = { auth: { username: store.facts.secretKey, password: "" } }
        store.connect = () => connect(store)
      })
      // The runner puts the database back before the next test, cutting every connection: leave nothing running.
      afterEach(async () => {
        await reportFailure(store)
        await store.sandbox.control.clearFaults()
        await store.edge.open()
        const { data } = await store.api.get("/admin/meta-catalog/catalogs", store.admin)
        for (const { id } of data.catalogs) {
          await store.api.delete(`/admin/meta-catalog/catalogs/${id}`, store.admin)
        }
        await sleep(500)
      })
      testSuite(store)
    },
  })
}

/** A feed without a schedule would be fetched at a random minute of the night, in which a test may be running. */
function scheduleFarAway(request: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
  if (request.method?.toLowerCase() === "post" && /\/catalogs\/[^/]+\/feeds$/.test(request.url ?? "")) {
    request.data = { schedule: farSchedule(), ...request.data }
  }
  return request
}

/** A body that connects a new catalogue of the sandbox. */
export async function newConnection(store: ConnectedStore, patch: Record<string, unknown> = {}): Promise<Record<string, unknown> & { meta_catalog_id: string; access_token: string }> {
  const { id } = await store.sandbox.control.createCatalog({ name: "Kiln", currency: "EUR" })
  const { token } = await store.sandbox.control.createToken({ catalogIds: [id] })
  return {
    name: "Kiln on Meta",
    meta_catalog_id: id,
    access_token: token,
    sales_channel_id: store.facts.salesChannelId,
    region_id: store.facts.regionIds.europe,
    country_code: "de",
    product_url_template: PRODUCT_URL,
    default_brand: "Kiln",
    ...patch,
  }
}

async function connect(store: ConnectedStore): Promise<Connected> {
  const body = await newConnection(store)
  const { data } = await store.api.post("/admin/meta-catalog/catalogs", body, store.admin)
  const catalogId: string = data.catalog.id
  await store.api.post(`/admin/meta-catalog/catalogs/${catalogId}/feeds`, {}, store.admin)
  let last: AdminCatalogStatus | undefined
  const status = await until("the first upload is taken in and its items acknowledged", async () => {
    const now = await statusOf(store, catalogId)
    last = now
    return now.uploads.some((upload) => upload.ingested_at) && now.counts.in_step > 0 && now.counts.in_step === now.counts.listed ? now : null
  }).catch((error: Error) => {
    throw new Error(`${error.message}; the status was ${JSON.stringify(last, null, 1)}`)
  })
  return { catalogId, metaCatalogId: body.meta_catalog_id, token: body.access_token, feed: status.feeds[0] }
}

export async function statusOf(store: ConnectedStore, catalogId: string): Promise<AdminCatalogStatus> {
  return (await store.api.get(`/admin/meta-catalog/catalogs/${catalogId}/status`, store.admin)).data
}

export async function productOf(store: ConnectedStore, productId: string): Promise<AdminProductStatus> {
  return (await store.api.get(`/admin/meta-catalog/products/${productId}`, store.admin)).data
}

/** A seeded variant of this kind that has a SKU, hence a retailer id a test can name. */
export function variantOf(store: ConnectedStore, kind: SeededVariant["kind"]): SeededVariant & { sku: string } {
  const found = store.facts.variants.find((variant) => variant.kind === kind && variant.sku)
  if (!found?.sku) {
    throw new Error(`The seeded store has no ${kind} variant with a SKU.`)
  }
  return { ...found, sku: found.sku }
}
