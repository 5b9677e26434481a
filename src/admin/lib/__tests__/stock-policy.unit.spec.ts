import type { AdminStockDay, AdminStockPolicy } from "../../../api/admin/meta-catalog/stock-types"
import { DEFAULT_STOCK_POLICY } from "../../../catalog/stock/stock-policy"
import { policySentences } from "../policy-sentences"
import { dayBars, highestBar } from "../stock-days"
import { catalogRule, draftErrors, putRules, ruleLines, setForAll, startDraft, toRules, type Part } from "../stock-draft"
import { fieldsInUse, toSettings, toValues } from "../stock-form"

const jacket: Part = { scope: "product", reference_id: "prod_1", name: "Jacket" }
const shoes: Part = { scope: "collection", reference_id: "pcol_1", name: "Shoes" }
const hat: Part = { scope: "product", reference_id: "prod_2", name: "Hat" }

const policy: AdminStockPolicy = {
  settings: { ...DEFAULT_STOCK_POLICY, threshold: 2, fixed_since: "2026-01-01T00:00:00Z" },
  rules: [
    { id: "mcrule_1", scope: "catalog", reference_id: "", name: "Europe", settings: { threshold: 2, fixed_since: "2026-01-01T00:00:00Z" } },
    { id: "mcrule_2", ...jacket, settings: { cap: 5, fixed_since: "2026-02-01T00:00:00Z" } },
    { id: "mcrule_3", ...shoes, settings: { threshold: 9 } },
  ],
  warnings: [],
}

describe("settings in the form", () => {
  it("come back as they were", () => {
    expect(toSettings(toValues(DEFAULT_STOCK_POLICY))).toEqual(DEFAULT_STOCK_POLICY)
    const other = { ...DEFAULT_STOCK_POLICY, location_ids: ["sloc_1"], cap: 0, threshold_fast: 3, service_level: 0.999, fixed_since: "2026-01-01T00:00:00Z", latency_safety: true }
    expect(toSettings(toValues(other))).toEqual(other)
  })

  it("are numbers, none where a number may be left out, and else as typed so that the API can say what is allowed", () => {
    expect(toSettings({ threshold: "3", cap: " ", threshold_fast: "x", floor: "", location_ids: [] })).toEqual({
      threshold: 3,
      cap: null,
      threshold_fast: "x",
      floor: "",
      location_ids: null,
    })
  })

  it("are shown only where they mean something beside the others", () => {
    const values = toValues(DEFAULT_STOCK_POLICY)
    expect(fieldsInUse(values)).not.toEqual(expect.arrayContaining(["share_percent"]))
    expect(fieldsInUse({ ...values, allocation: "share" })).toContain("share_percent")
    expect(fieldsInUse({ ...values, allocation: "fixed" })).toEqual(expect.arrayContaining(["fixed_quantity", "fixed_refill"]))
    expect(fieldsInUse({ ...values, latency_safety: true })).toContain("service_level")
    expect(fieldsInUse({ ...values, unmanaged: "omit" })).toContain("unmanaged_quantity")
    expect(fieldsInUse({ ...values, unmanaged: "omit", backorder: "stock" })).not.toContain("unmanaged_quantity")
    expect(fieldsInUse({ ...values, backorder: "preorder" })).toContain("backorder_days")
  })
})

