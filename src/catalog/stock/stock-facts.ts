import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "../store/query"
import type { CatalogScope } from "../store/scope"
import { readPolicies, type Policies } from "./policies"
import { policyFactsSql, withPolicy, type PolicyColumn, type StorePart } from "./policy-facts"
import { NO_RIVALS, type Rivals } from "./share-out"
import type { StockPolicy, VelocityBucket } from "./stock-policy"
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
  /** The same before it is added up; read only where a rule counts some locations alone. */
  parts: StockPart[] | null
  /** Units in orders at Meta that the stock does not know of yet and Meta does not subtract. */
  pendingUnits: number
  /** Units by which the channel's orders have drawn a fixed allocation down. */
  drawnUnits: number
  /** What other catalogues have been promised of the same stock. */
  rivals: Rivals
  unitsPerDay: number
  velocityBucket: VelocityBucket
  /** Seconds from a change to Meta's word; 95 of 100 are faster. */
  latencySeconds: number
  /** Meta has been told a number at some time. */
  wasToldNumber: boolean
}

/** One inventory item of a variant: how many a unit takes, and how many are free at each of the channel's locations. */
export type StockPart = { required: number; free: Record<string, number> }

/** The stock of one variant, and the policy that stands for it. */
export type StockFacts = { variantId: string; productId: string; stock: Stock; policy: StockPolicy }

/** Something that is not sold at all. */
export const NOT_OFFERED: Stock = {
  isOffered: false,
  isStopped: false,
  managesInventory: true,
  allowsBackorder: false,
  available: null,
  parts: null,
  pendingUnits: 0,
  drawnUnits: 0,
  rivals: NO_RIVALS,
  unitsPerDay: 0,
  velocityBucket: "slow",
  latencySeconds: 0,
  wasToldNumber: false,
}

type FactRow = {
  variant_id: string
  product_id: string
  is_offered: boolean
  is_stopped: boolean
  manage_inventory: boolean
  allow_backorder: boolean
  available: number | null
  policy_facts: PolicyColumn
}

const THESE: StorePart = { variants: ":variantIds", products: "array(select product_id from product_variant where id = any(:variantIds))" }

/**
 * Reads the stock facts of these variants in one statement. Deleted variants come back with `isOffered` false; ids that
 * no row has ever had are missing from the map.
 */
export async function readStockFacts(sql: Knex, scope: CatalogScope, variantIds: string[]): Promise<Map<string, StockFacts>> {
  // Read after the claim like the stock: a changed rule marks its items due again, and must not be answered by the old one.
  const policies = await readPolicies(sql, scope)
  const more = policyFactsSql(policies, { ...scope, part: THESE })
  const found = await query<FactRow>(
    sql,
    `with ${more.with} ${availableByVariant(THESE.variants)}
     select v.id as variant_id, v.product_id, ${isOffered("v", "p")} as is_offered, ${isStopped("p")} as is_stopped, v.manage_inventory, v.allow_backorder, a.available,
            ${more.column} as policy_facts
     from product_variant v
     join product p on p.id = v.product_id
     left join available a on a.variant_id = v.id
     left join meta_catalog_item i on i.catalog_id = :catalogId and i.variant_id = v.id and i.deleted_at is null
     ${more.joins}
     where v.id = any(:variantIds)`,
    { variantIds, catalogId: scope.catalogId, salesChannelId: scope.salesChannelId, ...more.bindings }
  )
  return new Map(found.map((row) => [row.variant_id, toFacts(row, policies)]))
}

function toFacts(row: FactRow, policies: Policies): StockFacts {
  const base = {
    isOffered: row.is_offered,
    isStopped: row.is_stopped,
    managesInventory: row.manage_inventory,
    allowsBackorder: row.allow_backorder,
    available: row.available,
  }
  return { variantId: row.variant_id, productId: row.product_id, ...withPolicy(base, row.policy_facts, policies) }
}
