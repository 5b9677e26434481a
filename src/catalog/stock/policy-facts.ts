import { pendingOrders } from "./pending-orders-sql"
import type { DrawnUnits, Policies, Rival } from "./policies"
import type { Bindings } from "../store/query"
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

/** Parts of a statement over variants `v` of products `p`; `with` ends with a comma where it is not empty. */
export type PolicyFactsSql = { with: string; joins: string; column: string; bindings: Bindings }

/** A part of the store, as SQL expressions of type text[]: variants, and the products they belong to. */
export type StorePart = { variants: string; products: string }

/** Where the facts are read: for the whole store or a part, in one of several catalogues of a statement. */
export type PolicyFactsPlace = {
  catalogId: string
  salesChannelId: string
  /** Null for every variant. */
  part: StorePart | null
  /** Keeps the names of several catalogues in one statement apart; "" for a single one. */
  suffix?: string
}

/** A catalogue whose claim on the stock counts: the one that is read for, or a rival. */
type Claimant = Omit<Rival, "isBefore">

/** One claimant of one catalogue: its names end in `key`. */
type ClaimantPlace = { key: string; part: StorePart | null }

const NOTHING: PolicyFactsSql = { with: "", joins: "", column: "null::json", bindings: {} }

/** Reads what the policies of a catalogue need and nothing else. The catalogue's items are `i<suffix>`. */
export function policyFactsSql(policies: Policies, { catalogId, salesChannelId, part, suffix = "" }: PolicyFactsPlace): PolicyFactsSql {
  const { needs, rivals } = policies
  const claimants: Claimant[] = [{ catalogId, salesChannelId, policies }, ...rivals]
  if (rivals.length === 0 && !needs.rules && !needs.locations && !needs.velocity && !needs.told && !needs.pending && needs.drawnSince.length === 0) {
    return NOTHING
  }
  const key = (index: number) => `${index}${suffix}`
  const item = `i${suffix}`
  const own = { catalogId: `:policiesOf${suffix}`, salesChannelId: `:policiesIn${suffix}` }
  const parts: PolicyFactsSql[] = claimants.map((claimant, index) => claimantSql(claimant, { key: key(index), part }))
  const rules = (index: number) => (claimants[index].policies.needs.rules ? `nullif(concat_ws(' ', pr${key(index)}.rules, vr${key(index)}.rules), '')` : "null")
  const drawn = (index: number) => (claimants[index].policies.needs.drawnSince.length > 0 ? `dr${key(index)}.units` : "null::json")
  const rivalColumns = rivals.map((_, index) => `json_build_array(${offers({ key: key(index + 1), part })}, ${rules(index + 1)}, ${drawn(index + 1)})`)
  rivals.forEach(({ salesChannelId: id }, index) => parts.push({ ...NOTHING, bindings: { [`offeredIn${key(index + 1)}`]: id } }))
  if (needs.locations) {
    parts.push({
      with: `${stockParts({ name: `stock_part${suffix}`, salesChannelId: own.salesChannelId, part })},`,
      joins: `left join stock_part${suffix} sp${suffix} on sp${suffix}.variant_id = v.id`,
      column: "",
      bindings: { [`policiesIn${suffix}`]: salesChannelId },
    })
  }
  if (needs.pending) {
    parts.push({
      with: `${pendingOrders({ name: `pending_order${suffix}`, catalogId: own.catalogId })},`,
      joins: `left join pending_order${suffix} po${suffix} on po${suffix}.retailer_id = ${item}.retailer_id`,
      column: "",
      bindings: { [`policiesOf${suffix}`]: catalogId },
    })
  }
  return {
    with: parts.map((one) => one.with).join("\n"),
    joins: parts.map((one) => one.joins).join("\n"),
    column: `json_build_array(${rules(0)}, ${needs.locations ? `sp${suffix}.parts` : "null"}, ${drawn(0)}, coalesce(${item}.units_per_day, 0), coalesce(${item}.velocity_bucket, 'slow'),
      coalesce(${item}.sent_quantity, ${item}.acknowledged_quantity) is not null, ${needs.pending ? `coalesce(po${suffix}.units, 0)` : "0"}, json_build_array(${rivalColumns.join(", ")}))`,
    bindings: Object.assign({}, ...parts.map((one) => one.bindings)) as Bindings,
  }
}

/** Whether a rival offers the product at all: what it does not sell it was not promised. */
function offers({ key, part }: ClaimantPlace): string {
  const ofPart = part ? `and psc.product_id = any(${part.products})` : ""
  return `coalesce(p.id in (select psc.product_id from product_sales_channel psc where psc.sales_channel_id = :offeredIn${key} and psc.deleted_at is null ${ofPart}), false)`
}

/** Which rules of one catalogue speak of a product or variant, and what its channel has sold of an allocation. */
function claimantSql({ catalogId, salesChannelId, policies }: Claimant, place: ClaimantPlace): PolicyFactsSql {
  const { rules, drawnSince } = policies.needs
  const { key } = place
  const ctes: string[] = []
  const joins: string[] = []
  const bindings: Bindings = {}
  if (rules) {
    bindings[`rulesOf${key}`] = JSON.stringify(policies.narrower.map(({ id, scope, reference_id }) => ({ id, scope, reference_id })))
    ctes.push(matchedRules(place))
    joins.push(`left join product_rule_${key} pr${key} on pr${key}.product_id = p.id`, `left join variant_rule_${key} vr${key} on vr${key}.variant_id = v.id`)
  }
  if (drawnSince.length > 0) {
    bindings[`soldIn${key}`] = salesChannelId
    bindings[`soldOf${key}`] = catalogId
    bindings[`drawnSince${key}`] = drawnSince.map((since) => since.toISOString())
    ctes.push(drawnUnits(place))
    joins.push(`left join drawn_${key} dr${key} on dr${key}.variant_id = v.id`)
  }
  return { with: ctes.map((cte) => `${cte},`).join("\n"), joins: joins.join("\n"), column: "", bindings }
}

