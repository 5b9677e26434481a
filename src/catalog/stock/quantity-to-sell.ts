import { grantedPercent, NO_RIVALS, promisedElsewhere, shareOf, type Claim } from "./share-out"
import type { Stock } from "./stock-facts"
import { thresholdOf, type StockPolicy } from "./stock-policy"
import { safetyFromLatency } from "./velocity"

/** Availability words the plugin sends; Meta knows more (CONTRACT 3.6, 7.2). */
export type Availability = "in stock" | "out of stock" | "available for order" | "preorder"

/** What decided, in the order in which it is asked. */
export type TraceRule =
  | "offered"
  | "stopped"
  | "unmanaged"
  | "locations"
  | "shortage"
  | "orders"
  | "elsewhere"
  | "share"
  | "fixed"
  | "threshold"
  | "latency"
  | "floor"
  | "cap"
  | "backorder"

/** One step of the decision, for a person who asks why: what it changed, what stood after it, and the figures it went by. */
export type TraceStep = { rule: TraceRule; change: number; quantity: number; by: Record<string, string | number> }

export type QuantityToSell = {
  /** Null leaves the field out. */
  quantity: number | null
  availability: Availability
  /** The steps' changes add up to the quantity, and to 0 where there is none. */
  trace: TraceStep[]
}

// Meta's field is an integer and ours a PostgreSQL integer.
const LARGEST_QUANTITY = 2_147_483_647

/**
 * The number Meta may sell, the availability that goes with it, and how it came about. Pure: the same facts and policy always
 * give the same. `in stock`, `preorder` and `available for order` come with at least 1 or without a number, `out of stock`
 * with 0 (Meta shows an item with a positive number and "out of stock" as not buyable, CONTRACT 7.2). Never more than is there,
 * except where the variant can be sold without stock.
 */
export function quantityToSell(facts: Stock, policy: StockPolicy): QuantityToSell {
  if (!facts.isOffered) {
    return soldOut([{ rule: "offered", change: 0, quantity: 0, by: {} }])
  }
  if (facts.isStopped) {
    return soldOut([{ rule: "stopped", change: 0, quantity: 0, by: {} }])
  }
  if (!facts.managesInventory) {
    return withoutStock("unmanaged", facts, policy)
  }
  if (facts.allowsBackorder && policy.backorder === "fixed") {
    return withoutStock("backorder", facts, policy)
  }
  const trace: TraceStep[] = []
  const quantity = promisable(facts, policy, trace)
  if (quantity > 0) {
    return { quantity, availability: "in stock", trace }
  }
  if (facts.allowsBackorder && policy.backorder !== "stock" && policy.backorder !== "fixed") {
    trace.push({ rule: "backorder", change: policy.unmanaged_quantity, quantity: policy.unmanaged_quantity, by: {} })
    return { quantity: policy.unmanaged_quantity, availability: policy.backorder, trace }
  }
  return soldOut(trace)
}

/** Applies the rules to managed stock, noting each that has something to say. */
function promisable(facts: Stock, policy: StockPolicy, trace: TraceStep[]): number {
  let quantity = 0
  const step = (rule: TraceRule, after: number, by: TraceStep["by"] = {}) => {
    trace.push({ rule, change: after - quantity, quantity: after, by })
    quantity = after
  }
  step("locations", locatedStock(facts, policy))
  if (facts.pendingUnits > 0) {
    step("orders", quantity - facts.pendingUnits, { pending: facts.pendingUnits })
  }
  if (quantity < 0) {
    step("shortage", 0)
  }
  // An order at Meta draws a fixed allocation down before the store has it.
  const own = claimOf(policy, facts.drawnUnits + facts.pendingUnits)
  const elsewhere = facts.rivals === NO_RIVALS ? 0 : promisedElsewhere(quantity, own, facts.rivals)
  if (elsewhere > 0) {
    step("elsewhere", quantity - elsewhere)
  }
  if (own.kind === "share") {
    const percent = grantedPercent(own.percent, facts.rivals)
    step("share", shareOf(quantity, percent), { percent })
  } else if (own.kind === "fixed") {
    step("fixed", Math.min(quantity, own.remaining), { fixed: policy.fixed_quantity, drawn: facts.drawnUnits + facts.pendingUnits })
  }
  keepBack(facts, policy, { quantity, step })
  if (quantity > 0 && quantity < policy.floor) {
    step("floor", 0, { floor: policy.floor })
  }
  // Last, because it is about what is shown: a cap below the threshold or the floor would sell nothing whatever there is.
  const cap = Math.min(policy.cap ?? LARGEST_QUANTITY, LARGEST_QUANTITY)
  if (quantity > cap) {
    step("cap", cap, { cap })
  }
  return quantity
}

