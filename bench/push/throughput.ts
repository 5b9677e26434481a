import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import type { Client } from "pg"
import { Pool } from "undici"
import { toItemUpdate } from "../../src/workflows/push/decide-batch"
import type { Connected } from "./connect"
import { runFloor, type FloorTarget } from "./floor"
import type { GraphProcess } from "./graph-process"
import { changeAllStock, expectedItems, type Expected } from "./stock"

/** As many as the plugin puts into one call. */
const ITEMS_PER_CALL = 2999
const LONGEST_ROUND_MS = 5 * 60_000
/** How often the end of a push is looked for, in the batches' table. */
const LOOK_EVERY_MS = 10

/** The connected store's database, its push process and the Graph server. */
export type ThroughputPlace = { store: Client; pushing: ChildProcess; graph: GraphProcess; connected: Connected; items: number }

/** One round: everything changed once, sent by the floor and by the push. Seconds. */
export type Round = { floor_s: number; push_s: number; calls: number }

/** Starts the measured process; it answers to `measureRound` only. */
export async function startPushProcess(environment: Record<string, string>): Promise<ChildProcess> {
  const child = fork(join(__dirname, "push-process.ts"), {
    execArgv: ["--import", require.resolve("tsx")],
    stdio: ["ignore", 2, "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "production", REDIS_URL: "", LOG_LEVEL: "error", DISABLE_MEDUSA_ADMIN: "true", ...environment },
  })
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`the push process ended with ${code}`)))
  ended.catch(() => undefined)
  await Promise.race([once(child, "message"), ended])
  return child
}

/**
 * Changes the stock of every item, which is not timed, then times the floor and the push on the same values, one after the
 * other; which goes first changes from round to round. Afterwards the Graph server must hold every value.
 */
export async function measureRound(place: ThroughputPlace, round: number): Promise<Round> {
  const { store, connected, graph, items } = place
  await changeAllStock(store, { catalogId: connected.catalogId, round })
  const expected = await expectedItems(store)
  if (expected.length !== items) {
    throw new Error(`the store holds ${expected.length} items instead of ${items}`)
  }
  const since = new Date().toISOString()
  const floorFirst = round % 2 === 0
  const before = floorFirst ? await timeFloor(place, expected) : 0
  const push_s = await timePush(place)
  const calls = await graph.control.calls({ method: "POST", path: "/items_batch$", since })
  const floor_s = floorFirst ? before : await timeFloor(place, expected)
  await assertHeld(place, expected)
  return { floor_s, push_s, calls: calls.length - (floorFirst ? Math.ceil(items / ITEMS_PER_CALL) : 0) }
}

async function timeFloor({ graph, connected }: ThroughputPlace, expected: Expected[]): Promise<number> {
  const requests = expected.map(({ retailer_id, quantity }) => toItemUpdate({ item_id: "", retailer_id, quantity, availability: "in stock", price: null }))
  const bodies: string[] = []
  for (let start = 0; start < requests.length; start += ITEMS_PER_CALL) {
    bodies.push(JSON.stringify({ item_type: "PRODUCT_ITEM", allow_upsert: false, requests: requests.slice(start, start + ITEMS_PER_CALL) }))
  }
  const pool = new Pool(graph.url, { connections: 8, pipelining: 1 })
  const target: FloorTarget = { pool, metaCatalogId: connected.metaCatalogId, token: connected.token }
  try {
    const started = performance.now()
    await runFloor(target, bodies)
    return (performance.now() - started) / 1_000
  } finally {
    await pool.close()
  }
}

/** Seconds from the start of the plugin's pace until the last item is acknowledged. */
async function timePush({ store, pushing, connected, items }: ThroughputPlace): Promise<number> {
  const { rows } = await store.query<{ now: Date }>("select meta_catalog_now() as now")
  const started = performance.now()
  pushing.send(connected.catalogId)
  for (;;) {
    await wait(LOOK_EVERY_MS)
    const { acknowledged, rejected } = await progress(store, rows[0].now)
    if (acknowledged === items) {
      return (performance.now() - started) / 1_000
    }
    if (rejected > 0 || pushing.exitCode !== null || performance.now() - started > LONGEST_ROUND_MS) {
      throw new Error(`the push did not end: ${acknowledged} of ${items} items acknowledged, ${rejected} rejected`)
    }
  }
}

async function progress(store: Client, since: Date): Promise<{ acknowledged: number; rejected: number }> {
  const { rows } = await store.query<{ acknowledged: number; rejected: number }>(
    `select coalesce(sum(acknowledged_count), 0)::int as acknowledged, coalesce(sum(rejected_count), 0)::int as rejected
     from meta_catalog_batch where created_at >= $1`,
    [since]
  )
  return rows[0]
}

/** The counts could be wrong together; the values cannot. */
async function assertHeld({ store, graph, connected }: ThroughputPlace, expected: Expected[]): Promise<void> {
  const held = new Map((await graph.control.items(connected.metaCatalogId)).map((item) => [item.retailer_id, item]))
  const { rows } = await store.query<{ retailer_id: string; acknowledged_quantity: number | null }>(
    "select retailer_id, acknowledged_quantity from meta_catalog_item where catalog_id = $1 and due_at is null and batch_id is null",
    [connected.catalogId]
  )
  const acknowledged = new Map(rows.map((row) => [row.retailer_id, row.acknowledged_quantity]))
  const wrong = expected.filter(({ retailer_id: id, quantity }) => {
    const item = held.get(id)
    return item?.quantity_to_sell_on_facebook !== quantity || item.availability !== "in stock" || acknowledged.get(id) !== quantity
  })
  if (wrong.length > 0) {
    throw new Error(`${wrong.length} items do not hold their value here and at the Graph server, the first is ${wrong[0].retailer_id}`)
  }
}
