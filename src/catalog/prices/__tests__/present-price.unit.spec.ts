import { calculatedPrice, plainPrice, priceSource, type CalculatedPrice, type StoredAmount } from "../present-price"
import { toUnits } from "../price-text"

const lists = new Map([["plist_1", { startsAt: new Date("2027-03-01T08:00:00Z"), endsAt: new Date("2027-03-08T23:59:00Z") }]])
const shown = ({ amount }: StoredAmount) => amount
const raw = (value: string) => ({ value, precision: 20 })

const calculated = (original: string | null, present: string | null, patch: Partial<CalculatedPrice> = {}): CalculatedPrice => ({
  id: "pset_1",
  calculated_amount: present === null ? null : Number(present),
  raw_calculated_amount: present === null ? null : raw(present),
  original_amount: original === null ? null : Number(original),
  raw_original_amount: original === null ? null : raw(original),
  calculated_price: { price_list_id: "plist_1" },
  ...patch,
})

const sourceOf = (answer: CalculatedPrice) => priceSource(calculatedPrice(answer), { lists, shown })

describe("the present price", () => {
  it("is a sale with both dates where it is lower", () =>
    expect(sourceOf(calculated("50", "40"))).toEqual({ amount: "50", saleAmount: "40", saleStartsAt: lists.get("plist_1")!.startsAt, saleEndsAt: lists.get("plist_1")!.endsAt }))

  it.each([
    ["the same", "50", "50.00", "50.00"],
    ["dearer than what it stands on, so that a buyer pays it", "40", "45", "45"],
    ["all there is", null, "45", "45"],
  ])("is the price where it is %s", (_, original, present, amount) =>
    expect(sourceOf(calculated(original, present))).toEqual({ amount, saleAmount: null, saleStartsAt: null, saleEndsAt: null })
  )

  it("keeps every digit of an amount", () => expect(sourceOf(calculated("9007199254740993.01", "9007199254740993.001")).saleAmount).toBe("9007199254740993.001"))

  it.each([
    ["1.0000000000000000000e-7", "0.00000010000000000000000000"],
    ["-2.5e-1", "-0.25"],
    ["1.2345e+2", "123.45"],
    ["1.5e+21", "1500000000000000000000"],
  ])("writes %s out, as the store keeps very small and very large amounts", (amount, text) => {
    expect(sourceOf(calculated(null, amount)).amount).toBe(text)
    expect(() => toUnits(text, { code: "gbp", decimals: 2 })).not.toThrow()
  })

  it("has no dates where its list is not known", () =>
    expect(sourceOf(calculated("5", "4", { calculated_price: { price_list_id: null } }))).toEqual({ amount: "5", saleAmount: "4", saleStartsAt: null, saleEndsAt: null }))

  it("is none where there is no price at all", () => {
    const none = { amount: null, saleAmount: null, saleStartsAt: null, saleEndsAt: null }
    expect(sourceOf(calculated(null, null))).toEqual(none)
    const plain = { variantId: "v", productId: "p", productTypeId: null, priceSetId: null, amount: null, hasRules: false }
    expect(priceSource(plainPrice(plain, true), { lists, shown })).toEqual(none)
  })

  it("is compared as it is shown: what tax makes equal is no sale", () => {
    // 119 with tax before, 100 without tax now.
    const answer = calculated("119", "100", { is_original_price_tax_inclusive: true, is_calculated_price_tax_inclusive: false })
    const withTax = ({ amount, includesTax }: StoredAmount) => (includesTax ? amount : String(Number(amount) * 1.19))
    expect(priceSource(calculatedPrice(answer), { lists, shown: withTax })).toMatchObject({ amount: "119", saleAmount: null })
  })
})
