import type { AdminUpload } from "../../src/api/admin/meta-catalog/feed-types"
import type { AdminProductItem } from "../../src/api/admin/meta-catalog/item-types"
import type { PlannedProduct } from "../../integration-tests/store/product-range"
import type { SeededVariant, StoreFacts } from "../../integration-tests/store/seed-store"
import type { Store } from "../../integration-tests/store/start-store"
import type { AdminApi } from "./admin-api"
import type { Connection } from "./connect"
import type { GraphDatabase } from "./graph-database"
import { waitFor } from "./progress"

/** Everything that runs in the demo. */
export interface Shop {
  api: AdminApi
  facts: StoreFacts
  /** What the seed made the variants from; empty where they come from a file, which has stock in one place only. */
  range: PlannedProduct[]
  store: Store
  meta: { catalogId: string; token: string; url: string; database: GraphDatabase }
  logFile: string
}

/** The last line of `npm run demo -- --once`. Counts are Meta's side, times are milliseconds. */
export interface Report {
  ok: boolean
  items: number
  feed_rows: number
  persisted: number
  invalid: number
  deltas_sent: number
  deltas_acknowledged: number
  event_to_acknowledged_ms: { p50: number; max: number }
  issues: number
}

/** A variant whose stock was changed through the admin API. */
interface Delta {
  variant: SeededVariant
  wanted: number
  changedAt: number
}

const deltaCount = 24

/**
 * Changes the stock of 24 variants, waits until Meta has acknowledged every one, and compares what the plugin says with
 * what is stored on Meta's side.
 * @returns the report, not ok when there is a difference, and every difference in words
 */
export async function changeStock(shop: Shop, connection: Connection & { upload: AdminUpload }): Promise<{ report: Report; differences: string[] }> {
  const since = new Date()
  const deltas = await changeLevels(shop, connection)
  const times = await waitForAcknowledgements(shop, connection, deltas)
  return compare(shop, { connection, deltas, times, since })
}

/** An imported product may be one that Meta does not take. */
async function changeLevels({ api, facts, range }: Shop, { catalogId }: Connection): Promise<Delta[]> {
  const planned = new Map(range.flatMap(({ variants }) => variants.map((variant) => [variant.sku, variant])))
  const countable = facts.variants.filter(({ kind }) => kind === "size_colour" || kind === "sale" || kind === "plain")
  const items = await itemsOf(api, { catalogId, productIds: countable.map(({ productId }) => productId) })
  const simple = countable.filter(({ variantId }) => items.get(variantId)?.state === "in_step")
  const spread = simple.filter((_variant, index) => index % Math.max(1, Math.floor(simple.length / deltaCount)) === 0).slice(0, deltaCount)
  const deltas: Delta[] = []
  for (const [index, variant] of spread.entries()) {
    const quantity = 100 + index
    const wanted = quantity + (planned.get(variant.sku)?.stock?.rotterdam ?? 0)
    deltas.push({ variant, wanted, changedAt: Date.now() })
    await api.setStock({ inventoryItemId: variant.inventoryItemIds[0], locationId: facts.locationIds.berlin, quantity })
  }
  return deltas
}

/** Milliseconds from each change to its acknowledgement as the plugin recorded it. */
async function waitForAcknowledgements({ api }: Shop, { catalogId }: Connection, deltas: Delta[]): Promise<number[]> {
  const times = new Map<Delta, number>()
  await waitFor("every change to be acknowledged", {
    seconds: 120,
    detail: async () => {
      const missing = deltas.filter((delta) => !times.has(delta)).map(({ variant, wanted }) => `${variant.sku} = ${wanted}`)
      return `Not acknowledged: ${missing.join(", ")}.`
    },
    ask: async () => {
      const open = deltas.filter((delta) => !times.has(delta))
      const items = await itemsOf(api, { catalogId, productIds: open.map(({ variant }) => variant.productId) })
      for (const delta of open) {
        const acknowledged = items.get(delta.variant.variantId)?.acknowledged
        if (acknowledged?.quantity === delta.wanted) {
          times.set(delta, Math.max(0, Date.parse(acknowledged.at) - delta.changedAt))
        }
      }
      return times.size === deltas.length || undefined
    },
  })
  return [...times.values()].sort((left, right) => left - right)
}

