import fc from "fast-check"
import { priceText, toUnits } from "../price-text"

const gbp = { code: "gbp", decimals: 2 }

describe("prices", () => {
  it.each([
    ["24.5", gbp, "24.50 GBP"],
    ["24", gbp, "24.00 GBP"],
    ["0.05", gbp, "0.05 GBP"],
    [".5", gbp, "0.50 GBP"],
    ["1.005", gbp, "1.01 GBP"],
    ["1.0049999", gbp, "1.00 GBP"],
    ["1234567890123456789.99", gbp, "1234567890123456789.99 GBP"],
    ["1200", { code: "jpy", decimals: 0 }, "1200 JPY"],
    ["1200.5", { code: "jpy", decimals: 0 }, "1201 JPY"],
    ["3.5", { code: "tnd", decimals: 3 }, "3.500 TND"],
    ["3.5005", { code: "TND", decimals: 3 }, "3.501 TND"],
  ])("writes %s as Meta reads it", (amount, currency, text) => expect(priceText(toUnits(amount, currency), currency)).toBe(text))

  it("keeps every amount that has the currency's decimals", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.constantFrom(0, 2, 3), (units, decimals) => {
        const currency = { code: "xxx", decimals }
        expect(toUnits(priceText(units, currency).split(" ")[0], currency)).toBe(units)
      })
    )
  })

  it("keeps the sign, so that a negative price is seen", () => expect(toUnits("-3.2", gbp)).toBe(-320n))
  it.each(["", ".", "1,5", "1e5", "NaN"])("refuses %j", (amount) => expect(() => toUnits(amount, gbp)).toThrow(RangeError))
})
