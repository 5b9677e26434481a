import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import type { AdminQuantity, AdminTraceStep } from "../../../api/admin/meta-catalog/stock-types"
import { useFormatters } from "../../hooks/use-formatters"
import { traceWord } from "../../lib/trace-word"
import { StockText } from "./stock-text"

/** *Why this quantity?*: the steps as a small sum, each with what decided it, and the result below. */
export function WhyQuantity({ value }: { value: AdminQuantity }) {
  const { t } = useTranslation()
  const format = useFormatters()
  return (
    <div className="border-ui-border-base bg-ui-bg-subtle rounded-lg border px-3 py-2" data-testid="why">
      <ol className="flex flex-col gap-y-1">
        {value.trace.map((step, index) => (
          <Line key={index} change={step.change} isFirst={index === 0}>
            <StepText step={step} />
          </Line>
        ))}
      </ol>
      <div className="border-ui-border-base txt-compact-small mt-2 grid grid-cols-[3.5rem_minmax(0,1fr)] gap-x-3 border-t pt-2" data-testid="why-result">
        <span className="text-right font-medium tabular-nums">
          <span className="sr-only">{t("metaCatalog.why.result")} </span>
          <span aria-hidden>= </span>
          {value.quantity !== null && format.number(value.quantity)}
        </span>
        <span className="text-ui-fg-subtle">
          <StockText value={{ ...value, quantity: null }} />
        </span>
      </div>
    </div>
  )
}

/** A change of 0 has no number of its own: its text says what was looked at. */
function Line({ change, isFirst, children }: { change: number; isFirst: boolean; children: ReactNode }) {
  const format = useFormatters()
  const sign = change < 0 ? "− " : isFirst ? "" : "+ "
  return (
    <li className="txt-compact-small grid grid-cols-[3.5rem_minmax(0,1fr)] gap-x-3" data-change={change}>
      <span className="text-right font-medium tabular-nums">{change !== 0 && `${sign}${format.number(Math.abs(change))}`}</span>
      <span className="text-ui-fg-subtle break-words">{children}</span>
    </li>
  )
}

function StepText({ step }: { step: AdminTraceStep }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { word, figures } = traceWord(step)
  const shown = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, name === "seconds" ? format.duration(value * 1000) : format.number(value)]))
  return <>{t(`metaCatalog.why.step.${word}`, shown)}</>
}
