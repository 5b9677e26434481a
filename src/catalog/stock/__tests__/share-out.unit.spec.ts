import fc from "fast-check"
import { grantedPercent, promisedElsewhere, shareOf, type Claim } from "../share-out"

const claim: fc.Arbitrary<Claim> = fc.oneof(
  fc.constant<Claim>({ kind: "all" }),
  fc.record({ kind: fc.constant("share" as const), percent: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ kind: fc.constant("fixed" as const), remaining: fc.nat(60) })
)
const claims = fc.array(claim, { maxLength: 5 })

/** What each of the catalogues may promise of the same stock. */
function shownBy(there: number, made: Claim[]): number[] {
  return made.map((own, place) => {
    const rivals = { before: made.slice(0, place), after: made.slice(place + 1) }
    const left = there - promisedElsewhere(there, own, rivals)
    return own.kind === "share" ? shareOf(left, grantedPercent(own.percent, rivals)) : own.kind === "fixed" ? Math.min(left, own.remaining) : left
  })
}

describe("promisedElsewhere", () => {
  it("keeps allocations, shares and the shared pool together within what is there", () => {
    fc.assert(
      fc.property(fc.nat(200), claims, (there, made) => {
        const shown = shownBy(there, made)
        const pool = Math.max(0, ...shown.filter((_, place) => made[place].kind === "all"))
        const apart = shown.filter((_, place) => made[place].kind !== "all").reduce((sum, units) => sum + units, 0)
        expect(apart + pool).toBeLessThanOrEqual(there)
        expect(Math.min(0, ...shown)).toBe(0)
      })
    )
  })

  it("leaves over what rounding leaves and no more, while a catalogue shows all", () => {
    fc.assert(
      fc.property(fc.nat(200), claims, (there, made) => {
        const apart = made.filter((one) => one.kind !== "all")
        const over = there - shownBy(there, [...apart, { kind: "all" }]).reduce((sum, units) => sum + units, 0)
        expect(over).toBeGreaterThanOrEqual(0)
        expect(over).toBeLessThanOrEqual(apart.length)
      })
    )
  })

  it("never lets a catalogue show less when there is more", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(50), claims, (there, more, made) => {
        const before = shownBy(there, made)
        shownBy(there + more, made).forEach((units, place) => {
          expect(units).toBeGreaterThanOrEqual(before[place])
        })
      })
    )
  })

  it.each<[string, Claim[], number[]]>([
    ["the catalogue connected first before the others", [{ kind: "fixed", remaining: 7 }, { kind: "fixed", remaining: 7 }], [7, 3]],
    ["shares of what fixed allocations leave", [{ kind: "share", percent: 50 }, { kind: "fixed", remaining: 4 }], [3, 4]],
    ["all of what both leave", [{ kind: "all" }, { kind: "share", percent: 50 }, { kind: "fixed", remaining: 4 }], [3, 3, 4]],
    ["shares of more than all there is to those connected first", [{ kind: "share", percent: 80 }, { kind: "share", percent: 80 }, { kind: "share", percent: 80 }], [8, 2, 0]],
    ["the shared pool to every catalogue that shows all", [{ kind: "all" }, { kind: "all" }], [10, 10]],
  ])("gives %s", (_, made, shown) => {
    expect(shownBy(10, made)).toEqual(shown)
  })
})
