import type { Netting } from "./meta-shop"
import { sumOf, type Outcome } from "./outcome"
import type { ComparedPolicy } from "./policies"
import { simulateItem, type World } from "./simulate-item"
import type { Trace } from "./trace"

/** What one policy came to on one trace, for one way Meta may treat orders. */
export type Result = { trace: string; policy: string; netting: Netting; outcome: Outcome }

export const NETTINGS: readonly Netting[] = ["counter", "decrement"]

/** Every policy on every trace, for both ways Meta may treat orders or those that are named. Pure. */
export function compare(
  traces: readonly Trace[],
  policies: readonly ComparedPolicy[],
  world: Omit<World, "netting">,
  nettings: readonly Netting[] = NETTINGS
): Result[] {
  return traces.flatMap((trace) =>
    policies.flatMap((tried) =>
      nettings.map((netting) => {
        const outcomes = trace.items.map((item) => simulateItem(item, { seconds: trace.seconds, tried, world: { ...world, netting } }))
        return { trace: trace.name, policy: tried.name, netting, outcome: sumOf(outcomes) }
      })
    )
  )
}
