import { median } from "../push/quantiles"

/** A median with its 95 % confidence interval. */
export type MedianInterval = { median: number; interval: [number, number] }

/**
 * The interval between two order statistics that holds the true median with at least 95 % probability, whatever the numbers'
 * distribution: the count of numbers below the median is that of heads in as many tosses of a coin.
 *
 * @param numbers at least six; with fewer no such interval exists
 */
export function medianInterval(numbers: number[]): MedianInterval {
  const sorted = [...numbers].sort((a, b) => a - b)
  const count = sorted.length
  let below = 0
  let probability = 0.5 ** count
  // The largest number of values that may be left out at either end.
  for (let tail = probability; tail <= 0.025; tail += probability) {
    below += 1
    probability *= (count - below + 1) / below
  }
  if (below === 0) {
    throw new Error(`${count} numbers are too few for a confidence interval of their median`)
  }
  return { median: median(sorted), interval: [sorted[below - 1], sorted[count - below]] }
}
