import type { AdminStockSettings } from "../../api/admin/meta-catalog/stock-types"

/** A sentence of the summary, as the name of its text below `metaCatalog.stock.sentence` and the figures the text takes. */
export type PolicySentence = { word: string; figures: Record<string, number> }

/** The settings of a catalogue in sentences; what is as without any setting is left out, but for how much of the stock counts. Pure. */
export function policySentences(settings: AdminStockSettings): PolicySentence[] {
  const { location_ids, share_percent, fixed_quantity, cap, threshold, latency_safety, service_level, floor, unmanaged_quantity, backorder_days } = settings
  const isKept = threshold > 0 || (settings.threshold_medium ?? 0) > 0 || (settings.threshold_fast ?? 0) > 0
  const bySpeed = settings.threshold_medium !== null || settings.threshold_fast !== null
  const medium = settings.threshold_medium ?? threshold
  const fast = settings.threshold_fast ?? threshold
  const sentences: [boolean, string, Record<string, number>?][] = [
    [true, { all: "all", share: "share", fixed: "fixed" }[settings.allocation], { percent: share_percent, fixed: fixed_quantity }],
    [location_ids !== null, "locations", { count: location_ids?.length ?? 0 }],
    [cap !== null, "cap", { cap: cap ?? 0 }],
    [isKept, `${settings.threshold_mode}${bySpeed ? "BySpeed" : ""}`, { threshold, medium, fast }],
    [latency_safety, "latency", { percent: service_level * 100 }],
    [floor > 1, "floor", { floor }],
    [settings.unmanaged === "omit", "unmanagedOmitted"],
    [settings.unmanaged === "fixed", "unmanaged", { units: unmanaged_quantity }],
    [settings.backorder === "fixed", "backorderFixed", { units: unmanaged_quantity }],
    [settings.backorder === "stock", "backorderStock"],
    [settings.backorder === "available for order", "backorderAvailable"],
    [settings.backorder === "preorder", "backorderPreorder", { days: backorder_days }],
    [settings.strategy === "slow", "slow"],
  ]
  return sentences.filter(([isSaid]) => isSaid).map(([, word, figures]) => ({ word, figures: figures ?? {} }))
}
