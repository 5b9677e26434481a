import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { Cells } from "./field-table"
import { openCursor } from "./query"
import type { CatalogScope } from "./scope"

/** An item whose variant is unpublished, unlinked or deleted. */
export type GoneItem = {
  id: string
  retailerId: string
  listed: boolean
  writtenSince: number | null
  omittedSince: number | null
  isDiscontinued: boolean
  /** Meta was last told that it can be bought. */
  isSelling: boolean
  /** Its last valid row; null when it never had one. */
  cells: Cells | null
}

type GoneRow = {
  id: string
  retailer_id: string
  listed: boolean
  written_since: number | null
  omitted_since: number | null
  is_discontinued: boolean
  is_selling: boolean
  cells: Cells | null
}

/** Whether Meta was last told that item `i` can be bought: acknowledged, or sent where nothing is acknowledged. */
export function isSelling(i: string): string {
  return `(coalesce(${i}.acknowledged_availability, ${i}.sent_availability, '') = 'in stock')`
}

/**
 * Streams the catalogue's items that are no longer offered, with their last valid rows, from the same state of the
 * database as the offered ones.
 */
export async function* streamGoneItems(
  snapshot: Knex.Transaction,
  scope: CatalogScope,
  { pageSize }: { pageSize: number }
): AsyncGenerator<GoneItem[]> {
  const cursor = await openCursor<GoneRow>(snapshot, {
    name: "meta_catalog_gone_items",
    statement: `
      select i.id, i.retailer_id, i.listed_at is not null as listed, i.written_since, i.omitted_since,
             i.discontinued_at is not null as is_discontinued, ${isSelling("i")} as is_selling, r.cells
      from meta_catalog_item i
      left join meta_catalog_item_row r on r.item_id = i.id
      where i.catalog_id = :catalogId and i.deleted_at is null
        and not exists (
          select from product_variant v
          join product p on p.id = v.product_id and p.deleted_at is null and p.status = 'published'
          join product_sales_channel psc
            on psc.product_id = p.id and psc.sales_channel_id = :salesChannelId and psc.deleted_at is null
          where v.id = i.variant_id and v.deleted_at is null)`,
    bindings: { catalogId: scope.catalogId, salesChannelId: scope.salesChannelId },
    pageSize,
  })
  for (let rows = await cursor.fetch(); rows.length > 0; rows = await cursor.fetch()) {
    yield rows.map((row) => ({
      id: row.id,
      retailerId: row.retailer_id,
      listed: row.listed,
      writtenSince: row.written_since,
      omittedSince: row.omitted_since,
      isDiscontinued: row.is_discontinued,
      isSelling: row.is_selling,
      cells: row.cells,
    }))
  }
}
