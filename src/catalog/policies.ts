import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "./query"
import type { CatalogScope } from "./scope"
import { mergeRules, type StockPolicy, type StockRule } from "./stock-policy"

/** Seconds from a change to Meta's word that are assumed until enough of them were measured. */
export const ASSUMED_LATENCY_S = 120

/** The stock rules of one catalogue, ready to be asked for one item. */
export type Policies = {
  /** The policy of an item; `ruleIds` are the rules that speak of it beside the catalogue's own, parted by blanks. */
  of(ruleIds: string | null): StockPolicy
  /** Units by which orders have drawn a policy's fixed allocation down, out of those read for each of `needs.drawnSince`. */
  drawnUnits(policy: StockPolicy, drawn: readonly number[] | null): number
  /** What the facts readers have to read beyond the stock itself, so that a catalogue without rules pays for none of it. */
  needs: FactNeeds
  /** Measured seconds from a change to Meta's word, 95 of 100 are faster. */
  latencySeconds: number
  /** The other catalogues whose allocations or shares come from the same locations, with those connected before this one first. */
  rivals: Rival[]
}

export type FactNeeds = {
  /** Some rule is narrower than the catalogue. */
  rules: boolean
  /** Some rule counts only some locations. */
  locations: boolean
  /** Some rule has a fixed allocation; since when orders draw on it, by policy. */
  drawnSince: Date[]
  /** Some threshold goes by how an item sells. */
  velocity: boolean
  /** Some rule leaves the number out where none was ever told. */
  told: boolean
}

/** Another catalogue with a claim on the same stock. */
export type Rival = { catalogId: string; salesChannelId: string; isBefore: boolean; policies: Policies }

/** A draft that is looked at before it is saved: these rules stand in for the catalogue's own. */
export type DraftRules = readonly StockRule[]

type CatalogRules = {
  id: string
  sales_channel_id: string
  latency_p95_s: number | null
  location_ids: string[]
  rules: StockRule[] | null
}

type PeriodStarts = { daily: Date; weekly: Date; monthly: Date }

/** Reads the stock rules of a catalogue and of those it shares stock with. Two statements, few rows. */
export async function readPolicies(sql: Knex, { catalogId }: Pick<CatalogScope, "catalogId">, draft?: DraftRules): Promise<Policies> {
  const [catalogs, [starts]] = await Promise.all([readRules(sql), query<PeriodStarts>(sql, PERIOD_STARTS)])
  const place = catalogs.findIndex((catalog) => catalog.id === catalogId)
  const rulesOf = (catalog: CatalogRules) => (catalog.id === catalogId && draft ? draft : (catalog.rules ?? []))
  const own = catalogs[place]
  if (!own) {
    return policiesOf([], { starts, latencySeconds: ASSUMED_LATENCY_S, rivals: [] })
  }
  const drawsOn = new Set(locationsOf(rulesOf(own), own.location_ids))
  const rivals = catalogs.flatMap((catalog, index): Rival[] => {
    const rules = catalog.rules ?? []
    const claims = rules.some(({ settings }) => settings.allocation === "share" || settings.allocation === "fixed")
    if (index === place || !claims || !locationsOf(rules, catalog.location_ids).some((id) => drawsOn.has(id))) {
      return []
    }
    const policies = policiesOf(rules, { starts, latencySeconds: ASSUMED_LATENCY_S, rivals: [] })
    return [{ catalogId: catalog.id, salesChannelId: catalog.sales_channel_id, isBefore: index < place, policies }]
  })
  return policiesOf(rulesOf(own), { starts, latencySeconds: own.latency_p95_s ?? ASSUMED_LATENCY_S, rivals })
}

// A catalogue that was connected first keeps what it was promised.
async function readRules(sql: Knex): Promise<CatalogRules[]> {
  return await query<CatalogRules>(
    sql,
    `select c.id, c.sales_channel_id, c.latency_p95_s,
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

function policiesOf(
  rules: readonly StockRule[],
  { starts, latencySeconds, rivals }: { starts: PeriodStarts; latencySeconds: number; rivals: Rival[] }
): Policies {
  const ofCatalog = rules.filter((rule) => rule.scope === "catalog")
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  const known = new Map<string, StockPolicy>()
  const policyOf = (ruleIds: string): StockPolicy => {
    const named = ruleIds === "" ? [] : ruleIds.split(" ").map((id) => byId.get(id)!)
    return mergeRules([...ofCatalog, ...named])
  }
  const all = [mergeRules(ofCatalog), ...rules.map((rule) => mergeRules([...ofCatalog, rule]))]
  const sinces = all.filter((policy) => policy.allocation === "fixed").map((policy) => drawnSince(policy, starts))
  const drawnFrom = [...new Map(sinces.filter((since) => since !== null).map((since) => [since.getTime(), since])).values()]
  return {
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
      return since === null ? 0 : (drawn?.[drawnFrom.findIndex((from) => from.getTime() === since.getTime())] ?? 0)
    },
    needs: {
      rules: rules.length > ofCatalog.length,
      locations: all.some((policy) => policy.location_ids !== null),
      drawnSince: drawnFrom,
      velocity: all.some((policy) => policy.latency_safety || policy.threshold_medium !== null || policy.threshold_fast !== null),
      told: all.some((policy) => policy.unmanaged === "omit"),
    },
    latencySeconds,
    rivals,
  }
}

/** Since when the orders of the channel draw a fixed allocation down; null when none do. */
function drawnSince({ fixed_refill, fixed_since }: StockPolicy, starts: PeriodStarts): Date | null {
  if (fixed_refill !== "by_hand") {
    return starts[fixed_refill]
  }
  return fixed_since === null ? null : new Date(fixed_since)
}
