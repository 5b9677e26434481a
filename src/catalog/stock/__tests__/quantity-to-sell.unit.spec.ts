import fc from "fast-check"
import { quantityToSell } from "../quantity-to-sell"
import { NOT_OFFERED, type Stock } from "../stock-facts"
import { DEFAULT_STOCK_POLICY, type StockPolicy } from "../stock-policy"

const LOCATIONS = ["sloc_a", "sloc_b", "sloc_c"]
const units = fc.integer({ min: -50, max: 50 })
const percent = fc.integer({ min: 1, max: 100 })

const claim = fc.oneof(
  fc.constant({ kind: "all" as const }),
  fc.record({ kind: fc.constant("share" as const), percent }),
  fc.record({ kind: fc.constant("fixed" as const), remaining: fc.nat(40) })
)
/** Parts and their sum agree, as they do where one statement reads both. */
const stock: fc.Arbitrary<Stock> = fc
  .record({
    isOffered: fc.boolean(),
    isStopped: fc.boolean(),
    managesInventory: fc.boolean(),
    allowsBackorder: fc.boolean(),
    parts: fc.array(
      fc.record({ required: fc.integer({ min: 1, max: 3 }), free: fc.record(Object.fromEntries(LOCATIONS.map((id) => [id, units])), { requiredKeys: [] }) }),
      { maxLength: 3 }
    ),
    pendingUnits: fc.nat(5),
    drawnUnits: fc.nat(20),
    rivals: fc.record({ before: fc.array(claim, { maxLength: 2 }), after: fc.array(claim, { maxLength: 2 }) }),
    unitsPerDay: fc.double({ min: 0, max: 5000, noNaN: true }),
    velocityBucket: fc.constantFrom("slow" as const, "medium" as const, "fast" as const),
    latencySeconds: fc.double({ min: 0, max: 5000, noNaN: true }),
    wasToldNumber: fc.boolean(),
  })
  .map((facts) => ({ ...facts, available: availableOf(facts.parts as Stock["parts"]), parts: facts.parts as Stock["parts"] }))

const policy: fc.Arbitrary<StockPolicy> = fc.record({
  location_ids: fc.option(fc.array(fc.constantFrom(...LOCATIONS), { minLength: 1, maxLength: 4 }), { nil: null }),
  allocation: fc.constantFrom("all" as const, "share" as const, "fixed" as const),
  share_percent: percent,
  fixed_quantity: fc.nat(40),
  fixed_refill: fc.constant("by_hand" as const),
  fixed_since: fc.constant(null),
  cap: fc.option(fc.nat(30), { nil: null }),
  threshold_mode: fc.constantFrom("subtract" as const, "cutoff" as const),
  threshold: fc.nat(10),
  threshold_medium: fc.option(fc.nat(10), { nil: null }),
  threshold_fast: fc.option(fc.nat(10), { nil: null }),
  latency_safety: fc.boolean(),
  service_level: fc.double({ min: 0.5, max: 0.999, noNaN: true }),
  floor: fc.nat(10),
  unmanaged: fc.constantFrom("fixed" as const, "omit" as const),
  unmanaged_quantity: fc.integer({ min: 1, max: 10_000 }),
  backorder: fc.constantFrom("fixed" as const, "stock" as const, "available for order" as const, "preorder" as const),
  backorder_days: fc.integer({ min: 1, max: 365 }),
  strategy: fc.constantFrom("fast" as const, "slow" as const),
})

function availableOf(parts: Stock["parts"]): number | null {
  const counts = (parts ?? []).map(({ required, free }) => Math.floor(Object.values(free).reduce((sum, count) => sum + count, 0) / required))
  return counts.length > 0 ? Math.min(...counts) : null
}

/** The same stock with more of every inventory item at one place. */
function withMore(facts: Stock, more: number): Stock {
  const parts = (facts.parts ?? []).map(({ required, free }) => ({ required, free: { ...free, sloc_a: (free.sloc_a ?? 0) + more } }))
  return { ...facts, parts, available: availableOf(parts) }
}

const managed = (facts: Stock): Stock => ({ ...facts, managesInventory: true, allowsBackorder: false })
const sold: Stock = { ...NOT_OFFERED, isOffered: true, available: 7 }