async function itemsOf(api: AdminApi, { catalogId, productIds }: { catalogId: string; productIds: string[] }): Promise<Map<string, AdminProductItem>> {
  const items = new Map<string, AdminProductItem>()
  for (const productId of new Set(productIds)) {
    for (const item of await api.productItems(productId, catalogId)) {
      items.set(item.variant_id, item)
    }
  }
  return items
}

interface Outcome {
  connection: Connection & { upload: AdminUpload }
  deltas: Delta[]
  times: number[]
  since: Date
}

async function compare({ api, facts, meta }: Shop, { connection, deltas, times, since }: Outcome): Promise<{ report: Report; differences: string[] }> {
  const { catalogId, feedId, upload } = connection
  const status = await api.status(catalogId)
  const issues = await api.issues()
  const stored = await meta.database.items()
  const storedUpload = await meta.database.lastUpload()
  const items = await itemsOf(api, { catalogId, productIds: facts.variants.map(({ productId }) => productId) })
  const received = await meta.database.receivedSince(since, retailerIdsOf(deltas, items))
  const feedRows = status.feeds.find(({ id }) => id === feedId)?.published?.rows
  const arrived = deltas.filter(({ variant, wanted }) => stored.get(items.get(variant.variantId)?.retailer_id ?? "")?.quantity === wanted)
  const differences = [
    ...differs("items", status.counts.listed, stored.size),
    ...differs("feed_rows", feedRows, storedUpload?.detected),
    ...differs("persisted", upload.persisted, storedUpload?.persisted),
    ...differs("invalid", upload.invalid, storedUpload?.invalid),
    ...differs("deltas_sent", deltas.length, received.size),
    ...differs("deltas_acknowledged", times.length, arrived.length),
    ...differs("issues of the upload", issues.filter(({ source }) => source === "feed_upload").length, storedUpload && (await meta.database.uploadProblems(storedUpload.id))),
    ...differs("issues", status.issues.errors + status.issues.warnings, issues.length),
    ...[...items.values()].flatMap((item) => itemDifferences(item, stored)),
  ]
  const report = {
    ok: differences.length === 0,
    items: stored.size,
    feed_rows: storedUpload?.detected ?? 0,
    persisted: storedUpload?.persisted ?? 0,
    invalid: storedUpload?.invalid ?? 0,
    deltas_sent: received.size,
    deltas_acknowledged: arrived.length,
    event_to_acknowledged_ms: { p50: times[Math.ceil(times.length / 2) - 1] ?? 0, max: times.at(-1) ?? 0 },
    issues: issues.length,
  }
  return { report, differences }
}

function retailerIdsOf(deltas: Delta[], items: Map<string, AdminProductItem>): string[] {
  return deltas.flatMap(({ variant }) => items.get(variant.variantId)?.retailer_id ?? [])
}

function differs(name: string, plugin: unknown, meta: unknown): string[] {
  return plugin === meta ? [] : [`${name}: the plugin says ${plugin}, Meta's side ${meta}`]
}

/** What the plugin believes Meta acknowledged must be what Meta's side holds, item by item. */
function itemDifferences(item: AdminProductItem, stored: Awaited<ReturnType<GraphDatabase["items"]>>): string[] {
  const there = item.retailer_id === null ? undefined : stored.get(item.retailer_id)
  const listed = item.state !== "not_in_feed"
  if (!listed || !there) {
    return listed === Boolean(there) ? [] : [`${item.retailer_id}: the plugin says ${item.state}, Meta's side has ${there ? "an item" : "no item"}`]
  }
  return [
    ...differs(`quantity of ${item.retailer_id}`, item.acknowledged?.quantity, there.quantity),
    ...differs(`availability of ${item.retailer_id}`, item.acknowledged?.availability, there.availability),
  ]
}
