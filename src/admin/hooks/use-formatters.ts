import { useMemo } from "react"
import { useTranslation } from "react-i18next"

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
]

/** Numbers, sizes and times in the language of the admin. Times come as ISO 8601. */
export function useFormatters() {
  const { i18n } = useTranslation()
  return useMemo(() => formatters(localeOf(i18n.language)), [i18n.language])
}

/** The dashboard writes `ptBR` where the platform's formatters expect `pt-BR`. */
function localeOf(language: string | undefined): string {
  const locale = (language || "en").replace(/^([a-z]{2,3})([A-Z]{2})$/, "$1-$2")
  return Intl.NumberFormat.supportedLocalesOf([locale]).length > 0 ? locale : "en"
}

function formatters(language: string) {
  const number = new Intl.NumberFormat(language)
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 })
  const absolute = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" })
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" })
  const weekday = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" })
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "long" })
  return {
    number: (value: number) => number.format(value),
    /** Of a share from 0 to 1. */
    percent: (share: number) => percent.format(share),
    time: (iso: string) => absolute.format(new Date(iso)),
    /** A day as `YYYY-MM-DD`. */
    day: (day: string) => date.format(new Date(day)),
    /** Of a day of the week, 0 for Sunday. */
    weekday: (index: number) => weekday.format(new Date(Date.UTC(2023, 0, 1 + index))),
    /** The time of day where it is today's, else with its date. */
    clock: (iso: string) => (new Date(iso).toDateString() === new Date().toDateString() ? clock : absolute).format(new Date(iso)),
    duration: (milliseconds: number) => duration(language, milliseconds),
    ago: (iso: string) => relativeTime(relative, new Date(iso).getTime() - Date.now()),
    bytes: (value: number) => bytes(language, value),
    list: (values: string[]) => new Intl.ListFormat(language, { type: "conjunction" }).format(values),
  }
}

function relativeTime(format: Intl.RelativeTimeFormat, milliseconds: number): string {
  const seconds = Math.min(0, Math.round(milliseconds / 1000))
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? steps[3]
  return format.format(Math.round(seconds / size), unit)
}

function duration(language: string, milliseconds: number): string {
  const { unit, size } = milliseconds < 120_000 ? { unit: "second", size: 1_000 } : { unit: "minute", size: 60_000 }
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(milliseconds / size)
}

function bytes(language: string, value: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(value, 1)) / 3))
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: units[power],
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(value / 1000 ** power)
}
