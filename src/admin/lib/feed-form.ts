import type { AdminCatalog, AdminFeed } from "../../api/admin/meta-catalog/types"

export const strategies = ["combined", "fast", "slow"] as const satisfies readonly AdminFeed["strategy"][]
export const formats = ["csv", "tsv", "rss", "atom"] as const satisfies readonly AdminFeed["format"][]

/** Names of formats, the same in every language. */
export const formatNames: Record<AdminFeed["format"], string> = { csv: "CSV", tsv: "TSV", rss: "RSS 2.0", atom: "Atom" }

/** What a person decides about a feed; `hours` between two files of updates as typed, "" for no such file. */
export type FeedValues = { strategy: AdminFeed["strategy"]; format: AdminFeed["format"]; hours: string }

/** What makes a strategy impossible; the texts are under `metaCatalog.feedForm.blocked`. */
export type Blocked = "other" | "shared" | "pushes_stock" | "updates"

type Place = { catalog: Pick<AdminCatalog, "pushes_stock">; feeds: AdminFeed[]; feed: AdminFeed | null }

/** Why a feed (null: a new one) cannot have a strategy, as the API would refuse it; null where it can. Pure. */
export function blockedBy(strategy: AdminFeed["strategy"], { catalog, feeds, feed }: Place): Blocked | null {
  const others = feeds.filter((other) => other.id !== feed?.id)
  if (others.some((other) => other.strategy === strategy)) {
    return "other"
  }
  if (others.length > 0 && [strategy, ...others.map((other) => other.strategy)].includes("combined")) {
    return "shared"
  }
  if (strategy !== "fast") {
    return null
  }
  if (!catalog.pushes_stock) {
    return "pushes_stock"
  }
  return feed?.updates ? "updates" : null
}

/** Formats a feed of this strategy can have: a fast one leaves out a whole column, and XML has none. Pure. */
export function formatsFor(strategy: AdminFeed["strategy"]): readonly AdminFeed["format"][] {
  return strategy === "fast" ? ["csv", "tsv"] : formats
}

/** The values with another strategy, and with CSV where the format does not go with it. Pure. */
export function withStrategy(values: FeedValues, strategy: AdminFeed["strategy"]): FeedValues {
  const hours = strategy === "slow" && values.hours === "" ? "12" : strategy === "fast" ? "" : values.hours
  return { strategy, hours, format: formatsFor(strategy).includes(values.format) ? values.format : "csv" }
}

/** The values of a feed as it stands. Pure. */
export function feedValues(feed: AdminFeed): FeedValues {
  const { strategy, format, updates } = feed
  return { strategy, format, hours: updates ? String(updates.schedule.interval_count ?? 1) : "" }
}

/** Whether the hours can be sent: nothing where no file of updates is needed or there, else a whole number from 1 to 24. Pure. */
export function areHoursValid({ hours, strategy }: FeedValues, feed: AdminFeed | null): boolean {
  const isNeeded = strategy === "slow" || Boolean(feed?.updates)
  return hours.trim() === "" ? !isNeeded : /^\d{1,2}$/.test(hours.trim()) && Number(hours) >= 1 && Number(hours) <= 24
}

export type FeedInput = Partial<Pick<AdminFeed, "strategy" | "format">> & { update_schedule?: { interval_count: number; minute?: number } }

/** Only what a person changed; of a new feed, everything. Pure. */
export function toFeedInput(values: FeedValues, feed: AdminFeed | null): FeedInput {
  const before = feed && feedValues(feed)
  const minute = feed?.updates?.schedule.minute
  const hasHours = values.strategy !== "fast" && values.hours.trim() !== "" && values.hours.trim() !== before?.hours
  return {
    ...(values.strategy !== before?.strategy && { strategy: values.strategy }),
    ...(values.format !== before?.format && { format: values.format }),
    ...(hasHours && { update_schedule: { interval_count: Number(values.hours), ...(minute !== undefined && { minute }) } }),
  }
}
