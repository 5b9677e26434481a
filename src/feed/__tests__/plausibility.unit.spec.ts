import fc from "fast-check"
import { judge, type BuildCounts, type PlausibilityInput } from "../plausibility"

function counts(change: Partial<BuildCounts> = {}): BuildCounts {
  return { offered: 100, gone: 0, fresh: 100, keptInvalid: 0, keptGone: 0, omitted: 0, retired: 0, leaving: 0, rows: 100, ...change }
}

function input(change: Partial<PlausibilityInput> = {}): PlausibilityInput {
  return {
    counts: counts(),
    publishedRows: 100,
    shrink: { sharePercent: 30, minimumItems: 50 },
    lostColumns: [],
    massChange: { selling: 100, unavailable: 0, isHeld: false },
    isReleased: false,
    ...change,
  }
}

const sized = (rows: number) => counts({ offered: rows, fresh: rows, rows })

describe("judge", () => {
  it("publishes a build that adds up", () => expect(judge(input())).toEqual({ publish: true }))

  it("publishes every build that adds up, is not empty and does not shrink", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000), (fresh, keptInvalid, keptGone, omitted, retired) => {
        const rows = fresh + keptInvalid + keptGone
        fc.pre(rows > 0)
        const offered = fresh + keptInvalid + omitted
        expect(judge(input({ counts: { offered, gone: keptGone + retired, fresh, keptInvalid, keptGone, omitted, retired, leaving: 0, rows }, publishedRows: rows }))).toEqual({ publish: true })
      })
    )
  })

  it.each([
    ["a row too few", counts({ rows: 99 })],
    ["a row too many", counts({ rows: 101 })],
    ["an item nobody accounted for", counts({ offered: 101 })],
    ["a gone item nobody accounted for", counts({ gone: 1 })],
    ["a retired item that was never gone", counts({ retired: 1 })],
  ])("never publishes %s, not even released", (_, wrong) =>
    expect(() => judge(input({ counts: wrong, isReleased: true }))).toThrow("does not add up")
  )

  it("never publishes an empty feed, not even released", () => {
    const empty = input({ counts: counts({ offered: 3, fresh: 0, omitted: 3, rows: 0 }), isReleased: true })
    expect(judge(empty)).toMatchObject({ publish: false, reason: expect.stringContaining("empty") })
  })

  it.each<[number, number, boolean]>([
    [301, 0, false],
    [0, 301, true],
    [300, 400, true],
    [301, 400, false],
    [0, 999, true],
  ])("counts nothing as lost that leaves on purpose: of 1000 rows %d lost and %d leaving publishes: %s", (lost, leaving, publish) => {
    const rows = Math.max(1, 1000 - lost - leaving)
    expect(judge(input({ counts: counts({ offered: rows, fresh: rows, rows, gone: leaving, retired: leaving, leaving }), publishedRows: 1000 })).publish).toBe(publish)
  })

  it.each<[number, number | null, boolean]>([
    [1000, 1000, true],
    [700, 1000, true],
    [699, 1000, false],
    [10, 59, true],
    [10, 60, false],
    [1, null, true],
    [5000, 1000, true],
  ])("with %d rows after %s publishes: %s", (rows, publishedRows, publish) =>
    expect(judge(input({ counts: sized(rows), publishedRows })).publish).toBe(publish)
  )

  it("holds a mass change until a person releases it", () => {
    const massChange = { selling: 100, unavailable: 60, isHeld: true }
    expect(judge(input({ massChange }))).toMatchObject({ publish: false, reason: expect.stringContaining("60 of 100") })
    expect(judge(input({ massChange, isReleased: true })).publish).toBe(true)
    expect(judge(input({ counts: sized(10), publishedRows: 1000, isReleased: true })).publish).toBe(true)
  })

  it("holds a file that loses a column until a person releases it, and names every reason", () => {
    const lostColumns = [{ column: "gtin", before: 90, now: 0 }, { column: "color", before: 80, now: 10 }]
    const { reason } = judge(input({ lostColumns, massChange: { selling: 100, unavailable: 60, isHeld: true } })) as { reason: string }
    expect(reason).toContain("gtin (90 rows before, 0 now), color (80 rows before, 10 now)")
    expect(reason).toContain("60 of 100")
    expect(judge(input({ lostColumns, isReleased: true })).publish).toBe(true)
  })
})
