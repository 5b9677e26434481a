import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { openCursor, openSnapshot } from "../store/query"
import { readAhead } from "../store/read-ahead"
import type { VelocityBucket } from "./stock-policy"

/** How fast one item sells by the store's orders, and what was known of it until now. */
export type ItemRate = {
  itemId: string
  unitsPerDay: number
  before: { unitsPerDay: number; bucket: VelocityBucket; isMeasured: boolean }
}

/** Item id, units a day, units a day until now, bucket until now, measured before. */
type ItemRateRow = [string, number, number, VelocityBucket, boolean]

const PAGES_AHEAD = 2

/**
 * A common table expression `units_sold(variant_id, units)`: what the store's orders of the last `:days` days hold of each
 * variant, in every sales channel, because they all draw on the same stock. Couples to core's tables; the velocity suite
 * compares it with `query.graph`.
 *
 * An order's items are those of its version; older versions stay in the table. Cancelled orders and drafts sold nothing, while
 * what was returned did sell: it was gone from the stock while somebody had it.
 */
export const UNITS_SOLD = `
  units_sold as (
    select line.variant_id, sum(oi.quantity) as units
    from "order" o
    join order_item oi on oi.order_id = o.id and oi.version = o.version and oi.deleted_at is null
    join order_line_item line on line.id = oi.item_id and line.deleted_at is null
    where o.created_at > meta_catalog_now() - make_interval(days => :days) and o.deleted_at is null
      and o.status not in ('canceled', 'draft') and not o.is_draft_order and line.variant_id is not null
    group by line.variant_id)`

/** Days the orders speak for: a variant that is younger than the period has had less time to sell, at least a day. */
const DAYS_ON_SALE = "greatest(1, least(:days, extract(epoch from meta_catalog_now() - v.created_at) / 86400))"

/**
 * Streams every item of the catalogue with its sales of the last `days` days, in pages, all from one state of the database. The
 * transaction stays open until the generator ends or is left.
 */
export async function* streamItemRates(
  sql: Knex,
  { catalogId, days, pageSize }: { catalogId: string; days: number; pageSize: number }
): AsyncGenerator<ItemRate[]> {
  const snapshot = await openSnapshot(sql)
  try {
    const cursor = await openCursor<ItemRateRow>(snapshot, {
      name: "meta_catalog_item_rates",
      pageSize,
      rowMode: "array",
      bindings: { catalogId, days },
      statement: `with ${UNITS_SOLD}
        select i.id, (coalesce(sold.units / ${DAYS_ON_SALE}, 0))::real, i.units_per_day, i.velocity_bucket, i.velocity_at is not null
        from meta_catalog_item i
        left join units_sold sold on sold.variant_id = i.variant_id
        left join product_variant v on v.id = i.variant_id
        where i.catalog_id = :catalogId and i.deleted_at is null`,
    })
    const nextPage = async () => {
      const page = await cursor.fetch()
      return page.length > 0 ? page : null
    }
    for await (const page of readAhead(nextPage, PAGES_AHEAD)) {
      yield page.map(toItemRate)
    }
  } finally {
    await snapshot.rollback()
  }
}

function toItemRate([itemId, unitsPerDay, before, bucket, isMeasured]: ItemRateRow): ItemRate {
  return { itemId, unitsPerDay, before: { unitsPerDay: before, bucket, isMeasured } }
}
