import { z } from "@medusajs/framework/zod"
import { WEEKDAYS } from "../../../modules/meta-catalog/feeds/fetch-calendar"

const HOURS = "must be from 1 to 24"

const timezone = z.string().refine(isTimezone, { message: "must be an IANA timezone such as Europe/London" })

const numbers = {
  hour: z.number().int().min(0, "must be from 0 to 23").max(23, "must be from 0 to 23").optional(),
  minute: z.number().int().min(0, "must be from 0 to 59").max(59, "must be from 0 to 59").optional(),
  timezone: timezone.optional(),
  day_of_week: z.enum(WEEKDAYS, `must be one of ${WEEKDAYS.join(", ")}`).optional(),
  day_of_month: z.number().int().min(1, "must be from 1 to 31").max(31, "must be from 1 to 31").optional(),
}

const intervalCount = z.number().int("must be a whole number").min(1, HOURS).max(24, HOURS).optional()

const interval = z.enum(["HOURLY", "DAILY", "WEEKLY", "MONTHLY"], "must be HOURLY, DAILY, WEEKLY or MONTHLY")

type Given = { interval: string; hour?: number; day_of_week?: string; day_of_month?: number }

/** What belongs to another interval is refused: what Meta would make of it is not known (CONTRACT 5.2). */
function refuseMismatch(schedule: Given, context: z.RefinementCtx): void {
  const refuse = (field: keyof Given, message: string) => context.addIssue({ code: "custom", path: [field], message })
  if (schedule.interval === "WEEKLY" && schedule.day_of_week === undefined) {
    refuse("day_of_week", "is required for WEEKLY")
  }
  if (schedule.interval !== "WEEKLY" && schedule.day_of_week !== undefined) {
    refuse("day_of_week", "is only for WEEKLY")
  }
  if (schedule.interval === "MONTHLY" && schedule.day_of_month === undefined) {
    refuse("day_of_month", "is required for MONTHLY")
  }
  if (schedule.interval !== "MONTHLY" && schedule.day_of_month !== undefined) {
    refuse("day_of_month", "is only for MONTHLY")
  }
  if (schedule.interval === "HOURLY" && schedule.hour !== undefined) {
    refuse("hour", "is not for HOURLY, where interval_count says every how many hours")
  }
}

/** When Meta fetches the file of everything; at most once an hour (CONTRACT 5.2). */
export const feedSchedule = z.strictObject({ interval, interval_count: intervalCount, ...numbers }).superRefine(refuseMismatch).optional()

/** When Meta fetches the file of updates: hourly unless said otherwise. */
export const updateSchedule = z
  .strictObject({ interval: interval.default("HOURLY"), interval_count: intervalCount, ...numbers })
  .superRefine(refuseMismatch)
  .optional()

/** Newer and older names of a zone are both good; the list `Intl.supportedValuesOf` gives has only one of them. */
function isTimezone(value: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: value })) && /^[A-Za-z]/.test(value)
  } catch {
    return false
  }
}
