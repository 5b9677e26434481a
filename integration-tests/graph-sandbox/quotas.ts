import type { Clock } from "./clock"
import type { SandboxSettings } from "./settings"

export type Bucket = "catalog_batch" | "catalog_management"

export type Usage = { type: Bucket; call_count: number; total_cputime: number; total_time: number; estimated_time_to_regain_access: number }

export type QuotaVerdict = { throttled: boolean; usage: Usage | null }

const HOUR_MS = 60 * 60 * 1000

/** The codes of the two catalogue buckets (CONTRACT 1.4, 2.2). */
export const THROTTLE: Record<Bucket, { code: number; message: string }> = {
  catalog_batch: {
    code: 80014,
    message: "(#80014) There have been too many batch calls to this catalog account. Wait a bit and try again.",
  },
  catalog_management: {
    code: 80009,
    message: "(#80009) There have been too many calls to this catalog account. Wait a bit and try again.",
  },
}

/** Rolling-hour call counts per catalogue and bucket. Calls made while throttled count too and prolong the block (CONTRACT 2.2). */
export class Quotas {
  private readonly calls = new Map<string, number[]>()

  constructor(private readonly clock: Clock) {}

  /** Counts a call against its budget and says whether it is over. Without a budget nothing is counted and no header is due. */
  count(catalogId: string, bucket: Bucket, settings: SandboxSettings): QuotaVerdict {
    const budget = budgetOf(bucket, settings)
    if (budget === null) {
      return { throttled: false, usage: null }
    }
    const now = this.clock.now().getTime()
    const key = `${catalogId}/${bucket}`
    const recent = (this.calls.get(key) ?? []).filter((at) => at > now - HOUR_MS && at <= now)
    recent.push(now)
    this.calls.set(key, recent)
    const throttled = recent.length > budget
    const usage = {
      type: bucket,
      call_count: Math.min(100, Math.floor((recent.length / budget) * 100)),
      total_cputime: Math.min(100, Math.floor((recent.length / budget) * 60)),
      total_time: Math.min(100, Math.floor((recent.length / budget) * 40)),
      estimated_time_to_regain_access: throttled ? minutesUntilFree(recent, budget, now) : 0,
    }
    return { throttled, usage: usage.call_count > 0 ? usage : null }
  }

  reset(): void {
    this.calls.clear()
  }
}

/** The header's value: an object keyed by business id whose value is a list (CONTRACT 2.1). */
export function usageHeader(businessId: string, usage: Usage): string {
  return JSON.stringify({ [businessId]: [usage] })
}

function budgetOf(bucket: Bucket, settings: SandboxSettings): number | null {
  const quota = settings.quota_calls_per_hour
  if (quota === null) {
    return null
  }
  if (typeof quota === "number") {
    return bucket === "catalog_batch" ? quota : quota * 100
  }
  return bucket === "catalog_batch" ? quota.batch : quota.management
}

/** A next call passes once at most `budget - 1` calls are left in the window. */
function minutesUntilFree(calls: number[], budget: number, now: number): number {
  const lastThatMustLeave = calls[calls.length - budget]
  return Math.max(1, Math.ceil((lastThatMustLeave + HOUR_MS - now) / 60_000))
}
