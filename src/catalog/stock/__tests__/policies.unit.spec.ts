import fc from "fast-check"
import { policiesOf } from "../policies"
import { DEFAULT_STOCK_POLICY, REFILLS, RULE_SCOPES, type StockRule, type StockSettings } from "../stock-policy"

const NOW = Date.parse("2026-11-18T12:00:00Z")
const STARTS = { daily: new Date("2026-11-18T00:00:00Z"), weekly: new Date("2026-11-16T00:00:00Z"), monthly: new Date("2026-11-01T00:00:00Z") }
const moment = fc.integer({ min: 0, max: 40 * 86_400_000 }).map((ago) => new Date(NOW - ago))

const settings: fc.Arbitrary<Partial<StockSettings>> = fc.record(
  {
    allocation: fc.constantFrom("all" as const, "share" as const, "fixed" as const),
    fixed_quantity: fc.nat(20),
    fixed_refill: fc.constantFrom(...REFILLS),
    fixed_since: fc.option(moment.map((time) => time.toISOString()), { nil: null }),
    location_ids: fc.option(fc.constant(["sloc_a"]), { nil: null }),
    unmanaged: fc.constantFrom("fixed" as const, "omit" as const),
    threshold_fast: fc.option(fc.nat(5), { nil: null }),
    latency_safety: fc.boolean(),
  },
  { requiredKeys: [] }
)
const rules: fc.Arbitrary<StockRule[]> = fc
  .array(fc.record({ scope: fc.constantFrom(...RULE_SCOPES), settings }), { maxLength: 8 })
  .map((made) => made.map((rule, index) => ({ ...rule, id: `mcrule_${index}`, reference_id: rule.scope === "catalog" ? "" : `ref_${index}` })))
  // One rule for the catalogue itself, as the table has it.
  .map((made) => made.filter((rule, index) => rule.scope !== "catalog" || made.findIndex((one) => one.scope === "catalog") === index))

/** Rules, and those of them that speak of one item. */
const given = rules.chain((made) => fc.tuple(fc.constant(made), fc.subarray(made.filter((rule) => rule.scope !== "catalog"))))

const open = (made: StockRule[], compared: StockRule[] = []) => policiesOf(made, { starts: STARTS, latencySeconds: 1, netsOrders: false, rivals: [], compared })

/** The same field by field, from the widest scope to the narrowest. */
function plainly(made: StockRule[]): StockSettings {
  const result: StockSettings = { ...DEFAULT_STOCK_POLICY }
  for (const scope of RULE_SCOPES) {
    for (const rule of made.filter((one) => one.scope === scope)) Object.assign(result, rule.settings)
  }
  return result
}

describe("the policies of a catalogue", () => {
  it("are its own rule and those that speak of an item, field by field", () => {
    fc.assert(
      fc.property(given, ([made, ofItem]) => {
        const expected = plainly([...made.filter((rule) => rule.scope === "catalog"), ...ofItem])
        expect(open(made).of(ofItem.map(({ id }) => id).join(" ") || null)).toEqual(expected)
      })
    )
  })

  it("count the orders since an allocation was last full, whichever rules it comes from", () => {
    fc.assert(
      fc.property(given, fc.array(fc.tuple(moment, fc.integer({ min: 1, max: 5 })), { maxLength: 12 }), ([made, ofItem], orders) => {
        const policies = open(made)
        const policy = policies.of(ofItem.map(({ id }) => id).join(" ") || null)
        // What the statement hands out: units by the last of the times that an order is not before.
        const drawn: Record<string, number> = {}
        for (const [time, units] of orders) {
          const place = policies.needs.drawnSince.filter((since) => since <= time).length
          if (place > 0) drawn[place] = (drawn[place] ?? 0) + units
        }
        const since = policy.fixed_refill === "by_hand" ? policy.fixed_since && new Date(policy.fixed_since) : STARTS[policy.fixed_refill]
        const expected = policy.allocation !== "fixed" || !since ? 0 : orders.reduce((sum, [time, units]) => (time >= since ? sum + units : sum), 0)
        expect(policies.drawnUnits(policy, drawn)).toBe(expected)
      })
    )
  })

  it("ask for everything that any item's policy goes by", () => {
    fc.assert(
      fc.property(given, ([made, ofItem]) => {
        const { needs, of } = open(made)
        const policy = of(ofItem.map(({ id }) => id).join(" ") || null)
        if (policy.location_ids !== null) expect(needs.locations).toBe(true)
        if (policy.unmanaged === "omit") expect(needs.told).toBe(true)
        if (policy.latency_safety || policy.threshold_medium !== null || policy.threshold_fast !== null) expect(needs.velocity).toBe(true)
        if (ofItem.length > 0) expect(needs.rules).toBe(true)
      })
    )
  })

  it("are told apart from a draft that is matched with them", () => {
    fc.assert(
      fc.property(given, rules, ([made, ofItem], other) => {
        const draft = other.map((rule) => ({ ...rule, id: `${rule.id}_draft` }))
        const matched = [...ofItem, ...draft.filter((rule) => rule.scope !== "catalog")].map(({ id }) => id).join(" ") || null
        expect(open(made, draft).of(matched)).toEqual(open(made).of(ofItem.map(({ id }) => id).join(" ") || null))
        expect(open(made, draft).needs).toEqual(open(draft, made).needs)
      })
    )
  })
})
