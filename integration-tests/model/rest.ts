import { setTimeout as sleep } from "node:timers/promises"
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
 * @param beforeJobs called once, when nothing waits and neither a sweep nor a build has helped yet
 * @throws Error when it does not come to rest.
 */
export async function comeToRest(schedule: Schedule, beforeJobs?: () => Promise<void>): Promise<void> {
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
    await work(schedule, "answers")
    const left = await waiting(schedule)
    if (left === "") {
      await beforeJobs?.()
    }
    // An upload that was asked for waits for the build that a dead worker has left.
    if (left === "" || left.includes(UPLOAD_ASKED_FOR)) {
      beforeJobs = undefined
      await work(schedule, "builds")
      await work(schedule, "sweep")
    }
    if (left === "" && (await waiting(schedule)) === "") {
      return
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
  const { ground } = schedule
  await ground.sandbox.control.clearFaults()
  await ground.sandbox.control.setSettings({ reorder: null })
  await ground.sandbox.control.settle()
  await resume(schedule)
  await sweepUntilAtRest(schedule)
  // A price that had to be read back, which prices cannot be, is unknown until a sweep that comes after.
  await sweepUntilAtRest(schedule)
}

async function sweepUntilAtRest(schedule: Schedule): Promise<void> {
  const { ground, ids } = schedule
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

const UPLOAD_ASKED_FOR = "an upload is asked for"

/** What still waits, in words; empty when nothing does. */
async function waiting({ ground, ids }: Schedule): Promise<string> {
  const { rows } = await ground.database.sql.query<{ what: string }>(
    `select 'item ' || retailer_id || ' is due (' || due_reason || ')' as what from meta_catalog_item where catalog_id = $1 and due_at is not null and listed_at is not null
     union all select 'batch ' || status || coalesce(': ' || error, '') from meta_catalog_batch where catalog_id = $1 and status not in ('settled', 'released')
     union all select 'upload ' || meta_upload_id || ' is open' from meta_catalog_upload where catalog_id = $1 and ingested_at is null
     union all select '${UPLOAD_ASKED_FOR}' from meta_catalog_feed where catalog_id = $1 and upload_requested_at is not null
     union all select 'the catalogue is ' || state || ': ' || pause_message from meta_catalog_catalog where id = $1 and state <> 'active'`,
    [ids.catalogId]
  )
  return rows.map(({ what }) => what).join("; ")
}
