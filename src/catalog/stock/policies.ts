import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "../store/query"
import type { CatalogScope } from "../store/scope"
import { DEFAULT_STOCK_POLICY, mergeRules, type StockPolicy, type StockRule, type StockSettings } from "./stock-policy"

/** Seconds from a change to Meta's word that are assumed until enough of them were measured. */
export const ASSUMED_LATENCY_S = 120

/** The stock rules of one catalogue, ready to be asked for one item. */
export type Policies = {
  /** The rules that are narrower than the catalogue, and with a draft also those it changes. */
  narrower: readonly StockRule[]
  /** The policy of an item; `ruleIds` are the rules that speak of it beside the catalogue's own, parted by blanks. */
  of(ruleIds: string | null): StockPolicy
  /**
   * Units by which orders have drawn a policy's fixed allocation down. `drawn` has the units between each of `needs.drawnSince`, counted
   * from 1, and the next.
   */
  drawnUnits(policy: StockPolicy, drawn: DrawnUnits): number
  /** What the facts readers have to read beyond the stock itself, so that a catalogue without rules pays for none of it. */
  needs: FactNeeds
  /** Measured seconds from a change to Meta's word, 95 of 100 are faster. */
  latencySeconds: number
  /** The other catalogues whose allocations or shares come from the same locations, with those connected before this one first. */
  rivals: Rival[]
}

/** Units ordered, by the place of the period they were ordered in; null where nothing was. */
export type DrawnUnits = Readonly<Record<string, number>> | null

export type FactNeeds = {
  /** Some rule is narrower than the catalogue. */
  rules: boolean
  /** Some rule counts only some locations. */
  locations: boolean
  /** Some rule has a fixed allocation; all times since when orders may draw on one, the oldest first. */
  drawnSince: Date[]
  /** Some threshold goes by how an item sells. */
  velocity: boolean
  /** Some rule leaves the number out where none was ever told. */
  told: boolean
  /** Orders at Meta are subtracted here. */
  pending: boolean
}

/** Another catalogue with a claim on the same stock. */
export type Rival = { catalogId: string; salesChannelId: string; isBefore: boolean; policies: Policies }

/** Rules as they stand, and as a person thinks of having them: both are matched by one statement. */
export type ComparedPolicies = { before: Policies; after: Policies }

type CatalogRules = {
  id: string
  sales_channel_id: string
  latency_p95_s: number | null
  nets_orders: boolean
  location_ids: string[]
  rules: StockRule[] | null
}

type PeriodStarts = { daily: Date; weekly: Date; monthly: Date }

/** Reads the stock rules of a catalogue and of those it shares stock with. Two statements, few rows. */
export async function readPolicies(sql: Knex, scope: Pick<CatalogScope, "catalogId">): Promise<Policies> {
  const { rules, others } = await readAll(sql, scope)
  return policiesOf(rules, others(rules))
}

/** The stock rules of several catalogues by their ids, in the same two statements as of one. */
export async function readPoliciesOf(sql: Knex, catalogIds: readonly string[]): Promise<Map<string, Policies>> {
  const of = await readCircumstances(sql)
  return new Map(catalogIds.map((catalogId) => {
    const { rules, others } = of(catalogId)
    return [catalogId, policiesOf(rules, others(rules))]
  }))
}

/** The same with a draft of the catalogue's rules beside those that stand. */
export async function comparePolicies(sql: Knex, scope: Pick<CatalogScope, "catalogId">, draft: readonly StockRule[]): Promise<ComparedPolicies> {
  const { rules, others } = await readAll(sql, scope)
  // The same rivals for both, since one statement reads for both.
  const shared = others(rules, draft)
  return { before: policiesOf(rules, { ...shared, compared: draft }), after: policiesOf(draft, { ...shared, compared: rules }) }
}

/** What decides beside the catalogue's own rules. */
export type Circumstances = { starts: PeriodStarts; latencySeconds: number; netsOrders: boolean; rivals: Rival[]; compared?: readonly StockRule[] }

type Rules = { rules: StockRule[]; others: (...ruleSets: (readonly StockRule[])[]) => Circumstances }

async function readAll(sql: Knex, { catalogId }: Pick<CatalogScope, "catalogId">): Promise<Rules> {
  return (await readCircumstances(sql))(catalogId)
}

/** Reads what is to be known of all catalogues, and answers with what decides in one of them. */
async function readCircumstances(sql: Knex): Promise<(catalogId: string) => Rules> {
  const [catalogs, [starts]] = await Promise.all([readRules(sql), query<PeriodStarts>(sql, PERIOD_STARTS)])
  return (catalogId) => {
    const own = catalogs.find((catalog) => catalog.id === catalogId)
    const others = (...ruleSets: (readonly StockRule[])[]): Circumstances => ({
      starts,
      latencySeconds: own?.latency_p95_s ?? ASSUMED_LATENCY_S,
      netsOrders: own?.nets_orders ?? false,
      rivals: own ? rivalsOf(catalogs, { own, ruleSets, starts }) : [],
    })
    return { rules: own?.rules ?? [], others }
  }
}

