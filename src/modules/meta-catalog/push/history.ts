import type { PriceGroup } from "../items/items"
import { rows, type Sql } from "../sql"

/**
 * How one sent value ended. `resent`: the call came to nothing, was lost or was refused as a whole, and the item was
 * sent again later.
 */
export type ChangeOutcome = "in_flight" | "acknowledged" | "rejected" | "resent"

/** One value an item was sent, newest first in every list. A group that was not part of the call is null. */
export type ItemChangeRow = {
  reason: string | null
  due_at: Date | null
  sent_at: Date
  quantity: number | null
  availability: string | null
  price: PriceGroup | null
  before_quantity: number | null
  before_availability: string | null
  before_price: PriceGroup | null
  outcome: ChangeOutcome
  settled_at: Date | null
  error: string | null
}

/** The newest values an item was sent, and how each ended. */
export async function listItemChanges(
  sql: Sql,
  { itemId, limit, offset }: { itemId: string; limit: number; offset: number }
): Promise<{ changes: ItemChangeRow[]; count: number }> {
  const found = await rows<ItemChangeRow & { count: number }>(
    sql,
    `select h.reason, h.due_at, h.sent_at, h.quantity, h.availability, h.price, h.before_quantity, h.before_availability, h.before_price,
            case when coalesce(b.rejected, '[]') @> to_jsonb(i.retailer_id) then 'rejected'
                 when b.status in ('sending', 'sent', 'verifying') then 'in_flight'
                 when b.status = 'settled' and b.error is null then 'acknowledged'
                 else 'resent' end as outcome,
            b.settled_at, b.error, count(*) over ()::int as count
     from meta_catalog_item_change h
     join meta_catalog_item i on i.id = h.item_id
     left join meta_catalog_batch b on b.id = h.batch_id
     where h.item_id = :itemId and h.deleted_at is null
     order by h.sent_at desc, h.batch_id desc limit :limit offset :offset`,
    { itemId, limit, offset }
  )
  return { changes: found.map(({ count: _count, ...change }) => change), count: found[0]?.count ?? 0 }
}
