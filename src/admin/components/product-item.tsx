import { StatusBadge, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminProductItem } from "../../api/admin/meta-catalog/types"
import { useFormatters } from "../hooks/use-formatters"
import { itemStateColor } from "../lib/item-state"
import { IssueLine } from "./issue-line"
import { TimeAgo } from "./time-ago"

/** One variant: what Meta has acknowledged, what the store wants, how it stands, and its issues. */
export function ProductItem({ item }: { item: AdminProductItem }) {
  const { t } = useTranslation()
  return (
    <li className="flex flex-col gap-y-3 px-6 py-4" data-variant={item.variant_id} data-state={item.state}>
      <div className="grid grid-cols-2 items-start gap-x-4 gap-y-2 md:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_minmax(0,1fr)_136px]">
        <VariantName item={item} />
        <Value label={t("metaCatalog.widget.acknowledged")} value={item.acknowledged} testId="acknowledged" />
        <Value label={t("metaCatalog.widget.wanted")} value={item.wanted} testId="wanted" />
        <div className="col-span-2 md:col-span-1 md:justify-self-end" aria-live="polite">
          <StatusBadge color={itemStateColor[item.state]}>{t(`metaCatalog.itemState.${item.state}`)}</StatusBadge>
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
    </li>
  )
}

function VariantName({ item }: { item: AdminProductItem }) {
  const { t } = useTranslation()
  return (
    <div className="col-span-2 min-w-0 md:col-span-1">
      <Text size="small" leading="compact" weight="plus" className="break-words">
        {item.variant_title ?? item.sku ?? item.variant_id}
      </Text>
      <Text size="xsmall" leading="compact" className="text-ui-fg-muted break-all" title={t("metaCatalog.widget.retailerId")}>
        {item.retailer_id ?? t("metaCatalog.widget.noRetailerId")}
      </Text>
    </div>
  )
}

type ValueProps = {
  label: string
  value: { quantity: number | null; availability: string } | null
  testId: string
}

function Value({ label, value, testId }: ValueProps) {
  const { t } = useTranslation()
  const format = useFormatters()
  return (
    <div className="min-w-0">
      <Text size="xsmall" leading="compact" className="text-ui-fg-muted">
        {label}
      </Text>
      <Text size="small" leading="compact" as="div" className="tabular-nums" data-testid={testId} data-quantity={value?.quantity ?? ""}>
        {value === null ? (
          <span className="text-ui-fg-muted">{t("metaCatalog.widget.unknown")}</span>
        ) : (
          <>
            {value.quantity !== null && <span className="font-medium">{format.number(value.quantity)} </span>}
            <span className="text-ui-fg-subtle">
              {t(`metaCatalog.availability.${value.availability}`, { defaultValue: value.availability })}
            </span>
          </>
        )}
      </Text>
    </div>
  )
}

function ItemNotes({ item }: { item: AdminProductItem }) {
  const { t } = useTranslation()
  const waiting = item.pending_since && item.state !== "in_step"
  if (!item.last_error && !waiting && !item.discontinued_at) {
    return null
  }
  return (
    <div className="flex flex-col gap-y-1">
      {waiting && (
        <Text size="xsmall" className="text-ui-fg-muted" as="div">
          {t("metaCatalog.widget.pendingSince")} <TimeAgo time={item.pending_since!} />
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
