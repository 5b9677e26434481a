import fc from "fast-check"
import { VELOCITY_BUCKETS, type VelocityBucket } from "../stock-policy"
import { bucketOf, safetyFromLatency, type VelocityLimits } from "../velocity"

const DAY = 86_400
const LIMITS: VelocityLimits = { mediumFrom: 0.2, fastFrom: 2, hysteresisPercent: 20 }

const rate = fc.double({ min: 0, max: 50, noNaN: true })
const before = fc.constantFrom<VelocityBucket | null>(null, ...VELOCITY_BUCKETS)
const limits = fc
  .record({ mediumFrom: fc.double({ min: 0.01, max: 5, noNaN: true }), gap: fc.double({ min: 0.01, max: 10, noNaN: true }), hysteresisPercent: fc.integer({ min: 0, max: 50 }) })
  .map(({ mediumFrom, gap, hysteresisPercent }): VelocityLimits => ({ mediumFrom, fastFrom: mediumFrom + gap, hysteresisPercent }))
const rank = (bucket: VelocityBucket) => VELOCITY_BUCKETS.indexOf(bucket)

describe("the bucket of an item", () => {
  it.each<[number, VelocityBucket | null, VelocityBucket]>([
    [0, null, "slow"],
    [0.19, null, "slow"],
    [0.2, null, "medium"],
    [2, null, "fast"],
    [0.23, "slow", "slow"],
    [0.24, "slow", "medium"],
    [2.3, "slow", "medium"],
    [2.4, "slow", "fast"],
    [0.17, "medium", "medium"],
    [0.15, "medium", "slow"],
    [2.3, "medium", "medium"],
    [2.4, "medium", "fast"],
    [1.7, "fast", "fast"],
    [1.5, "fast", "medium"],
    [0.17, "fast", "medium"],
    [0.15, "fast", "slow"],
  ])("that sells %d a day and was %s is %s", (unitsPerDay, was, is) => {
    expect(bucketOf(unitsPerDay, was, LIMITS)).toBe(is)
  })

  it("does not flap while rates swing within the band around a limit", () => {
    const swings = fc.array(fc.double({ min: -0.999, max: 0.999, noNaN: true }), { minLength: 2, maxLength: 30 })
    fc.assert(
      fc.property(limits, before, fc.boolean(), swings, (given, was, aroundFast, shares) => {
        const limit = aroundFast ? given.fastFrom : given.mediumFrom
        const rates = shares.map((share) => limit * (1 + (share * given.hysteresisPercent) / 100))
        // The other limit's band may lie over this one's; then a rate within the one may be beyond the other.
        const other = aroundFast ? given.mediumFrom : given.fastFrom
        fc.pre(rates.every((one) => Math.abs(one - other) > (other * given.hysteresisPercent) / 100))
        const settled = bucketOf(rates[0], was, given)
        let bucket = settled
        for (const one of rates) {
          bucket = bucketOf(one, bucket, given)
          expect(bucket).toBe(settled)
        }
      })
    )
  })

  it("settles at once: the same rate again changes nothing", () => {
    fc.assert(fc.property(rate, before, limits, (unitsPerDay, was, given) => {
      const bucket = bucketOf(unitsPerDay, was, given)
      expect(bucketOf(unitsPerDay, bucket, given)).toBe(bucket)
    }))
  })

  it("never falls with a higher rate, nor with a faster bucket before", () => {
    fc.assert(fc.property(rate, rate, before, limits, (one, other, was, given) => {
      expect(rank(bucketOf(Math.min(one, other), was, given))).toBeLessThanOrEqual(rank(bucketOf(Math.max(one, other), was, given)))
      expect(rank(bucketOf(one, "slow", given))).toBeLessThanOrEqual(rank(bucketOf(one, "medium", given)))
      expect(rank(bucketOf(one, "medium", given))).toBeLessThanOrEqual(rank(bucketOf(one, "fast", given)))
    }))
  })

  it("is the plain one without hysteresis, whatever it was", () => {
    fc.assert(fc.property(rate, before, limits, (unitsPerDay, was, given) => {
      const plain = { ...given, hysteresisPercent: 0 }
      expect(bucketOf(unitsPerDay, was, plain)).toBe(bucketOf(unitsPerDay, null, plain))
    }))
  })
})

