import { CLAIMABLE, WAITING } from "../batches/claimable"
import { PRIORITY } from "./priority"
import { ITEMS_PER_CALL, type DueItems } from "./push-plan"
import { firstRow, rows, type Sql } from "../sql"

/** A due item whose value has not been compared yet. `marked_at` is text, because its microseconds are compared later. */
export type UnrankedItem = {
  id: string
  variant_id: string
  product_id: string
  acknowledged_quantity: number | null
  acknowledged_availability: string | null
  is_invalid: boolean
  marked_at: string | null
}

/** Looks at what waits. */
export async function readDue(sql: Sql, { catalogId }: { catalogId: string }): Promise<DueItems> {
  const oldest = (condition: string, among = CLAIMABLE) =>
    `(select cast(extract(epoch from min(i.due_at) - meta_catalog_now()) * 1000 as float) from meta_catalog_item i
      where i.catalog_id = :catalogId and ${among} and ${condition})`
  const due = await firstRow<DueItems>(
    sql,
    `select ${oldest("true")} as "oldestInMs",
            ${oldest(`i.priority <= ${PRIORITY.sellOut}`)} as "oldestSellOutInMs",
            ${oldest(`i.priority > ${PRIORITY.sellOut}`)} as "oldestOtherInMs",
            ${oldest(`i.priority > ${PRIORITY.sellOut} and not i.is_ranked`)} as "oldestUnrankedInMs",
            ${oldest("i.carrier_id is not null and not i.is_ranked", WAITING)} as "oldestCarriedInMs",
            (select count(*)::int from (
               select from meta_catalog_item i where i.catalog_id = :catalogId and ${CLAIMABLE} and i.due_at <= meta_catalog_now() limit ${ITEMS_PER_CALL}) d) as count`,
    { catalogId }
  )
  return due as DueItems
}

/**
 * Due items that nobody has ranked since their mark, the longest waiting first. Nothing is claimed. What Meta holds of an item
 * in a carrier is not known until that has ended.
 */
export async function listUnranked(sql: Sql, { catalogId, limit }: { catalogId: string; limit: number }): Promise<UnrankedItem[]> {
  return await rows<UnrankedItem>(
    sql,
    `select i.id, i.variant_id, i.product_id, case when i.carrier_id is null then i.acknowledged_quantity end as acknowledged_quantity,
            case when i.carrier_id is null then i.acknowledged_availability end as acknowledged_availability, i.invalid_since is not null as is_invalid, cast(i.marked_at as text) as marked_at
     from meta_catalog_item i
     where i.catalog_id = :catalogId and ${WAITING} and i.due_at <= meta_catalog_now() and not i.is_ranked
     order by i.due_at limit :limit`,
    { catalogId, limit }
  )
}

/** A rank found for an item as it was marked at that time. */
export type Rank = Pick<UnrankedItem, "id" | "marked_at"> & { priority: number }

/** Gives these items their rank, except those that were claimed or marked again since their value was read. */
export async function recordRanks(sql: Sql, { ranks }: { ranks: Rank[] }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_item i
     set priority = r.priority, is_ranked = true, updated_at = meta_catalog_now()
     from jsonb_to_recordset(cast(:ranks as jsonb)) as r(id text, priority integer, marked_at timestamptz)
     where i.id = r.id and i.due_at is not null and i.batch_id is null and i.marked_at is not distinct from r.marked_at`,
    { ranks: JSON.stringify(ranks) }
  )
}
