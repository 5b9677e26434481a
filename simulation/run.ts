import { compare, type Result } from "./compare"
import { readDelays } from "./delays"
import type { Options } from "./options"
import { readOrders } from "./orders-csv"
import { plotOf } from "./plot"
import { COMPARED } from "./policies"
import { sensitivityOf } from "./sensitivity"
import { csvOf, markdownOf } from "./table"
import type { Trace } from "./trace"
import { makeTraces } from "./traces"

/** Meta keeps a confirmed order in its counter this long (seed 3). */
export const GRACE_SECONDS = 30 * 60

/** Everything a run gives: the same for the same options and files. */
export type Run = { traces: Trace[]; results: Result[]; markdown: string; csv: string; svg: string; p95: number; how: string; measuredAt: string }

/**
 * Runs every policy over the made traces, or over a store's orders where they are given. Writes nothing.
 *
 * @throws Error that names the file and line, or the field, which cannot be read.
 */
export function run(options: Options): Run {
  const { seed, slower, orderDelay, readOrdersEvery } = options
  const delays = readDelays(options.delays, slower)
  const traces = options.orders === null ? makeTraces(seed) : [readOrders(options.orders, { seed, metaShare: options.metaShare })]
  const world = { seed, delays, orderDelay, readOrdersEvery, grace: GRACE_SECONDS }
  const results = compare(traces, COMPARED, world)
  return {
    traces,
    results,
    markdown: `${markdownOf(traces, results)}\n\n${sensitivityOf(traces, world)}`,
    csv: csvOf(results),
    svg: plotOf(traces, results),
    p95: delays.p95,
    how: delays.how,
    measuredAt: delays.measuredAt,
  }
}
