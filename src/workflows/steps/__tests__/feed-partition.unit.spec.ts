import fc from "fast-check"
import { STRATEGIES, variantColumns } from "../../../catalog/columns/feed-columns"
import { VARIANT_FIELDS } from "../../../catalog/columns/field-table"
import { feedOf } from "../feed-partition"

const feed = (id: string, strategy: (typeof STRATEGIES)[number]) => ({ id, strategy })

describe("the feed a new item joins", () => {
  it.each([
    ["fast", [feed("a", "combined")], "a"],
    ["slow", [feed("a", "combined")], "a"],
    ["slow", [feed("a", "fast")], "a"],
    ["slow", [feed("a", "fast"), feed("b", "slow")], "b"],
    ["fast", [feed("a", "slow"), feed("b", "fast")], "b"],
  ] as const)("of policy %s in %j is %s", (strategy, feeds, id) => expect(feedOf(strategy, [...feeds]).id).toBe(id))

  it("is exactly one, whatever the feeds are", () => {
    const strategy = fc.constantFrom(...STRATEGIES)
    fc.assert(
      fc.property(strategy, fc.uniqueArray(strategy, { minLength: 1 }), (wanted, strategies) => {
        const feeds = strategies.map((one, index) => feed(String(index), one))
        expect(feeds.filter(({ id }) => id === feedOf(wanted, feeds).id)).toHaveLength(1)
      })
    )
  })
})

describe("the columns of a file", () => {
  const left = (strategy: (typeof STRATEGIES)[number], pushesPrices: boolean) => {
    const columns = new Set<string>(variantColumns(strategy, { pushesPrices }))
    return VARIANT_FIELDS.map((field) => field.name).filter((name) => !columns.has(name))
  }

  it.each([
    ["combined", true, []],
    ["slow", true, []],
    ["fast", false, ["quantity_to_sell_on_facebook"]],
    ["fast", true, ["quantity_to_sell_on_facebook", "sale_price", "sale_price_effective_date"]],
  ] as const)("of a %s feed (prices pushed: %s) lack %j", (strategy, pushesPrices, columns) => expect(left(strategy, pushesPrices)).toEqual(columns))

  it("never lack what Meta requires", () => {
    for (const strategy of STRATEGIES) {
      for (const { name, required } of VARIANT_FIELDS) if (required) expect(left(strategy, true)).not.toContain(name)
    }
  })
})
