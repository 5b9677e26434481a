import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { PriceCells } from "../prices/price-cells"
import { comparePolicies, readPolicies, type Policies } from "./policies"
import { policyFactsSql, withPolicy, type PolicyColumn } from "./policy-facts"
import { IS_SELLABLE } from "../store/known-items"
import { openCursor, openSnapshot } from "../store/query"
import { readAhead } from "../store/read-ahead"
import type { CatalogScope } from "../store/scope"
import type { Stock } from "./stock-facts"
import type { StockPolicy, StockRule } from "./stock-policy"
import { availableByVariant, isOffered, isStopped } from "./stock-sql"

/** One item of a catalogue with its stock and what Meta was told last. */
export type ItemFacts = {
  itemId: string
  variantId: string
  stock: Stock
  policy: StockPolicy
  /** With a draft of the rules: the same by the rules as they stand. */
  before: { stock: Stock; policy: StockPolicy } | null
  /** It can be bought at Meta, as far as is known. */
  isSelling: boolean
  /** A mark waits already. */
  isDue: boolean
  /** It belongs to a slow feed, whose files bring its changes. */
  isSlow: boolean
  /**
   * What was sent last where that is under way or was refused, else what was acknowledged; availability
   * null when what Meta holds, or is about to be told, is not known.
   */
  told: { quantity: number | null; availability: string | null }
  /** The same of the price group. Read only `withPrices`. */
  toldPrice: PriceCells | null
}

/** Item id, variant id, flags, available, told quantity, told availability, what the policies need, told price. */
type ItemFactRow = [string, string, number, number | null, number | null, string | null, PolicyColumn, (PriceCells | null)?]

/** One number for all yes-or-no columns: a hundred thousand rows are read in a second or two, and every column counts. */
const FLAG = { isOffered: 1, isStopped: 2, managesInventory: 4, allowsBackorder: 8, isSelling: 16, isDue: 32, isSlow: 64 } as const

/** What was sent last is what Meta was told: under way in a call or a carrier, or refused, and it would be refused again. */
const IS_SENT = "i.batch_id is not null or i.carrier_id is not null or i.rejected_at is not null"

/** A worker is about to say something that is not committed yet, so nobody knows what Meta will have been told last. */
const CLAIMED = "(select id from meta_catalog_batch where catalog_id = :catalogId and status = 'claimed' and deleted_at is null)"
const IS_UNSAID = `i.batch_id in ${CLAIMED} or i.carrier_id in ${CLAIMED}`

const PAGES_AHEAD = 2

/**
 * Streams every item of the catalogue with its facts (an item without a valid feed row counts as not offered), in pages, all
 * from one state of the database. The next pages are read while one is worked on. The transaction stays open until the
 * generator ends or is left.
 */
export async function* streamItemFacts(
  sql: Knex,
  scope: CatalogScope,
  { pageSize, withPrices = false, draft }: { pageSize: number; withPrices?: boolean; draft?: readonly StockRule[] }
): AsyncGenerator<ItemFacts[]> {
  const snapshot = await openSnapshot(sql)
  try {
    const policies = draft ? await comparePolicies(snapshot, scope, draft) : { before: null, after: await readPolicies(snapshot, scope) }
    const more = policyFactsSql(policies.after, { ...scope, part: null })
    const cursor = await openCursor<ItemFactRow>(snapshot, {
      name: "meta_catalog_item_facts",
      pageSize,
      rowMode: "array",
      bindings: { catalogId: scope.catalogId, salesChannelId: scope.salesChannelId, ...more.bindings },
      statement: `with ${more.with} ${availableByVariant()}
        select i.id, i.variant_id,
               (coalesce(${isOffered("v", "p")}, false) and i.invalid_since is null)::int * ${FLAG.isOffered}
                 + coalesce(${isStopped("p")}, false)::int * ${FLAG.isStopped}
                 + coalesce(v.manage_inventory, true)::int * ${FLAG.managesInventory}
                 + coalesce(v.allow_backorder, false)::int * ${FLAG.allowsBackorder}
                 + (i.listed_at is not null and ${IS_SELLABLE})::int * ${FLAG.isSelling}
                 + (i.due_at is not null)::int * ${FLAG.isDue}
                 + coalesce(i.feed_id in (select id from meta_catalog_feed where catalog_id = :catalogId and strategy = 'slow' and deleted_at is null), false)::int * ${FLAG.isSlow},
               a.available,
               case when ${IS_SENT} then i.sent_quantity else i.acknowledged_quantity end,
               case when ${IS_UNSAID} then null when ${IS_SENT} then i.sent_availability else i.acknowledged_availability end,
               ${more.column}
               ${withPrices ? `, case when ${IS_UNSAID} then null when ${IS_SENT} then i.sent_price else i.acknowledged_price end` : ""}
        from meta_catalog_item i
        left join product_variant v on v.id = i.variant_id
        left join product p on p.id = v.product_id
        left join available a on a.variant_id = i.variant_id
        ${more.joins}
        where i.catalog_id = :catalogId and i.deleted_at is null`,
    })
    const nextPage = async () => {
      const page = await cursor.fetch()
      return page.length > 0 ? page : null
    }
    for await (const page of readAhead(nextPage, PAGES_AHEAD)) {
      yield page.map((row) => toItemFacts(row, policies))
    }
  } finally {
    await snapshot.rollback()
  }
}

function toItemFacts([itemId, variantId, flags, available, quantity, availability, column, price]: ItemFactRow, { before, after }: { before: Policies | null; after: Policies }): ItemFacts {
  const base = {
    isOffered: (flags & FLAG.isOffered) > 0,
    isStopped: (flags & FLAG.isStopped) > 0,
    managesInventory: (flags & FLAG.managesInventory) > 0,
    allowsBackorder: (flags & FLAG.allowsBackorder) > 0,
    available,
  }
  return {
    itemId,
    variantId,
    ...withPolicy(base, column, after),
    before: before && withPolicy(base, column, before),
    isSelling: (flags & FLAG.isSelling) > 0,
    isDue: (flags & FLAG.isDue) > 0,
    isSlow: (flags & FLAG.isSlow) > 0,
    told: { quantity, availability },
    toldPrice: price ?? null,
  }
}
