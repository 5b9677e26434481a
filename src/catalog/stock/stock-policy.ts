/** How fast an item sells; each bucket may have a threshold of its own (seed 0: thresholds by selling profile). */
export const VELOCITY_BUCKETS = ["slow", "medium", "fast"] as const
export type VelocityBucket = (typeof VELOCITY_BUCKETS)[number]

/** What a stock rule can speak of, from the widest to the narrowest; of two that set the same field, the narrower one stands. */
export const RULE_SCOPES = ["catalog", "type", "collection", "category", "tag", "product", "variant"] as const
export type RuleScope = (typeof RULE_SCOPES)[number]

/** When a fixed allocation is whole again; `by_hand`: since the moment a person refilled it. Periods begin at midnight UTC, weeks on Monday. */
export const REFILLS = ["by_hand", "daily", "weekly", "monthly"] as const

/** Everything a merchant can say about the stock Meta may promise. Counts are whole units. */
export type StockSettings = {
  /** Only these of the channel's stock locations count, for stock that is set apart; null counts them all. */
  location_ids: string[] | null
  /** `all` of what is there, a `share` of it, or a `fixed` number that the channel's orders draw down. */
  allocation: "all" | "share" | "fixed"
  /** Percent; rounds down. */
  share_percent: number
  fixed_quantity: number
  fixed_refill: (typeof REFILLS)[number]
  /** ISO 8601. Orders since then draw a fixed allocation down that is refilled by hand; null counts none. */
  fixed_since: string | null
  /** Never more than this is shown. */
  cap: number | null
  /** `subtract` keeps the threshold back from every item; `cutoff` shows everything above it and else nothing. */
  threshold_mode: "subtract" | "cutoff"
  threshold: number
  /** Null: as `threshold`. */
  threshold_medium: number | null
  threshold_fast: number | null
  /** Keeps back what may be sold elsewhere before Meta has heard of it, from the item's own demand and the measured delay. */
  latency_safety: boolean
  /** Share of such delays in which what is kept back shall be enough. */
  service_level: number
  /** A result below this becomes 0; it never raises one. */
  floor: number
  /** A variant whose inventory is not managed is shown with a fixed number, or without one. */
  unmanaged: "fixed" | "omit"
  unmanaged_quantity: number
  /** A variant that may be sold beyond its stock: a fixed number always; its stock alone; or its stock and then the other word. */
  backorder: "fixed" | "stock" | "available for order" | "preorder"
  /** Days from a build until the `availability_date` of a preorder. */
  backorder_days: number
  /** Which of the catalogue's feeds a new item joins. Never moves one. */
  strategy: "fast" | "slow"
}

/** The settings of one item, every one decided. */
export type StockPolicy = Readonly<StockSettings>

/** One rule of a catalogue: what it speaks of, and the settings it makes. */
export type StockRule = { id: string; scope: RuleScope; reference_id: string; settings: Partial<StockSettings> }

/** A catalogue without rules: everything there is, whole. */
export const DEFAULT_STOCK_POLICY: StockPolicy = {
  location_ids: null,
  allocation: "all",
  share_percent: 100,
  fixed_quantity: 0,
  fixed_refill: "by_hand",
  fixed_since: null,
  cap: null,
  threshold_mode: "subtract",
  threshold: 0,
  threshold_medium: null,
  threshold_fast: null,
  latency_safety: false,
  service_level: 0.95,
  floor: 0,
  unmanaged: "fixed",
  unmanaged_quantity: 100,
  backorder: "fixed",
  backorder_days: 30,
  strategy: "fast",
}

/**
 * Puts the rules that speak of an item together, field by field: a narrower scope before a wider one, and of one scope the
 * rule that was made last. Pure.
 */
export function mergeRules(rules: readonly StockRule[]): StockPolicy {
  const byRank = [...rules].sort((a, b) => RULE_SCOPES.indexOf(a.scope) - RULE_SCOPES.indexOf(b.scope) || (a.id < b.id ? -1 : 1))
  return Object.assign({}, DEFAULT_STOCK_POLICY, ...byRank.map((rule) => rule.settings)) as StockPolicy
}

/** The threshold of an item that sells like this. Pure. */
export function thresholdOf(policy: StockPolicy, bucket: VelocityBucket): number {
  const own = bucket === "fast" ? policy.threshold_fast : bucket === "medium" ? policy.threshold_medium : null
  return own ?? policy.threshold
}
