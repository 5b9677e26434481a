import { firstRow, rows, type Sql } from "../sql"

/** What was found in a catalogue as it stands. */
export type WithheldStock = { unitsWithheld: number; itemsShort: number }

/** One day of a catalogue's stock policy, newest first in every list; see `models/stock-day.ts`. */
export type StockDayRow = {
  day: string
  units_withheld: number
  items_short: number
  minutes_offered_unavailable: number
  cancellations_for_stock: number
}

/**
 * Takes one catalogue whose day was last looked at `everyMs` ago or never, the one that has waited longest. A taker that dies costs
 * the figures of one time, which the next one makes up for.
 *
 * @returns its id, or undefined when none is left.
 */
export async function takeStockMeasurement(sql: Sql, { everyMs }: { everyMs: number }): Promise<string | undefined> {
  const taken = await firstRow<{ id: string }>(
    sql,
    `update meta_catalog_catalog set stock_measured_at = meta_catalog_now()
     where id = (
       select id from meta_catalog_catalog
       where deleted_at is null
         and (stock_measured_at is null or stock_measured_at < meta_catalog_now() - make_interval(secs => cast(:everyMs as float) / 1000))
       order by stock_measured_at nulls first, id limit 1
       for update skip locked)
     returning id`,
    { everyMs }
  )
  return taken?.id
}

/** Minutes are counted anew for today and this many days before it: a change may have waited that long for a paused catalogue. */
const DAYS_BEFORE = 6

/** Where the day of `meta_catalog_now()` begins, in UTC. */
const TODAY = "date_trunc('day', meta_catalog_now() at time zone 'UTC')"

/**
 * Writes what a catalogue keeps back at present into today's row, and counts anew the minutes of the last days in which items were
 * offered while they were unavailable.
 *
 * An item is offered while unavailable from the mark of a change to "out of stock", where Meta was known to offer it, until
 * Meta acknowledged that change or the try that took its place, or until the next mark of a change back, or until now. A try and the one
 * that took its place are one span. With a threshold the first of these minutes may still find units in the store.
 *
 * A change that has not been sent yet, as in a paused catalogue, is counted once it is. Cancellations are those this store asked
 * for, with the reason OUT_OF_STOCK, on the day Meta carried them out.
 */
export async function writeStockDays(sql: Sql, { catalogId, withheld }: { catalogId: string; withheld: WithheldStock }): Promise<void> {
  await rows(
    sql,
    `with day as (
       select begins, begins + interval '1 day' as ends, begins = ${TODAY} as is_today
       from generate_series(${TODAY} - interval '${DAYS_BEFORE} days', ${TODAY}, interval '1 day') as begins),
     sold_out as (
       select h.item_id, h.due_at as since, coalesce(ending.at, meta_catalog_now()) as until
       from meta_catalog_item_change h
       left join lateral (
         select case when later.availability = 'out of stock' then b.settled_at else greatest(later.due_at, h.due_at) end as at
         from meta_catalog_item_change later
         join meta_catalog_batch b on b.id = later.batch_id
         join meta_catalog_item i on i.id = later.item_id
         where later.item_id = h.item_id and later.sent_at >= h.sent_at and later.availability is not null and later.deleted_at is null
           and (later.availability <> 'out of stock'
                or b.status = 'settled' and b.error is null and not coalesce(b.rejected, '[]') @> to_jsonb(i.retailer_id))
         order by later.sent_at limit 1) ending on true
       where h.catalog_id = :catalogId and h.availability = 'out of stock' and h.before_availability <> 'out of stock' and h.deleted_at is null
         and h.due_at is not null and h.sent_at >= (${TODAY} - interval '${DAYS_BEFORE} days') at time zone 'UTC'),
     span as (
       select unnest(range_agg(tstzrange(since, greatest(since, until)))) as time from sold_out group by item_id),
     minutes as (
       select day.begins, sum(extract(epoch from upper(within.time) - lower(within.time))) / 60 as minutes
       from day
       cross join span
       cross join lateral (select span.time * tstzrange(day.begins at time zone 'UTC', day.ends at time zone 'UTC') as time) within
       where not isempty(within.time)
       group by day.begins),
     cancelled as (
       select day.begins, count(*) as orders
       from day
       join meta_catalog_cancellation c
         on c.done_at >= day.begins at time zone 'UTC' and c.done_at < day.ends at time zone 'UTC'
       where c.catalog_id = :catalogId and c.status = 'done' and c.reason_code = 'OUT_OF_STOCK' and c.deleted_at is null
       group by day.begins)
     insert into meta_catalog_stock_day
       (catalog_id, day, units_withheld, items_short, minutes_offered_unavailable, cancellations_for_stock, created_at, updated_at)
     select :catalogId, to_char(day.begins, 'YYYY-MM-DD'), case when day.is_today then least(cast(:unitsWithheld as bigint), 2147483647) else 0 end,
            case when day.is_today then cast(:itemsShort as integer) else 0 end, coalesce(minutes.minutes, 0), coalesce(cancelled.orders, 0),
            meta_catalog_now(), meta_catalog_now()
     from day left join minutes on minutes.begins = day.begins left join cancelled on cancelled.begins = day.begins
     where (day.is_today or minutes.minutes is not null or cancelled.orders is not null) and exists (select from meta_catalog_catalog where id = :catalogId and deleted_at is null)
     on conflict (catalog_id, day) do update
     set units_withheld = case when excluded.day = to_char(${TODAY}, 'YYYY-MM-DD') then excluded.units_withheld else meta_catalog_stock_day.units_withheld end,
         items_short = case when excluded.day = to_char(${TODAY}, 'YYYY-MM-DD') then excluded.items_short else meta_catalog_stock_day.items_short end,
         -- History that has been forgotten meanwhile must not take away what it was counted for.
         minutes_offered_unavailable = greatest(excluded.minutes_offered_unavailable, meta_catalog_stock_day.minutes_offered_unavailable), cancellations_for_stock = excluded.cancellations_for_stock,
         updated_at = excluded.updated_at`,
    { catalogId, ...withheld }
  )
}

/** The newest days of a catalogue. */
export async function listStockDays(sql: Sql, { catalogId, days }: { catalogId: string; days: number }): Promise<StockDayRow[]> {
  return await rows<StockDayRow>(
    sql,
    `select day, units_withheld, items_short, minutes_offered_unavailable, cancellations_for_stock
     from meta_catalog_stock_day where catalog_id = :catalogId and deleted_at is null order by day desc limit :days`,
    { catalogId, days }
  )
}
