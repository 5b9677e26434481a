import { generateEntityId } from "@medusajs/framework/utils"
import { COUNTED_MS, HOUR_MS, outlook, type HourOfCalls, type Urgency } from "./call-pace"
import { firstRow, rows, type Sql } from "../sql"

/** A catalogue's budget of batch calls as it stands, for decisions and for the status page. */
export type Budget = HourOfCalls & {
  /** Changes with everything the budget is decided by, so that nothing is taken on stale numbers. */
  version: number
  /** The database's time when this was read. */
  readAt: Date
  callsLastHour: number
  usagePercent: number | null
  usageSeenAt: Date | null
  /** False for a catalogue whose items are updated one by one: those calls draw on the management bucket, which is wide enough. */
  isMetered: boolean
  /** Why nothing is sent until `blockedMs` are over. */
  blockedBy: "throttled" | "calls_failed" | null
}

/** A call that may be made now, or how long to wait for one. */
export type CallTaken = { callId: string } | { callId: null; waitMs: number }

/** Calls that stop counting within the same while are read as one number. */
const SLOT_SECONDS = 10
/** How often a decision that another instance overtook is made again. */
const ATTEMPTS = 50
/** The fewest calls an hour that any of Meta's pages names (CONTRACT 2.2); what the header tells never lowers the budget below it. */
const LEAST_CALLS_PER_HOUR = 100
/** The management bucket's least (CONTRACT 2.2). */
const MANAGEMENT_CALLS_PER_HOUR = 20_000

type BudgetRow = {
  read_at: Date
  is_metered: boolean
  calls_per_hour: number
  budget_version: number
  usage_percent: number | null
  usage_seen_at: Date | null
  usage_age_ms: number | null
  blocked_ms: number | null
  /** From Meta's last word to the end of the wait it asked for. */
  believed_ms: number
  is_failing: boolean
  calls_last_hour: number
  calls_when_seen: number
  since_last_ms: number | null
  slots: { inMs: number; calls: number }[] | null
}

/**
 * The budget as it stands. Where Meta's usage header told of more use than our own calls explain, somebody else shares the
 * catalogue's budget; their calls are taken to leave the hour evenly, which each reply of a call corrects.
 *
 * @returns undefined when the catalogue is gone.
 */
export async function readBudget(sql: Sql, { catalogId }: { catalogId: string }): Promise<Budget | undefined> {
  const row = await firstRow<BudgetRow>(
    sql,
    `with call as materialized (
       select made_at, ceil(extract(epoch from made_at + make_interval(secs => :countedSeconds)) / ${SLOT_SECONDS}) * ${SLOT_SECONDS} as leaves_at
       from meta_catalog_call
       where catalog_id = :catalogId and made_at > meta_catalog_now() - interval '2 hours' and deleted_at is null),
     slot as (
       select leaves_at, count(*)::int as calls from call where leaves_at > extract(epoch from meta_catalog_now()) group by leaves_at)
     select meta_catalog_now() as read_at, c.transport = 'items_batch' as is_metered, c.calls_per_hour, c.budget_version, c.usage_percent, c.usage_seen_at, c.failed_calls > 0 as is_failing,
            cast(extract(epoch from meta_catalog_now() - c.usage_seen_at) * 1000 as float) as usage_age_ms,
            cast(extract(epoch from greatest(c.throttled_until, c.quiet_until) - meta_catalog_now()) * 1000 as float) as blocked_ms,
            cast(case when c.usage_percent >= 100 and c.throttled_until > c.usage_seen_at
                      then extract(epoch from c.throttled_until - c.usage_seen_at) * 1000 else ${HOUR_MS} end as float) as believed_ms,
            (select count(*)::int from call where made_at > meta_catalog_now() - interval '1 hour') as calls_last_hour,
            (select count(*)::int from call where made_at > c.usage_seen_at - interval '1 hour' and made_at <= c.usage_seen_at) as calls_when_seen,
            (select cast(extract(epoch from meta_catalog_now() - max(made_at)) * 1000 as float) from call) as since_last_ms,
            (select jsonb_agg(jsonb_build_object('inMs', (leaves_at - extract(epoch from meta_catalog_now())) * 1000, 'calls', calls) order by leaves_at)
             from slot) as slots
     from meta_catalog_catalog c where c.id = :catalogId and c.deleted_at is null`,
    { catalogId, countedSeconds: COUNTED_MS / 1_000 }
  )
  return row && toBudget(row)
}

function toBudget(row: BudgetRow): Budget {
  const blockedMs = Math.max(0, row.blocked_ms ?? 0)
  return {
    isMetered: row.is_metered,
    callsPerHour: row.is_metered ? row.calls_per_hour : MANAGEMENT_CALLS_PER_HOUR,
    leaving: row.is_metered ? [...(row.slots ?? []), ...foreignCalls(row)].sort((a, b) => a.inMs - b.inMs) : [],
    sinceLastCallMs: row.since_last_ms,
    blockedMs,
    version: row.budget_version,
    readAt: new Date(row.read_at),
    callsLastHour: row.calls_last_hour,
    usagePercent: row.usage_percent,
    usageSeenAt: row.usage_seen_at,
    blockedBy: blockedMs === 0 ? null : row.is_failing ? "calls_failed" : "throttled",
  }
}

