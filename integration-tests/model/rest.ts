import { setTimeout as sleep } from "node:timers/promises"
import type { SandboxBatch, SandboxItem } from "../graph-sandbox"
import type { Schedule } from "./schedule"
import { TASKS, type TaskName } from "./tasks"

/** Longer than any wait the plugin ever makes: the lease, the doubtful window, the longest back-off. */
const LONGER_THAN_ANY_WAIT_MS = 18 * 60_000
/** The first wait after a call that failed. */
const LONGER_THAN_A_SHORT_WAIT_MS = 5_000
const LONGER_THAN_A_BATCH_MS = 1_000
/** Rounds until nothing waits any more; more than a handful would mean that the plugin goes in circles. */
const MOST_ROUNDS = 12

/**
 * Ends all trouble and lets time pass and the plugin work until nothing waits, and nothing is found by a sweep either.
 *
 * @param beforeSweep called once, when nothing waits and no sweep has helped yet
 * @throws Error when it does not come to rest.
 */
export async function comeToRest(schedule: Schedule, beforeSweep?: () => Promise<void>): Promise<void> {
  const { ground } = schedule
  await ground.sandbox.control.clearFaults()
  await ground.sandbox.control.setSettings({ reorder: null })
  for (const place of [0, 1]) {
    await (await schedule.worker(place)).finish()
  }
  // What the plugin had under way, and what it sends anew, gets its answer before what Meta still holds back is carried out over it.
  await schedule.advance(LONGER_THAN_A_SHORT_WAIT_MS)
  await work(schedule, "send")
  await schedule.advance(LONGER_THAN_A_BATCH_MS)
  await work(schedule, "settle")
  await ground.sandbox.control.settle()
  await resume(schedule)
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    await schedule.advance(LONGER_THAN_ANY_WAIT_MS)
    await work(schedule, "send")
    await schedule.advance(LONGER_THAN_A_BATCH_MS)
    await work(schedule, "builds")
    await work(schedule, "answers")
    if ((await waiting(schedule)) === "") {
      await beforeSweep?.()
      beforeSweep = undefined
      await work(schedule, "sweep")
      if ((await waiting(schedule)) === "") {
        return
      }
    }
  }
  throw new Error(`the plugin does not come to rest: ${await waiting(schedule)}`)
}

/** A person asks for everything that Meta refused once more, and gets it. */
export async function pushRefused(schedule: Schedule, rest: (schedule: Schedule) => Promise<void> = comeToRest): Promise<void> {
  const refused = await schedule.ground.office.module.listItems({ catalog_id: schedule.ids.catalogId, rejected_at: { $ne: null } }, { take: 1 })
  if (refused.length === 0) {
    return
  }
  await schedule.ground.office.module.items.forgetRejections({ catalogId: schedule.ids.catalogId })
  await rest(schedule)
}

/**
 * The same where the workers are processes of their own, which do all the work at their own pace.
 *
 * @throws Error when they do not come to rest.
 */
export async function letComeToRest(schedule: Schedule): Promise<void> {
  const { ground, ids } = schedule
  await ground.sandbox.control.clearFaults()
  await ground.sandbox.control.setSettings({ reorder: null })
  await ground.sandbox.control.settle()
  await resume(schedule)
  await ground.office.module.catalogs.requestSweep({ catalogIds: [ids.catalogId] })
  const end = Date.now() + LONGEST_REST_MS
  while (Date.now() < end) {
    await schedule.advance(LONGER_THAN_ANY_WAIT_MS)
    const isAtRest = await holdsFor(AT_REST_MS, async () => (await waiting(schedule)) === "" && !(await isSweepWanted(schedule)))
    if (isAtRest) {
      return
    }
    await ground.sandbox.control.settle()
  }
  throw new Error(`the plugin does not come to rest: ${await waiting(schedule)}`)
}

const LONGEST_REST_MS = 180_000
const AT_REST_MS = 600
const STEP_MS = 100
/** Looks before the clock is moved once more. */
const MOST_LOOKS = 30

/** Whether something becomes true and stays so for a while, before patience ends. */
async function holdsFor(ms: number, look: () => Promise<boolean>): Promise<boolean> {
  for (let looks = 0, held = 0; looks < MOST_LOOKS; looks += 1) {
    held = (await look()) ? held + STEP_MS : 0
    if (held >= ms) {
      return true
    }
    await sleep(STEP_MS)
  }
  return false
}

async function isSweepWanted({ ground, ids }: Schedule): Promise<boolean> {
  const { rows } = await ground.database.sql.query("select id from meta_catalog_catalog where id = $1 and sweep_requested_at is not null", [ids.catalogId])
  return rows.length > 0
}

async function work(schedule: Schedule, task: TaskName): Promise<void> {
  const worker = await schedule.worker(0)
  worker.begin((container) => TASKS[task](container, schedule.subject))
  await worker.finish()
}

/** What *Test connection* does when it passes. */
async function resume({ ground, ids }: Schedule): Promise<void> {
  await ground.office.module.catalogs.resumeCatalog({ catalogId: ids.catalogId })
}

/** What still waits, in words; empty when nothing does. */
async function waiting({ ground, ids }: Schedule): Promise<string> {
  const { rows } = await ground.database.sql.query<{ what: string }>(
    `select 'item ' || retailer_id || ' is due (' || due_reason || ')' as what from meta_catalog_item where catalog_id = $1 and due_at is not null and listed_at is not null
     union all select 'batch ' || status || coalesce(': ' || error, '') from meta_catalog_batch where catalog_id = $1 and status not in ('settled', 'released')
     union all select 'upload ' || meta_upload_id || ' is open' from meta_catalog_upload where catalog_id = $1 and ingested_at is null
     union all select 'an upload is asked for' from meta_catalog_feed where catalog_id = $1 and upload_requested_at is not null
     union all select 'the catalogue is ' || state || ': ' || pause_message from meta_catalog_catalog where id = $1 and state <> 'active'`,
    [ids.catalogId]
  )
  return rows.map(({ what }) => what).join("; ")
}

