import { Button, StatusBadge, Text } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminPriceGroup, AdminProductItem } from "../../../api/admin/meta-catalog/item-types"
import { useChangeReason } from "../../hooks/use-change-reason"
import { useFormatters } from "../../hooks/use-formatters"
import { itemStateColor, itemStateWord } from "../../lib/item-state"
import { IssueLine } from "./issue-line"
import { ItemHistory } from "./item-history"
import { PriceText } from "../price-text"
import { StockText } from "../stock/stock-text"
import { TimeAgo } from "../time-ago"
import { WhyQuantity } from "../stock/why-quantity"

export type ProductItemProps = { item: AdminProductItem; transport: AdminCatalog["transport"] | undefined }

/** One variant: what the store wants, what was sent and what Meta has acknowledged, how it stands, its issues and its history. */
export function ProductItem({ item, transport }: ProductItemProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<Panel | null>(null)
  const toggle = (panel: Panel) => setOpen(open === panel ? null : panel)
  const id = (panel: Panel) => `${panel}-${item.item_id ?? item.variant_id}`
  return (
    <li className="flex flex-col gap-y-3 px-6 py-4" data-variant={item.variant_id} data-state={item.state}>
      <div className="grid grid-cols-3 items-start gap-x-4 gap-y-2 lg:grid-cols-[minmax(0,1.5fr)_repeat(3,minmax(0,1fr))_136px]">
        <VariantName item={item} />
        <Values item={item} />
        <div className="col-span-3 flex flex-wrap items-center justify-between gap-2 lg:col-span-1 lg:flex-col lg:items-end">
          <div aria-live="polite">
            <StatusBadge color={itemStateColor[item.state]} className="py-px leading-tight [&>div]:shrink-0">
              {t(`metaCatalog.itemState.${itemStateWord(item.state, transport)}`)}
            </StatusBadge>
          </div>
          <div className="flex flex-wrap items-center gap-x-1 lg:flex-col lg:items-end">
            {item.why.length > 0 && <PanelButton name="why" open={open === "why"} panel={id("why")} toggle={() => toggle("why")} />}
            {item.item_id && <PanelButton name="history" open={open === "history"} panel={id("history")} toggle={() => toggle("history")} />}
          </div>
        </div>
      </div>
      <ItemNotes item={item} />
      {item.issues.length > 0 && (
        <ul className="flex flex-col gap-y-3">
          {item.issues.map((issue) => (
            <li key={issue.id} className="border-ui-border-strong border-l-2 pl-3">
              <IssueLine issue={issue} />
            </li>
          ))}
        </ul>
      )}
      {item.wanted && (
        <div id={id("why")} hidden={open !== "why"}>
          {open === "why" && <WhyQuantity value={{ ...item.wanted, trace: item.why }} />}
        </div>
      )}
      {item.item_id && (
        <div id={id("history")} hidden={open !== "history"}>
          {open === "history" && <ItemHistory itemId={item.item_id} version={[item.state, item.sent?.at, item.acknowledged?.at].join(" ")} />}
        </div>
      )}
    </li>
  )
}

/** What can be opened below a variant, one at a time. */
type Panel = "why" | "history"

function VariantName({ item }: { item: AdminProductItem }) {
  const { t } = useTranslation()
  return (
    <div className="col-span-3 min-w-0 lg:col-span-1">
      <Text size="small" leading="compact" weight="plus" className="break-words">
        {item.variant_title ?? item.sku ?? item.variant_id}
      </Text>
      <Text size="xsmall" leading="compact" className="text-ui-fg-muted break-all" title={t("metaCatalog.widget.retailerId")}>
        {item.retailer_id ?? t("metaCatalog.widget.noRetailerId")}
      </Text>
    </div>
  )
}

/** The way of a value, from left to right. */
function Values({ item }: { item: AdminProductItem }) {
  return (["wanted", "sent", "acknowledged"] as const).map((step) => <Value key={step} step={step} stock={item[step]} price={item.price?.[step] ?? null} />)
}

type ValueProps = {
  step: "wanted" | "sent" | "acknowledged"
  stock: { quantity: number | null; availability: string; at?: string } | null
  price: AdminPriceGroup | null
}

function Value({ step, stock, price }: ValueProps) {
  const { t } = useTranslation()
  return (
    <div className="min-w-0">
      <Text size="xsmall" leading="compact" className="text-ui-fg-muted">
        {t(`metaCatalog.widget.${step}`)}
      </Text>
      <Text size="small" leading="compact" as="div" className="break-words" data-testid={step} data-quantity={stock?.quantity ?? ""}>
        {stock && <StockText value={stock} />}
        {price && (
          <div>
            <PriceText price={price} />
          </div>
        )}
        {!stock && !price && <span className="text-ui-fg-muted">{t(step === "sent" ? "metaCatalog.widget.neverSent" : "metaCatalog.widget.unknown")}</span>}
      </Text>
      {stock?.at && (
        <Text size="xsmall" leading="compact" as="div" className="text-ui-fg-muted">
          <TimeAgo time={stock.at} />
        </Text>
      )}
    </div>
  )
}

function ItemNotes({ item }: { item: AdminProductItem }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const reason = useChangeReason()
  const waiting = item.pending_since && item.state !== "in_step"
  if (!waiting && !item.discontinued_at && !item.last_error) {
    return null
  }
  return (
    <div className="flex flex-col gap-y-1">
      {waiting && (
        <Text size="xsmall" className="text-ui-fg-muted" as="div" data-testid="pending">
          {t(item.pending_reason ? "metaCatalog.widget.pendingBecause" : "metaCatalog.widget.pendingSince", {
            time: format.clock(item.pending_since!),
            reason: reason(item.pending_reason ?? ""),
          })}
        </Text>
      )}
      {item.discontinued_at && (
        <Text size="xsmall" className="text-ui-fg-muted" as="div">
          {t("metaCatalog.widget.discontinued")} <TimeAgo time={item.discontinued_at} />
        </Text>
      )}
      {item.last_error && item.state === "rejected" && (
        <Text size="small" className="text-ui-fg-error break-words">
          {item.last_error}
        </Text>
      )}
    </div>
  )
}

type PanelButtonProps = { name: Panel; open: boolean; panel: string; toggle: () => void }

/** The history is read only when it is opened, for it asks the server once more for each variant. */
function PanelButton({ name, open, panel, toggle }: PanelButtonProps) {
  const { t } = useTranslation()
  return (
    <Button size="small" variant="transparent" className="text-ui-fg-subtle -mr-2" aria-expanded={open} aria-controls={panel} onClick={toggle}>
      {t(name === "why" ? "metaCatalog.why.title" : open ? "metaCatalog.history.close" : "metaCatalog.history.open")}
    </Button>
  )
}
