import { setTimeout as wait } from "node:timers/promises"
import type { Client } from "pg"
import { adminCall, type AdminApi, type Connected } from "./connect"
import type { GraphProcess } from "./graph-process"
import { CHANGED_LOCATION, expectedItems, type Expected } from "./stock"

const EVENTS_PER_SECOND = 10
/** Changes before the measured ones, so that the store is as warm as one that has been running. */
const WARM_UP = 20
const LONGEST_WAIT_MS = 60_000

/** Where stock is changed, and where it has to arrive. */
export type EventPlace = { store: Client; admin: AdminApi; graph: GraphProcess; connected: Connected }

/** Milliseconds per change, and how many `items_batch` calls carried all of them. */
export type EventFigures = { latencies: number[]; calls: number }

/**
 * Ten stock changes a second on distinct items through the admin API. Each latency runs from just before the request to the
 * moment the Graph server has read the first `items_batch` call that names the item with exactly its new quantity.
 *
 * @throws Error when a change is refused or has not arrived a minute after the last one.
 */
export async function measureEvents(place: EventPlace, { seconds }: { seconds: number }): Promise<EventFigures> {
  const count = seconds * EVENTS_PER_SECOND
  const items = spread(await expectedItems(place.store), WARM_UP + count)
  await changeAndAwait(place, items.slice(0, WARM_UP))
  return await changeAndAwait(place, items.slice(WARM_UP))
}

/** Items from all over the catalogue, so that neighbours do not share their pages of the database. */
function spread(items: Expected[], count: number): Expected[] {
  if (items.length < count) {
    throw new Error(`${count} distinct items are needed for the events, and there are ${items.length}`)
  }
  const step = Math.floor(items.length / count)
  return Array.from({ length: count }, (_, index) => items[index * step])
}

async function changeAndAwait({ store, admin, graph, connected }: EventPlace, items: Expected[]): Promise<EventFigures> {
  const { rows } = await store.query<{ inventory_item_id: string; stocked: number }>(
    `select inventory_item_id, stocked_quantity::int as stocked from inventory_level where location_id = $1 and inventory_item_id = any($2)`,
    [CHANGED_LOCATION, items.map((item) => item.inventory_item_id)]
  )
  const stocked = new Map(rows.map((row) => [row.inventory_item_id, row.stocked]))
  const startedAt = new Map<string, number>()
  const began = Date.now()
  const changes: Promise<unknown>[] = []
  for (const [index, item] of items.entries()) {
    await wait(Math.max(0, began + (index * 1_000) / EVENTS_PER_SECOND - Date.now()))
    startedAt.set(item.retailer_id, Date.now())
    const path = `/admin/inventory-items/${item.inventory_item_id}/location-levels/${CHANGED_LOCATION}`
    const change = adminCall(admin, "POST", path, { stocked_quantity: stocked.get(item.inventory_item_id)! + 1_000 })
    change.catch(() => undefined)
    changes.push(change)
  }
  await Promise.all(changes)
  const wanted = new Map(items.map((item) => [item.retailer_id, item.quantity + 1_000]))
  for (const end = Date.now() + LONGEST_WAIT_MS; ; await wait(500)) {
    const { arrivedAt, calls } = await arrivals({ graph, connected, wanted, since: began })
    if (arrivedAt.size === items.length) {
      await awaitNothingInFlight(store, connected.catalogId)
      return { latencies: items.map(({ retailer_id: id }) => arrivedAt.get(id)! - startedAt.get(id)!), calls }
    }
    if (Date.now() > end) {
      throw new Error(`${items.length - arrivedAt.size} of ${items.length} changes had not reached the Graph server after a minute`)
    }
  }
}

type Search = { graph: GraphProcess; connected: Connected; wanted: Map<string, number>; since: number }

/** When each wanted value was first received. A batch's time is taken after its body was read, so it is the later one. */
async function arrivals({ graph, connected, wanted, since }: Search): Promise<{ arrivedAt: Map<string, number>; calls: number }> {
  const batches = await graph.control.batches(connected.metaCatalogId)
  const recent = batches.filter((batch) => Date.parse(batch.received_at) >= since)
  const arrivedAt = new Map<string, number>()
  for (const batch of recent) {
    for (const { data } of batch.requests) {
      if (wanted.get(data.id) === data.quantity_to_sell_on_facebook && !arrivedAt.has(data.id)) {
        arrivedAt.set(data.id, Date.parse(batch.received_at))
      }
    }
  }
  return { arrivedAt, calls: recent.length }
}

async function awaitNothingInFlight(store: Client, catalogId: string): Promise<void> {
  for (const end = Date.now() + LONGEST_WAIT_MS; Date.now() < end; await wait(100)) {
    const { rows } = await store.query<{ waiting: boolean }>(
      "select exists (select from meta_catalog_item where catalog_id = $1 and (due_at is not null or batch_id is not null)) as waiting",
      [catalogId]
    )
    if (!rows[0].waiting) {
      return
    }
  }
  throw new Error("a minute after the last change, items are still due or in flight")
}
