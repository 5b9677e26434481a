import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./query"
import type { CatalogScope } from "./scope"
import { availableByVariant, isOffered, isStopped } from "./stock-sql"

/** What the stock policy has to know. */
export type Stock = {
  /** Published, linked to the sales channel, and neither the variant nor its product deleted. */
  isOffered: boolean
  /** A person has stopped selling it on Meta. */
  isStopped: boolean
  managesInventory: boolean
  allowsBackorder: boolean
  /**
   * As core computes it: the smallest over the variant's inventory items of floor(stocked − reserved over the channel's
   * locations ÷ required quantity). Null when the variant has no inventory item. May be negative.
   */
  available: number | null
}

/** The stock of one variant. */
export type StockFacts = Stock & { variantId: string; productId: string }

type FactRow = {
  variant_id: string
  product_id: string
  is_offered: boolean
  is_stopped: boolean
  manage_inventory: boolean
  allow_backorder: boolean
  available: number | null
}

/**
 * Reads the stock facts of these variants in one statement. Deleted variants come back with `isOffered` false; ids that
 * no row has ever had are missing from the map.
 */
export async function readStockFacts(sql: Knex, scope: CatalogScope, variantIds: string[]): Promise<Map<string, StockFacts>> {
  const found = await query<FactRow>(
    sql,
    `with ${availableByVariant("l.variant_id = any(:variantIds)")}
     select v.id as variant_id, v.product_id, ${isOffered("v", "p")} as is_offered, ${isStopped("p")} as is_stopped, v.manage_inventory, v.allow_backorder, a.available
     from product_variant v
     join product p on p.id = v.product_id
     left join available a on a.variant_id = v.id
     where v.id = any(:variantIds)`,
    { variantIds, catalogId: scope.catalogId, salesChannelId: scope.salesChannelId }
  )
  return new Map(found.map((row) => [row.variant_id, toFacts(row)]))
}

function toFacts(row: FactRow): StockFacts {
  return {
    variantId: row.variant_id,
    productId: row.product_id,
    isOffered: row.is_offered,
    isStopped: row.is_stopped,
    managesInventory: row.manage_inventory,
    allowsBackorder: row.allow_backorder,
    available: row.available,
  }
}
