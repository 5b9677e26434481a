import { NOT_OFFERED, type Stock } from "../../../catalog/stock/stock-facts"
import { DEFAULT_STOCK_POLICY } from "../../../catalog/stock/stock-policy"
import type { ClaimedItem } from "../../../modules/meta-catalog/batches/batches"
import { decideBatch } from "../decide-batch"

const BOTH = { pushesStock: true, pushesSlowSellOuts: true }
const PRICE = { price: "9.00 EUR", sale_price: "", sale_price_effective_date: "" }

function item(patch: Partial<ClaimedItem>): ClaimedItem {
  return {
    id: "mcitem_1", retailer_id: "MUG", variant_id: "variant_1", product_id: "prod_1",
    acknowledged_quantity: null, acknowledged_availability: null, acknowledged_price: null, sent_price: null,
    is_rejected: false, attempts: 0, due_reason: "stock", due_at: new Date(0), is_invalid: false, is_slow: true, ...patch,
  }
}

const store = (available: number, patch: Partial<Stock> = {}) => ({
  facts: new Map([
    ["variant_1", { variantId: "variant_1", productId: "prod_1", stock: { ...NOT_OFFERED, isOffered: true, available, ...patch }, policy: DEFAULT_STOCK_POLICY }],
  ]),
  prices: new Map([["variant_1", PRICE]]),
})

describe("of a slow feed's items", () => {
  it("those that can be bought are left to the file, with what they should have noted and no price", () => {
    const { entries, unchanged, byFile } = decideBatch([item({ acknowledged_availability: "out of stock", acknowledged_quantity: 0 })], store(7), BOTH)
    expect(entries).toEqual([])
    expect(unchanged).toMatchObject([{ quantity: 7, availability: "in stock", price: null }])
    expect(byFile).toEqual(["mcitem_1"])
  })

  it.each<[string, Partial<ClaimedItem>, number]>([
    ["nothing is known of it", {}, 1],
    ["Meta may still sell it", { acknowledged_availability: "in stock", acknowledged_quantity: 3 }, 1],
    ["Meta has said so already", { acknowledged_availability: "out of stock", acknowledged_quantity: 0 }, 0],
  ])("one that has sold out is sent unless it need not be: %s", (_, known, sent) => {
    const { entries, byFile } = decideBatch([item(known)], store(0), BOTH)
    expect(entries).toHaveLength(sent)
    expect(byFile).toEqual([])
    for (const entry of entries) expect(entry).toMatchObject({ quantity: 0, availability: "out of stock", price: null })
  })

  it("one without a valid row counts as sold out", () => {
    expect(decideBatch([item({ is_invalid: true })], store(7), BOTH).entries).toMatchObject([{ quantity: 0, availability: "out of stock" }])
  })

  it.each<[string, Partial<ClaimedItem>, Partial<Stock>]>([
    ["a person has stopped it", {}, { isStopped: true }],
    ["it is offered no longer", {}, { isOffered: false }],
    ["it has no valid row", { is_invalid: true }, {}],
  ])("one that must not be sold is sent even where sell-outs wait for the file: %s", (_, known, stock) => {
    const { entries } = decideBatch([item(known)], store(7, stock), { ...BOTH, pushesSlowSellOuts: false })
    expect(entries).toMatchObject([{ quantity: 0, availability: "out of stock" }])
  })

  it("none is sent where sell-outs wait for the file as well", () => {
    const { entries, byFile } = decideBatch([item({})], store(0), { ...BOTH, pushesSlowSellOuts: false })
    expect([entries, byFile]).toEqual([[], ["mcitem_1"]])
  })
})

it("an item of any other feed is sent with every change and its price", () => {
  const { entries, byFile } = decideBatch([item({ is_slow: false })], store(7), BOTH)
  expect(entries).toMatchObject([{ quantity: 7, availability: "in stock", price: PRICE }])
  expect(byFile).toEqual([])
})
