import { useTranslation } from "react-i18next"
import type { AdminPriceGroup } from "../../api/admin/meta-catalog/item-types"

/** A price as Meta reads it; with a sale, the price before it struck out and the sale's time on hover. */
export function PriceText({ price: { price, sale_price, sale_price_effective_date } }: { price: AdminPriceGroup }) {
  const { t } = useTranslation()
  if (!sale_price) {
    return <span className="text-ui-fg-subtle tabular-nums">{price}</span>
  }
  return (
    <span className="tabular-nums" title={sale_price_effective_date || undefined}>
      <span className="text-ui-fg-subtle">{sale_price}</span>{" "}
      <s className="text-ui-fg-muted" aria-label={t("metaCatalog.widget.before", { price })}>
        {price}
      </s>
    </span>
  )
}
