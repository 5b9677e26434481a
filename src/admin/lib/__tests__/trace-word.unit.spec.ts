import type { AdminTraceStep } from "../../../api/admin/meta-catalog/stock-types"
import { quantityToSell } from "../../../catalog/stock/quantity-to-sell"
import { NO_RIVALS } from "../../../catalog/stock/share-out"
import type { Stock } from "../../../catalog/stock/stock-facts"
import { DEFAULT_STOCK_POLICY, type StockPolicy } from "../../../catalog/stock/stock-policy"
import en from "../../i18n/en.json"
import { traceWord } from "../trace-word"

const texts: Record<string, string> = en.metaCatalog.why.step

const stock: Stock = {
  isOffered: true,
  isStopped: false,
  managesInventory: true,
  allowsBackorder: false,
  available: 20,
  parts: null,
  pendingUnits: 0,
  drawnUnits: 0,
  rivals: NO_RIVALS,
  velocityBucket: "fast",
  unitsPerDay: 40,
  latencySeconds: 3600,
  wasToldNumber: false,
}

/** What a person reads, with the figures filled in as plain numbers. */
function read(step: AdminTraceStep): string {
  const { word, figures } = traceWord(step)
  return texts[word].replace(/\{\{(\w+)\}\}/g, (_place, name: string) => String(figures[name]))
}

const lines = (facts: Partial<Stock>, policy: Partial<StockPolicy>) =>
  quantityToSell({ ...stock, ...facts }, { ...DEFAULT_STOCK_POLICY, ...policy }).trace.map((step) => `${step.change}: ${read(step)}`)

describe("why a quantity is what it is, in words", () => {
  it("reads as a sum", () => {
    expect(lines({}, { threshold: 2, threshold_fast: 3 })).toEqual([
      "20: free at the stock locations that count",
      "-3: kept back by the threshold for fast sellers",
    ])
    expect(lines({}, { allocation: "share", share_percent: 70, cap: 10 })).toEqual([
      "20: free at the stock locations that count",
      "-6: left to others: this catalogue has a share of 70 %, rounded down",
      "-4: not shown: never more than 10 are",
    ])
  })

  it("names the allocation whether or not it takes anything away", () => {
    expect(lines({ drawnUnits: 4 }, { allocation: "fixed", fixed_quantity: 10 })[1]).toBe("-14: not allocated: this catalogue was given 10, of which 4 are sold")
    expect(lines({ drawnUnits: 4 }, { allocation: "fixed", fixed_quantity: 100 })[1]).toBe("0: Within what this catalogue was given: 100, of which 4 are sold.")
  })

  it("tells a cutoff that hides from one that lets everything through", () => {
    expect(lines({}, { threshold: 20, threshold_mode: "cutoff" })[1]).toBe("-20: hidden: not above the threshold of 20")
    expect(lines({}, { threshold: 19, threshold_mode: "cutoff" })[1]).toBe("0: Above the threshold of 19, so all of it is shown.")
  })

  it("has words with every figure for whatever the policy can decide", () => {
    const facts: Partial<Stock>[] = [
      {},
      { available: 2 },
      { isOffered: false },
      { isStopped: true },
      { managesInventory: false },
      { allowsBackorder: true },
      { allowsBackorder: true, available: 0 },
      { pendingUnits: 5, drawnUnits: 2 },
      { pendingUnits: 50 },
      { rivals: { before: [{ kind: "fixed", remaining: 4 }], after: [] } },
      { velocityBucket: "slow" },
      { velocityBucket: "medium" },
    ]
    const policies: Partial<StockPolicy>[] = [
      { threshold: 3 },
      { threshold: 30, threshold_mode: "cutoff" },
      { threshold: 3, threshold_mode: "cutoff" },
      { latency_safety: true },
      { latency_safety: true, threshold_mode: "cutoff" },
      { floor: 30 },
      { cap: 1 },
      { allocation: "share", share_percent: 50, backorder: "preorder" },
      { allocation: "fixed", fixed_quantity: 3, backorder: "available for order" },
      { unmanaged: "omit", backorder: "stock" },
    ]
    const steps = facts.flatMap((fact) => policies.flatMap((policy) => quantityToSell({ ...stock, ...fact }, { ...DEFAULT_STOCK_POLICY, ...policy }).trace))
    const words = new Set([...steps, { rule: "invalid", change: 0, quantity: 0, by: {} } as const].map((step) => traceWord(step).word))
    expect(steps.map(read).filter((line) => /undefined|\{\{/.test(line))).toEqual([])
    // A share that changes nothing is one of nothing.
    expect([...words, "sharePassed"].sort()).toEqual(expect.arrayContaining(Object.keys(texts).sort()))
  })
})
