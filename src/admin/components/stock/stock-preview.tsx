import { Alert, Text } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Link } from "react-router-dom"
import type { AdminStockPreview } from "../../../api/admin/meta-catalog/stock-types"
import { useFormatters } from "../../hooks/use-formatters"
import { LoadingRows } from "../loading-rows"
import { Section } from "../section"
import { Check } from "./stock-field"
import { StockText } from "./stock-text"

export type StockPreviewProps = {
  preview: AdminStockPreview | undefined
  /** The figures shown are of a moment ago; newer ones are being computed. */
  isBehind: boolean
  /** Why there are no figures; the message itself stands at its field. */
  isRefused: boolean
  isChanged: boolean
  acceptsMassChange: boolean
  acceptMassChange: (accept: boolean) => void
}

/** What saving would do to the whole catalogue, before anything is saved. */
export function StockPreview({ preview, isBehind, isRefused, isChanged, acceptsMassChange, acceptMassChange }: StockPreviewProps) {
  const { t } = useTranslation()
  const state = isRefused ? "refused" : isBehind ? "computing" : isChanged ? "changed" : "unchanged"
  const isMassChange = preview?.warnings.some((warning) => warning.code === "mass_change") ?? false
  return (
    <Section title={t("metaCatalog.stock.preview.title")}>
      <div data-testid="stock-preview" data-state={state}>
        <div className="px-6 py-4" aria-live="polite">
          <Text size="small" className={isRefused ? "text-ui-fg-error" : "text-ui-fg-subtle"}>
            {t(`metaCatalog.stock.preview.state.${state}`)}
          </Text>
        </div>
        {!preview && !isRefused && <LoadingRows rows={3} />}
        {preview && !isRefused && (
          <div className="flex flex-col gap-y-4 px-6 pb-4">
            <Figures preview={preview} />
            {preview.warnings.map((warning) => (
              <Alert key={warning.code} variant="warning">
                {warning.message}
              </Alert>
            ))}
            {isMassChange && isChanged && (
              <Check label={t("metaCatalog.stock.preview.acceptMassChange")} checked={acceptsMassChange} onChange={acceptMassChange} />
            )}
            {preview.examples.length > 0 && <Examples examples={preview.examples} />}
          </div>
        )}
      </div>
    </Section>
  )
}

function Figures({ preview }: { preview: AdminStockPreview }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { before, after } = preview
  const rows = [
    { name: "changed", text: format.number(preview.changed) },
    { name: "becoming_unavailable", text: format.number(preview.becoming_unavailable) },
    { name: "becoming_available", text: format.number(preview.becoming_available) },
    { name: "in_stock", text: change(before.in_stock, after.in_stock, format.number) },
    { name: "units", text: change(before.units, after.units, format.number) },
    { name: "units_withheld", text: change(before.units_withheld, after.units_withheld, format.number) },
  ] as const
  return (
    <dl className="flex flex-col gap-y-1">
      {rows.map(({ name, text }) => (
        <div key={name} className="flex items-baseline justify-between gap-x-4" data-figure={name}>
          <dt className="txt-small text-ui-fg-subtle">{t(`metaCatalog.stock.preview.figure.${name}`)}</dt>
          <dd className="txt-small font-medium whitespace-nowrap tabular-nums">{text}</dd>
        </div>
      ))}
    </dl>
  )
}

function change(before: number, after: number, number: (value: number) => string): string {
  return before === after ? number(after) : `${number(before)} → ${number(after)}`
}

const shownAtFirst = 5

/** The items it matters most to; the server gives at most twenty. */
function Examples({ examples }: Pick<AdminStockPreview, "examples">) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  return (
    <div className="flex flex-col gap-y-2">
      <Text size="small" leading="compact" weight="plus">
        {t("metaCatalog.stock.preview.examples")}
      </Text>
      <ul className="flex flex-col gap-y-2" data-testid="examples">
        {examples.slice(0, all ? examples.length : shownAtFirst).map(({ item_id, retailer_id, product_id, product_title, before, after }) => (
          <li key={item_id} className="txt-small min-w-0">
            <Link to={`/products/${product_id}`} className="text-ui-fg-interactive hover:text-ui-fg-interactive-hover break-words">
              {product_title ?? product_id}
            </Link>{" "}
            <span className="text-ui-fg-muted break-all">{retailer_id}</span>
            <div>
              <span className="text-ui-fg-muted">
                <StockText value={before} /> →{" "}
              </span>
              <StockText value={after} />
            </div>
          </li>
        ))}
      </ul>
      {!all && examples.length > shownAtFirst && (
        <button type="button" className="txt-small text-ui-fg-interactive self-start" onClick={() => setAll(true)}>
          {t("metaCatalog.stock.preview.more")}
        </button>
      )}
    </div>
  )
}
