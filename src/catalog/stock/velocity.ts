import type { VelocityBucket } from "./stock-policy"

/** Where a catalogue draws the lines between its buckets, in units a day; `hysteresisPercent` of a line is its width to each side. */
export type VelocityLimits = { mediumFrom: number; fastFrom: number; hysteresisPercent: number }

// Meta's field and ours hold no larger number, so nothing above it can be told apart.
const LARGEST_QUANTITY = 2_147_483_647

/** Below this share of the likeliest outcome's probability an outcome no longer moves a sum of doubles. */
const NEGLIGIBLE = 1e-18

/**
 * The bucket of an item that sells so many units a day and was in `before` until now; null for one that was never measured,
 * which is placed by the limits as they stand. Pure.
 *
 * An item changes its bucket only when its rate is beyond the limit by the hysteresis share of it. A rate that swings around a
 * limit would otherwise move its item, and with it the item's threshold, every day.
 */
export function bucketOf(unitsPerDay: number, before: VelocityBucket | null, limits: VelocityLimits): VelocityBucket {
  const share = limits.hysteresisPercent / 100
  /** A limit lies lower for who is above it than for who is below. */
  const limitFor = (limit: number, isAbove: boolean) => (before === null ? limit : limit * (isAbove ? 1 - share : 1 + share))
  if (unitsPerDay >= limitFor(limits.fastFrom, before === "fast")) {
    return "fast"
  }
  return unitsPerDay >= limitFor(limits.mediumFrom, before !== "slow") ? "medium" : "slow"
}

/**
 * Units to keep back because Meta hears of a sale only after a while: the smallest number that the units sold during one delay do
 * not exceed, in `serviceLevel` (0 to 1, exclusive) of all delays. 0 without sales or without a delay. Pure.
 *
 * The units sold are taken as Poisson distributed, because customers who come independently of each other at an even rate are: one
 * number, the mean, says everything, it gives whole units, and it is right for the few sales of a short delay, for which
 * a normal distribution would be far off. Sales that come in bursts or several units an order vary more than that; the threshold
 * of the bucket is for those.
 *
 * @throws RangeError for a service level that is not between 0 and 1: no number is enough for every delay.
 */
export function safetyFromLatency({
  unitsPerDay,
  latencySeconds,
  serviceLevel,
}: {
  unitsPerDay: number
  latencySeconds: number
  serviceLevel: number
}): number {
  if (!(serviceLevel > 0 && serviceLevel < 1)) {
    throw new RangeError(`service_level: must be above 0 and below 1, not ${serviceLevel}`)
  }
  const mean = (unitsPerDay * latencySeconds) / 86_400
  if (!(mean > 0)) {
    return 0
  }
  return mean >= LARGEST_QUANTITY ? LARGEST_QUANTITY : poissonQuantile(mean, serviceLevel)
}

/**
 * The smallest k with P(X ≤ k) ≥ level. Probabilities are taken relative to the likeliest outcome's, which stays within the range
 * of doubles for every mean; by themselves they begin at e^−mean, which a double cannot tell from 0 beyond a mean of 745.
 */
function poissonQuantile(mean: number, level: number): number {
  const likeliest = Math.floor(mean)
  let first = likeliest
  let firstWeight = 1
  for (; first > 0 && firstWeight > NEGLIGIBLE; first -= 1) {
    firstWeight *= first / mean
  }
  let total = 0
  for (let k = first, weight = firstWeight; k <= likeliest || weight > NEGLIGIBLE; k += 1, weight *= mean / k) {
    total += weight
  }
  let k = first
  for (let weight = firstWeight, sum = weight; sum < level * total; sum += weight) {
    k += 1
    weight *= mean / k
  }
  return k
}
