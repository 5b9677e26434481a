import { pendingOrders } from "./pending-orders-sql"
import type { DrawnUnits, Policies, Rival } from "./policies"
import type { Bindings } from "./query"
import { claimOf } from "./quantity-to-sell"
import { NO_RIVALS, type Claim, type Rivals } from "./share-out"
import type { Stock, StockPart } from "./stock-facts"
import type { StockPolicy, VelocityBucket } from "./stock-policy"

/**
 * What a policy has to know of one variant beyond its stock, as the statements hand it out: rule ids, parts, units drawn,
 * units a day, bucket, whether a number was told, units in orders at Meta, for each rival whether it offers the variant, its rule ids and drawn units. A catalogue without rules reads null.
 */
export type PolicyColumn =
  | [string | null, [number, Record<string, number>][] | null, DrawnUnits, number, VelocityBucket, boolean, number, RivalColumn[]]
  | null

type RivalColumn = [boolean, string | null, DrawnUnits]

/** Parts of a statement over variants `v` of products `p` and their items `i`; `with` ends with a comma where it is not empty. */
export type PolicyFactsSql = { with: string; joins: string; column: string; bindings: Bindings }

/** A catalogue whose claim on the stock counts: the one that is read for, or a rival. */
type Claimant = Omit<Rival, "isBefore">

const NOTHING: PolicyFactsSql = { with: "", joins: "", column: "null::json", bindings: {} }

/**
 * Reads what the policies of a catalogue need and nothing else.
 *
 * @param isPart only the variants of `:variantIds`, else all
 */
export function policyFactsSql(
  policies: Policies,
  { catalogId, salesChannelId, isPart }: { catalogId: string; salesChannelId: string; isPart: boolean }
): PolicyFactsSql {
  const { needs, rivals } = policies
  const claimants: Claimant[] = [{ catalogId, salesChannelId, policies }, ...rivals]
  if (rivals.length === 0 && !needs.rules && !needs.locations && !needs.velocity && !needs.told && !needs.pending && needs.drawnSince.length === 0) {
    return NOTHING
  }
  const parts: PolicyFactsSql[] = claimants.map((claimant, index) => claimantSql(claimant, index, isPart))
  const rules = (index: number) => (claimants[index].policies.needs.rules ? `nullif(concat_ws(' ', pr${index}.rules, vr${index}.rules), '')` : "null")
  const drawn = (index: number) => (claimants[index].policies.needs.drawnSince.length > 0 ? `dr${index}.units` : "null::json")
  const rivalColumns = rivals.map((_, index) => `json_build_array(${offers(index + 1)}, ${rules(index + 1)}, ${drawn(index + 1)})`)
  rivals.forEach(({ salesChannelId: id }, index) => parts.push({ ...NOTHING, bindings: { [`offeredIn${index + 1}`]: id } }))
  if (isPart && claimants.some((claimant) => claimant.policies.needs.rules)) {
    parts.unshift({ ...NOTHING, with: PART })
  }
  if (needs.locations) {
    parts.push({ with: `${stockParts(isPart)},`, joins: "left join stock_part sp on sp.variant_id = v.id", column: "", bindings: {} })
  }
  if (needs.pending) {
    parts.push({ with: `${pendingOrders()},`, joins: "left join pending_order po on po.retailer_id = i.retailer_id", column: "", bindings: {} })
  }
  return {
    with: parts.map((part) => part.with).join("\n"),
    joins: parts.map((part) => part.joins).join("\n"),
    column: `json_build_array(${rules(0)}, ${needs.locations ? "sp.parts" : "null"}, ${drawn(0)}, coalesce(i.units_per_day, 0), coalesce(i.velocity_bucket, 'slow'),
      coalesce(i.sent_quantity, i.acknowledged_quantity) is not null, ${needs.pending ? "coalesce(po.units, 0)" : "0"}, json_build_array(${rivalColumns.join(", ")}))`,
    bindings: Object.assign({}, ...parts.map((part) => part.bindings)) as Bindings,
  }
}

