import { Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminStockMetrics } from "../../../api/admin/meta-catalog/stock-types"
import { useFormatters } from "../../hooks/use-formatters"
import { shownDays, useStockMetrics } from "../../hooks/use-stock-metrics"
import { dayBars, highestBar, type StockFigure } from "../../lib/stock-days"
import { DayBars } from "./day-bars"
import { EmptyState } from "../empty-state"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { Section } from "../section"
import { TimeAgo } from "../time-ago"

/** What the stock policy kept back and what it could not prevent, day by day. */
export function StockMetricsSection({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useStockMetrics(catalog.id)
  return (
    <Section title={t("metaCatalog.metrics.title")}>
      {!data && (error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={2} />)}
      {data && data.days.length === 0 && <EmptyState title={t("metaCatalog.metrics.empty")} text={t("metaCatalog.metrics.emptyText")} />}
      {data && data.days.length > 0 && <Figures metrics={data} />}
    </Section>
  )
}

/** The last of a figure that stands, the sum of one that adds up. */
const figures = [
  { figure: "units_withheld", told: "last" },
  { figure: "items_short", told: "last" },
  { figure: "minutes_offered_unavailable", told: "sum" },
  { figure: "cancellations_for_stock", told: "sum" },
] as const satisfies readonly { figure: StockFigure; told: "last" | "sum" }[]

function Figures({ metrics }: { metrics: AdminStockMetrics }) {
  return (
    <div className="flex flex-col gap-y-4 px-6 py-4" data-testid="stock-metrics">
      <dl className="grid grid-cols-1 gap-x-6 gap-y-4 sm:grid-cols-2">
        {figures.map(({ figure, told }) => (
          <Figure key={figure} figure={figure} told={told} days={metrics.days} />
        ))}
      </dl>
      <Measured metrics={metrics} />
    </div>
  )
}

type FigureProps = { figure: StockFigure; told: "last" | "sum" } & Pick<AdminStockMetrics, "days">

function Figure({ figure, told, days }: FigureProps) {
  const { t } = useTranslation()
  const format = useFormatters()
  const bars = dayBars(days, figure, { today: new Date().toISOString().slice(0, 10), count: shownDays })
  const highest = highestBar(bars)
  const value = told === "last" ? (days[0]?.[figure] ?? 0) : days.reduce((sum, day) => sum + day[figure], 0)
  const name = t(`metaCatalog.metrics.figure.${figure}`)
  const text = highest
    ? t("metaCatalog.metrics.highest", { value: format.number(Math.round(highest.value)), day: format.day(highest.day) })
    : t("metaCatalog.metrics.allZero")
  return (
    <div className="flex min-w-0 flex-col gap-y-1" data-figure={figure} title={t(`metaCatalog.metrics.meaning.${figure}`)}>
      <dt className="txt-compact-small text-ui-fg-subtle">{name}</dt>
      <dd className="flex flex-col gap-y-1">
        <span className="txt-large font-medium tabular-nums">
          {format.number(Math.round(value))}
          <span className="txt-small text-ui-fg-muted font-normal"> {t(`metaCatalog.metrics.told.${told}`)}</span>
        </span>
        <DayBars bars={bars} label={`${name}: ${text}`} />
        <span className="txt-xsmall text-ui-fg-muted" aria-hidden>
          {text}
        </span>
      </dd>
    </div>
  )
}

/** What the policy goes by: how long Meta takes, and how many items sell how fast. */
function Measured({ metrics: { latency, velocity, measured_at } }: { metrics: AdminStockMetrics }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { slow, medium, fast } = velocity.buckets
  return (
    <div className="flex flex-col gap-y-1">
      <Text size="small" className="text-ui-fg-muted">
        {latency.p95_s === null
          ? t("metaCatalog.metrics.latencyUnknown")
          : t("metaCatalog.metrics.latency", { time: format.duration(latency.p95_s * 1000), samples: format.number(latency.samples) })}
      </Text>
      <Text size="small" className="text-ui-fg-muted">
        {t("metaCatalog.metrics.buckets", { slow: format.number(slow), medium: format.number(medium), fast: format.number(fast) })}
      </Text>
      {measured_at && (
        <Text size="small" className="text-ui-fg-muted" as="div">
          {t("metaCatalog.metrics.measured")} <TimeAgo time={measured_at} />
        </Text>
      )}
    </div>
  )
}
