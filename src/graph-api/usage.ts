import { z } from "@medusajs/framework/zod"

/** How much of a budget is used: counts and times in percent (throttled at 100), the wait in minutes (CONTRACT 2.1). */
export type GraphUsage = {
  /** The bucket's name as Meta gives it, "app" for the application-wide header. Catalogue bucket names are unconfirmed: accept any. */
  type: string
  callCount: number
  totalTime: number
  totalCpuTime: number
  /** Minutes until calls pass again, 0 while they do. */
  regainAccessMinutes: number
}

const percentOrMinutes = z.coerce.number().catch(0)

const usageEntry = z.looseObject({
  type: z.string().catch("unknown"),
  call_count: percentOrMinutes,
  total_time: percentOrMinutes,
  total_cputime: percentOrMinutes,
  estimated_time_to_regain_access: percentOrMinutes,
})

const businessUsage = z.record(z.string(), z.array(usageEntry))

/**
 * The worst entry over all businesses and buckets of `X-Business-Use-Case-Usage` and `X-App-Usage`, or null when neither header is there
 * (Meta sends them only once enough calls were made). An unreadable header counts as absent: it must not fail the call that carried it.
 *
 * `headers` is keyed by lower-case names, as undici gives them.
 */
export function worstUsage(headers: Record<string, string | string[] | undefined>): GraphUsage | null {
  return worstOf(readUsage(headers))
}

/** Every entry of both headers. */
export function readUsage(headers: Record<string, string | string[] | undefined>): GraphUsage[] {
  const byBusiness = businessUsage.safeParse(readHeader(headers["x-business-use-case-usage"]))
  const app = usageEntry.safeParse(readHeader(headers["x-app-usage"]))
  return [
    ...(byBusiness.success ? Object.values(byBusiness.data).flat() : []),
    ...(app.success ? [{ ...app.data, type: "app" }] : []),
  ].map(toUsage)
}

/** The worst of these entries, or null when there is none. */
export function worstOf(entries: GraphUsage[]): GraphUsage | null {
  return entries.reduce<GraphUsage | null>((worst, entry) => (worst && compareUsage(worst, entry) >= 0 ? worst : entry), null)
}

/**
 * What the reply to a batch call says of the batch bucket: the worst entry that is named after it, and where none is, because
 * Meta's names of catalogue buckets are unconfirmed, the worst of all (CONTRACT 2.1).
 */
export function batchUsage(entries: GraphUsage[]): GraphUsage | null {
  const named = entries.filter(isOfBatches)
  return worstOf(named.length > 0 ? named : entries)
}

/** What a reply says of every bucket but that of batch calls: the worst entry, or null where none is told. */
export function managementUsage(entries: GraphUsage[]): GraphUsage | null {
  return worstOf(entries.filter((entry) => !isOfBatches(entry)))
}

function isOfBatches({ type }: GraphUsage): boolean {
  return /batch/i.test(type)
}

/** How much of a bucket is used, in percent: calls and both times count, and the fullest throttles (CONTRACT 2.1, 2.2). */
export function percentUsed(usage: GraphUsage): number {
  return fullest(usage)
}

function readHeader(value: string | string[] | undefined): unknown {
  const text = Array.isArray(value) ? value[0] : value
  if (!text) {
    return undefined
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function toUsage(entry: z.infer<typeof usageEntry>): GraphUsage {
  return {
    type: entry.type,
    callCount: entry.call_count,
    totalTime: entry.total_time,
    totalCpuTime: entry.total_cputime,
    regainAccessMinutes: entry.estimated_time_to_regain_access,
  }
}

/** Positive when `a` is the worse one: a running block counts before a full bucket. */
function compareUsage(a: GraphUsage, b: GraphUsage): number {
  return a.regainAccessMinutes - b.regainAccessMinutes || fullest(a) - fullest(b)
}

function fullest(usage: GraphUsage): number {
  return Math.max(usage.callCount, usage.totalTime, usage.totalCpuTime)
}
