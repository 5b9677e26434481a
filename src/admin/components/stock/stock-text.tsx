import { useTranslation } from "react-i18next"
import { useFormatters } from "../../hooks/use-formatters"

/** A quantity with its availability, as "12 in stock"; the availability alone where no quantity is kept. */
export function StockText({ value }: { value: { quantity: number | null; availability: string } }) {
  const { t } = useTranslation()
  const format = useFormatters()
  return (
    <>
      {value.quantity !== null && <span className="font-medium tabular-nums">{format.number(value.quantity)} </span>}
      <span className="text-ui-fg-subtle">{t(`metaCatalog.availability.${value.availability}`, { defaultValue: value.availability })}</span>
    </>
  )
}
