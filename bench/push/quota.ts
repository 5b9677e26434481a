import { fork } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import type { Client } from "pg"
import type { Connected } from "./connect"
import type { GraphProcess } from "./graph-process"
import { quantile } from "./quantiles"
import { callsAtOneSecond, planLoad } from "./quota-load"
import type { MadeChange, QuotaTask } from "./quota-process"

/** Meta's least (CONTRACT 2.2), on both sides. */
const CALLS_PER_HOUR = 200
const HOURS = 2
/** What a batch waits at Meta before it is worked on. */
const BATCH_DELAY_MS: [number, number] = [20_000, 120_000]

export type QuotaPlace = { store: Client; databaseUrl: string; graph: GraphProcess; connected: Connected; items: number; env: Record<string, string> }

/**
 * Lives through two hours of a load that at one call a second would need far more calls than Meta allows, and measures at the
 * Graph server when each changed value came in. Waits are from the change to the call that brought it, in seconds.
 */
export async function measureQuota({ store, databaseUrl, graph, connected, items, env }: QuotaPlace): Promise<Record<string, unknown>> {
  const changes = planLoad({ hours: HOURS, items })
  await store.query("delete from meta_catalog_call")
  await store.query("update meta_catalog_catalog set calls_per_hour = $1, usage_percent = null, usage_seen_at = null", [CALLS_PER_HOUR])
  await graph.control.setSettings({ quota_calls_per_hour: CALLS_PER_HOUR, batch_delay_ms: BATCH_DELAY_MS })
  const before = new Set((await graph.control.batches(connected.metaCatalogId)).map(({ handle }) => handle))
  const earlier = (await batchCalls(graph)).length
  const made = await liveThrough({ catalogId: connected.catalogId, graphUrl: graph.url, databaseUrl, changes }, env)
  const calls = (await batchCalls(graph)).slice(earlier)
  const arrived = await arrivals(graph, connected, before)
  const carried = await carriedAt(store)
  const waits = made.map((change) => {
    const at = firstAfter([...(arrived.get(change.retailer_id) ?? []), ...(carried.get(change.retailer_id) ?? [])], change)
    return { kind: change.kind, wait: (at - change.madeAt) / 1_000 }
  })
  const of = (kind?: MadeChange["kind"]) => waits.filter((one) => kind === undefined || one.kind === kind).map(({ wait }) => wait)
  const rounded = (seconds: number) => Math.round(seconds * 10) / 10
  return {
    benchmark: "push --quota",
    hours: HOURS,
    changes: made.length,
    calls_at_one_second: callsAtOneSecond(changes),
    calls: calls.length,
    throttled: calls.filter(({ error_code }) => error_code !== null).length,
    sellout_wait_s: rounded(Math.max(...of("sell_out"))),
    sellout_wait_p95_s: rounded(quantile(of("sell_out"), 0.95)),
    restock_wait_p95_s: rounded(quantile(of("restock"), 0.95)),
    worst_wait_s: rounded(Math.max(...of())),
    wait_p50_s: rounded(quantile(of(), 0.5)),
    wait_p95_s: rounded(quantile(of(), 0.95)),
    carried_by_uploads: [...carried.values()].reduce((sum, times) => sum + times.length, 0),
  }
}

type Arrival = { at: number; quantity: number | null }

/** The first time the value came in. @throws Error when it never did: then the figures would leave the worst wait out. */
function firstAfter(arrivals: Arrival[], { retailer_id, quantity, madeAt }: MadeChange): number {
  const at = arrivals.filter((arrival) => arrival.quantity === quantity && arrival.at >= madeAt - 1).map((arrival) => arrival.at)
  if (at.length === 0) {
    throw new Error(`${retailer_id} was changed to ${quantity}, which never arrived`)
  }
  return Math.min(...at)
}

async function arrivals(graph: GraphProcess, { metaCatalogId }: Connected, before: Set<string>): Promise<Map<string, Arrival[]>> {
  const found = new Map<string, Arrival[]>()
  for (const batch of (await graph.control.batches(metaCatalogId)).filter(({ handle }) => !before.has(handle))) {
    for (const { data } of batch.requests) {
      const quantity = typeof data.quantity_to_sell_on_facebook === "number" ? data.quantity_to_sell_on_facebook : null
      found.set(String(data.id), [...(found.get(String(data.id)) ?? []), { at: Date.parse(batch.received_at), quantity }])
    }
  }
  return found
}

/** What went as an update file instead, by the plugin's own history. */
async function carriedAt(store: Client): Promise<Map<string, Arrival[]>> {
  const { rows } = await store.query<{ retailer_id: string; quantity: number | null; sent_at: Date }>(
    `select i.retailer_id, h.quantity, h.sent_at from meta_catalog_item_change h
     join meta_catalog_item i on i.id = h.item_id join meta_catalog_batch b on b.id = h.batch_id
     where b.transport = 'upload' and b.status = 'settled'`
  )
  const found = new Map<string, Arrival[]>()
  for (const { retailer_id, quantity, sent_at } of rows) {
    found.set(retailer_id, [...(found.get(retailer_id) ?? []), { at: sent_at.getTime(), quantity }])
  }
  return found
}

async function batchCalls(graph: GraphProcess) {
  return await graph.control.calls({ method: "POST", path: "/items_batch$" })
}

async function liveThrough(task: QuotaTask, env: Record<string, string>): Promise<MadeChange[]> {
  const child = fork(join(__dirname, "quota-process.ts"), {
    execArgv: ["--import", require.resolve("tsx")],
    stdio: ["ignore", 2, "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "production", REDIS_URL: "", LOG_LEVEL: "error", DISABLE_MEDUSA_ADMIN: "true", ...env },
  })
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`the quota process ended with ${code}`)))
  ended.catch(() => undefined)
  await Promise.race([once(child, "message"), ended])
  child.send(task)
  const [made] = (await Promise.race([once(child, "message"), ended])) as [MadeChange[]]
  child.disconnect()
  return made
}
