import { COUNTED_MS, type HourOfCalls } from "../call-pace"
import { rankOf, PRIORITY } from "../priority"
import { ITEMS_PER_CALL, planPush, type DueItems } from "../push-plan"

const AMPLE: HourOfCalls = { callsPerHour: 200, leaving: [], sinceLastCallMs: null, blockedMs: 0 }
const PACE = { pushDelayMs: 1_000 }

function due(patch: Partial<DueItems>): DueItems {
  return { count: 1, oldestInMs: -2_000, oldestSellOutInMs: null, oldestOtherInMs: -2_000, oldestUnrankedInMs: null, oldestCarriedInMs: null, ...patch }
}

/** An hour with this many of 200 calls used, all to leave at its end; the last was made just now. */
function used(calls: number): HourOfCalls {
  return { ...AMPLE, leaving: [{ inMs: COUNTED_MS - 60_000, calls }], sinceLastCallMs: 0 }
}

describe("planPush", () => {
  it("looks for sell-outs among what a carrier holds, whatever else waits, and sends nothing else of it", () => {
    const carried = { oldestInMs: null, oldestOtherInMs: null, count: 0, oldestCarriedInMs: -2_000 }
    expect(planPush(due(carried), AMPLE, PACE)).toEqual({ step: "rank", inMs: 0 })
    expect(planPush(due({ ...carried, oldestCarriedInMs: -200 }), AMPLE, PACE)).toEqual({ step: "rank", inMs: 800 })
    expect(planPush(due(carried), AMPLE, { ...PACE, mayRank: false })).toBeNull()
    expect(planPush(due({ oldestCarriedInMs: -2_000 }), AMPLE, PACE)).toEqual({ step: "rank", inMs: 0 })
    expect(planPush(due({ oldestCarriedInMs: -2_000 }), AMPLE, { ...PACE, mayRank: false })).toMatchObject({ step: "call" })
  })

  it("waits a second for company and then takes everything", () => {
    expect(planPush(due({ oldestInMs: null }), AMPLE, PACE)).toBeNull()
    expect(planPush(due({ oldestInMs: -200 }), AMPLE, PACE)).toEqual({ step: "call", urgency: "ordinary", maxPriority: null, inMs: 800 })
    expect(planPush(due({}), AMPLE, PACE)).toMatchObject({ step: "call", inMs: 0 })
    // A back-off has not passed yet.
    expect(planPush(due({ count: 0, oldestInMs: 30_000 }), AMPLE, PACE)).toMatchObject({ step: "call", inMs: 31_000 })
  })

  it("does not let a full call wait for company it has no room for", () => {
    expect(planPush(due({ count: ITEMS_PER_CALL, oldestInMs: 0 }), AMPLE, PACE)).toMatchObject({ step: "call", inMs: 0 })
    expect(planPush(due({ count: ITEMS_PER_CALL, oldestInMs: 0 }), used(100), PACE)).toMatchObject({ step: "call", inMs: 0 })
    expect(planPush(due({ count: ITEMS_PER_CALL, oldestInMs: 0 }), used(150), PACE)!.inMs).toBeGreaterThan(60_000)
  })

  it("compares values first where not everything can leave at once, and only there", () => {
    const unranked = { oldestUnrankedInMs: -2_000 }
    expect(planPush(due(unranked), AMPLE, PACE)).toMatchObject({ step: "call" })
    expect(planPush(due({ ...unranked, count: ITEMS_PER_CALL }), AMPLE, PACE)).toMatchObject({ step: "call" })
    expect(planPush(due(unranked), used(90), PACE)).toEqual({ step: "rank", inMs: 0 })
    expect(planPush(due({ ...unranked, count: ITEMS_PER_CALL }), used(60), PACE)).toEqual({ step: "rank", inMs: 0 })
    expect(planPush(due(unranked), used(90), { ...PACE, mayRank: false })).toMatchObject({ step: "call" })
    // While calls are blocked a rank found now would be old by then.
    expect(planPush(due(unranked), { ...used(155), blockedMs: 120_000 }, PACE)).toEqual({ step: "rank", inMs: 120_000 })
  })

  it("sends a sell-out before its turn, with everything else while the budget is not at its reserve", () => {
    const soldOut = { oldestSellOutInMs: -1_500 }
    expect(planPush(due(soldOut), used(140), PACE)).toEqual({ step: "call", urgency: "sell_out", maxPriority: null, inMs: 0 })
    expect(planPush(due(soldOut), used(160), PACE)).toEqual({ step: "call", urgency: "sell_out", maxPriority: PRIORITY.sellOut, inMs: 0 })
    expect(planPush(due(soldOut), used(200), PACE)!.inMs).toBe(COUNTED_MS - 60_000)
    expect(planPush(due({}), used(160), PACE)!.inMs).toBe(COUNTED_MS - 60_000)
  })

  it("lets what has waited five minutes go along with a call of the reserve", () => {
    const others = due({ oldestSellOutInMs: -1_500, oldestOtherInMs: -301_000 })
    expect(planPush(others, used(170), PACE)).toMatchObject({ urgency: "sell_out", maxPriority: null })
  })
})

describe("rankOf", () => {
  const inStock = (quantity: number | null) => ({ quantity, availability: "in stock" })
  const out = { quantity: 0, availability: "out of stock" }
  const held = (quantity: number | null, availability: string | null) => ({ acknowledged_quantity: quantity, acknowledged_availability: availability })

  it.each([
    ["a sell-out while Meta sells", out, held(3, "in stock"), "sellOut"],
    ["a sell-out while nobody knows what Meta holds", out, held(null, null), "sellOut"],
    ["nothing to sell, as Meta knows", out, held(0, "out of stock"), "rest"],
    ["something to sell again", inStock(4), held(0, "out of stock"), "restock"],
    ["less than Meta believes", inStock(2), held(5, "in stock"), "lower"],
    ["perhaps less than Meta believes", inStock(2), held(null, null), "lower"],
    ["more than Meta believes", inStock(9), held(5, "in stock"), "rest"],
    ["what Meta holds", inStock(5), held(5, "in stock"), "rest"],
    ["no number at all", inStock(null), held(5, "in stock"), "rest"],
    ["stock the push does not own", { quantity: null, availability: null }, held(null, null), "rest"],
  ] as const)("takes %s for what it is", (_name, wanted, acknowledged, rank) => {
    expect(rankOf(wanted, acknowledged)).toBe(PRIORITY[rank])
  })

  it("puts sell-outs before restocks before less before the rest", () => {
    expect([PRIORITY.sellOut, PRIORITY.restock, PRIORITY.lower, PRIORITY.rest]).toEqual([1, 5, 7, 60])
  })
})
