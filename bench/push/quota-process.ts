/**
 * The measured side of the quota benchmark: a Medusa process with the plugin in it and nothing else to do. It lives through
 * hours in minutes: the clocks of the plugin and of the Graph server are moved to the next thing that happens, a change of the
 * load, the work the plugin itself says comes next, or the minute's job, and that is then done by the plugin's own functions.
 */
import { join } from "node:path"
import loadApp from "@medusajs/medusa/loaders/index"
import type { MedusaContainer } from "@medusajs/framework/types"
import express from "express"
import { Client } from "pg"
import { SandboxControl } from "../../integration-tests/graph-sandbox/control"
import { PRIORITY } from "../../src/modules/meta-catalog/push/priority"
import { runRound } from "../../src/workflows/pace/keep-in-step"
import { metaCatalog } from "../../src/workflows/open-catalog"
import type { PlannedChange } from "./quota-load"
import { CHANGED_LOCATION, expectedItems, type Expected } from "./stock"

/** What the parent asks for, and what it gets: one line per change, times in milliseconds of the plugin's clock. */
export type QuotaTask = { catalogId: string; graphUrl: string; databaseUrl: string; changes: PlannedChange[] }
export type MadeChange = PlannedChange & { retailer_id: string; quantity: number; madeAt: number }

/** As in the pace of a running store (`keep-in-step`). */
const MIN_PAUSE_MS = 100
const MINUTE_MS = 60_000
/** After the last change, everything must have arrived within this time. */
const LONGEST_END_MS = 2 * 3_600_000

type Place = QuotaTask & { container: MedusaContainer; store: Client; graph: SandboxControl; items: Expected[]; offsetMs: number }

async function main(): Promise<void> {
  process.env.MEDUSA_WORKER_MODE = "server"
  const { container } = await loadApp({ directory: join(__dirname, "..", ".."), expressApp: express(), skipLoadingEntryPoints: true })
  process.on("message", (task: QuotaTask) => {
    live(container, task).then(
      (made) => process.send!(made),
      (error) => {
        console.error(error)
        process.exit(1)
      }
    )
  })
  process.once("disconnect", () => process.exit(0))
  process.send!("ready")
}

async function live(container: MedusaContainer, task: QuotaTask): Promise<MadeChange[]> {
  const store = new Client({ connectionString: task.databaseUrl })
  await store.connect()
  const place: Place = { ...task, container, store, graph: new SandboxControl(task.graphUrl), items: await expectedItems(store), offsetMs: 0 }
  const { batches, options } = metaCatalog(container)
  const began = now(place)
  const made: MadeChange[] = []
  let nextMinute = began + MINUTE_MS
  let roundEnded = began
  for (;;) {
    const pending = task.changes[made.length]
    const changeAt = pending ? began + pending.atMs : Infinity
    const workIn = await workWaits(place)
    if (!pending && workIn === null) {
      await store.end()
      return made
    }
    const workAt = workIn === null ? Infinity : Math.max(now(place) + workIn, roundEnded + MIN_PAUSE_MS)
    await moveTo(place, Math.min(changeAt, workAt, nextMinute))
    while (made.length < task.changes.length && began + task.changes[made.length].atMs <= now(place)) {
      made.push(await change(place, task.changes[made.length]))
    }
    if (nextMinute <= now(place)) {
      nextMinute = now(place) + MINUTE_MS
      await batches.expireLeases({ windowMs: options.doubtfulWindowMs })
      await batches.closeDoubtful()
    } else if (workAt > now(place)) {
      continue
    }
    await runRound(container, task.catalogId)
    roundEnded = now(place)
    if (roundEnded > began + (task.changes.at(-1)?.atMs ?? 0) + LONGEST_END_MS) {
      throw new Error("two hours after the last change, not everything has arrived")
    }
  }
}

/** The time on both clocks. They run on between the moves, so whatever takes time here takes as long there. */
function now({ offsetMs }: Place): number {
  return Date.now() + offsetMs
}

async function moveTo(place: Place, at: number): Promise<void> {
  if (at <= now(place)) {
    return
  }
  place.offsetMs = at - Date.now()
  await place.store.query(
    `create or replace function meta_catalog_now() returns timestamptz language sql stable as
     $$ select statement_timestamp() + make_interval(secs => ${place.offsetMs / 1_000}) $$`
  )
  await place.graph.setClock(new Date(now(place)).toISOString())
}

async function workWaits({ container, catalogId }: Place): Promise<number | null> {
  const { nextWork, options } = metaCatalog(container)
  return await nextWork.nextWorkIn({ catalogId, publicUrl: options.publicUrl ?? "", pushDelayMs: options.pushDelayMs })
}

/** The stock changes and the item is marked, as a subscriber marks it. */
async function change({ container, store, items, ...place }: Place, planned: PlannedChange): Promise<MadeChange> {
  const { inventory_item_id, variant_id, retailer_id } = items[planned.item]
  const stocked = planned.kind === "sell_out" ? 0 : 300 + (planned.item % 100)
  const where = planned.kind === "sell_out" ? "" : `and location_id = '${CHANGED_LOCATION}'`
  await store.query(
    `update inventory_level set stocked_quantity = reserved_quantity + $2,
            raw_stocked_quantity = jsonb_build_object('value', (reserved_quantity + $2)::text, 'precision', 20)
     where inventory_item_id = $1 ${where}`,
    [inventory_item_id, stocked]
  )
  const { rows } = await store.query<{ quantity: number }>(
    "select sum(stocked_quantity - reserved_quantity)::int as quantity from inventory_level where inventory_item_id = $1",
    [inventory_item_id]
  )
  const madeAt = now({ ...place, container, store, items })
  await metaCatalog(container).items.markVariantsDue({ variantIds: [variant_id], reason: "benchmark", priority: PRIORITY.stock })
  return { ...planned, retailer_id, quantity: rows[0].quantity, madeAt }
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
