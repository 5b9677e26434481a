import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./query"
import type { CatalogScope } from "./scope"
import { isOffered } from "../stock/stock-sql"

/**
 * The first offered variants whose item Meta is not known to hold, and how many there are in all. Those that have an item come
 * first, the oldest before the newest, so that the same ones are met each time.
 */
export async function readUnlistedVariants(
  sql: Knex,
  scope: CatalogScope,
  { limit }: { limit: number }
): Promise<{ variantIds: string[]; total: number }> {
  const found = await query<{ id: string; total: number }>(
    sql,
    `select v.id, count(*) over ()::int as total
     from product_variant v join product p on p.id = v.product_id
     left join meta_catalog_item i on i.catalog_id = :catalogId and i.variant_id = v.id and i.deleted_at is null
     where ${isOffered("v", "p")} and i.listed_at is null
     order by i.id is null, coalesce(i.created_at, v.created_at), v.id
     limit :limit`,
    { catalogId: scope.catalogId, salesChannelId: scope.salesChannelId, limit: Math.max(1, limit) }
  )
  return { variantIds: found.slice(0, limit).map((row) => row.id), total: found[0]?.total ?? 0 }
}

/** A listed item, whether its variant is offered now, and whether that is noted. */
export type ListedItem = { id: string; isOffered: boolean; isDiscontinued: boolean }

/** Every listed item of a catalogue; for catalogues of a few dozen. */
export async function readListedItems(sql: Knex, scope: CatalogScope): Promise<ListedItem[]> {
  return await query<ListedItem>(
    sql,
    `select i.id, coalesce(${isOffered("v", "p")}, false) as "isOffered", i.discontinued_at is not null as "isDiscontinued"
     from meta_catalog_item i
     left join product_variant v on v.id = i.variant_id
     left join product p on p.id = v.product_id
     where i.catalog_id = :catalogId and i.listed_at is not null and i.deleted_at is null
     order by i.id`,
    { catalogId: scope.catalogId, salesChannelId: scope.salesChannelId }
  )
}