/**
 * The rules by product and by variant. A rule about a category speaks of those below it as well; one about something deleted, of nothing.
 * Of a part of the store only its own rows are read, by arrays of ids, since page after page is read in this way.
 */
function matchedRules({ key, part }: ClaimantPlace): string {
  const of = (scope: string, productId: string) => `rule_${key} r where r.scope = '${scope}'${part ? ` and ${productId} = any(${part.products})` : ""}`
  const named = (scope: string) => `any(array(select reference_id from rule_${key} where scope = '${scope}'))`
  const ofPart = part ? `and c.id = any(array(select product_category_id from product_category_product where product_id = any(${part.products})))` : ""
  return `
    rule_${key} as materialized (
      select id, scope, reference_id from jsonb_to_recordset(cast(:rulesOf${key} as jsonb)) as r(id text, scope text, reference_id text)),
    product_rule_${key} as materialized (
      select product_id, string_agg(rule_id, ' ') as rules
      from (
        select p.id as product_id, r.id as rule_id from product p, product_type t, ${of("type", "p.id")}
          and t.id = ${named("type")} and t.id = r.reference_id and t.deleted_at is null and p.type_id = t.id
        union all select p.id, r.id from product p, product_collection c, ${of("collection", "p.id")}
          and c.id = ${named("collection")} and c.id = r.reference_id and c.deleted_at is null and p.collection_id = c.id
        union all select distinct pcp.product_id, r.id
          from product_category_product pcp, product_category c, unnest(string_to_array(c.mpath, '.')) as above(id), ${of("category", "pcp.product_id")}
          and above.id = r.reference_id and c.deleted_at is null and pcp.product_category_id = c.id ${ofPart}
        union all select pt.product_id, r.id from product_tags pt, product_tag t, ${of("tag", "pt.product_id")}
          and t.id = ${named("tag")} and t.id = r.reference_id and t.deleted_at is null and pt.product_tag_id = t.id
        union all select r.reference_id, r.id from ${of("product", "r.reference_id")}) matched
      group by product_id),
    variant_rule_${key} as materialized (
      select reference_id as variant_id, string_agg(id, ' ') as rules from rule_${key}
      where scope = 'variant' ${part ? `and reference_id = any(${part.variants})` : ""} group by reference_id)`
}

/**
 * Units ordered between each period's start and the next, by the period's place: of the channel's orders, and of those that stand for
 * orders at Meta, wherever an import has put them. What came back into stock counts no longer.
 */
function drawnUnits({ key, part }: ClaimantPlace): string {
  const starts = `cast(:drawnSince${key} as timestamptz[])`
  const lines = part && `array(select id from order_line_item where variant_id = any(${part.variants}) and deleted_at is null)`
  const ofPart = lines ? `and oi.item_id = any(${lines}) and o.id = any(array(select order_id from order_item where item_id = any(${lines}) and deleted_at is null))` : ""
  return `
    drawn_${key} as materialized (
      select variant_id, json_object_agg(period, units) as units
      from (
        select li.variant_id, width_bucket(o.created_at, ${starts}) as period, sum(oi.quantity - oi.return_received_quantity)::float8 as units
        from "order" o
        join order_item oi on oi.order_id = o.id and oi.version = o.version and oi.deleted_at is null
        join order_line_item li on li.id = oi.item_id and li.deleted_at is null
        where o.created_at >= (${starts})[1] and o.deleted_at is null and o.canceled_at is null and not o.is_draft_order
          and (o.sales_channel_id = :soldIn${key} or o.id in (
            select mo.medusa_order_id from meta_catalog_order mo
            where mo.catalog_id = :soldOf${key} and mo.medusa_order_id is not null and mo.deleted_at is null))
          ${part ? `and li.variant_id = any(${part.variants}) ${ofPart}` : ""}
        group by 1, 2) sold
      group by variant_id)`
}

/** What is free at each of the channel's locations, by inventory item of a variant. */
function stockParts({ name, salesChannelId, part }: { name: string; salesChannelId: string; part: StorePart | null }): string {
  const items = part && `array(select inventory_item_id from product_variant_inventory_item where variant_id = any(${part.variants}) and deleted_at is null)`
  return `
    ${name} as materialized (
      select l.variant_id, json_agg(json_build_array(l.required_quantity, coalesce(free.by_location, '{}'))) as parts
      from product_variant_inventory_item l
      left join (
        select il.inventory_item_id, json_object_agg(il.location_id, (il.stocked_quantity - il.reserved_quantity)::float8) as by_location
        from inventory_level il
        where il.deleted_at is null ${items ? `and il.inventory_item_id = any(${items})` : ""} and il.location_id in (
          select scsl.stock_location_id from sales_channel_stock_location scsl
          where scsl.sales_channel_id = ${salesChannelId} and scsl.deleted_at is null)
        group by il.inventory_item_id) free on free.inventory_item_id = l.inventory_item_id
      where l.deleted_at is null and l.required_quantity > 0 ${part ? `and l.variant_id = any(${part.variants})` : ""}
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
