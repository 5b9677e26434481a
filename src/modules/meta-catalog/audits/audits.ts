import { AT_REST, FEED_STATES, LONG_LISTED, UNSEEN } from "./audit-conditions"
import { firstRow, rows, type Sql } from "../sql"

/** What an audit has counted. Every retailer id is in exactly one of them, except that `repaired` is a part of above and below. */
export type AuditCounts = {
  agree: number
  above: number
  below: number
  skipped: number
  missing: number
  orphans: number
  other_sources: number
  repaired: number
}

/** Feeds of others, by Meta's feed id; "" stands for items without a feed. */
export type OtherSources = Record<string, { name: string | null; items: number }>

/**
 * A running audit, as the catalogue row holds it. First all of Meta's pages are read (`pages`, from `cursor` on), then the listed
 * items that no page has shown are looked up (`absent`).
 */
export type AuditRun = {
  started_at: string
  phase: "pages" | "absent"
  cursor: string | null
  page_size: number
  counts: AuditCounts
  sources: OtherSources
  /** Calls made, reads of single items included. */
  calls: number
  /** Absences confirmed one by one. */
  confirmations: number
  /** Something was found that only an upload of the feed repairs. */
  needs_upload: boolean
  /** Rounds in a row that an error of Meta's has ended, and the last of these errors. */
  failures: number
  /** Cursors given up so far, because Meta took them no longer. */
  drops?: number
  error: string | null
}

/** What the last complete audit found. `unconfirmed` items were not in the pages, and more than one audit may look up. */
export type AuditResult = AuditCounts & {
  unconfirmed: number
  sources: OtherSources
  calls: number
  started_at: string
  finished_at: string
}

/** A worker's hold on the running audit; every step re-checks it. */
export type AuditHold = { catalogId: string; owner: string }

/** Above a call's deadline, tried three times. */
const LEASE = "5 minutes"

const NO_COUNTS: AuditCounts = { agree: 0, above: 0, below: 0, skipped: 0, missing: 0, orphans: 0, other_sources: 0, repaired: 0 }

/** Asks for an audit of every catalogue, or of these. One that runs is not disturbed; another follows it. */
export async function requestAudits(sql: Sql, { catalogIds }: { catalogIds?: string[] } = {}): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_catalog set audit_requested_at = coalesce(audit_requested_at, meta_catalog_now()), updated_at = meta_catalog_now()
     where deleted_at is null and (cast(:all as boolean) or id = any(:catalogIds))`,
    { all: catalogIds === undefined, catalogIds: catalogIds ?? [] }
  )
}

/** Catalogues whose audit is asked for or has been left in the middle. */
export async function listOpenAudits(sql: Sql, { publicUrl }: { publicUrl: string }): Promise<string[]> {
  const open = await rows<{ id: string }>(
    sql,
    `select id from meta_catalog_catalog where ${MAY_RUN} and public_url = :publicUrl order by coalesce(audited_at, '-infinity'), id`,
    { publicUrl }
  )
  return open.map((row) => row.id)
}

const MAY_RUN = `
  deleted_at is null and state = 'active' and (quiet_until is null or quiet_until <= meta_catalog_now())
  and case when audit_run is null then audit_requested_at is not null
           else (audit_run->>'lease_until')::timestamptz <= meta_catalog_now() end`

/**
 * Takes the audit of a catalogue: goes on with the running one whose worker has put it down or went silent, or begins the one that
 * was asked for. The request is cleared here, so one made during the audit leads to another.
 *
 * @returns null where there is nothing to do, or where another worker is at it.
 */
export async function takeAudit(
  sql: Sql,
  { catalogId, owner, publicUrl, pageSize }: AuditHold & { publicUrl: string; pageSize: number }
): Promise<AuditRun | null> {
  const fresh: Omit<AuditRun, "started_at"> = {
    phase: "pages", cursor: null, page_size: pageSize, counts: NO_COUNTS, sources: {},
    calls: 0, confirmations: 0, needs_upload: false, failures: 0, error: null,
  }
  const taken = await firstRow<{ run: AuditRun }>(
    sql,
    `with chosen as (
       select id, audit_run from meta_catalog_catalog where id = :catalogId and public_url = :publicUrl and ${MAY_RUN} for update),
     -- What an earlier audit may have left.
     forgotten as (
       delete from meta_catalog_audited_item a using chosen where a.catalog_id = chosen.id and chosen.audit_run is null)
     update meta_catalog_catalog c
     set audit_requested_at = case when chosen.audit_run is null then null else c.audit_requested_at end,
         audit_run = coalesce(chosen.audit_run, cast(:fresh as jsonb) || jsonb_build_object('started_at', meta_catalog_now())) || ${held("interval '" + LEASE + "'")},
         updated_at = meta_catalog_now()
     from chosen where c.id = chosen.id
     returning c.audit_run as run`,
    { catalogId, owner, publicUrl, fresh: JSON.stringify(fresh) }
  )
  return taken?.run ?? null
}

/** What marks a run as `:owner`'s for this long. */
function held(interval: string): string {
  return `jsonb_build_object('owner', cast(:owner as text), 'lease_until', meta_catalog_now() + ${interval})`
}

/** An item whose pair is to be sent again, and why. */
export type Repair = { item_id: string; reason: string }

/**
 * Stores what a step found: the run as it stands now, the ids that need not be looked at again, and the items to repair, whose
 * value at Meta counts as unknown and is sent again before anything that waits. One that has moved since it was compared is left alone.
 *
 * @returns false when the run is no longer this worker's; nothing is stored then.
 */
export async function recordAudit(
  sql: Sql,
  { catalogId, owner }: AuditHold,
  step: { run: AuditRun; seen: string[]; repair: Repair[]; priority: number }
): Promise<boolean> {
  const recorded = await firstRow(
    sql,
    `with run as (
       update meta_catalog_catalog set audit_run = cast(:run as jsonb) || ${held("interval '" + LEASE + "'")}, updated_at = meta_catalog_now()
       where id = :catalogId and audit_run->>'owner' = :owner returning id),
     seen as (
       insert into meta_catalog_audited_item (catalog_id, retailer_id, created_at, updated_at)
       select run.id, s.retailer_id, meta_catalog_now(), meta_catalog_now() from run, unnest(cast(:seen as text[])) as s(retailer_id)
       on conflict do nothing),
     repaired as (
       update meta_catalog_item i
       set acknowledged_quantity = null, acknowledged_availability = null, due_at = meta_catalog_now(), marked_at = meta_catalog_now(),
           due_reason = r.reason, priority = :priority, is_ranked = false, updated_at = meta_catalog_now()
       from run, jsonb_to_recordset(cast(:repair as jsonb)) as r(item_id text, reason text)
       where i.id = r.item_id and i.due_at is null and i.batch_id is null and i.deleted_at is null)
     select id from run`,
    { catalogId, owner, run: JSON.stringify(step.run), seen: step.seen, repair: JSON.stringify(step.repair), priority: step.priority }
  )
  return recorded !== undefined
}

/** The worker puts the audit down, for another round after `waitMs`. */
export async function putDownAudit(sql: Sql, { catalogId, owner }: AuditHold, { run, waitMs }: { run: AuditRun; waitMs: number }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_catalog
     set audit_run = cast(:run as jsonb) || ${held("make_interval(secs => cast(:waitMs as float) / 1000)")}, updated_at = meta_catalog_now()
     where id = :catalogId and audit_run->>'owner' = :owner`,
    { catalogId, owner, run: JSON.stringify(run), waitMs }
  )
}

