import { stringify } from "csv-stringify/sync"
import { NETTINGS, type Result } from "./compare"
import type { Trace } from "./trace"

/** A table for each trace: a line for each policy, oversold and lost units for both ways Meta may treat orders. */
export function markdownOf(traces: readonly Trace[], results: readonly Result[]): string {
  return traces.map((trace) => tableOf(trace, results.filter((result) => result.trace === trace.name))).join("\n\n")
}

function tableOf({ name, what }: Trace, results: readonly Result[]): string {
  const policies = [...new Set(results.map((result) => result.policy))]
  const lines = policies.map((policy) => {
    const [counter, decrement] = NETTINGS.map((netting) => results.find((one) => one.policy === policy && one.netting === netting)!.outcome)
    const cells = [counter, decrement].flatMap((outcome) => [outcome.oversold, outcome.cancelledOrders, outcome.lost, outcome.sold])
    return `| ${[policy, ...cells.map((cell) => cell.toLocaleString("en-GB"))].join(" | ")} |`
  })
  return [
    `### ${name[0].toUpperCase()}${name.slice(1)}`,
    "",
    `${what[0].toUpperCase()}${what.slice(1)}; ${results[0].outcome.demand.toLocaleString("en-GB")} units wanted.`,
    "",
    "| Policy | counter: oversold | orders cancelled | lost | sold | decrement: oversold | orders cancelled | lost | sold |",
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ...lines,
  ].join("\n")
}

/** One line for each result, with everything that was counted. */
export function csvOf(results: readonly Result[]): string {
  return stringify(
    results.map(({ trace, policy, netting, outcome }) => ({
      trace,
      policy,
      order_netting: netting,
      demand: outcome.demand,
      sold: outcome.sold,
      sold_at_meta: outcome.soldAtMeta,
      oversold: outcome.oversold,
      orders_cancelled: outcome.cancelledOrders,
      lost: outcome.lost,
      refused_without_stock: outcome.refused,
    })),
    { header: true }
  )
}
