/** What became of every unit that was wanted: demand = sold + lost + refused + oversold. */
export type Outcome = {
  /** Units wanted in both channels. */
  demand: number
  /** Units sold and delivered. */
  sold: number
  /** Those of them that Meta sold. */
  soldAtMeta: number
  /** Units sold at Meta that the store did not have: cancelled. */
  oversold: number
  /** Orders at Meta with such a unit. */
  cancelledOrders: number
  /** Units refused although the stock was there. */
  lost: number
  /** Units refused because nothing was left. */
  refused: number
}

/** Nothing happened. */
export function noOutcome(): Outcome {
  return { demand: 0, sold: 0, soldAtMeta: 0, oversold: 0, cancelledOrders: 0, lost: 0, refused: 0 }
}

/** All of them together. */
export function sumOf(outcomes: readonly Outcome[]): Outcome {
  const sum = noOutcome()
  for (const outcome of outcomes) {
    for (const key of Object.keys(sum) as (keyof Outcome)[]) {
      sum[key] += outcome[key]
    }
  }
  return sum
}
