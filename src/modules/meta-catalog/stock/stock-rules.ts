import { firstRow, rows, type Sql } from "../sql"

/** A rule to be stored; one without settings is taken away. */
export type StockRuleInput = { scope: string; reference_id: string; settings: Record<string, unknown> }

/** As `fixed_since` is written, so that texts compare like times. */
const NOW_TEXT = `to_char(meta_catalog_now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const SWEPT = `
  sweep_requested_at = coalesce(sweep_requested_at, meta_catalog_now()), updated_at = meta_catalog_now(),
  brake_released_until = case when :releasedMinutes > 0
    then greatest(brake_released_until, meta_catalog_now() + make_interval(mins => cast(:releasedMinutes as integer))) else brake_released_until end`

/**
 * Stores rules of a catalogue, each in the place of the one that speaks of the same, and asks for a sweep of every catalogue,
 * which finds the items they change: what one is promised the others lose. A mass change that a person has seen and accepted
 * is held in none of them. A fixed allocation that is refilled by hand is full from the moment it becomes one.
 *
 * @param releasedMinutes for so long mass changes pass; 0 leaves the brakes as they are
 * @returns whether the catalogue is there.
 */
export async function saveStockRules(
  sql: Sql,
  { catalogId, rules, releasedMinutes }: { catalogId: string; rules: (StockRuleInput & { id: string })[]; releasedMinutes: number }
): Promise<boolean> {
  const saved = await firstRow(
    sql,
    `with catalog as (
       update meta_catalog_catalog
       set ${SWEPT}
       where id = :catalogId and deleted_at is null returning id),
     others as (
       update meta_catalog_catalog
       set ${SWEPT}
       where id <> :catalogId and deleted_at is null and exists (select from catalog)),
     input as (
       select input.id, input.scope, input.reference_id,
              -- Whoever writes a rule does not know of a refill since; the newer of both times stands.
              case when input.settings ->> 'allocation' = 'fixed' then input.settings || jsonb_build_object('fixed_since', coalesce(
                greatest(input.settings ->> 'fixed_since', case when r.settings ->> 'allocation' = 'fixed' then r.settings ->> 'fixed_since' end), ${NOW_TEXT}))
              else input.settings end as settings
       from catalog, jsonb_to_recordset(cast(:rules as jsonb)) as input(id text, scope text, reference_id text, settings jsonb)
       left join meta_catalog_stock_rule r
         on r.catalog_id = :catalogId and r.scope = input.scope and r.reference_id = input.reference_id and r.deleted_at is null),
     removed as (
       delete from meta_catalog_stock_rule r using input
       where r.catalog_id = :catalogId and r.scope = input.scope and r.reference_id = input.reference_id and input.settings = '{}'),
     stored as (
       insert into meta_catalog_stock_rule (id, catalog_id, scope, reference_id, settings, created_at, updated_at)
       select id, :catalogId, scope, reference_id, settings, meta_catalog_now(), meta_catalog_now() from input where settings <> '{}'
       on conflict (catalog_id, scope, reference_id) where deleted_at is null
       do update set settings = excluded.settings, updated_at = excluded.updated_at)
     select id from catalog`,
    { catalogId, releasedMinutes, rules: JSON.stringify(rules) }
  )
  return saved !== undefined
}

/**
 * Fills fixed allocations of a catalogue again: from now on its channel's orders draw on them anew.
 *
 * @param ruleIds only these rules; null is all of them
 * @returns the ids of the rules that were refilled.
 */
export async function refillAllocations(sql: Sql, { catalogId, ruleIds }: { catalogId: string; ruleIds: string[] | null }): Promise<string[]> {
  const refilled = await rows<{ id: string }>(
    sql,
    `with refilled as (
       update meta_catalog_stock_rule
       set settings = settings || jsonb_build_object('fixed_since', ${NOW_TEXT}),
           updated_at = meta_catalog_now()
       where catalog_id = :catalogId and deleted_at is null and settings ->> 'allocation' = 'fixed'
         and (cast(:ruleIds as text[]) is null or id = any(cast(:ruleIds as text[])))
       returning id),
     swept as (
       update meta_catalog_catalog set sweep_requested_at = coalesce(sweep_requested_at, meta_catalog_now()), updated_at = meta_catalog_now()
       where deleted_at is null and exists (select from refilled))
     select id from refilled`,
    { catalogId, ruleIds }
  )
  return refilled.map(({ id }) => id)
}
