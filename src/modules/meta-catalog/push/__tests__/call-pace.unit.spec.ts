import fc from "fast-check"
import { COUNTED_MS, HOUR_MS, limitOf, outlook, RESERVE, type HourOfCalls, type Urgency } from "../call-pace"

const SECOND = 1_000

/** An hour as it looks at `now` when these calls have been made. */
function hourAt(now: number, made: number[], callsPerHour = 200): HourOfCalls {
  const leaving = made.map((at) => ({ inMs: at + COUNTED_MS - now, calls: 1 })).filter(({ inMs }) => inMs > 0)
  return { callsPerHour, leaving, sinceLastCallMs: made.length > 0 ? now - made[made.length - 1] : null, blockedMs: 0 }
}

/** One kind of load: something becomes due every `everyMs` and waits a second for company. */
type Load = { urgency: Urgency; everyMs: number }

/** Lives through `hours` second by second with these loads and reports every call, by load, with how long its first change waited. */
function simulate(loads: Load[], { hours, callsPerHour = 200 }: { hours: number; callsPerHour?: number }) {
  const made: number[] = []
  const due: (number | null)[] = loads.map(() => null)
  const waits: number[][] = loads.map(() => [])
  for (let now = 0; now < hours * HOUR_MS; now += SECOND) {
    loads.forEach((load, kind) => {
      if (due[kind] === null && now % load.everyMs === 0) {
        due[kind] = now
      }
      const hour = hourAt(now, made.slice(-callsPerHour * 2), callsPerHour)
      if (due[kind] !== null && now >= due[kind] + SECOND && outlook(hour, load.urgency).waitMs === 0) {
        made.push(now)
        waits[kind].push(now - due[kind])
        due[kind] = null
      }
    })
  }
  return { made, waits }
}

function mostInAnHour(made: number[]): number {
  return Math.max(...made.map((at, index) => made.slice(0, index + 1).filter((other) => other > at - HOUR_MS).length))
}

describe("outlook", () => {
  it("lets calls follow each other freely while the budget is ample", () => {
    const few = Array.from({ length: 30 }, (_, index) => index * SECOND)
    expect(outlook(hourAt(31 * SECOND, few), "ordinary")).toEqual({ left: 130, paceMs: 0, fitsInMs: 0, waitMs: 0 })
    expect(outlook(hourAt(0, []), "sell_out")).toEqual({ left: 200, paceMs: 0, fitsInMs: 0, waitMs: 0 })
  })

  it("stretches step by step as the hour is used up, with no jump", () => {
    const paces = Array.from({ length: 160 }, (_, used) => outlook(hourAt(200 * SECOND, Array.from({ length: used }, (_each, index) => index * SECOND)), "ordinary").paceMs)
    expect(paces.slice(0, 32).every((pace) => pace === 0)).toBe(true)
    expect(paces[33]).toBeGreaterThan(0)
    expect(paces[33]).toBeLessThan(3 * SECOND)
    for (let used = 1; used < 100; used += 1) {
      expect(paces[used]).toBeGreaterThanOrEqual(paces[used - 1])
      expect(paces[used] - paces[used - 1]).toBeLessThan(4 * SECOND)
    }
    // At half the budget: what is left over the rest of the hour.
    expect(paces[80]).toBeCloseTo((COUNTED_MS - 200 * SECOND) / 80, -4)
  })

  it("keeps a fifth for sell-outs: with the ordinary budget used up only they go, and soon", () => {
    const made = Array.from({ length: 160 }, (_, index) => index * 20 * SECOND)
    const hour = hourAt(160 * 20 * SECOND, made)
    const ordinary = outlook(hour, "ordinary")
    expect(ordinary.left).toBe(0)
    expect(ordinary.fitsInMs).toBe(COUNTED_MS - 160 * 20 * SECOND)
    expect(outlook(hour, "sell_out")).toMatchObject({ left: 40, waitMs: 0 })
  })

  it("says exactly when the next call fits: when enough of the earlier ones stop counting", () => {
    const hour: HourOfCalls = {
      callsPerHour: 10,
      leaving: [{ inMs: 5_000, calls: 1 }, { inMs: 9_000, calls: 3 }, { inMs: 60_000, calls: 6 }],
      sinceLastCallMs: 10 * HOUR_MS,
      blockedMs: 0,
    }
    expect(outlook(hour, "sell_out").fitsInMs).toBe(5_000)
    expect(outlook(hour, "ordinary").fitsInMs).toBe(9_000)
    expect(outlook({ ...hour, blockedMs: 20_000 }, "ordinary")).toMatchObject({ fitsInMs: 20_000, left: 0 })
  })

  it.each([1, 3, 10, 18, 20])("lasts: changes every %d s for four hours never wait beyond 40 s, nor does the hour overflow", (seconds) => {
    const { made, waits } = simulate([{ urgency: "ordinary", everyMs: seconds * SECOND }], { hours: 4 })
    expect(mostInAnHour(made)).toBeLessThanOrEqual(160)
    expect(Math.max(...waits[0])).toBeLessThanOrEqual(40 * SECOND)
    // Nothing is given away either: a load beyond the budget uses it up.
    expect(made.length).toBeGreaterThan(Math.min(4 * 155, (4 * 3_600) / (seconds + 1)) * 0.97)
  })

  it("sends sell-outs within seconds beside any other load, as long as they fit the reserve", () => {
    const { made, waits } = simulate([{ urgency: "sell_out", everyMs: 180 * SECOND }, { urgency: "ordinary", everyMs: SECOND }], { hours: 4 })
    expect(mostInAnHour(made)).toBeLessThanOrEqual(200)
    expect(Math.max(...waits[0])).toBeLessThanOrEqual(2 * SECOND)
    // Here a sell-out carries nothing else, so each of them takes an ordinary call away.
    expect(Math.max(...waits[1])).toBeLessThanOrEqual(90 * SECOND)
  })

  it("stretches sell-outs as well where they alone would overflow the hour", () => {
    const { made, waits } = simulate([{ urgency: "sell_out", everyMs: SECOND }], { hours: 4 })
    expect(mostInAnHour(made)).toBeLessThanOrEqual(200)
    expect(Math.max(...waits[0])).toBeLessThanOrEqual(150 * SECOND)
  })

  it("holds for any hour and any budget: never a call beyond the limit, never a wait that is not needed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.array(fc.record({ inMs: fc.integer({ min: 1, max: COUNTED_MS }), calls: fc.integer({ min: 1, max: 30 }) }), { maxLength: 60 }),
        fc.constantFrom<Urgency>("sell_out", "ordinary"),
        (callsPerHour, given, urgency) => {
          const leaving = [...given].sort((a, b) => a.inMs - b.inMs)
          const used = leaving.reduce((sum, { calls }) => sum + calls, 0)
          const seen = outlook({ callsPerHour, leaving, sinceLastCallMs: 0, blockedMs: 0 }, urgency)
          const limit = limitOf(callsPerHour, urgency)
          expect(seen.left).toBe(Math.max(0, limit - used))
          expect(seen.fitsInMs === 0).toBe(used < limit)
          expect(seen.paceMs).toBeLessThanOrEqual(2 * COUNTED_MS)
          const goneByThen = leaving.filter(({ inMs }) => inMs <= seen.fitsInMs).reduce((sum, { calls }) => sum + calls, 0)
          expect(used - goneByThen).toBeLessThan(limit)
        }
      )
    )
  })

  it("gives the reserve the size it promises", () => {
    expect(limitOf(200, "ordinary")).toBe(200 * (1 - RESERVE))
    expect(limitOf(1, "ordinary")).toBe(1)
  })
})
