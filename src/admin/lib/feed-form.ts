import type { AdminCatalog } from "../../api/admin/meta-catalog/catalog-types"
import type { AdminFeed } from "../../api/admin/meta-catalog/feed-types"
import type { FetchSchedule } from "../../modules/meta-catalog/feeds/fetch-calendar"
import { newSchedule, newUpdates, scheduleValues, toSchedule, type ScheduleValues } from "./schedule-form"

export const strategies = ["combined", "fast", "slow"] as const satisfies readonly AdminFeed["strategy"][]
export const formats = ["csv", "tsv", "rss", "atom"] as const satisfies readonly AdminFeed["format"][]

/** Names of formats, the same in every language. */
export const formatNames: Record<AdminFeed["format"], string> = { csv: "CSV", tsv: "TSV", rss: "RSS 2.0", atom: "Atom" }

/** What a person decides about a feed; `updates` is null where Meta fetches no file of updates, and `update_only` is decided once, when it is made. */
export type FeedValues = {
  strategy: AdminFeed["strategy"]
  format: AdminFeed["format"]
  update_only: boolean
  schedule: ScheduleValues
  updates: ScheduleValues | null
}

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

/** The values with another strategy: with updates where it needs them and none where it cannot have any, and CSV where the format does not go with it. Pure. */
export function withStrategy(values: FeedValues, strategy: AdminFeed["strategy"]): FeedValues {
  const updates = strategy === "slow" ? (values.updates ?? newUpdates(values.schedule)) : strategy === "fast" ? null : values.updates
  return { ...values, strategy, updates, format: formatsFor(strategy).includes(values.format) ? values.format : "csv" }
}

/** What a new feed of this strategy is offered with. */
export function newFeedValues(strategy: AdminFeed["strategy"]): FeedValues {
  const schedule = newSchedule(Intl.DateTimeFormat().resolvedOptions().timeZone)
  return withStrategy({ strategy, format: "csv", update_only: false, schedule, updates: null }, strategy)
}

/** The values of a feed as it stands. Pure. */
export function feedValues({ strategy, format, update_only, schedule, updates }: AdminFeed): FeedValues {
  return { strategy, format, update_only, schedule: scheduleValues(schedule), updates: updates && scheduleValues(updates.schedule) }
}

/** Whether everything typed can be sent. Pure. */
export function isFeedValid({ schedule, updates }: FeedValues): boolean {
  return [schedule, ...(updates ? [updates] : [])].every((typed) => toSchedule(typed) !== null)
}

export type FeedInput = Partial<Pick<AdminFeed, "strategy" | "format">> & { update_only?: true; schedule?: FetchSchedule; update_schedule?: FetchSchedule }

/** Only what a person changed; of a new feed, everything. A schedule that cannot be sent counts as changed and is left out. Pure. */
export function toFeedInput(values: FeedValues, feed: AdminFeed | null): FeedInput {
  const before = feed && feedValues(feed)
  const schedule = changedSchedule(values.schedule, before?.schedule)
  const updates = changedSchedule(values.updates, before?.updates)
  return {
    ...(values.strategy !== before?.strategy && { strategy: values.strategy }),
    ...(values.format !== before?.format && { format: values.format }),
    ...(!feed && values.update_only && { update_only: true }),
    ...(schedule && { schedule }),
    ...(updates && { update_schedule: updates }),
  }
}

function changedSchedule(typed: ScheduleValues | null, before: ScheduleValues | null | undefined): FetchSchedule | null {
  const schedule = typed && toSchedule(typed)
  return schedule && JSON.stringify(schedule) !== JSON.stringify(before && toSchedule(before)) ? schedule : null
}
