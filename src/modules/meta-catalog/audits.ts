import { firstRow, rows, type Sql } from "./sql"

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

/** Values sent or settled more recently than this may not be readable at Meta yet (CONTRACT 10: minutes). */
const SETTLING = "10 minutes"

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

/** An item at Meta, as a page shows it. */
export type PageItem = { retailer_id: string; quantity: number | null; availability: string | null; visibility: string | null; feed_id: string | null }

/** An item at Meta that does not simply agree, beside what our table says of it; the item's columns are null where we have none. */
export type ComparedItem = PageItem & {
  item_id: string | null
  wanted_quantity: number | null
  wanted_availability: string | null
  acknowledged_quantity: number | null
  acknowledged_availability: string | null
  acknowledged_at: Date | null
  wanted_visibility: "published" | "staging" | null
  is_listed: boolean
  is_written: boolean
  is_at_rest: boolean
}

/**
 * Compares one page of what Meta holds with our items in one statement. Ids this audit has seen already are left out.
 *
 * @returns how many items agree, and all others with what has to be known to judge them.
 */
export async function comparePage(sql: Sql, { catalogId, page }: { catalogId: string; page: PageItem[] }): Promise<{ agree: number; differing: ComparedItem[] }> {
  const compared = await firstRow<{ agree: number; differing: ComparedItem[] }>(
    sql,
    `with page as (
       select distinct on (p.retailer_id) p.*
       from jsonb_to_recordset(cast(:page as jsonb)) as p(retailer_id text, quantity bigint, availability text, visibility text, feed_id text)
       where not exists (select from meta_catalog_audited_item a where a.catalog_id = :catalogId and a.retailer_id = p.retailer_id)
       order by p.retailer_id),
     ${FEED_STATES},
     found as (
       select page.*, i.id as item_id, i.wanted_quantity, i.wanted_availability, i.acknowledged_quantity, i.acknowledged_availability,
              i.acknowledged_at,
              case when feed.is_current and (i.discontinued_at is null or i.discontinued_at <= feed.file_finished_at)
                   then case when i.discontinued_at is null then 'published' else 'staging' end end as wanted_visibility,
              i.listed_at is not null as is_listed,
              i.written_since is not null and (i.omitted_since is null or i.omitted_since < i.written_since) as is_written,
              i.id is not null and ${AT_REST} as is_at_rest,
              page.feed_id is null or page.feed_id in (select meta_feed_id from feed) as is_ours
       from page
       left join meta_catalog_item i on i.catalog_id = :catalogId and i.retailer_id = page.retailer_id and i.deleted_at is null
       left join feed on feed.id = i.feed_id),
     judged as (
       select found.*,
              is_ours and is_listed and is_at_rest and acknowledged_availability is not null
              and (wanted_quantity is null or acknowledged_quantity is null
                   or quantity is not distinct from wanted_quantity and quantity is not distinct from acknowledged_quantity)
              and availability is not distinct from wanted_availability and availability = acknowledged_availability
              and (wanted_visibility is null or coalesce(visibility, 'published') = wanted_visibility) as agrees
       from found)
     select count(*) filter (where agrees)::int as agree,
            coalesce(jsonb_agg(to_jsonb(judged) - 'agrees' - 'is_ours') filter (where not agrees), '[]') as differing
     from judged`,
    { catalogId, page: JSON.stringify(page) }
  )
  return compared as { agree: number; differing: ComparedItem[] }
}

/**
 * The catalogue's feeds: whether Meta's last complete upload of each read its newest file, finished when; and whether a session is
 * under way, whose effect on its items is not known.
 */
const FEED_STATES = `
  feed as (
    select f.id, f.meta_feed_id, coalesce(last.number = f.snapshot_number, false) as is_current, last.finished_at as file_finished_at,
           exists (select from meta_catalog_upload u where u.feed_id = f.id and u.ingested_at is null and u.deleted_at is null) as is_uploading
    from meta_catalog_feed f
    left join lateral (
      select s.number, s.finished_at from meta_catalog_upload u left join meta_catalog_snapshot s on s.id = u.snapshot_id
      where u.feed_id = f.id and u.ingested_at is not null and not u.update_only and u.deleted_at is null
      order by u.started_at desc limit 1) last on true
    where f.catalog_id = :catalogId and f.deleted_at is null)`

/** Of an item `i` and its `feed`: nothing is about to change it, and nothing did in the last minutes. */
const AT_REST = `(
  i.due_at is null and i.batch_id is null and i.carrier_id is null and not i.reassert and not coalesce(feed.is_uploading, false)
  and coalesce(greatest(i.sent_at, i.acknowledged_at, i.rejected_at), i.listed_at, '-infinity') < meta_catalog_now() - interval '${SETTLING}')`

/**
 * Stores what a step found: the run as it stands now, the ids that need not be looked at again, and the items to repair, whose
 * value at Meta counts as unknown and is sent again before anything that waits. One that has moved since it was compared is left alone.
 *
 * @returns false when the run is no longer this worker's; nothing is stored then.
 */
export async function recordAudit(
  sql: Sql,
  { catalogId, owner }: AuditHold,
  step: { run: AuditRun; seen: string[]; repair: { itemIds: string[]; reason: string; priority: number } }
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
           due_reason = :reason, priority = :priority, is_ranked = false, updated_at = meta_catalog_now()
       from run where i.id = any(:itemIds) and i.due_at is null and i.batch_id is null and i.deleted_at is null)
     select id from run`,
    { catalogId, owner, run: JSON.stringify(step.run), seen: step.seen, ...step.repair }
  )
  return recorded !== undefined
}

/** Listed items at rest that the running audit has not seen, by retailer id. */
export async function listAbsent(sql: Sql, { catalogId, limit }: { catalogId: string; limit: number }): Promise<string[]> {
  const absent = await rows<{ retailer_id: string }>(
    sql,
    `with ${FEED_STATES}
     select i.retailer_id from meta_catalog_item i left join feed on feed.id = i.feed_id
     where ${UNSEEN} and ${LONG_LISTED} and ${AT_REST}
     order by i.retailer_id limit :limit`,
    { catalogId, limit }
  )
  return absent.map((row) => row.retailer_id)
}

const UNSEEN = `
  i.catalog_id = :catalogId and i.listed_at is not null and i.deleted_at is null
  and not exists (select from meta_catalog_audited_item a where a.catalog_id = i.catalog_id and a.retailer_id = i.retailer_id)`

/** A new item may be readable only minutes after it was taken in. */
const LONG_LISTED = `i.listed_at < meta_catalog_now() - interval '${SETTLING}'`

/**
 * The worker puts the audit down, for another round after `waitMs`.
 */
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
