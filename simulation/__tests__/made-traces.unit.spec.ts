import { compare, NETTINGS } from "../compare"
import { readDelays } from "../delays"
import { DEFAULTS } from "../options"
import { compared } from "../policies"
import { makeTraces } from "../traces"
import { GRACE_SECONDS } from "../run"

const THRESHOLDS = [0, 1, 2, 3, 5, 8, 12]

const { seed, slower, orderDelay, readOrdersEvery } = DEFAULTS
const world = { seed, delays: readDelays(DEFAULTS.delays, slower), orderDelay, readOrdersEvery, grace: GRACE_SECONDS }

test("the same seed makes the same traces, another one others", () => {
  expect(makeTraces(7)).toEqual(makeTraces(7))
  expect(makeTraces(8)[0].items[0]).not.toEqual(makeTraces(7)[0].items[0])
})

test("what happens to an item is in the order of time, within its trace", () => {
  for (const { items, seconds } of makeTraces(3)) {
    for (const { demands, deliveries } of items) {
      for (const things of [demands, deliveries]) {
        const times = things.map(({ at }) => at)
        expect(times).toEqual([...times].sort((a, b) => a - b))
        expect(times.every((at) => at >= 0 && at < seconds)).toBe(true)
      }
    }
  }
})

test.each(makeTraces(seed))("on $name a higher threshold oversells no more, and loses no less", (trace) => {
  const results = compare([trace], THRESHOLDS.map((threshold) => compared(`${threshold}`, { threshold })), world)
  for (const netting of NETTINGS) {
    const outcomes = results.filter((result) => result.netting === netting).map(({ outcome }) => outcome)
    const [oversold, lost] = [outcomes.map((outcome) => outcome.oversold), outcomes.map((outcome) => outcome.lost)]
    expect(oversold).toEqual([...oversold].sort((a, b) => b - a))
    expect(lost).toEqual([...lost].sort((a, b) => a - b))
    expect(oversold[0]).toBeGreaterThan(0)
  }
})

test("stock that is set apart is not oversold while Meta counts orders", () => {
  const results = compare(makeTraces(seed), [compared("set apart", { location_ids: ["set apart"] }, { setApartPercent: 30 })], world)
  const counted = results.filter(({ netting }) => netting === "counter").map(({ outcome }) => outcome)
  expect(counted.map((outcome) => outcome.oversold)).toEqual([0, 0, 0])
  expect(counted.every((outcome) => outcome.soldAtMeta > 0)).toBe(true)
})
