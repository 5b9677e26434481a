import fc from "fast-check"
import { agreePercent, judge, type HeldItem, type LedgerItem } from "../audit-verdict"

const OURS = new Set(["77"])
const held = (patch: Partial<HeldItem> = {}): HeldItem => ({
  retailerId: "MUG", quantity: 5, availability: "in stock", visibility: "published", feedId: "77", ...patch,
})
const ledger = (patch: Partial<LedgerItem> = {}): LedgerItem => ({
  wanted: { quantity: 5, availability: "in stock" },
  acknowledged: { quantity: 5, availability: "in stock" },
  visibility: "published",
  isListed: true,
  isWritten: true,
  isAtRest: true,
  ...patch,
})
const soldOut = { quantity: 0, availability: "out of stock" }

describe("what Meta holds, beside what it should", () => {
  it.each<[string, Partial<HeldItem>, Partial<LedgerItem>, string, string[]]>([
    ["the same", {}, {}, "agree", []],
    ["a larger number", { quantity: 6 }, {}, "above", ["quantity_to_sell_on_facebook"]],
    ["a smaller number", { quantity: 4 }, {}, "below", ["quantity_to_sell_on_facebook"]],
    ["no number, which limits nothing", { quantity: null }, {}, "above", ["quantity_to_sell_on_facebook"]],
    ["a number where none was sent", { quantity: 9 }, { wanted: { quantity: null, availability: "in stock" }, acknowledged: { quantity: null, availability: "in stock" } }, "agree", []],
    ["in stock though sold out", { quantity: 0 }, { wanted: soldOut, acknowledged: soldOut }, "above", ["availability"]],
    ["no availability though sold out", { quantity: 0, availability: null }, { wanted: soldOut, acknowledged: soldOut }, "above", ["availability"]],
    ["sold out at Meta", { ...soldOut }, {}, "below", ["quantity_to_sell_on_facebook", "availability"]],
    ["another word that sells", { availability: "preorder" }, {}, "below", ["availability"]],
    ["another word that does not sell", { quantity: 0, availability: "discontinued" }, { wanted: soldOut, acknowledged: soldOut }, "below", ["availability"]],
    ["hidden at Meta", { visibility: "staging" }, {}, "below", ["visibility"]],
    ["shown though discontinued", { ...soldOut }, { wanted: soldOut, acknowledged: soldOut, visibility: "staging" }, "above", ["visibility"]],
    ["a visibility nobody can expect yet", { visibility: "staging" }, { visibility: null }, "agree", []],
    ["more of one and less of the other", { quantity: 9, availability: "out of stock" }, {}, "above", ["quantity_to_sell_on_facebook"]],
    ["less than acknowledged, more than wanted", { quantity: 4 }, { wanted: { quantity: 3, availability: "in stock" } }, "above", ["quantity_to_sell_on_facebook"]],
  ])("%s", (_name, atMeta, ours, verdict, fields) => {
    expect(judge(held(atMeta), ledger(ours), OURS)).toEqual({ verdict, fields })
  })
})

describe("what is not compared", () => {
  it.each<[string, Partial<HeldItem> | null, Partial<LedgerItem> | null, string]>([
    ["an item in movement", { quantity: 9 }, { isAtRest: false }, "skipped"],
    ["an item of which nothing is known", { quantity: 9 }, { acknowledged: { quantity: null, availability: null } }, "skipped"],
    ["an item that waits for its first upload", {}, { isListed: false }, "skipped"],
    ["an item the file has left out, still in our feed at Meta", {}, { isListed: false, isWritten: false }, "orphan"],
    ["one that was left out a moment ago", {}, { isListed: false, isWritten: false, isAtRest: false }, "skipped"],
    ["an id we never had, in our feed", {}, null, "other_source"],
    ["an id we never had, without a feed", { feedId: null }, null, "other_source"],
    ["an id of ours in another feed", { feedId: "88", quantity: 9 }, {}, "other_source"],
    ["an id of ours that is not listed and without a feed", { feedId: null }, { isListed: false, isWritten: false }, "other_source"],
    ["an absent item", null, {}, "missing"],
    ["an absent item in movement", null, { isAtRest: false }, "skipped"],
    ["an absent item that is not listed", null, { isListed: false }, "skipped"],
    ["an absent item whose value is not known", null, { acknowledged: { quantity: null, availability: null } }, "missing"],
  ])("%s", (_name, atMeta, ours, verdict) => {
    expect(judge(atMeta && held(atMeta), ours && ledger(ours), OURS)).toEqual({ verdict, fields: [] })
  })

  it("an item of ours without a feed is compared: calls to single items leave it so", () => {
    expect(judge(held({ feedId: null, quantity: 6 }), ledger(), OURS).verdict).toBe("above")
  })
})

describe("a random pair", () => {
  const availability = fc.constantFrom("in stock", "out of stock", "preorder", "available for order", "discontinued", null)
  const quantity = fc.option(fc.nat(3), { nil: null })

  it("never counts as in step while Meta may sell more than wanted", () => {
    fc.assert(
      fc.property(fc.record({ quantity, availability }), fc.nat(3), (atMeta, number) => {
        const wanted = { quantity: number, availability: number > 0 ? "in stock" : "out of stock" }
        const { verdict } = judge(held(atMeta), ledger({ wanted, acknowledged: wanted }), OURS)
        const sellsMore = atMeta.quantity === null || atMeta.quantity > number || (number === 0 && !["out of stock", "discontinued"].includes(atMeta.availability ?? "in stock"))
        const isSame = atMeta.quantity === number && (atMeta.availability ?? "in stock") === wanted.availability
        expect(verdict).toBe(sellsMore ? "above" : isSame ? "agree" : "below")
      })
    )
  })
})

describe("the share that agrees", () => {
  it.each([
    [9_998, 10_000, 99.98],
    [99_999, 100_000, 99.99],
    [999_999_999, 1_000_000_000, 99.99],
    [1, 3, 33.33],
    [0, 5, 0],
    [250, 250, 100],
  ])("%d of %d are %d %%", (agree, judged, percent) => expect(agreePercent({ agree, judged })).toBe(percent))

  it("is not known where nothing was judged", () => expect(agreePercent({ agree: 0, judged: 0 })).toBeNull())

  it("is 100 only where nothing differs", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), fc.nat(), (judged, some) => {
        const agree = some % (judged + 1)
        expect(agreePercent({ agree, judged }) === 100).toBe(agree === judged)
      })
    )
  })
})
