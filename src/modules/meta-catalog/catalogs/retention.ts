import { rows, type Sql } from "../sql"

/**
 * Forgets what is only history: the values of ended batches after two days, the batches themselves, what each item was
 * sent and the days of the stock policy after `historyDays`, batch calls after a day, fetches, upload sessions and snapshot rows without a file after
 * ninety. The published snapshot, the newest of each feed and the newest upload sessions stay, because ties rest on them.
 */
export async function forgetHistory(sql: Sql, { historyDays }: { historyDays: number }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_batch set values = '[]'::jsonb
     where status in ('settled', 'released') and settled_at < meta_catalog_now() - interval '2 days' and values <> '[]'::jsonb`
  )
  await rows(sql, `delete from meta_catalog_item_change where sent_at < meta_catalog_now() - make_interval(days => :historyDays)`, { historyDays })
  await rows(
    sql,
    `delete from meta_catalog_batch
     where status in ('settled', 'released') and settled_at < meta_catalog_now() - make_interval(days => :historyDays)`,
    { historyDays }
  )
  await rows(sql, `delete from meta_catalog_stock_day where day < to_char((meta_catalog_now() - make_interval(days => :historyDays)) at time zone 'UTC', 'YYYY-MM-DD')`, { historyDays })
  await rows(sql, `delete from meta_catalog_call where made_at < meta_catalog_now() - interval '1 day'`)
  await rows(sql, `delete from meta_catalog_fetch where completed_at < meta_catalog_now() - interval '90 days'`)
  await rows(
    sql,
    `delete from meta_catalog_upload u
     where u.ingested_at < meta_catalog_now() - interval '90 days'
       and u.id not in (select n.id from (
         select id, row_number() over (partition by feed_id order by started_at desc nulls last) as place from meta_catalog_upload) n where n.place <= 10)`
  )
  await rows(
    sql,
    `delete from meta_catalog_snapshot s
     where s.status in ('superseded', 'failed') and s.file_key is null and s.finished_at < meta_catalog_now() - interval '90 days'
       and not exists (select from meta_catalog_upload u where u.snapshot_id = s.id)`
  )
  // An order that has ended says nothing any more; where one is asked for again, Meta is read.
  await rows(
    sql,
    `with old as (
       delete from meta_catalog_order
       where state in ('COMPLETED', 'GONE', 'UNREAD') and updated_at < meta_catalog_now() - make_interval(days => :historyDays) returning id),
     items as (delete from meta_catalog_order_item where order_id in (select id from old))
     delete from meta_catalog_cancellation where order_id in (select id from old) and status in ('done', 'refused')`,
    { historyDays }
  )
}
