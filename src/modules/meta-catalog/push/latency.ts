import { rows, type Sql } from "../sql"

/** What the delay is measured over, and how many changes it takes: with fewer, one of them alone would be the slowest 5 of 100. */
const DAYS = 7
const ENOUGH_SAMPLES = 20

/**
 * Condition: change `h` goes back to an event about stock. Only then does its mark tell when the stock changed: a sweep marks
 * what it finds, however long it has been so, and what a person starts for a whole catalogue waits in line by intent.
 */
const IS_STOCK_EVENT = "(h.reason like 'inventory%' or h.reason like 'reservation-item%')"

/** A catalogue that was measured; null: too few changes to say. */
export type MeasuredLatency = { id: string; latency_p95_s: number | null; latency_samples: number }

/**
 * Measures how long it takes from a stock event to Meta's acknowledgement, for every catalogue that was last measured `everyMs`
 * ago or never: the seconds that 95 of 100 changes of the last seven days did not exceed. What was lost, refused or sent again is
 * no sample; its later try is one. A time of two processes that come at once goes to one of them.
 */
export async function measureLatencies(sql: Sql, { everyMs }: { everyMs: number }): Promise<MeasuredLatency[]> {
  return await rows<MeasuredLatency>(
    sql,
    `with due as (
       select id from meta_catalog_catalog
       where deleted_at is null
         and (latency_measured_at is null or latency_measured_at < meta_catalog_now() - make_interval(secs => cast(:everyMs as float) / 1000))
       for update skip locked),
     sample as (
       select h.catalog_id, extract(epoch from b.settled_at - h.due_at) as seconds
       from meta_catalog_batch b
       join meta_catalog_item_change h on h.batch_id = b.id and h.due_at is not null and h.availability is not null and ${IS_STOCK_EVENT}
       join meta_catalog_item i on i.id = h.item_id
       where b.catalog_id in (select id from due) and b.status = 'settled' and b.error is null and b.deleted_at is null
         and b.settled_at > meta_catalog_now() - interval '${DAYS} days' and not coalesce(b.rejected, '[]') @> to_jsonb(i.retailer_id)),
     measured as (
       select due.id, count(sample.seconds)::int as samples, percentile_cont(0.95) within group (order by sample.seconds) as p95
       from due left join sample on sample.catalog_id = due.id
       group by due.id)
     update meta_catalog_catalog c
     set latency_p95_s = case when measured.samples >= ${ENOUGH_SAMPLES} then measured.p95 end,
         latency_samples = measured.samples, latency_measured_at = meta_catalog_now()
     from measured where c.id = measured.id
     returning c.id, c.latency_p95_s, c.latency_samples`,
    { everyMs }
  )
}
