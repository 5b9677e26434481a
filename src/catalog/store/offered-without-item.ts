import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./query"
import type { CatalogScope } from "./scope"
import { isOffered } from "../stock/stock-sql"

/**
 * Whether the channel offers a variant that has no item in this catalogue yet, so that the feed has to be built. A variant
 * that a build has already refused, with an issue, would only be refused again.
 */
export async function hasOfferedWithoutItem(sql: Knex, scope: CatalogScope): Promise<boolean> {
  const found = await query(
    sql,
    `select v.id from product_variant v join product p on p.id = v.product_id
     where ${isOffered("v", "p")}
       and not exists (select from meta_catalog_item i where i.catalog_id = :catalogId and i.variant_id = v.id and i.deleted_at is null)
       and not exists (select from meta_catalog_issue x
                       where x.catalog_id = :catalogId and x.variant_id = v.id and x.source = 'check' and x.severity = 'error')
     limit 1`,
    { salesChannelId: scope.salesChannelId, catalogId: scope.catalogId }
  )
  return found.length > 0
}
