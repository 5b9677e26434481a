import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { PriceCells } from "./price-cells"
import { openCursor, openSnapshot, query } from "./query"
import type { CatalogScope } from "./scope"
import { availableByVariant, isOffered, isStopped } from "./stock-sql"

/** What the stock policy has to know about one variant. */
export type StockFacts = {
  variantId: string
  productId: string
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

/** One item of a catalogue with its facts and what Meta was told last. */
export type ItemFacts = {
  itemId: string
  variantId: string
  retailerId: string
  facts: StockFacts
  acknowledgedQuantity: number | null
  /** Null means that what Meta holds is not known. */
  acknowledgedAvailability: string | null
  sentQuantity: number | null
  sentAvailability: string | null
  /** Cells by Meta's names; null when what Meta holds is not known. Read only `withPrices`. */
  acknowledgedPrice: PriceCells | null
  sentPrice: PriceCells | null
  listed: boolean
  dueAt: Date | null
  batchId: string | null
  /** Meta refused what was sent last. */
  isRejected: boolean
}

type FactRow = {
  variant_id: string
  product_id: string
  is_offered: boolean
  is_stopped: boolean
  manage_inventory: boolean
  allow_backorder: boolean
  available: number | null
}

type ItemFactRow = FactRow & {
  item_id: string
  retailer_id: string
  acknowledged_quantity: number | null
  acknowledged_availability: string | null
  sent_quantity: number | null
  sent_availability: string | null
  acknowledged_price?: PriceCells | null
  sent_price?: PriceCells | null
  listed: boolean
  due_at: Date | null
  batch_id: string | null
  is_rejected: boolean
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

/**
 * Streams every item of the catalogue with its facts (an item without a valid feed row counts as not offered), in pages, all from one state of the database. The transaction stays
 * open until the generator ends or is left.
 */
export async function* streamItemFacts(
  sql: Knex,
  scope: CatalogScope,
  { pageSize, withPrices = false }: { pageSize: number; withPrices?: boolean }
): AsyncGenerator<ItemFacts[]> {
  const snapshot = await openSnapshot(sql)
  try {
    const cursor = await openCursor<ItemFactRow>(snapshot, {
      name: "meta_catalog_item_facts",
      pageSize,
      bindings: { catalogId: scope.catalogId, salesChannelId: scope.salesChannelId },
      statement: `with ${availableByVariant("true")}
        select i.id as item_id, i.variant_id, i.product_id, i.retailer_id,
               i.acknowledged_quantity, i.acknowledged_availability, i.sent_quantity, i.sent_availability,
               ${withPrices ? "i.acknowledged_price, i.sent_price," : ""}
               i.listed_at is not null as listed, i.due_at, coalesce(i.batch_id, i.carrier_id) as batch_id, i.rejected_at is not null as is_rejected,
               coalesce(${isOffered("v", "p")}, false) and i.invalid_since is null as is_offered, ${isStopped("p")} as is_stopped,
               coalesce(v.manage_inventory, true) as manage_inventory, coalesce(v.allow_backorder, false) as allow_backorder, a.available
        from meta_catalog_item i
        left join product_variant v on v.id = i.variant_id
        left join product p on p.id = v.product_id
        left join available a on a.variant_id = i.variant_id
        where i.catalog_id = :catalogId and i.deleted_at is null`,
    })
    for (let page = await cursor.fetch(); page.length > 0; page = await cursor.fetch()) {
      yield page.map(toItemFacts)
    }
  } finally {
    await snapshot.rollback()
  }
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

function toItemFacts(row: ItemFactRow): ItemFacts {
  return {
    itemId: row.item_id,
    variantId: row.variant_id,
    retailerId: row.retailer_id,
    facts: toFacts(row),
    acknowledgedQuantity: row.acknowledged_quantity,
    acknowledgedAvailability: row.acknowledged_availability,
    sentQuantity: row.sent_quantity,
    sentAvailability: row.sent_availability,
    acknowledgedPrice: row.acknowledged_price ?? null,
    sentPrice: row.sent_price ?? null,
    listed: row.listed,
    dueAt: row.due_at,
    batchId: row.batch_id,
    isRejected: row.is_rejected,
  }
}
