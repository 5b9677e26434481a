import fc from "fast-check"
import { delaysOf, type Delays } from "../delays"
import { compared, type ComparedPolicy } from "../policies"
import type { World } from "../simulate-item"
import { SET_APART } from "../store-stock"
import { DAY, type Delivery, type ItemTrace } from "../trace"

/** Long enough for a few ends of days, short enough for crowds. */
export const SECONDS = 2 * DAY

const at = fc.oneof(fc.integer({ min: 0, max: SECONDS - 1 }), fc.integer({ min: 0, max: 600 }))

/** Any trade of one item; many things happen at the same moment or soon after each other. */
export function anyItem({ deliveries }: { deliveries: boolean }): fc.Arbitrary<ItemTrace> {
  const delivery: fc.Arbitrary<Delivery> = fc.record({ at, units: fc.integer({ min: -10, max: 15 }) })
  return fc
    .record({
      stock: fc.integer({ min: 0, max: 30 }),
      unitsPerDayBefore: fc.double({ min: 0, max: 5_000, noNaN: true }),
      knownDays: fc.constantFrom(0, 28),
      demands: fc.array(fc.record({ at, channel: fc.constantFrom("web" as const, "meta" as const), units: fc.integer({ min: 1, max: 4 }) }), { maxLength: 40 }),
      deliveries: fc.array(delivery, { maxLength: deliveries ? 5 : 0 }),
    })
    .map((item) => ({ sku: "any", ...item }))
}

/** Any policy for managed stock, also such as nobody would compare. */
export const anyPolicy: fc.Arbitrary<ComparedPolicy> = fc
  .record({
    settings: fc.record({
      allocation: fc.constantFrom("all" as const, "share" as const, "fixed" as const),
      share_percent: fc.integer({ min: 1, max: 100 }),
      fixed_quantity: fc.integer({ min: 0, max: 20 }),
      cap: fc.option(fc.integer({ min: 0, max: 20 })),
      threshold_mode: fc.constantFrom("subtract" as const, "cutoff" as const),
      threshold: fc.integer({ min: 0, max: 6 }),
      threshold_fast: fc.option(fc.integer({ min: 0, max: 10 })),
      latency_safety: fc.boolean(),
      floor: fc.integer({ min: 0, max: 3 }),
    }),
    setApartPercent: fc.constantFrom(0, 0, 30, 100),
    netsOrders: fc.boolean(),
  })
  .map(({ settings, setApartPercent, netsOrders }) =>
    compared("any", { ...settings, location_ids: setApartPercent > 0 ? [SET_APART] : null }, { setApartPercent, netsOrders })
  )

/** Delays of which no part is longer. */
export function anyDelays(longest: number): fc.Arbitrary<Delays> {
  const part = fc.integer({ min: 0, max: longest })
  return fc.array(fc.record({ wait: part, flight: part }), { minLength: 1, maxLength: 6 }).map(delaysOf)
}

/** Any way Meta and the store may be. */
export const anyWorld: fc.Arbitrary<World> = fc.record({
  seed: fc.nat(),
  delays: anyDelays(4_000),
  netting: fc.constantFrom("counter" as const, "decrement" as const),
  orderDelay: fc.integer({ min: 0, max: 10_000 }),
  readOrdersEvery: fc.integer({ min: 0, max: 1_000 }),
  grace: fc.constant(1_800),
})