/**
 * The audit is complete: what it found is the catalogue's, items it could not look at are counted, and issues that only earlier
 * audits found are gone.
 *
 * @returns null when the run is no longer this worker's.
 */
export async function concludeAudit(sql: Sql, { catalogId, owner }: AuditHold): Promise<AuditResult | null> {
  const concluded = await firstRow<{ audit: AuditResult }>(
    sql,
    `with ended as (
       select id, audit_run as run from meta_catalog_catalog where id = :catalogId and audit_run->>'owner' = :owner for update),
     ${FEED_STATES},
     unseen as (
       select count(*) filter (where ${LONG_LISTED} and ${AT_REST})::int as unconfirmed, count(*) filter (where not (${LONG_LISTED} and ${AT_REST}))::int as skipped
       from meta_catalog_item i left join feed on feed.id = i.feed_id
       where ${UNSEEN}),
     stale as (
       delete from meta_catalog_issue i using ended
       where i.catalog_id = ended.id and i.source = 'audit' and i.last_seen_at < (ended.run->>'started_at')::timestamptz),
     forgotten as (
       delete from meta_catalog_audited_item a using ended where a.catalog_id = ended.id)
     update meta_catalog_catalog c
     set audit_run = null, audited_at = meta_catalog_now(), updated_at = meta_catalog_now(),
         audit = (ended.run->'counts') || jsonb_build_object(
           'skipped', (ended.run->'counts'->>'skipped')::int + unseen.skipped, 'unconfirmed', unseen.unconfirmed,
           'sources', ended.run->'sources', 'calls', ended.run->'calls', 'started_at', ended.run->'started_at', 'finished_at', meta_catalog_now())
     from ended, unseen where c.id = ended.id
     returning c.audit`,
    { catalogId, owner }
  )
  return concluded?.audit ?? null
}

/** The audit cannot be ended; what the last complete one found stays. @returns false when it was no longer this worker's. */
export async function giveUpAudit(sql: Sql, { catalogId, owner }: AuditHold): Promise<boolean> {
  const given = await firstRow(
    sql,
    `with forgotten as (
       delete from meta_catalog_audited_item where catalog_id = :catalogId
         and exists (select from meta_catalog_catalog where id = :catalogId and audit_run->>'owner' = :owner))
     update meta_catalog_catalog set audit_run = null, updated_at = meta_catalog_now()
     where id = :catalogId and audit_run->>'owner' = :owner returning id`,
    { catalogId, owner }
  )
  return given !== undefined
}