/** Whether a rival offers the product at all: what it does not sell it was not promised. */
function offers(index: number): string {
  return `coalesce(p.id in (select psc.product_id from product_sales_channel psc where psc.sales_channel_id = :offeredIn${index} and psc.deleted_at is null), false)`
}

/** Which rules of one catalogue speak of a product or variant, and what its channel has sold of an allocation. */
function claimantSql({ catalogId, salesChannelId, policies }: Claimant, index: number, isPart: boolean): PolicyFactsSql {
  const { rules, drawnSince } = policies.needs
  const ctes: string[] = []
  const joins: string[] = []
  const bindings: Bindings = {}
  if (rules) {
    bindings[`rulesOf${index}`] = JSON.stringify(policies.narrower.map(({ id, scope, reference_id }) => ({ id, scope, reference_id })))
    ctes.push(matchedRules(index, isPart))
    joins.push(`left join product_rule_${index} pr${index} on pr${index}.product_id = p.id`, `left join variant_rule_${index} vr${index} on vr${index}.variant_id = v.id`)
  }
  if (drawnSince.length > 0) {
    bindings[`soldIn${index}`] = salesChannelId
    bindings[`soldOf${index}`] = catalogId
    bindings[`drawnSince${index}`] = drawnSince.map((since) => since.toISOString())
    ctes.push(drawnUnits(index, isPart))
    joins.push(`left join drawn_${index} dr${index} on dr${index}.variant_id = v.id`)
  }
  return { with: ctes.map((cte) => `${cte},`).join("\n"), joins: joins.join("\n"), column: "", bindings }
}

/** The products of the wanted variants, so that rules are matched to them alone. */
const PART = `wanted_product as materialized (select distinct product_id from product_variant where id = any(:variantIds)),`

/** The rules by product and by variant. A rule about a category speaks of those below it as well; one about something deleted, of nothing. */
function matchedRules(index: number, isPart: boolean): string {
  const of = (scope: string, productId: string) => `rule_${index} r where r.scope = '${scope}'${isPart ? ` and ${productId} in (select product_id from wanted_product)` : ""}`
  return `
    rule_${index} as materialized (
      select id, scope, reference_id from jsonb_to_recordset(cast(:rulesOf${index} as jsonb)) as r(id text, scope text, reference_id text)),
    product_rule_${index} as materialized (
      select product_id, string_agg(rule_id, ' ') as rules
      from (
        select p.id as product_id, r.id as rule_id from product p, product_type t, ${of("type", "p.id")}
          and t.id = r.reference_id and t.deleted_at is null and p.type_id = t.id
        union all select p.id, r.id from product p, product_collection c, ${of("collection", "p.id")}
          and c.id = r.reference_id and c.deleted_at is null and p.collection_id = c.id
        union all select distinct pcp.product_id, r.id
          from product_category_product pcp, product_category c, unnest(string_to_array(c.mpath, '.')) as above(id), ${of("category", "pcp.product_id")}
          and above.id = r.reference_id and c.deleted_at is null and pcp.product_category_id = c.id
        union all select pt.product_id, r.id from product_tags pt, product_tag t, ${of("tag", "pt.product_id")}
          and t.id = r.reference_id and t.deleted_at is null and pt.product_tag_id = t.id
        union all select r.reference_id, r.id from ${of("product", "r.reference_id")}) matched
      group by product_id),
    variant_rule_${index} as materialized (
      select reference_id as variant_id, string_agg(id, ' ') as rules from rule_${index}
      where scope = 'variant' ${isPart ? "and reference_id = any(:variantIds)" : ""} group by reference_id)`
}

/**
 * Units ordered between each period's start and the next, by the period's place: of the channel's orders, and of those that stand for
 * orders at Meta, wherever an import has put them. What came back into stock counts no longer.
 */
