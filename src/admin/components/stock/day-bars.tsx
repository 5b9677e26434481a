import type { DayBar } from "../../lib/stock-days"

const height = 32
const step = 6
const width = 4

/** A small bar for each day, the tallest as high as the picture. A day on which nothing was looked at has no bar, one with 0 a low one. */
export function DayBars({ bars, label }: { bars: readonly DayBar[]; label: string }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value ?? 0))
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${bars.length * step} ${height}`}
      preserveAspectRatio="none"
      className="text-ui-tag-blue-icon h-8 w-full max-w-xs"
    >
      <line x1={0} x2={bars.length * step} y1={height} y2={height} className="stroke-ui-border-strong" vectorEffect="non-scaling-stroke" />
      {bars.map(({ day, value }, index) => {
        const tall = value === null ? 0 : Math.max(1, ((height - 1) * value) / most)
        return <rect key={day} data-day={day} x={index * step} y={height - tall} width={width} height={tall} fill="currentColor" />
      })}
    </svg>
  )
}
