import { rows, type Sql } from "../sql"

/**
 * Nobody knows whether Meta applied the call. Its items are due at once with an unknown value, and the batch stays
 * `doubtful` for the window, because the lost call may still be applied late.
 */
export async function doubtBatch(sql: Sql, batchId: string, { error, windowMs }: { error: string; windowMs: number }): Promise<void> {
  await rows(
    sql,
    `with b as (
       update meta_catalog_batch
       set status = 'doubtful', error = :error,
           doubtful_until = meta_catalog_now() + make_interval(secs => cast(:windowMs as float) / 1000), updated_at = meta_catalog_now()
       where id = :batchId and status in ('sending', 'sent', 'verifying')
       returning id)
     ${MAKE_UNKNOWN}`,
    { batchId, error, windowMs }
  )
}

const MAKE_UNKNOWN = `
  update meta_catalog_item i
  set batch_id = null, reassert = false, acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null,
      due_at = coalesce(i.due_at, meta_catalog_now()), updated_at = meta_catalog_now()
  from b where i.batch_id = b.id and i.deleted_at is null
  returning i.catalog_id`

/**
 * Frees what dead workers left: a claim that was never sent gives its items back; a send of unknown outcome becomes
 * doubtful. Carriers have `expireCarriers`. Returns the catalogues that have due items because of it.
 */
export async function expireLeases(sql: Sql, { windowMs }: { windowMs: number }): Promise<string[]> {
  const freed = await rows<{ catalog_id: string }>(
    sql,
    `with dead as (
       select id, status from meta_catalog_batch
       where status in ('claimed', 'sending') and transport <> 'upload' and lease_until < meta_catalog_now() and deleted_at is null
       for update skip locked),
     b as (
       update meta_catalog_batch batch
       set status = case when dead.status = 'claimed' then 'released' else 'doubtful' end, error = 'its worker went silent',
           settled_at = case when dead.status = 'claimed' then meta_catalog_now() end,
           doubtful_until = case when dead.status = 'sending'
             then meta_catalog_now() + make_interval(secs => cast(:windowMs as float) / 1000) end,
           updated_at = meta_catalog_now()
       from dead where batch.id = dead.id
       returning batch.id, dead.status)
     update meta_catalog_item i
     set batch_id = null, reassert = false, due_at = coalesce(i.due_at, meta_catalog_now()),
         acknowledged_quantity = case when b.status = 'claimed' and not i.reassert then i.acknowledged_quantity end,
         acknowledged_availability = case when b.status = 'claimed' and not i.reassert then i.acknowledged_availability end,
         acknowledged_price = case when b.status = 'claimed' and not i.reassert then i.acknowledged_price end,
         updated_at = meta_catalog_now()
     from b where i.batch_id = b.id and i.deleted_at is null
     returning i.catalog_id`,
    { windowMs }
  )
  return [...new Set(freed.map((row) => row.catalog_id))]
}

/**
 * Closes the doubtful batches whose window has passed: every item of theirs is asserted once more, because the lost call
 * may have been applied after a later one. An item in flight is asserted after its batch settles.
 */
export async function closeDoubtful(sql: Sql): Promise<string[]> {
  const closed = await rows<{ catalog_id: string }>(
    sql,
    `with b as (
       update meta_catalog_batch
       set status = 'settled', settled_at = meta_catalog_now(), updated_at = meta_catalog_now()
       where status = 'doubtful' and doubtful_until <= meta_catalog_now() and deleted_at is null
       returning id, values)
     update meta_catalog_item i
     set due_at = coalesce(i.due_at, meta_catalog_now()), due_reason = 'a lost call may have been applied late',
         reassert = i.batch_id is not null,
         acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null, updated_at = meta_catalog_now()
     from b, jsonb_to_recordset(b.values) as v(item_id text)
     where i.id = v.item_id and i.deleted_at is null
     returning i.catalog_id`
  )
  return [...new Set(closed.map((row) => row.catalog_id))]
}