/** Units a day whose mean during `latencySeconds` is `mean`. */
const safety = (mean: number, serviceLevel: number) => safetyFromLatency({ unitsPerDay: mean, latencySeconds: DAY, serviceLevel })

describe("safety from latency", () => {
  it.each([
    [0, 0.999, 0],
    [0.01, 0.95, 0],
    [0.1, 0.95, 1],
    [1, 0.95, 3],
    [2, 0.95, 5],
    [10, 0.5, 10],
    [10, 0.95, 15],
    [100, 0.95, 117],
    [10_000, 0.95, 10_165],
  ])("for a mean of %d at %d is %d, as tables of the Poisson distribution have it", (mean, level, units) => {
    expect(safety(mean, level)).toBe(units)
  })

  it("goes by the delay: two a second for half a minute is a mean of 60", () => {
    expect(safetyFromLatency({ unitsPerDay: 2 * DAY, latencySeconds: 30, serviceLevel: 0.95 })).toBe(safety(60, 0.95))
  })

  const level = fc.double({ min: 0.5, max: 0.999, noNaN: true })
  const perDay = fc.double({ min: 0, max: 20_000, noNaN: true })
  const seconds = fc.double({ min: 0, max: 7_200, noNaN: true })

  it("is the smallest number that is enough, by the distribution's own formula", () => {
    fc.assert(fc.property(fc.double({ min: 0.001, max: 300, noNaN: true }), level, (mean, serviceLevel) => {
      const units = safety(mean, serviceLevel)
      let probability = Math.exp(-mean)
      let within = 0
      for (let k = 0; k < units; k += 1) {
        within += probability
        probability *= mean / (k + 1)
      }
      expect(within).toBeLessThan(serviceLevel + 1e-9)
      expect(within + probability).toBeGreaterThan(serviceLevel - 1e-9)
    }))
  })

  it("never falls with more sales, a longer delay or a higher service level", () => {
    fc.assert(fc.property(perDay, perDay, seconds, seconds, level, level, (a, b, s, t, p, q) => {
      const of = (unitsPerDay: number, latencySeconds: number, serviceLevel: number) => safetyFromLatency({ unitsPerDay, latencySeconds, serviceLevel })
      expect(of(Math.min(a, b), s, p)).toBeLessThanOrEqual(of(Math.max(a, b), s, p))
      expect(of(a, Math.min(s, t), p)).toBeLessThanOrEqual(of(a, Math.max(s, t), p))
      expect(of(a, s, Math.min(p, q))).toBeLessThanOrEqual(of(a, s, Math.max(p, q)))
    }))
  })

  // Not the mean itself: with a mean of 0.6, nothing is sold in 55 of 100 delays, so 0 is enough for half of them.
  it("is at least the whole units of the mean for half of the delays and more", () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), level, (mean, serviceLevel) => {
      expect(safety(mean, serviceLevel)).toBeGreaterThanOrEqual(Math.floor(mean))
    }), { numRuns: 50 })
  })

  it("stands means no computer holds the probabilities of", () => {
    const units = safety(1e6, 0.95)
    expect(units).toBeGreaterThan(1e6 + 1_600)
    expect(units).toBeLessThan(1e6 + 1_700)
    expect(safety(1e15, 0.95)).toBe(2_147_483_647)
  })

  it.each([0, 1, -1, Number.NaN])("refuses a service level of %d", (serviceLevel) => {
    expect(() => safety(1, serviceLevel)).toThrow("service_level")
  })
})
