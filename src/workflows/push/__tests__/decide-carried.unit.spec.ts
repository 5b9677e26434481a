import { NO_EXTRA, PRODUCT_COLUMNS, VARIANT_COLUMNS, type FeedRow, type ProductCells, type VariantCells } from "../../../catalog/columns/field-table"
import type { CarriedItem } from "../../../modules/meta-catalog/carriers/carriers"
import { decideCarried } from "../decide-carried"

const NO_SALE = { price: "24.50 EUR", sale_price: "", sale_price_effective_date: "" }
const BOTH = { pushesStock: true, pushesPrices: true }

function row(patch: Partial<VariantCells> = {}): FeedRow {
  const variant = { ...Object.fromEntries(VARIANT_COLUMNS.map((column) => [column, ""])), id: "MUG", availability: "in stock", quantity_to_sell_on_facebook: "7", ...NO_SALE, ...patch }
  return { variant: variant as VariantCells, product: Object.fromEntries(PRODUCT_COLUMNS.map((column) => [column, ""])) as ProductCells, extra: NO_EXTRA }
}

function item(patch: Partial<CarriedItem> = {}): CarriedItem {
  return {
    id: "mcitem_1", retailer_id: "MUG", variant_id: "variant_1", product_id: "prod_1", acknowledged_quantity: null, acknowledged_availability: null,
    acknowledged_price: null, sent_price: null, is_rejected: false, attempts: 0, due_reason: null, due_at: null, is_invalid: false, is_new: false, ...patch,
  }
}

const SOLD_OUT = { availability: "out of stock", quantity_to_sell_on_facebook: "0" }
const KNOWN = { acknowledged_quantity: 7, acknowledged_availability: "in stock", acknowledged_price: NO_SALE }

describe("decideCarried", () => {
  it("carries a new item whatever its stock, with what its row says", () => {
    expect(decideCarried(item({ is_new: true }), row(), BOTH)).toEqual({
      verdict: "carry",
      entry: { item_id: "mcitem_1", retailer_id: "MUG", reason: "new item", quantity: 7, availability: "in stock", price: NO_SALE },
    })
    expect(decideCarried(item({ is_new: true }), row(SOLD_OUT), BOTH)).toMatchObject({ verdict: "carry", entry: { quantity: 0, availability: "out of stock" } })
  })

  it("says of an entry only what the push owns, and which mark it answers", () => {
    const due_at = new Date(0)
    const marked = item({ due_at, due_reason: "stock" })
    expect(decideCarried(marked, row(), { pushesStock: true, pushesPrices: false }).entry).toMatchObject({ due_at, reason: "stock", quantity: 7, price: null })
    expect(decideCarried(marked, row(), { pushesStock: false, pushesPrices: true }).entry).toMatchObject({ quantity: null, availability: null, price: NO_SALE })
  })

  it("leaves a listed item that sells out to items_batch, unless Meta knows already", () => {
    expect(decideCarried(item(KNOWN), row(SOLD_OUT), BOTH).verdict).toBe("leave")
    expect(decideCarried(item(), row(SOLD_OUT), BOTH).verdict).toBe("leave")
    const knownOut = item({ ...KNOWN, acknowledged_quantity: 0, acknowledged_availability: "out of stock" })
    expect(decideCarried(knownOut, row({ ...SOLD_OUT, price: "9.00 EUR" }), BOTH).verdict).toBe("carry")
  })

  it.each([
    ["nothing differs", {}, {}, "unchanged"],
    ["the quantity differs", {}, { quantity_to_sell_on_facebook: "8" }, "carry"],
    ["the price differs", {}, { price: "25.00 EUR" }, "carry"],
    ["what Meta holds is unknown", { acknowledged_availability: null }, {}, "carry"],
    ["Meta's price is unknown", { acknowledged_price: null }, {}, "carry"],
  ])("of a listed item, where %s", (_case, acknowledged, cells, verdict) => {
    expect(decideCarried(item({ ...KNOWN, ...acknowledged }), row(cells), BOTH).verdict).toBe(verdict)
  })
})