describe("a draft of the policy", () => {
  const draft = startDraft(policy)

  it("asks for nothing while nothing is changed, and can ask how things stand", () => {
    expect(toRules(policy, draft)).toEqual([])
    expect(catalogRule(policy, draft)).toEqual({ scope: "catalog", settings: { threshold: 2, fixed_since: "2026-01-01T00:00:00Z" } })
  })

  it("sends of the catalogue only what is not so anyway", () => {
    const changed = { ...draft, catalog: { ...draft.catalog, threshold: "0", cap: "10" } }
    expect(toRules(policy, changed)).toEqual([{ scope: "catalog", settings: { cap: 10, fixed_since: "2026-01-01T00:00:00Z" } }])
  })

  it("puts a rule in the place of the one about the same part, and forgets a change that was undone", () => {
    const changed = putRules(policy, draft, [{ ...shoes, values: { threshold: "4" } }, { ...hat, values: { cap: "1" } }])
    expect(ruleLines(policy, changed).map(({ name, state }) => [name, state])).toEqual([["Jacket", "stored"], ["Shoes", "changed"], ["Hat", "new"]])
    expect(toRules(policy, changed)).toEqual([
      { scope: "collection", reference_id: "pcol_1", settings: { threshold: 4 } },
      { scope: "product", reference_id: "prod_2", settings: { cap: 1 } },
    ])
    const undone = putRules(policy, changed, [{ ...shoes, values: { threshold: "9" } }, { ...hat, values: {} }])
    expect(toRules(policy, undone)).toEqual([])
  })

  it("takes a rule away by sending it without settings", () => {
    const removed = putRules(policy, draft, [{ ...jacket, values: {} }])
    expect(ruleLines(policy, removed).find(({ name }) => name === "Jacket")).toMatchObject({ state: "removed", values: { cap: "5" } })
    expect(toRules(policy, removed)).toEqual([{ scope: "product", reference_id: "prod_1", settings: {} }])
  })

  it("sets the same for many parts in one request, and leaves what their rules say besides", () => {
    const all = setForAll(policy, draft, { parts: [jacket, shoes, hat], values: { threshold: "7" } })
    expect(toRules(policy, all)).toEqual([
      { scope: "product", reference_id: "prod_1", settings: { cap: 5, threshold: 7, fixed_since: "2026-02-01T00:00:00Z" } },
      { scope: "collection", reference_id: "pcol_1", settings: { threshold: 7 } },
      { scope: "product", reference_id: "prod_2", settings: { threshold: 7 } },
    ])
  })

  it("finds for each message of the API the field of the rule it is about", () => {
    const sent = [{ scope: "catalog" as const, settings: {} }, { scope: "product" as const, reference_id: "prod_2", settings: {} }]
    const error = new Error(
      "rules.0.settings.threshold: must be a whole number from 0 to 1000000; rules.1.settings.cap: must be less; or none; rules.1.reference_id: there is no product prod_2"
    )
    expect(draftErrors(error, sent)).toEqual({
      catalog: { threshold: "must be a whole number from 0 to 1000000" },
      rules: { "product prod_2": { cap: "must be less; or none", reference_id: "there is no product prod_2" } },
      form: undefined,
    })
    expect(draftErrors(new Error("share_percent: 60 % is more than is left; at most 40 %"), sent).catalog).toEqual({ share_percent: "60 % is more than is left; at most 40 %" })
    expect(draftErrors(new Error("Failed to fetch"), sent).form).toBe("Failed to fetch")
  })
})

describe("the policy in sentences", () => {
  const words = (settings: Partial<typeof DEFAULT_STOCK_POLICY>) => policySentences({ ...DEFAULT_STOCK_POLICY, ...settings }).map(({ word }) => word)

  it("says what stands without any rule, and what rules add", () => {
    expect(words({})).toEqual(["all", "unmanaged", "backorderFixed"])
    expect(words({ allocation: "share", location_ids: ["a"], cap: 0, threshold: 1, latency_safety: true, floor: 2, unmanaged: "omit", backorder: "preorder" })).toEqual([
      "share", "locations", "cap", "subtract", "latency", "floor", "unmanagedOmitted", "backorderPreorder",
    ])
    expect(words({ threshold_mode: "cutoff", threshold_fast: 3 })).toContain("cutoffBySpeed")
  })

  it("says of a bucket without a threshold of its own what the others have", () => {
    const sentence = policySentences({ ...DEFAULT_STOCK_POLICY, threshold: 2, threshold_fast: 5 }).find(({ word }) => word === "subtractBySpeed")
    expect(sentence?.figures).toEqual({ threshold: 2, medium: 2, fast: 5 })
  })
})

describe("bars by day", () => {
  const day = (date: string, units_withheld: number): AdminStockDay => ({ day: date, units_withheld, items_short: 0, minutes_offered_unavailable: 0, cancellations_for_stock: 0 })

  it("has one for each day, oldest first, and nothing for a day that is missing", () => {
    const bars = dayBars([day("2026-03-02", 4), day("2026-02-28", 0)], "units_withheld", { today: "2026-03-02", count: 4 })
    expect(bars).toEqual([
      { day: "2026-02-27", value: null },
      { day: "2026-02-28", value: 0 },
      { day: "2026-03-01", value: null },
      { day: "2026-03-02", value: 4 },
    ])
    expect(highestBar(bars)).toEqual({ day: "2026-03-02", value: 4 })
    expect(highestBar(bars.slice(0, 3))).toBeNull()
  })
})
