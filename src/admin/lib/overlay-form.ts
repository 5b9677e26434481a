import { FEED_FIELDS } from "../../catalog/columns/field-table"
import { supplementaryProblem } from "../../catalog/items/overlay-rows"
import type { AdminOverlay } from "../../api/admin/meta-catalog/overlay-types"
import type { AdminCatalog } from "../../api/admin/meta-catalog/catalog-types"
import type { FetchSchedule } from "../../modules/meta-catalog/feeds/fetch-calendar"
import { newSchedule, scheduleValues, toSchedule, type ScheduleValues } from "./schedule-form"

/** What a feed over the items of others is for. */
export const overlayKinds = ["country", "language", "supplementary"] as const
export type OverlayKind = (typeof overlayKinds)[number]

/** What a person decides about such a feed, as typed; only what its kind needs counts. */
export type OverlayValues = {
  kind: OverlayKind
  override_value: string
  region_id: string
  currency_code: string
  locale: string
  columns: readonly string[]
  primary_feed_ids: readonly string[]
  format: "csv" | "tsv"
  schedule: ScheduleValues
}

/** Pure. */
export function overlayKind({ kind, override_type }: Pick<AdminOverlay, "kind" | "override_type">): OverlayKind {
  return kind === "supplementary" ? "supplementary" : override_type === "language" ? "language" : "country"
}

export function newOverlayValues(feedIds: readonly string[]): OverlayValues {
  const schedule = newSchedule(Intl.DateTimeFormat().resolvedOptions().timeZone)
  return { kind: "country", override_value: "", region_id: "", currency_code: "", locale: "", columns: [], primary_feed_ids: feedIds, format: "csv", schedule }
}

/** The values of a feed as it stands. Pure. */
export function overlayValues(overlay: AdminOverlay): OverlayValues {
  return {
    kind: overlayKind(overlay),
    override_value: overlay.override_value ?? "",
    region_id: overlay.region_id ?? "",
    currency_code: overlay.currency_code ?? "",
    locale: overlay.locale ?? "",
    columns: overlay.columns ?? [],
    primary_feed_ids: overlay.primary_feed_ids ?? [],
    format: overlay.format === "tsv" ? "tsv" : "csv",
    schedule: scheduleValues(overlay.schedule),
  }
}

/** Whether nothing is missing that the API would ask for. Pure. */
export function isOverlayReady(values: OverlayValues): boolean {
  const needs = {
    country: /^[A-Za-z]{2}$/.test(values.override_value.trim()),
    language: values.locale !== "",
    supplementary: values.columns.length > 0 && values.primary_feed_ids.length > 0,
  }
  return needs[values.kind] && toSchedule(values.schedule) !== null
}

/** What the API takes for a new feed; a language's code at Meta only where it was typed. Pure. */
export function toNewOverlay(values: OverlayValues): object {
  const { kind, format } = values
  const common = { format, schedule: toSchedule(values.schedule) }
  const code = values.override_value.trim()
  if (kind === "supplementary") {
    return { kind, columns: values.columns, primary_feed_ids: values.primary_feed_ids, ...common }
  }
  if (kind === "language") {
    return { kind: "override", override_type: kind, locale: values.locale, ...(code && { override_value: code }), ...common }
  }
  const place = { ...(values.region_id && { region_id: values.region_id }), ...(values.currency_code && { currency_code: values.currency_code }) }
  return { kind: "override", override_type: kind, override_value: code.toUpperCase(), ...place, ...common }
}

export type OverlayChange = { schedule?: FetchSchedule; columns?: readonly string[]; format?: "csv" | "tsv" }

/** Only what a person changed and what can be changed. Pure. */
export function toOverlayChange(values: OverlayValues, before: OverlayValues): OverlayChange {
  const schedule = toSchedule(values.schedule)
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
  return {
    ...(schedule && !isSame(schedule, toSchedule(before.schedule)) && { schedule }),
    ...(values.kind === "supplementary" && !isSame(values.columns, before.columns) && { columns: values.columns }),
    ...(values.format !== before.format && { format: values.format }),
  }
}

/** Columns a supplementary feed may put over the items. Pure. */
export function overlayColumns({ pushes_prices }: Pick<AdminCatalog, "pushes_prices">): string[] {
  return FEED_FIELDS.map(({ name }) => name).filter((name) => supplementaryProblem(name, { pushesPrices: pushes_prices }) === null)
}
