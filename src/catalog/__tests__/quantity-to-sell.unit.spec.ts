import fc from "fast-check"
import { DEFAULT_STOCK_POLICY, quantityToSell, type StockPolicy } from "../quantity-to-sell"
import type { StockFacts } from "../stock-facts"

const facts: fc.Arbitrary<StockFacts> = fc.record({
  variantId: fc.constant("variant"),
  productId: fc.constant("prod"),
  isOffered: fc.boolean(),
  isStopped: fc.boolean(),
  managesInventory: fc.boolean(),
  allowsBackorder: fc.boolean(),
  available: fc.option(fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double({ min: -1e12, max: 1e12, noNaN: true })), { nil: null }),
})
const policy: fc.Arbitrary<StockPolicy> = fc.record({ unmanagedQuantity: fc.integer({ min: 1, max: 10_000 }) })

const sold: StockFacts = { variantId: "v", productId: "p", isOffered: true, isStopped: false, managesInventory: true, allowsBackorder: false, available: 7 }

describe("quantityToSell", () => {
  it("always gives a pair that agrees with itself", () => {
    fc.assert(
      fc.property(facts, policy, (f, p) => {
        const { quantity, availability } = quantityToSell(f, p)
        expect(Number.isInteger(quantity)).toBe(true)
        expect(quantity).toBeGreaterThanOrEqual(0)
        expect(quantity).toBeLessThanOrEqual(2_147_483_647)
        expect(availability).toBe(quantity === 0 ? "out of stock" : "in stock")
      })
    )
  })

  it("never sells what is not offered", () => {
    fc.assert(fc.property(facts, policy, (f, p) => quantityToSell({ ...f, isOffered: false }, p).quantity === 0))
  })

  it("never sells what a person has stopped", () => {
    fc.assert(fc.property(facts, policy, (f, p) => expect(quantityToSell({ ...f, isStopped: true }, p)).toMatchObject({ quantity: 0, availability: "out of stock" })))
  })

  it("never promises more than there is of managed stock", () => {
    fc.assert(
      fc.property(facts, policy, (f, p) => {
        const quantity = quantityToSell({ ...f, managesInventory: true, allowsBackorder: false }, p).quantity ?? Infinity
        expect(quantity).toBeLessThanOrEqual(Math.max(0, f.available ?? 0))
      })
    )
  })

  it("grows with the stock, never against it", () => {
    fc.assert(
      fc.property(facts, policy, fc.nat(1000), (f, p, more) => {
        const before = quantityToSell(f, p).quantity ?? 0
        const after = quantityToSell({ ...f, available: (f.available ?? 0) + more }, p).quantity ?? 0
        expect(after).toBeGreaterThanOrEqual(before)
      })
    )
  })

  it.each<[string, Partial<StockFacts>, number]>([
    ["the stock of a managed variant", {}, 7],
    ["a fixed number for unmanaged stock", { managesInventory: false, available: null }, 100],
    ["a fixed number when backorders are allowed", { allowsBackorder: true, available: 0 }, 100],
    ["none for a managed variant without an inventory item", { available: null }, 0],
    ["none when more is reserved than there is", { available: -3 }, 0],
    ["none for unmanaged stock that is not offered", { isOffered: false, managesInventory: false }, 0],
  ])("gives %s", (_, change, quantity) => {
    expect(quantityToSell({ ...sold, ...change }, DEFAULT_STOCK_POLICY).quantity).toBe(quantity)
  })

  it("leaves a trace that ends in its number", () => {
    fc.assert(
      fc.property(facts, policy, (f, p) => {
        const { quantity, trace } = quantityToSell(f, p)
        expect(trace.at(-1)?.quantity).toBe(quantity)
      })
    )
  })
})
