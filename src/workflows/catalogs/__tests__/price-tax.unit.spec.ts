import fc from "fast-check"
import { toUnits } from "../../../catalog/prices/price-text"
import { shownAmount } from "../price-tax"

const cents = { code: "eur", decimals: 2 }

describe("an amount with and without tax", () => {
  it.each([
    ["with_tax", "100", false, "19", "119.00"],
    ["with_tax", "119", true, "19", "119"],
    ["without_tax", "119", true, "19", "100.00"],
    ["without_tax", "100", false, "19", "100"],
    ["as_stored", "119", true, "19", "119"],
    ["with_tax", "10.05", false, "5.5", "10.60"],
    // Exactly half a cent, where a binary fraction would be a little less: 1.005 is 1.00499999999999989….
    ["with_tax", "0.67", false, "50", "1.01"],
    ["without_tax", "2.01", true, "100", "1.01"],
    ["with_tax", "12.5", false, "0", "12.50"],
  ] as const)("%s of %s, tax included: %s, at %s percent, is %s", (priceTax, amount, includesTax, rate, result) =>
    expect(shownAmount({ amount, includesTax }, { rate, priceTax, decimals: 2 })).toBe(result)
  )

  it("comes back to the cent when tax is added and taken out again", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 13n }), fc.integer({ min: 0, max: 40_000 }), (units, permille) => {
        const amount = `${units / 100n}.${String(units % 100n).padStart(2, "0")}`
        const rate = String(permille / 1_000)
        const gross = shownAmount({ amount, includesTax: false }, { rate, priceTax: "with_tax", decimals: 12 })
        expect(toUnits(shownAmount({ amount: gross, includesTax: true }, { rate, priceTax: "without_tax", decimals: 12 }), cents)).toBe(units)
      })
    )
  })
})
