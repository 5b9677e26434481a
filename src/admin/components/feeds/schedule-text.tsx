import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import { DEFAULT_ZONE, WEEKDAYS, type FetchSchedule } from "../../../modules/meta-catalog/feeds/fetch-calendar"
import { useFormatters } from "../../hooks/use-formatters"

/** A schedule in words, and when Meta fetches next by it. */
export function ScheduleText({ schedule, next }: { schedule: FetchSchedule; next: string | null }): ReactNode {
  const { t } = useTranslation()
  const format = useFormatters()
  const minute = String(schedule.minute ?? 0).padStart(2, "0")
  const hour = String(schedule.hour ?? 0).padStart(2, "0")
  const parts = [
    t(`metaCatalog.schedule.${schedule.interval.toLowerCase()}`, { count: schedule.interval_count ?? 1, defaultValue: schedule.interval }),
    schedule.day_of_week && t("metaCatalog.schedule.onWeekday", { day: format.weekday(WEEKDAYS.indexOf(schedule.day_of_week)) }),
    schedule.day_of_month && t("metaCatalog.schedule.onDay", { day: schedule.day_of_month }),
    schedule.interval === "HOURLY"
      ? t("metaCatalog.schedule.atMinute", { minute })
      : t("metaCatalog.schedule.at", { time: `${hour}:${minute}`, zone: schedule.timezone ?? DEFAULT_ZONE }),
  ]
  return (
    <>
      {parts.filter(Boolean).join(", ")}
      {next && ` · ${t("metaCatalog.schedule.next", { time: format.time(next) })}`}
    </>
  )
}
