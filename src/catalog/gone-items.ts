import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { StoredCells } from "./field-table"
import { IS_OWN, KNOWN_ITEM_COLUMNS, toKnownItem, type KnownItem, type KnownItemRow } from "./known-items"
import { openCursor } from "./query"
import type { CatalogScope } from "./scope"

/** An item whose variant is unpublished, unlinked or deleted, with its last valid row, null when it never had one. */
export type GoneItem = KnownItem & {
  cells: StoredCells | null
  /** It is gone for longer than the catalogue keeps such items. */
  isRetired: boolean
}

/**
 * Condition: item `i` is gone for longer than its catalogue `c` keeps such items. Months are counted in UTC, from the 31st to a
 * month's last day.
 */
export const IS_RETIRED = `coalesce(
  (i.discontinued_at at time zone 'UTC' + make_interval(months => c.discontinued_months)) at time zone 'UTC' <= meta_catalog_now(), false)`

type GoneItemRow = KnownItemRow & { cells: StoredCells | null; is_retired: boolean }

/**
 * Streams the catalogue's items that are no longer offered, or of these the feed's own, with their last valid rows, from the same
 * state of the database as the offered ones.
 */
export async function* streamGoneItems(
  snapshot: Knex.Transaction,
  scope: CatalogScope,
  { pageSize, feedId }: { pageSize: number; feedId?: string }
): AsyncGenerator<GoneItem[]> {
  const cursor = await openCursor<GoneItemRow>(snapshot, {
    name: "meta_catalog_gone_items",
    statement: `
      select ${KNOWN_ITEM_COLUMNS}, r.cells, ${IS_RETIRED} as is_retired
      from meta_catalog_item i
      join meta_catalog_catalog c on c.id = i.catalog_id
      left join meta_catalog_item_row r on r.item_id = i.id
      where i.catalog_id = :catalogId and i.deleted_at is null ${feedId === undefined ? "" : `and ${IS_OWN}`}
        and not exists (
          select from product_variant v
          join product p on p.id = v.product_id and p.deleted_at is null and p.status = 'published'
          join product_sales_channel psc
            on psc.product_id = p.id and psc.sales_channel_id = :salesChannelId and psc.deleted_at is null
          where v.id = i.variant_id and v.deleted_at is null)`,
    bindings: { catalogId: scope.catalogId, salesChannelId: scope.salesChannelId, ...(feedId === undefined ? {} : { feedId }) },
    pageSize,
  })
  for (let rows = await cursor.fetch(); rows.length > 0; rows = await cursor.fetch()) {
    yield rows.map((row) => ({ ...toKnownItem(row)!, cells: row.cells, isRetired: row.is_retired }))
  }
}
