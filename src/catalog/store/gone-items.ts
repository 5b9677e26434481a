import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { StoredCells } from "../columns/field-table"
import { KNOWN_ITEM_CELLS, KNOWN_ITEM_COLUMNS, knownItemAt, type KnownItem } from "./known-items"
import { openCursor, type Cells } from "./query"
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

/**
 * Streams the items of several catalogues that are no longer offered, with their last valid rows, from the same state of the
 * database as the offered ones and in one statement. Each answer has the items of a page by their catalogues' ids.
 */
export async function* streamGoneItems(
  snapshot: Knex.Transaction,
  scopes: readonly CatalogScope[],
  { pageSize }: { pageSize: number }
): AsyncGenerator<Map<string, GoneItem[]>> {
  const catalogs = new Map(scopes.map(({ catalogId, salesChannelId }) => [catalogId, { catalog_id: catalogId, sales_channel_id: salesChannelId }]))
  if (catalogs.size === 0) return
  const cursor = await openCursor<Cells>(snapshot, {
    name: "meta_catalog_gone_items",
    statement: `
      select ${KNOWN_ITEM_COLUMNS}, r.cells, ${IS_RETIRED} as is_retired, i.catalog_id
      from meta_catalog_item i
      join meta_catalog_catalog c on c.id = i.catalog_id
      join jsonb_to_recordset(cast(:catalogs as jsonb)) as s(catalog_id text, sales_channel_id text) on s.catalog_id = i.catalog_id
      left join meta_catalog_item_row r on r.item_id = i.id
      where i.catalog_id = any(:catalogIds) and i.deleted_at is null
        and not exists (
          select from product_variant v
          join product p on p.id = v.product_id and p.deleted_at is null and p.status = 'published'
          join product_sales_channel psc on psc.product_id = p.id and psc.deleted_at is null
          where v.id = i.variant_id and psc.sales_channel_id = s.sales_channel_id and v.deleted_at is null)`,
    bindings: { catalogs: JSON.stringify([...catalogs.values()]), catalogIds: [...catalogs.keys()] },
    pageSize,
    rowMode: "array",
  })
  for (let rows = await cursor.fetch(); rows.length > 0; rows = await cursor.fetch()) {
    const page = new Map<string, GoneItem[]>()
    for (const row of rows) {
      const [cells, isRetired, catalogId] = row.slice(KNOWN_ITEM_CELLS) as [StoredCells | null, boolean, string]
      const items = page.get(catalogId) ?? []
      items.push({ ...knownItemAt(row, 0)!, cells, isRetired })
      page.set(catalogId, items)
    }
    yield page
  }
}
