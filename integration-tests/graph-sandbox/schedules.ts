import { z } from "zod"
import { uint } from "./params"

const DAYS = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"] as const

/** Hours without a timezone are Pacific time (CONTRACT 5.2). */
const DEFAULT_TIMEZONE = "America/Los_Angeles"

const DAY_MS = 86_400_000

const fetchUrl = z.string().refine((text) => /^(https?|ftp):$/.test(protocolOf(text)), "must be an http, https or ftp address")

/** A schedule as a client sends it (CONTRACT 5.2). What is not named there is refused. */
export const scheduleSchema = z
  .strictObject({
    interval: z.enum(["HOURLY", "DAILY", "WEEKLY", "MONTHLY"]),
    interval_count: uint.pipe(z.number().min(1)).default(1),
    hour: uint.pipe(z.number().max(23)).optional(),
    minute: uint.pipe(z.number().max(59)).optional(),
    day_of_week: z.enum(DAYS).optional(),
    day_of_month: uint.pipe(z.number().min(1).max(31)).optional(),
    timezone: z.string().refine(isTimezone, "must be an IANA time zone").optional(),
    url: fetchUrl,
    username: z.string().optional(),
    password: z.string().optional(),
  })
  .refine((schedule) => schedule.interval !== "WEEKLY" || schedule.day_of_week !== undefined, { message: "WEEKLY needs day_of_week" })
  .refine((schedule) => schedule.interval !== "MONTHLY" || schedule.day_of_month !== undefined, { message: "MONTHLY needs day_of_month" })
  // A sample of Meta's shows DAILY with day_of_week (CONTRACT 5.2); there it is taken and means nothing.
  .refine((schedule) => schedule.day_of_week === undefined || ["WEEKLY", "DAILY"].includes(schedule.interval), { message: "day_of_week is for WEEKLY" })
  .refine((schedule) => schedule.day_of_month === undefined || schedule.interval === "MONTHLY", { message: "day_of_month is for MONTHLY" })

/** A stored schedule. */
export type Schedule = z.output<typeof scheduleSchema>

type Wall = { year: number; month: number; day: number; hour: number; minute: number }

/**
 * When a schedule falls due next, strictly after `after`. The first occurrence is the next matching wall time; each later one is
 * `interval_count` intervals on. A wall time that a clock change skips comes as much later as the clock jumps; of one that comes twice,
 * the first counts.
 */
export function nextUploadTime(schedule: Schedule, after: Date, first: boolean): Date {
  const zone = schedule.timezone ?? DEFAULT_TIMEZONE
  const steps = first ? 1 : schedule.interval_count
  if (schedule.interval === "HOURLY") {
    return nextHour(schedule.minute ?? 0, { after, zone, steps })
  }
  const wall = wallTime(after, zone)
  const base = { ...wall, hour: schedule.hour ?? 0, minute: schedule.minute ?? 0 }
  for (let step = 0; ; step++) {
    const instant = instantOf(candidate(schedule, base, step), zone)
    if (instant > after) {
      return steps === 1 ? instant : instantOf(candidate(schedule, base, step + steps - 1), zone)
    }
  }
}

function candidate(schedule: Schedule, base: Wall, step: number): Wall {
  if (schedule.interval === "MONTHLY") {
    const month = new Date(Date.UTC(base.year, base.month - 1 + step, 1))
    const days = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 0)).getUTCDate()
    return { ...base, year: month.getUTCFullYear(), month: month.getUTCMonth() + 1, day: Math.min(schedule.day_of_month ?? 1, days) }
  }
  if (schedule.interval === "WEEKLY") {
    const today = new Date(Date.UTC(base.year, base.month - 1, base.day)).getUTCDay()
    const ahead = (DAYS.indexOf(schedule.day_of_week ?? "SUNDAY") - today + 7) % 7
    return addDays(base, ahead + step * 7)
  }
  return addDays(base, step)
}

function addDays(wall: Wall, days: number): Wall {
  const date = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + days))
  return { ...wall, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

function nextHour(minute: number, { after, zone, steps }: { after: Date; zone: string; steps: number }): Date {
  const next = new Date(after)
  next.setUTCSeconds(0, 0)
  do {
    next.setUTCMinutes(next.getUTCMinutes() + 1)
  } while (wallTime(next, zone).minute !== minute)
  next.setUTCHours(next.getUTCHours() + steps - 1)
  return next
}

function wallTime(instant: Date, zone: string): Wall {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(instant)
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return { year: value("year"), month: value("month"), day: value("day"), hour: value("hour"), minute: value("minute") }
}

/** Tries every offset from UTC that the zone has around that day. */
function instantOf(wall: Wall, zone: string): Date {
  const wanted = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute)
  const around = [-DAY_MS, 0, DAY_MS].map((shift) => wanted - offsetOf(new Date(wanted + shift), zone))
  const showing = around.filter((instant) => offsetOf(new Date(instant), zone) === wanted - instant)
  return new Date(showing.length > 0 ? Math.min(...showing) : wanted - offsetOf(new Date(wanted - DAY_MS), zone))
}

function offsetOf(instant: Date, zone: string): number {
  const { year, month, day, hour, minute } = wallTime(instant, zone)
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(instant.getTime() / 60_000) * 60_000
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name })
    return true
  } catch {
    return false
  }
}

function protocolOf(text: string): string {
  try {
    return new URL(text).protocol
  } catch {
    return ""
  }
}