function drawnUnits(index: number, isPart: boolean): string {
  const starts = `cast(:drawnSince${index} as timestamptz[])`
  return `
    drawn_${index} as materialized (
      select variant_id, json_object_agg(period, units) as units
      from (
        select li.variant_id, width_bucket(o.created_at, ${starts}) as period, sum(oi.quantity - oi.return_received_quantity)::float8 as units
        from "order" o
        join order_item oi on oi.order_id = o.id and oi.version = o.version and oi.deleted_at is null
        join order_line_item li on li.id = oi.item_id and li.deleted_at is null
        where o.created_at >= (${starts})[1] and o.deleted_at is null and o.canceled_at is null and not o.is_draft_order
          and (o.sales_channel_id = :soldIn${index} or o.id in (
            select mo.medusa_order_id from meta_catalog_order mo
            where mo.catalog_id = :soldOf${index} and mo.medusa_order_id is not null and mo.deleted_at is null))
          ${isPart ? "and li.variant_id = any(:variantIds)" : ""}
        group by 1, 2) sold
      group by variant_id)`
}

/** What is free at each of the channel's locations, by inventory item of a variant. */
function stockParts(isPart: boolean): string {
  return `
    stock_part as materialized (
      select l.variant_id, json_agg(json_build_array(l.required_quantity, coalesce(free.by_location, '{}'))) as parts
      from product_variant_inventory_item l
      left join (
        select il.inventory_item_id, json_object_agg(il.location_id, (il.stocked_quantity - il.reserved_quantity)::float8) as by_location
        from inventory_level il
        where il.deleted_at is null and il.location_id in (
          select scsl.stock_location_id from sales_channel_stock_location scsl
          where scsl.sales_channel_id = :salesChannelId and scsl.deleted_at is null)
        group by il.inventory_item_id) free on free.inventory_item_id = l.inventory_item_id
      where l.deleted_at is null and l.required_quantity > 0 ${isPart ? "and l.variant_id = any(:variantIds)" : ""}
      group by l.variant_id)`
}

type StockBase = Pick<Stock, "isOffered" | "isStopped" | "managesInventory" | "allowsBackorder" | "available">

/** Puts the stock of a variant and what the policies need together, and finds the policy that stands for it. Pure. */
export function withPolicy(base: StockBase, column: PolicyColumn, policies: Policies): { stock: Stock; policy: StockPolicy } {
  const policy = policies.of(column?.[0] ?? null)
  const { isOffered, isStopped, managesInventory, allowsBackorder, available } = base
  return {
    policy,
    stock: {
      isOffered,
      isStopped,
      managesInventory,
      allowsBackorder,
      available,
      parts: column?.[1]?.map(([required, free]): StockPart => ({ required, free })) ?? null,
      pendingUnits: column?.[6] ?? 0,
      drawnUnits: column ? policies.drawnUnits(policy, column[2]) : 0,
      rivals: column && policies.rivals.length > 0 ? rivalsOf(policies.rivals, column[7]) : NO_RIVALS,
      unitsPerDay: column?.[3] ?? 0,
      velocityBucket: column?.[4] ?? "slow",
      latencySeconds: policies.latencySeconds,
      wasToldNumber: column?.[5] ?? false,
    },
  }
}

function rivalsOf(rivals: Rival[], columns: RivalColumn[]): Rivals {
  const claims = rivals.flatMap(({ policies, isBefore }, index): { claim: Claim; isBefore: boolean }[] => {
    const [isOffered, ruleIds, drawn] = columns[index]
    const policy = policies.of(ruleIds)
    return isOffered ? [{ claim: claimOf(policy, policies.drawnUnits(policy, drawn)), isBefore }] : []
  })
  const of = (side: boolean) => claims.filter(({ isBefore }) => isBefore === side).map(({ claim }) => claim)
  return { before: of(true), after: of(false) }
}
