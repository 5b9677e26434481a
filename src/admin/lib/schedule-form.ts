import { collision, nextFetch, WEEKDAYS, type FetchSchedule } from "../../modules/meta-catalog/feeds/fetch-calendar"

export const intervals = ["HOURLY", "DAILY", "WEEKLY", "MONTHLY"] as const satisfies readonly FetchSchedule["interval"][]

/** A schedule as typed. `time` is `HH:MM`; of an hourly schedule only `minute` counts. */
export type ScheduleValues = {
  interval: FetchSchedule["interval"]
  every: string
  time: string
  minute: string
  timezone: string
  day_of_week: (typeof WEEKDAYS)[number]
  day_of_month: string
}

/** What is wrong with a schedule as typed, by field; the texts are under `metaCatalog.scheduleForm.invalid`. */
export type ScheduleProblems = Partial<Record<"every" | "time" | "minute" | "timezone" | "day_of_month", true>>

const two = (value: number) => String(value).padStart(2, "0")

/** A schedule as the form shows it. What it leaves out is filled with what Meta takes it for. Pure. */
export function scheduleValues(schedule: FetchSchedule): ScheduleValues {
  const { interval, interval_count = 1, hour = 0, minute = 0, timezone = "America/Los_Angeles", day_of_week = "MONDAY", day_of_month = 1 } = schedule
  return {
    interval,
    every: String(interval_count),
    time: `${two(hour)}:${two(minute)}`,
    minute: String(minute),
    timezone,
    day_of_week,
    day_of_month: String(day_of_month),
  }
}

/** The values with another interval: the minute of the hour stays the same. Pure. */
export function withInterval(values: ScheduleValues, interval: ScheduleValues["interval"]): ScheduleValues {
  const minute = values.interval === "HOURLY" ? values.minute : String(Number(values.time.slice(3)))
  const time = values.interval === "HOURLY" && isWhole(values.minute, 0, 59) ? `${values.time.slice(0, 2)}:${two(Number(values.minute))}` : values.time
  return { ...values, interval, minute, time, every: interval === values.interval ? values.every : "1" }
}

/** Pure. */
export function scheduleProblems(values: ScheduleValues): ScheduleProblems {
  const isHourly = values.interval === "HOURLY"
  return {
    ...(!isWhole(values.every, 1, 24) && { every: true }),
    ...(isHourly && !isWhole(values.minute, 0, 59) && { minute: true }),
    ...(!isHourly && !/^([01]\d|2[0-3]):[0-5]\d$/.test(values.time) && { time: true }),
    ...(values.interval === "MONTHLY" && !isWhole(values.day_of_month, 1, 31) && { day_of_month: true }),
    ...(!isTimezone(values.timezone.trim()) && { timezone: true }),
  }
}

/** The schedule that was typed, with what its interval needs and nothing more; null while something is wrong with it. Pure. */
export function toSchedule(values: ScheduleValues): FetchSchedule | null {
  if (Object.keys(scheduleProblems(values)).length > 0) {
    return null
  }
  const { interval, time, day_of_week } = values
  const [hour, minute] = time.split(":").map(Number)
  return {
    interval,
    interval_count: Number(values.every),
    ...(interval === "HOURLY" ? { minute: Number(values.minute) } : { hour, minute }),
    ...(interval === "WEEKLY" && { day_of_week }),
    ...(interval === "MONTHLY" && { day_of_month: Number(values.day_of_month) }),
    timezone: values.timezone.trim(),
  }
}

/** When Meta would fetch next by what was typed; null while something is wrong with it. Pure but for the clock. */
export function nextFetchOf(values: ScheduleValues): string | null {
  const schedule = toSchedule(values)
  return schedule && nextFetch(schedule, { after: new Date() }).toISOString()
}

/** When Meta would fetch everything and the updates at about the same time, which the API refuses; null where it never would. */
export function meetingOf(whole: ScheduleValues, updates: ScheduleValues): string | null {
  const [one, other] = [toSchedule(whole), toSchedule(updates)]
  return (one && other && collision(one, other, new Date())?.toISOString()) ?? null
}

/** What is offered for a new feed: daily in the small hours of whoever makes it. */
export function newSchedule(timezone: string): ScheduleValues {
  return scheduleValues({ interval: "DAILY", interval_count: 1, hour: 3, minute: 20, timezone })
}

/** What is offered for a first file of updates: every 12 hours, half an hour away from the fetch of everything. Pure. */
export function newUpdates(whole: ScheduleValues): ScheduleValues {
  const minute = Number(whole.interval === "HOURLY" ? whole.minute : whole.time.slice(3)) || 0
  return scheduleValues({ interval: "HOURLY", interval_count: 12, minute: (minute + 30) % 60, timezone: whole.timezone })
}

/** Every zone the browser knows, and UTC, which some leave out. */
export function timezones(): string[] {
  return [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])]
}

function isWhole(text: string, lowest: number, highest: number): boolean {
  return /^\d{1,2}$/.test(text.trim()) && Number(text) >= lowest && Number(text) <= highest
}

function isTimezone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat("en", { timeZone: name }))
  } catch {
    return false
  }
}
