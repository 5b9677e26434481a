import { Alert, Button, Text } from "@medusajs/ui"
import { useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminProductStatus } from "../../../api/admin/meta-catalog/item-types"
import { useCatalog } from "../../hooks/use-catalogs"
import { useFormatters } from "../../hooks/use-formatters"
import { byAttention } from "../../lib/item-state"
import { EmptyState } from "../empty-state"
import { ProductHeadline } from "./product-headline"
import { ProductItem } from "./product-item"
import { ProductSync } from "./product-sync"

/** So many variants are listed before a person asks for the rest; those with problems come first then. */
const shownAtFirst = 8

export type ProductCatalogProps = {
  productId: string
  catalog: AdminProductStatus["catalogs"][number]
  /** Shows the catalogue's name, where the store feeds several. */
  named: boolean
}

/** One product in one catalogue: the feed's state, then every variant. */
export function ProductCatalog({ productId, catalog, named }: ProductCatalogProps) {
  const { t } = useTranslation()
  const settings = useCatalog(catalog.id)
  return (
    <div className="divide-y" data-testid="product-catalog">
      <div className="flex flex-col gap-y-2 px-6 py-3">
        {named && (
          <Text size="small" leading="compact" weight="plus">
            {catalog.name}
          </Text>
        )}
        <ProductHeadline feed={catalog.feed} transport={settings?.transport} />
        {catalog.state === "paused" && (
          <Alert variant="error">{t("metaCatalog.widget.paused", { reason: catalog.pause_message ?? "" })}</Alert>
        )}
        {settings?.panic_since && (
          <Alert variant="warning">{t(settings.panic_scope ? "metaCatalog.widget.partStopped" : "metaCatalog.widget.stopped")}</Alert>
        )}
        {catalog.items.length > 0 && <ProductSync productId={productId} catalogId={catalog.id} items={catalog.items} />}
      </div>
      {catalog.items.length === 0 ? (
        <EmptyState title={t("metaCatalog.widget.noItems")} text={t("metaCatalog.widget.noItemsText")} />
      ) : (
        <Items items={catalog.items} transport={settings?.transport} />
      )}
    </div>
  )
}

type ItemsProps = Pick<ProductCatalogProps["catalog"], "items"> & { transport: AdminCatalog["transport"] | undefined }

function Items({ items, transport }: ItemsProps) {
  const { t } = useTranslation()
  const format = useFormatters()
  const [all, setAll] = useState(false)
  const hidden = all ? 0 : Math.max(0, items.length - shownAtFirst)
  const moved = useMoved(items)
  const shown = hidden > 0 ? byAttention(items, moved).slice(0, shownAtFirst) : items
  const clean = items.every((item) => item.issues.length === 0)
  return (
    <>
      <ul className="divide-y">
        {shown.map((item) => (
          <ProductItem key={item.variant_id} item={item} transport={transport} />
        ))}
      </ul>
      {hidden > 0 && (
        <div className="px-6 py-3">
          <Button size="small" variant="secondary" onClick={() => setAll(true)}>
            {t("metaCatalog.widget.showAll", { count: items.length, number: format.number(items.length) })}
          </Button>
        </div>
      )}
      {clean && (
        <Text size="small" className="text-ui-fg-muted px-6 py-3" data-testid="no-issues">
          {t("metaCatalog.widget.noIssues")}
        </Text>
      )}
    </>
  )
}

/** Variants seen waiting or in flight since the page was opened; they keep their place when they have arrived. */
function useMoved(items: ItemsProps["items"]): ReadonlySet<string> {
  const moved = useRef(new Set<string>())
  for (const item of items) {
    if (item.state === "waiting" || item.state === "in_flight") {
      moved.current.add(item.variant_id)
    }
  }
  return moved.current
}