/** The safety stock: the threshold or what the delay calls for, whichever is more; both guard against the same sales. */
function keepBack(
  facts: Stock,
  policy: StockPolicy,
  { quantity, step }: { quantity: number; step: (rule: TraceRule, after: number, by: TraceStep["by"]) => void }
): void {
  const threshold = thresholdOf(policy, facts.velocityBucket)
  const { unitsPerDay, latencySeconds } = facts
  const latency = policy.latency_safety ? safetyFromLatency({ unitsPerDay, latencySeconds, serviceLevel: policy.service_level }) : 0
  const kept = Math.max(threshold, latency)
  if (kept === 0 || quantity === 0) {
    return
  }
  const mode = policy.threshold_mode
  const after = mode === "subtract" ? Math.max(0, quantity - kept) : quantity > kept ? quantity : 0
  if (latency > threshold) {
    step("latency", after, { units: latency, mode, units_per_day: unitsPerDay, seconds: latencySeconds, service_level: policy.service_level })
  } else {
    step("threshold", after, { threshold, mode, velocity_bucket: facts.velocityBucket })
  }
}

/**
 * The stock at the locations that count: the smallest over the variant's inventory items of what is free there ÷ the required
 * quantity, as core computes it; never more than there is at all, because another location may have promised more than it has. A managed variant without an inventory item can never be fulfilled, so it counts as none.
 */
function locatedStock(facts: Stock, { location_ids }: StockPolicy): number {
  if (location_ids === null || facts.parts === null) {
    return Math.floor(facts.available ?? 0)
  }
  const counted = facts.parts.map(({ required, free }) => {
    const units = [...new Set(location_ids)].reduce((sum, id) => sum + (free[id] ?? 0), 0)
    return Math.floor(units / required)
  })
  return counted.length > 0 ? Math.min(...counted, Math.floor(facts.available ?? 0)) : 0
}

/** What a policy claims of an item's stock, once `drawn` units of a fixed allocation are gone. Pure. */
export function claimOf(policy: StockPolicy, drawn: number): Claim {
  if (policy.allocation === "share") {
    return { kind: "share", percent: policy.share_percent }
  }
  return policy.allocation === "fixed" ? { kind: "fixed", remaining: Math.max(0, policy.fixed_quantity - drawn) } : { kind: "all" }
}

/**
 * A variant that is sold without looking at its stock. Leaving the number out is for items that never had one: at Meta an
 * absent field is not cleared, so the old number would go on selling (CONTRACT 3.1).
 */
function withoutStock(rule: "unmanaged" | "backorder", facts: Stock, policy: StockPolicy): QuantityToSell {
  if (rule === "unmanaged" && policy.unmanaged === "omit" && !facts.wasToldNumber) {
    return { quantity: null, availability: "in stock", trace: [{ rule, change: 0, quantity: 0, by: {} }] }
  }
  const quantity = policy.unmanaged_quantity
  return { quantity, availability: "in stock", trace: [{ rule, change: quantity, quantity, by: {} }] }
}

function soldOut(trace: TraceStep[]): QuantityToSell {
  return { quantity: 0, availability: "out of stock", trace }
}
