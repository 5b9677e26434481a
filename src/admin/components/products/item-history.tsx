import { Button, StatusBadge, Text } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import type { AdminItemChange } from "../../../api/admin/meta-catalog/item-types"
import { useChangeReason } from "../../hooks/use-change-reason"
import { useFormatters } from "../../hooks/use-formatters"
import { useItemHistory } from "../../hooks/use-item-history"
import type { StateColor } from "../../lib/feed-state"
import { EmptyState } from "../empty-state"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { PriceText } from "../price-text"
import { StockText } from "../stock/stock-text"

export type ItemHistoryProps = {
  itemId: string
  /** Changes whenever the item has a new entry or an entry a new outcome. */
  version: string
}

/** What one item was sent, newest first: when, what, why, and how it ended. */
export function ItemHistory({ itemId, version }: ItemHistoryProps) {
  const { t } = useTranslation()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useItemHistory(itemId, version)
  if (!data) {
    return error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={2} />
  }
  const changes = data.pages.flatMap((page) => page.changes)
  if (changes.length === 0) {
    return <EmptyState title={t("metaCatalog.history.empty")} text={t("metaCatalog.history.emptyText")} />
  }
  return (
    <div className="border-ui-border-base rounded-lg border" data-testid="history">
      <ol className="divide-y">
        {changes.map((change, index) => (
          <Change key={`${change.sent_at} ${index}`} change={change} />
        ))}
      </ol>
      {hasNextPage && (
        <div className="border-t px-3 py-2">
          <Button size="small" variant="transparent" onClick={() => fetchNextPage()} isLoading={isFetchingNextPage}>
            {t("metaCatalog.history.more")}
          </Button>
        </div>
      )}
    </div>
  )
}

const outcomeColor: Record<AdminItemChange["outcome"], StateColor> = {
  in_flight: "blue",
  acknowledged: "green",
  rejected: "red",
  resent: "grey",
}

function Change({ change }: { change: AdminItemChange }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const reason = useChangeReason()
  return (
    <li className="flex flex-col gap-y-1 px-3 py-2" data-outcome={change.outcome}>
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <Text size="small" leading="compact" as="div" className="flex flex-wrap items-baseline gap-x-2">
          {change.stock && <Stock now={change.stock} before={change.stock_before} />}
          {change.price && <Price now={change.price} before={change.price_before} />}
        </Text>
        <StatusBadge color={outcomeColor[change.outcome]}>{t(`metaCatalog.history.outcome.${change.outcome}`)}</StatusBadge>
      </div>
      <Text size="xsmall" leading="compact" as="div" className="text-ui-fg-muted flex flex-wrap gap-x-2">
        <time dateTime={change.sent_at}>{t("metaCatalog.history.sent", { time: format.clock(change.sent_at) })}</time>
        {change.reason && <span className="break-words">{t("metaCatalog.history.reason", { reason: reason(change.reason) })}</span>}
        {change.settled_at && <time dateTime={change.settled_at}>{t("metaCatalog.history.settled", { time: format.clock(change.settled_at) })}</time>}
      </Text>
      {change.error && (
        <Text size="xsmall" className="text-ui-fg-error break-words">
          {change.error}
        </Text>
      )}
    </li>
  )
}

type Was<Value> = { now: Value; before: Value | null }

function Stock({ now, before }: Was<NonNullable<AdminItemChange["stock"]>>) {
  const isChanged = before && (before.quantity !== now.quantity || before.availability !== now.availability)
  return (
    <span>
      {isChanged && (
        <Before>
          <StockText value={before} />
        </Before>
      )}
      <StockText value={now} />
    </span>
  )
}

function Price({ now, before }: Was<NonNullable<AdminItemChange["price"]>>) {
  const isChanged = before && (before.price !== now.price || before.sale_price !== now.sale_price)
  return (
    <span>
      {isChanged && (
        <Before>
          <PriceText price={before} />
        </Before>
      )}
      <PriceText price={now} />
    </span>
  )
}

function Before({ children }: { children: ReactNode }) {
  return <span className="text-ui-fg-muted">{children} → </span>
}
