import type { FeedSchedule, MetaFeed, MetaFeedSchedule } from "../../graph-api/product-feeds"
import { DEFAULT_ZONE, isSameZone, WEEKDAYS, type FetchSchedule } from "../../modules/meta-catalog/feeds/fetch-calendar"

/** A setting of a feed that Meta has otherwise than it was told. Addresses are shown without what is secret in them. */
export type FeedDifference = { field: string; ours: string | number | boolean | null; metas: string | number | boolean | null }

/** What Meta was told. Passwords are never compared, because Meta never returns them (CONTRACT 5.2). */
export type ToldSettings = {
  name: string
  encoding: string
  delimiter: string
  deletionEnabled: boolean
  schedule: FeedSchedule
  updateSchedule: FeedSchedule | null
}

/**
 * Where Meta's feed is not what it was told. What Meta says nothing about is not compared, except a schedule as a whole: without one
 * nothing is fetched. Of what it was never told (an hour left out) nothing is expected. Pure.
 */
export function feedDifferences(told: ToldSettings, meta: MetaFeed): FeedDifference[] {
  return [
    ...differing("name", told.name, meta.name),
    ...differing("encoding", told.encoding, meta.encoding),
    ...differing("delimiter", told.delimiter, meta.delimiter),
    ...differing("deletion_enabled", told.deletionEnabled, meta.deletionEnabled),
    ...scheduleDifferences("schedule", told.schedule, meta.schedule),
    ...scheduleDifferences("update_schedule", told.updateSchedule, meta.updateSchedule),
  ]
}

function scheduleDifferences(kind: string, told: FeedSchedule | null, meta: MetaFeedSchedule | null): FeedDifference[] {
  if (!told || !meta) {
    return Boolean(told) === Boolean(meta) ? [] : [{ field: kind, ours: told ? told.interval : null, metas: meta ? meta.interval : null }]
  }
  const zone = told.timezone ?? DEFAULT_ZONE
  return [
    ...differing(`${kind}.interval`, told.interval, meta.interval),
    ...differing(`${kind}.interval_count`, told.interval_count ?? 1, meta.intervalCount),
    ...(told.interval === "HOURLY" ? [] : differing(`${kind}.hour`, told.hour, meta.hour)),
    ...differing(`${kind}.minute`, told.minute, meta.minute),
    ...(meta.timezone !== null && isSameZone(zone, meta.timezone) ? [] : differing(`${kind}.timezone`, zone, meta.timezone)),
    ...differing(`${kind}.day_of_week`, told.day_of_week, meta.dayOfWeek),
    ...differing(`${kind}.day_of_month`, told.day_of_month, meta.dayOfMonth),
    ...(told.url === meta.url ? [] : differing(`${kind}.url`, shownAddress(told.url), meta.url && shownAddress(meta.url), true)),
    ...(told.username === undefined && meta.username === "" ? [] : [told.username ?? null].flatMap((ours) => differing(`${kind}.username`, ours, meta.username))),
  ]
}

type Value = string | number | boolean | null

/** @param isDifferent where the values shown may look alike although those behind them do not. */
function differing(field: string, ours: Value | undefined, metas: Value, isDifferent = ours !== metas): FeedDifference[] {
  return ours === undefined || metas === null || !isDifferent ? [] : [{ field, ours, metas }]
}

/** An address without its secret path, its credentials and its query. */
export function shownAddress(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    return `${protocol}//${host}/…/${pathname.split("/").pop()}`
  } catch {
    return "not an address"
  }
}

/**
 * Meta's schedule as ours would be written, without place and credentials, or null where it is none that we know.
 */
export function scheduleOfMeta(meta: MetaFeedSchedule | null): FetchSchedule | null {
  const interval = (["HOURLY", "DAILY", "WEEKLY", "MONTHLY"] as const).find((known) => known === meta?.interval)
  if (!meta || !interval) {
    return null
  }
  const weekday = WEEKDAYS.find((day) => day === meta.dayOfWeek)
  return {
    interval,
    ...(meta.intervalCount !== null && { interval_count: meta.intervalCount }),
    ...(meta.hour !== null && interval !== "HOURLY" && { hour: meta.hour }),
    ...(meta.minute !== null && { minute: meta.minute }),
    ...(meta.timezone !== null && { timezone: meta.timezone }),
    ...(weekday && interval === "WEEKLY" && { day_of_week: weekday }),
    ...(meta.dayOfMonth !== null && interval === "MONTHLY" && { day_of_month: meta.dayOfMonth }),
  }
}
