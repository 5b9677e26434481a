import { firstRow, rows, type Sql } from "../sql"

/** How many items of a catalogue are in which state. Discontinued items are counted in their state as well. */
export type ItemCounts = {
  items: number
  listed: number
  in_step: number
  waiting: number
  in_flight: number
  rejected: number
  not_in_feed: number
  discontinued: number
  pending_since: Date | null
}

/** Counts a catalogue's items by state, in one pass over them. */
export async function countItems(sql: Sql, { catalogId }: { catalogId: string }): Promise<ItemCounts> {
  const counts = await firstRow<ItemCounts>(
    sql,
    `select count(*)::int as items,
            count(*) filter (where listed_at is not null)::int as listed,
            count(*) filter (where state = 'in_step')::int as in_step,
            count(*) filter (where state = 'waiting')::int as waiting,
            count(*) filter (where state = 'in_flight')::int as in_flight,
            count(*) filter (where state = 'rejected')::int as rejected,
            count(*) filter (where state = 'not_in_feed')::int as not_in_feed,
            count(*) filter (where discontinued_at is not null)::int as discontinued,
            min(due_at) filter (where state = 'waiting') as pending_since
     from (
       select i.listed_at, i.discontinued_at, i.due_at,
              case when listed_at is null then 'not_in_feed'
                   when batch_id is not null or carrier_id is not null then 'in_flight'
                   when due_at is not null then 'waiting'
                   when rejected_at is not null then 'rejected'
                   when c.pushes_stock and acknowledged_availability is null and f.strategy is distinct from 'slow' then 'waiting'
                   else 'in_step' end as state
       from meta_catalog_item i join meta_catalog_catalog c on c.id = i.catalog_id left join meta_catalog_feed f on f.id = i.feed_id
       where i.catalog_id = :catalogId and i.deleted_at is null) i`,
    { catalogId }
  )
  return counts as ItemCounts
}

/** Open issues of a catalogue by severity. */
export async function countIssues(sql: Sql, { catalogId }: { catalogId: string }): Promise<{ errors: number; warnings: number }> {
  const counts = await firstRow<{ errors: number; warnings: number }>(
    sql,
    `select count(*) filter (where severity = 'error')::int as errors, count(*) filter (where severity = 'warning')::int as warnings
     from meta_catalog_issue where catalog_id = :catalogId and deleted_at is null`,
    { catalogId }
  )
  return counts as { errors: number; warnings: number }
}

/** The last complete response of each of these feeds. */
export async function lastFetches(
  sql: Sql,
  { feedIds }: { feedIds: string[] }
): Promise<{ feed_id: string; completed_at: Date; user_agent: string | null }[]> {
  return await rows(
    sql,
    `select distinct on (feed_id) feed_id, completed_at, user_agent from meta_catalog_fetch
     where feed_id = any(:feedIds) and deleted_at is null order by feed_id, completed_at desc`,
    { feedIds }
  )
}