/** The catalogues with an allocation or a share of stock that this one draws on as well. */
function rivalsOf(
  catalogs: CatalogRules[],
  { own, ruleSets, starts }: { own: CatalogRules; ruleSets: (readonly StockRule[])[]; starts: PeriodStarts }
): Rival[] {
  const place = catalogs.indexOf(own)
  const drawsOn = new Set(ruleSets.flatMap((rules) => locationsOf(rules, own.location_ids)))
  return catalogs.flatMap((catalog, index): Rival[] => {
    const rules = catalog.rules ?? []
    const claims = rules.some(({ settings }) => settings.allocation === "share" || settings.allocation === "fixed")
    if (index === place || !claims || !locationsOf(rules, catalog.location_ids).some((id) => drawsOn.has(id))) {
      return []
    }
    const policies = policiesOf(rules, { starts, latencySeconds: ASSUMED_LATENCY_S, netsOrders: false, rivals: [] })
    return [{ catalogId: catalog.id, salesChannelId: catalog.sales_channel_id, isBefore: index < place, policies }]
  })
}

// A catalogue that was connected first keeps what it was promised.
async function readRules(sql: Knex): Promise<CatalogRules[]> {
  return await query<CatalogRules>(
    sql,
    `select c.id, c.sales_channel_id, c.latency_p95_s, c.orders_mode = 'seller' and c.orders_refused_at is null as nets_orders,
            array(select scsl.stock_location_id from sales_channel_stock_location scsl
                  where scsl.sales_channel_id = c.sales_channel_id and scsl.deleted_at is null) as location_ids,
            (select json_agg(json_build_object('id', r.id, 'scope', r.scope, 'reference_id', r.reference_id, 'settings', r.settings))
             from meta_catalog_stock_rule r where r.catalog_id = c.id and r.deleted_at is null) as rules
     from meta_catalog_catalog c where c.deleted_at is null order by c.created_at, c.id`
  )
}

const PERIOD_STARTS = `select ${["day", "week", "month"]
  .map((unit) => `date_trunc('${unit}', meta_catalog_now() at time zone 'UTC') at time zone 'UTC' as ${{ day: "daily", week: "weekly", month: "monthly" }[unit]}`)
  .join(", ")}`

/** The locations a catalogue draws on under any of its rules. */
function locationsOf(rules: readonly StockRule[], ofChannel: string[]): string[] {
  const ofCatalog = mergeRules(rules.filter((rule) => rule.scope === "catalog"))
  const named = [ofCatalog, ...rules.map((rule) => rule.settings)].map(({ location_ids }) => location_ids)
  return ofCatalog.location_ids === null || named.includes(null) ? ofChannel : ofChannel.filter((id) => named.some((ids) => ids?.includes(id)))
}

/** The rules of a catalogue, ready to be asked. Pure. */
export function policiesOf(
  rules: readonly StockRule[],
  { starts, latencySeconds, netsOrders, rivals, compared = [] }: Circumstances
): Policies {
  const ofCatalog = rules.filter((rule) => rule.scope === "catalog")
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  const known = new Map<string, StockPolicy>()
  const policyOf = (ruleIds: string): StockPolicy => {
    // A rule of the other side of a comparison is matched as well, and does not count here.
    const named = ruleIds.split(" ").flatMap((id) => byId.get(id) ?? [])
    return mergeRules([...ofCatalog, ...named])
  }
  // Field by field: what an item's rules come to together may be in none of them.
  const settings = [DEFAULT_STOCK_POLICY, ...[...rules, ...compared].map((rule) => rule.settings)]
  const narrower = [...new Map([...rules, ...compared].filter((rule) => rule.scope !== "catalog").map((rule) => [rule.id, rule])).values()]
  const drawnFrom = settings.some(({ allocation }) => allocation === "fixed") ? periodStarts(settings, starts) : []
  return {
    narrower,
    of(ruleIds) {
      const key = ruleIds ?? ""
      let policy = known.get(key)
      if (!policy) {
        policy = policyOf(key)
        known.set(key, policy)
      }
      return policy
    },
    drawnUnits(policy, drawn) {
      const since = policy.allocation === "fixed" ? drawnSince(policy, starts) : null
      if (since === null) {
        return 0
      }
      const place = drawnFrom.findIndex((from) => from.getTime() === since.getTime())
      if (place < 0) {
        throw new Error(`Orders since ${since.toISOString()} were not read, although a rule counts them.`)
      }
      return Object.entries(drawn ?? {}).reduce((sum, [period, units]) => (Number(period) > place ? sum + units : sum), 0)
    },
    needs: {
      rules: narrower.length > 0,
      locations: settings.some(({ location_ids }) => location_ids !== undefined && location_ids !== null),
      drawnSince: drawnFrom,
      velocity: settings.some((one) => one.latency_safety || (one.threshold_medium ?? null) !== null || (one.threshold_fast ?? null) !== null),
      told: settings.some(({ unmanaged }) => unmanaged === "omit"),
      pending: netsOrders,
    },
    latencySeconds,
    rivals,
  }
}

/** Every time since when any combination of these settings may count orders, the oldest first. */
function periodStarts(settings: readonly Partial<StockSettings>[], starts: PeriodStarts): Date[] {
  const ofPeriods = settings.flatMap(({ fixed_refill }) => (fixed_refill && fixed_refill !== "by_hand" ? [starts[fixed_refill]] : []))
  const byHand = settings.flatMap(({ fixed_since }) => (fixed_since ? [new Date(fixed_since)] : []))
  const times = new Set([...ofPeriods, ...byHand].map((time) => time.getTime()))
  return [...times].sort((a, b) => a - b).map((time) => new Date(time))
}

/** Since when the orders of the channel draw a fixed allocation down; null when none do. */
function drawnSince({ fixed_refill, fixed_since }: StockPolicy, starts: PeriodStarts): Date | null {
  if (fixed_refill !== "by_hand") {
    return starts[fixed_refill]
  }
  return fixed_since === null ? null : new Date(fixed_since)
}