/** Every item whose value at Meta is not the one the store wants, in words. `refused`: those Meta refused count as well. */
export async function differences({ ground, ids, meta, book }: Schedule, { refused }: { refused: boolean }): Promise<string[]> {
  const atMeta = new Map((await ground.sandbox.control.items(meta.metaCatalogId)).map((item) => [item.retailer_id, item]))
  const { rows } = await ground.database.sql.query<LedgerRow>(
    `select retailer_id, listed_at is not null as is_listed, rejected_at is not null as is_rejected, acknowledged_quantity, acknowledged_availability
     from meta_catalog_item where catalog_id = $1`,
    [ids.catalogId]
  )
  const ledger = new Map(rows.map((row) => [row.retailer_id, row]))
  return ground.shop.variants.flatMap((variant) => {
    const row = ledger.get(variant.sku)
    const wanted = describe(book.wanted(variant))
    const held = describeItem(atMeta.get(variant.sku))
    const known = row ? describe({ quantity: row.acknowledged_quantity, availability: row.acknowledged_availability }) : "no item"
    const isForgiven = !refused && row?.is_rejected
    return isForgiven || (held === wanted && known === wanted && row?.is_listed)
      ? []
      : [`${variant.sku}: wanted ${wanted}, at Meta ${held}, acknowledged ${known}${row?.is_listed ? "" : ", not listed"}`]
  })
}

type LedgerRow = {
  retailer_id: string
  is_listed: boolean
  is_rejected: boolean
  acknowledged_quantity: number | null
  acknowledged_availability: string | null
}

function describe({ quantity, availability }: { quantity: number | null; availability: string | null }): string {
  return `${quantity} ${availability}`
}

function describeItem(item: SandboxItem | undefined): string {
  return item ? describe({ quantity: item.quantity_to_sell_on_facebook, availability: item.availability }) : "nothing"
}

/**
 * Items that came in a call while an earlier one with the same item was known and not finished: its handle stands on a batch
 * that was never in doubt. A call without a handle here was lost on its way, and may have come in long after it was sent.
 */
async function sentWhileKnownInFlight({ ground, ids, meta }: Schedule): Promise<string[]> {
  const { rows } = await ground.database.sql.query<{ handle: string; is_certain: boolean }>(
    "select handle, doubtful_until is null as is_certain from meta_catalog_batch where catalog_id = $1 and handle is not null",
    [ids.catalogId]
  )
  const isCertain = new Map(rows.map(({ handle, is_certain }) => [handle, is_certain]))
  const batches = (await ground.sandbox.control.batches(meta.metaCatalogId))
    .filter(({ handle }) => isCertain.has(handle))
    .map((batch) => ({ ...batch, from: Date.parse(batch.received_at), until: batch.finished_at ? Date.parse(batch.finished_at) : Infinity }))
  return batches
    .filter(({ handle }) => isCertain.get(handle))
    .flatMap((earlier) => {
      const ids = new Set(earlier.requests.map(({ data }) => data.id))
      const during = batches.filter((later) => later !== earlier && later.from >= earlier.from && later.from < earlier.until)
      return during.flatMap((later) => shared(later, ids).map((id) => `${id} was sent at ${later.received_at} while ${earlier.handle} was under way`))
    })
}

function shared({ requests }: SandboxBatch, ids: Set<string>): string[] {
  return requests.map(({ data }) => data.id).filter((id) => ids.has(id))
}

/**
 * Items that were claimed for a call while an earlier one held them, by the plugin's own books: the same rule, whatever time Meta
 * took. An item that was refused is let go before its batch ends, and a carrier does not hold up a sell-out.
 */
async function claimedWhileHeld({ ground, ids }: Schedule): Promise<string[]> {
  const { rows } = await ground.database.sql.query<{ what: string }>(
    `with entry as (
       select b.id, b.created_at, b.settled_at, b.doubtful_until, v.retailer_id, coalesce(b.rejected, '[]') ? v.retailer_id as is_refused
       from meta_catalog_batch b, jsonb_to_recordset(b.values) as v(retailer_id text)
       where b.catalog_id = $1 and b.transport <> 'upload')
     select format('%s was claimed for %s while %s held it', later.retailer_id, later.id, earlier.id) as what
     from entry earlier join entry later
       on later.retailer_id = earlier.retailer_id and later.id <> earlier.id and later.created_at >= earlier.created_at
          and later.created_at < coalesce(earlier.settled_at, 'infinity')
     where earlier.doubtful_until is null and not earlier.is_refused`,
    [ids.catalogId]
  )
  return rows.map(({ what }) => what)
}

/** Everything that was in flight twice at a time or twice in one call, in words. */
export async function sentTwice(schedule: Schedule): Promise<string[]> {
  return [...(await sentWhileKnownInFlight(schedule)), ...(await claimedWhileHeld(schedule)), ...(await callsWithDuplicates(schedule))]
}

/** Calls that named an item twice: with `duplicate_in_batch` "call" the sandbox refuses them as a whole. */
async function callsWithDuplicates({ ground, meta }: Schedule): Promise<string[]> {
  const calls = await ground.sandbox.control.calls({ path: `/${meta.metaCatalogId}/items_batch$` })
  return calls.filter(({ error_code, fault }) => error_code === 100 && fault === null).map(({ received_at }) => `the call of ${received_at}`)
}