describe("quantityToSell", () => {
  it("always gives a pair that agrees with itself, in whole units and never less than none", () => {
    fc.assert(
      fc.property(stock, policy, (f, p) => {
        const { quantity, availability } = quantityToSell(f, p)
        if (quantity === null) return expect(availability).toBe("in stock")
        expect(Number.isInteger(quantity)).toBe(true)
        expect(quantity).toBeGreaterThanOrEqual(0)
        expect(quantity).toBeLessThanOrEqual(2_147_483_647)
        expect(availability === "out of stock").toBe(quantity === 0)
      })
    )
  })

  it("never sells what is not offered, or what a person has stopped", () => {
    fc.assert(
      fc.property(stock, policy, fc.constantFrom({ isOffered: false }, { isStopped: true }), (f, p, change) => {
        expect(quantityToSell({ ...f, ...change }, p)).toMatchObject({ quantity: 0, availability: "out of stock" })
      })
    )
  })

  it("never promises more than there is of managed stock, whatever the policy", () => {
    fc.assert(
      fc.property(stock, policy, (f, p) => {
        const { quantity } = quantityToSell(managed(f), p)
        expect(quantity).toBeLessThanOrEqual(Math.max(0, f.available ?? 0))
      })
    )
  })

  it("grows with the stock, never against it", () => {
    fc.assert(
      fc.property(stock, policy, fc.nat(60), (f, p, more) => {
        const before = quantityToSell(managed(f), p).quantity!
        expect(quantityToSell(managed(withMore(f, more)), p).quantity).toBeGreaterThanOrEqual(before)
      })
    )
  })

  it("never grows with a threshold, a floor, what is pending or what was drawn", () => {
    fc.assert(
      fc.property(stock, policy, fc.nat(5), (f, p, more) => {
        const quantity = quantityToSell(managed(f), p).quantity!
        const stricter = { ...p, threshold: p.threshold + more, floor: p.floor + more }
        expect(quantityToSell(managed(f), stricter).quantity).toBeLessThanOrEqual(quantity)
        expect(quantityToSell(managed({ ...f, drawnUnits: f.drawnUnits + more }), p).quantity).toBeLessThanOrEqual(quantity)
        expect(quantityToSell(managed({ ...f, pendingUnits: f.pendingUnits + more }), p).quantity).toBeLessThanOrEqual(quantity)
      })
    )
  })

  it("leaves a trace whose changes add up to the number", () => {
    fc.assert(
      fc.property(stock, policy, (f, p) => {
        const { quantity, trace } = quantityToSell(f, p)
        expect(trace.reduce((sum, step) => sum + step.change, 0)).toBe(quantity ?? 0)
        expect(trace.at(-1)?.quantity).toBe(quantity ?? 0)
      })
    )
  })

  it.each<[string, Partial<Stock>, Partial<StockPolicy>, number | null, string]>([
    ["the stock of a managed variant", {}, {}, 7, "in stock"],
    ["none for a managed variant without an inventory item", { available: null }, {}, 0, "out of stock"],
    ["none when more is reserved than there is", { available: -3 }, {}, 0, "out of stock"],
    ["a fixed number for unmanaged stock", { managesInventory: false, available: null }, {}, 100, "in stock"],
    ["no number for unmanaged stock where that is wished", { managesInventory: false }, { unmanaged: "omit" }, null, "in stock"],
    ["a number still where Meta was told one before", { managesInventory: false, wasToldNumber: true }, { unmanaged: "omit" }, 100, "in stock"],
    ["none for unmanaged stock that is not offered", { isOffered: false, managesInventory: false }, {}, 0, "out of stock"],
    ["a fixed number when backorders are allowed", { allowsBackorder: true, available: 0 }, {}, 100, "in stock"],
    ["the stock alone when backorders do not count", { allowsBackorder: true, available: 0 }, { backorder: "stock" }, 0, "out of stock"],
    ["the stock before a backorder begins", { allowsBackorder: true }, { backorder: "preorder" }, 7, "in stock"],
    ["a preorder once the stock is gone", { allowsBackorder: true, available: 0 }, { backorder: "preorder", unmanaged_quantity: 20 }, 20, "preorder"],
    ["what can be ordered once the stock is gone", { allowsBackorder: true, available: 0 }, { backorder: "available for order" }, 100, "available for order"],
    ["the locations set apart", { parts: [{ required: 1, free: { shop: 5, web: 2 } }] }, { location_ids: ["web"] }, 2, "in stock"],
    ["a kit by its scarcest part at those locations", { parts: [{ required: 2, free: { web: 9 } }, { required: 1, free: { web: 30 } }], available: 4 }, { location_ids: ["web"] }, 4, "in stock"],
    ["no more than there is at all, where another location has promised too much", { parts: [{ required: 1, free: { shop: -2, web: 5 } }], available: 3 }, { location_ids: ["web"] }, 3, "in stock"],
    ["a location that is named twice once", { parts: [{ required: 1, free: { web: 2 } }] }, { location_ids: ["web", "web"] }, 2, "in stock"],
    ["none where the kit lacks a part there", { parts: [{ required: 2, free: { web: 9 } }, { required: 1, free: { shop: 30 } }] }, { location_ids: ["web"] }, 0, "out of stock"],
    ["what orders at Meta have not taken yet (seed 0: A = I − P − C)", { pendingUnits: 3 }, {}, 4, "in stock"],
    ["none when orders at Meta have taken more than there is", { pendingUnits: 9 }, {}, 0, "out of stock"],
    ["a share, rounded down", {}, { allocation: "share", share_percent: 50 }, 3, "in stock"],
    ["a fixed allocation", {}, { allocation: "fixed", fixed_quantity: 4 }, 4, "in stock"],
    ["what is left of a fixed allocation", { drawnUnits: 3 }, { allocation: "fixed", fixed_quantity: 4 }, 1, "in stock"],
    ["none of a fixed allocation that is sold", { drawnUnits: 5 }, { allocation: "fixed", fixed_quantity: 4 }, 0, "out of stock"],
    ["what is there where the allocation is more", {}, { allocation: "fixed", fixed_quantity: 40 }, 7, "in stock"],
    ["what other catalogues were not promised", { rivals: { before: [{ kind: "fixed", remaining: 5 }], after: [] } }, {}, 2, "in stock"],
    ["no more than the cap", {}, { cap: 5 }, 5, "in stock"],
    ["less the threshold", {}, { threshold: 2 }, 5, "in stock"],
    ["none at the threshold (seed 0: close to running out)", {}, { threshold: 7 }, 0, "out of stock"],
    ["all above a cut-off", {}, { threshold: 6, threshold_mode: "cutoff" }, 7, "in stock"],
    ["none up to a cut-off", {}, { threshold: 7, threshold_mode: "cutoff" }, 0, "out of stock"],
    ["less the threshold of a fast seller (seed 0: buckets)", { velocityBucket: "fast" }, { threshold: 1, threshold_fast: 4 }, 3, "in stock"],
    ["less the common threshold where a bucket has none", { velocityBucket: "medium" }, { threshold: 1, threshold_fast: 4 }, 6, "in stock"],
    // 86,400 units a day and one second of delay: one unit expected, at most two in 92 of 100 seconds, three in 98.
    ["less what a delay may cost", { unitsPerDay: 86_400, latencySeconds: 1 }, { latency_safety: true, service_level: 0.95 }, 4, "in stock"],
    ["a cap that is below the threshold", { available: 1000 }, { cap: 5, threshold: 9 }, 5, "in stock"],
    ["none below the floor", {}, { floor: 8 }, 0, "out of stock"],
    ["the same at the floor, which never raises", {}, { floor: 7 }, 7, "in stock"],
  ])("gives %s", (_, facts, change, quantity, availability) => {
    expect(quantityToSell({ ...sold, ...facts }, { ...DEFAULT_STOCK_POLICY, ...change })).toMatchObject({ quantity, availability })
  })

  it("names every rule that had a say, in order, with its figures", () => {
    const { trace } = quantityToSell(
      { ...sold, available: 40, pendingUnits: 2, rivals: { before: [{ kind: "fixed", remaining: 8 }], after: [] } },
      { ...DEFAULT_STOCK_POLICY, allocation: "share", share_percent: 50, cap: 11, threshold: 3, floor: 10 }
    )
    expect(trace).toEqual([
      { rule: "locations", change: 40, quantity: 40, by: {} },
      { rule: "orders", change: -2, quantity: 38, by: { pending: 2 } },
      { rule: "elsewhere", change: -8, quantity: 30, by: {} },
      { rule: "share", change: -15, quantity: 15, by: { percent: 50 } },
      { rule: "threshold", change: -3, quantity: 12, by: { threshold: 3, mode: "subtract", velocity_bucket: "slow" } },
      { rule: "cap", change: -1, quantity: 11, by: { cap: 11 } },
    ])
  })
})
