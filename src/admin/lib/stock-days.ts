import type { AdminStockDay } from "../../api/admin/meta-catalog/stock-types"

export type StockFigure = Exclude<keyof AdminStockDay, "day">

/** One bar: a day (`YYYY-MM-DD`, UTC) and its figure, null for a day on which nothing was looked at. */
export type DayBar = { day: string; value: number | null }

const dayLength = 86_400_000

/** A bar for each of so many days up to `today`, oldest first. Pure. */
export function dayBars(days: readonly AdminStockDay[], figure: StockFigure, { today, count }: { today: string; count: number }): DayBar[] {
  const values = new Map(days.map((day) => [day.day, day[figure]]))
  return Array.from({ length: count }, (_bar, index) => {
    const day = new Date(Date.parse(today) - (count - 1 - index) * dayLength).toISOString().slice(0, 10)
    return { day, value: values.get(day) ?? null }
  })
}

/** The bar with the largest figure, the newest of several; null where there is none above 0. Pure. */
export function highestBar(bars: readonly DayBar[]): { day: string; value: number } | null {
  return bars.reduce<{ day: string; value: number } | null>(
    (highest, { day, value }) => (value !== null && value > 0 && value >= (highest?.value ?? 0) ? { day, value } : highest),
    null
  )
}