/** Calls of others that Meta's last word implies, leaving one after the other until it is over: an hour later, or when a full budget is said to be free again. */
function foreignCalls({ calls_per_hour, usage_percent, usage_age_ms, believed_ms, calls_when_seen }: BudgetRow): HourOfCalls["leaving"] {
  const count = Math.ceil(((usage_percent ?? 0) * calls_per_hour) / 100) - calls_when_seen
  const age = usage_age_ms ?? HOUR_MS
  return Array.from({ length: Math.max(0, count) }, (_, index) => ({ inMs: ((index + 1) / count) * believed_ms - age, calls: 1 })).filter(
    ({ inMs }) => inMs > 0
  )
}

/**
 * Takes a call that was decided on with this version of the budget, and records it. The version is compared and advanced in
 * the catalogue's row, so of two instances that decide at once one takes nothing and decides again.
 *
 * @returns the call's id, or null when the budget has changed, or calls were blocked, since it was read.
 */
export async function takeCallAt(sql: Sql, { catalogId, version }: { catalogId: string; version: number }): Promise<string | null> {
  const taken = await firstRow<{ id: string }>(
    sql,
    `with taken as (
       update meta_catalog_catalog
       set budget_version = budget_version + 1
       where id = :catalogId and budget_version = :version and deleted_at is null
         and coalesce(greatest(throttled_until, quiet_until) <= meta_catalog_now(), true)
       returning id)
     insert into meta_catalog_call (id, catalog_id, made_at, created_at, updated_at)
     select :callId, id, meta_catalog_now(), meta_catalog_now(), meta_catalog_now() from taken
     returning id`,
    { catalogId, version, callId: generateEntityId(undefined, "mccall") }
  )
  return taken?.id ?? null
}

/**
 * Takes a call that cannot wait for the pace, such as the half of a refused one, as long as one of this urgency fits into
 * the hour. A call must be taken before it is made.
 */
export async function takeCall(sql: Sql, { catalogId, urgency }: { catalogId: string; urgency: Urgency }): Promise<CallTaken> {
  for (let attempt = 1; ; attempt += 1) {
    const budget = await readBudget(sql, { catalogId })
    const waitMs = budget ? outlook(budget, urgency).fitsInMs : Infinity
    if (!budget || waitMs > 0 || attempt > ATTEMPTS) {
      return { callId: null, waitMs: Math.max(1, waitMs) }
    }
    const callId = await takeCallAt(sql, { catalogId, version: budget.version })
    if (callId) {
      return { callId }
    }
  }
}

/** Gives back a call that was not made after all, or that certainly never reached Meta. */
export async function returnCall(sql: Sql, { callId }: { callId: string }): Promise<void> {
  await rows(sql, `delete from meta_catalog_call where id = :callId`, { callId })
}

/** A call that was taken a while ago is made now, and counts from now. */
export async function renewCall(sql: Sql, { callId }: { callId: string }): Promise<void> {
  await rows(sql, `update meta_catalog_call set made_at = meta_catalog_now() where id = :callId`, { callId })
}

/** What the usage header of a reply to a batch call says: percent of the budget, and minutes until calls pass again. */
export type BatchUsage = { percent: number; regainMinutes: number }

/**
 * Keeps what Meta says about the budget, and learns its size from it: our calls of the last hour are, as far as whole percents
 * tell, at least so many percent of it and at most one more. The size moves only as far as that proves, at most to twice as much
 * at once, and is never lowered below a hundred calls. Too small a size for a shared budget is right: what others use is not ours.
 */
export async function recordUsage(sql: Sql, { catalogId, percent, regainMinutes }: BatchUsage & { catalogId: string }): Promise<void> {
  await rows(
    sql,
    `with ours as (
       select count(*)::int as calls from meta_catalog_call
       where catalog_id = :catalogId and made_at > meta_catalog_now() - interval '1 hour' and deleted_at is null)
     update meta_catalog_catalog c
     set usage_percent = :percent, usage_seen_at = meta_catalog_now(), budget_version = c.budget_version + 1,
         calls_per_hour = case when cast(:percent as integer) < 1 then c.calls_per_hour else
           greatest(least(${LEAST_CALLS_PER_HOUR}, c.calls_per_hour), least(ours.calls * 100 / cast(:percent as integer),
             greatest(c.calls_per_hour, least(2 * c.calls_per_hour, ours.calls * 100 / (cast(:percent as integer) + 1))))) end,
         throttled_until = case when cast(:regainMinutes as float) > 0
           then greatest(c.throttled_until, meta_catalog_now() + make_interval(secs => cast(:regainMinutes as float) * 60))
           else c.throttled_until end,
         updated_at = meta_catalog_now()
     from ours where c.id = :catalogId and c.deleted_at is null`,
    { catalogId, percent: Math.round(percent), regainMinutes }
  )
}
