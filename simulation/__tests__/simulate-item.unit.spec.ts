import fc from "fast-check"
import { delaysOf } from "../delays"
import { COMPARED, compared, type ComparedPolicy } from "../policies"
import { simulateItem, type World } from "../simulate-item"
import { SET_APART } from "../store-stock"
import { DAY, type ItemTrace } from "../trace"
import { anyDelays, anyItem, anyPolicy, anyWorld, SECONDS } from "./arbitrary"

const oversold = (item: ItemTrace, tried: ComparedPolicy, world: World) => simulateItem(item, { seconds: SECONDS, tried, world }).oversold

const setApart = compared("set apart", { location_ids: [SET_APART] }, { setApartPercent: 50 })
const anyCompared = fc.constantFrom(...COMPARED)

/** One item as it is written down by hand. */
function item(trade: Partial<ItemTrace>): ItemTrace {
  return { sku: "one", stock: 0, unitsPerDayBefore: 0, knownDays: 0, demands: [], deliveries: [], ...trade }
}

test("every unit wanted is sold, refused or cancelled, and none is sold that never was", () => {
  fc.assert(
    fc.property(anyItem({ deliveries: true }), fc.oneof(anyPolicy, anyCompared), anyWorld, (trade, tried, world) => {
      const outcome = simulateItem(trade, { seconds: SECONDS, tried, world })
      const wanted = trade.demands.reduce((sum, demand) => sum + demand.units, 0)
      const came = trade.deliveries.reduce((sum, delivery) => sum + Math.max(0, delivery.units), trade.stock)
      expect(outcome.demand).toBe(wanted)
      expect(outcome.sold + outcome.oversold + outcome.lost + outcome.refused).toBe(wanted)
      expect(outcome.sold).toBeLessThanOrEqual(came)
      expect(Math.min(...Object.values(outcome))).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 1_000 }
  )
})

test("without delays nothing is oversold, whatever the policy", () => {
  const atOnce = { delays: delaysOf([{ wait: 0, flight: 0 }]), orderDelay: 0, readOrdersEvery: 0 }
  fc.assert(
    fc.property(anyItem({ deliveries: true }), fc.oneof(anyPolicy, anyCompared), anyWorld, (trade, tried, world) => {
      // Files twelve hours apart are a delay; without it a value follows every change.
      expect(oversold(trade, { ...tried, uploadEvery: null }, { ...world, ...atOnce })).toBe(0)
    }),
    { numRuns: 2_000 }
  )
})

describe("stock that is set apart", () => {
  /** What a booking changes is read by the value after the one in flight: at most a flight, a wait and a flight later. */
  const withinGrace = anyDelays(599)

  test("oversells nothing, however late orders are booked, where Meta counts orders until the lower value has come", () => {
    fc.assert(
      fc.property(anyItem({ deliveries: false }), withinGrace, fc.integer({ min: 0, max: SECONDS }), anyWorld, (trade, delays, orderDelay, world) => {
        expect(oversold(trade, setApart, { ...world, delays, orderDelay, netting: "counter" })).toBe(0)
      }),
      { numRuns: 2_000 }
    )
  })

  test("with more of it coming in as well", () => {
    fc.assert(
      fc.property(anyItem({ deliveries: true }), withinGrace, fc.integer({ min: 0, max: SECONDS }), anyWorld, (trade, delays, orderDelay, world) => {
        const deliveries = trade.deliveries.map(({ at, units }) => ({ at, units: Math.abs(units) }))
        expect(oversold({ ...trade, deliveries }, setApart, { ...world, delays, orderDelay, netting: "counter" })).toBe(0)
      }),
      { numRuns: 2_000 }
    )
  })

  const buyers = [
    { at: 0, channel: "meta" as const, units: 1 },
    { at: 90, channel: "meta" as const, units: 1 },
    { at: 3_000, channel: "meta" as const, units: 2 },
  ]

  test("can be oversold by Meta alone where the value comes after the grace", () => {
    const world: World = { seed: 1, delays: delaysOf([{ wait: 0, flight: 4_000 }]), netting: "counter", orderDelay: 60, readOrdersEvery: 0, grace: 1_800 }
    expect(oversold(item({ stock: 4, demands: buyers }), setApart, world)).toBe(2)
  })

  test("can be oversold by Meta alone where a value overwrites what Meta has counted down", () => {
    const world: World = { seed: 1, delays: delaysOf([{ wait: 0, flight: 0 }]), netting: "decrement", orderDelay: 60, readOrdersEvery: 0, grace: 1_800 }
    // Two of four are Meta's. The first order is booked, the second one not yet, when two more come, one of them for Meta: it is told 2 and has 1.
    const trade = item({ stock: 4, demands: buyers.slice(0, 2), deliveries: [{ at: 100, units: 2 }] })
    expect(oversold(trade, setApart, world)).toBe(0)
    expect(oversold({ ...trade, demands: [...trade.demands, { at: 110, channel: "meta", units: 2 }] }, setApart, world)).toBe(1)
  })
})

describe("a higher threshold", () => {
  type Pair = { mode: "subtract" | "cutoff"; lower: number; more: number }

  const anyPair: fc.Arbitrary<Pair> = fc.record({
    mode: fc.constantFrom("subtract" as const, "cutoff" as const),
    lower: fc.integer({ min: 0, max: 8 }),
    more: fc.integer({ min: 1, max: 8 }),
  })

  /** The lower and the higher one. */
  function both({ mode, lower, more }: Pair, uploadEvery: number | null = null): ComparedPolicy[] {
    return [lower, lower + more].map((threshold) => compared(`${mode} ${threshold}`, { threshold_mode: mode, threshold }, { uploadEvery }))
  }

  test("never oversells more while nothing comes in", () => {
    fc.assert(
      fc.property(anyItem({ deliveries: false }), anyPair, anyWorld, (trade, pair, world) => {
        const [low, high] = both(pair)
        expect(oversold(trade, high, world)).toBeLessThanOrEqual(oversold(trade, low, world))
      }),
      { numRuns: 3_000 }
    )
  })

  test("never oversells more where files are made at fixed times and orders are booked after the last of them", () => {
    fc.assert(
      fc.property(anyItem({ deliveries: true }), anyPair, fc.integer({ min: 600, max: DAY }), anyWorld, (trade, pair, every, world) => {
        const [low, high] = both(pair, every)
        const later = { ...world, orderDelay: 100 * DAY }
        expect(oversold(trade, high, later)).toBeLessThanOrEqual(oversold(trade, low, later))
      }),
      { numRuns: 2_000 }
    )
  })

  test("can oversell more of a delivery: with nothing to say before, it tells Meta of it sooner, and what it tells is old sooner", () => {
    const world: World = { seed: 1, delays: delaysOf([{ wait: 0, flight: 20 }]), netting: "counter", orderDelay: 0, readOrdersEvery: 0, grace: 1_800 }
    const trade = item({
      stock: 1,
      demands: [
        { at: 0, channel: "web", units: 1 },
        { at: 11, channel: "web", units: 2 },
        { at: 30, channel: "meta", units: 1 },
      ],
      deliveries: [{ at: 10, units: 2 }],
    })
    const [low, high] = both({ mode: "subtract", lower: 0, more: 1 })
    expect([oversold(trade, low, world), oversold(trade, high, world)]).toEqual([0, 1])
  })
})
