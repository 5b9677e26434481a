import type { AdminTraceStep } from "../../api/admin/meta-catalog/stock-types"

/** A step of *Why this quantity?*, as the name of its text below `metaCatalog.why.step` and the figures the text takes. */
export type TraceWord = { word: string; figures: Record<string, number> }

const buckets: Record<string, string> = { slow: "Slow", medium: "Medium", fast: "Fast" }

/**
 * Says one step in words. Figures are whole units, percent, units a day or seconds, as the step carries them; those it lacks are
 * left out. Pure.
 */
export function traceWord({ rule, change, by }: AdminTraceStep): TraceWord {
  const figures = Object.fromEntries(Object.entries(by).filter((entry): entry is [string, number] => typeof entry[1] === "number"))
  return { word: wordOf(rule, change, by), figures }
}

function wordOf(rule: AdminTraceStep["rule"], change: number, by: AdminTraceStep["by"]): string {
  if (rule === "threshold" || rule === "latency") {
    return keptBack(rule, change, by)
  }
  const whereNothingChanges: Record<string, string> = { unmanaged: "unmanagedOmitted", share: "sharePassed", fixed: "fixedPassed" }
  return (change === 0 && whereNothingChanges[rule]) || rule
}

/** A cutoff hides an item or shows all of it; otherwise a part of it is kept back. */
function keptBack(rule: "threshold" | "latency", change: number, by: AdminTraceStep["by"]): string {
  if (by.mode === "cutoff") {
    return `${rule}${change < 0 ? "Hides" : "Passed"}`
  }
  return rule === "threshold" ? `threshold${buckets[String(by.velocity_bucket)] ?? "Slow"}` : "latency"
}
