import { Alert, Button, StatusBadge, Text } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminOrder } from "../../../api/admin/meta-catalog/order-types"
import { useFormatters } from "../../hooks/use-formatters"
import { shownOrders, useOrders } from "../../hooks/use-orders"
import { isCancellable, orderState, orderStock } from "../../lib/order-state"
import { CancelOrderDrawer } from "./cancel-order-drawer"
import { EmptyState } from "../empty-state"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { OrdersDrawer } from "./orders-drawer"
import { Section } from "../section"
import { TimeAgo } from "../time-ago"

/** Orders that Meta has taken: who subtracts them, how each stands to the store's stock, and a way to cancel one. */
export function OrdersSection({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const [isEditing, setEditing] = useState(false)
  const isOff = catalog.orders_mode === "off"
  return (
    <Section
      title={t("metaCatalog.orders.title")}
      actions={
        <Button
          size="small"
          variant="secondary"
          aria-label={`${t("metaCatalog.action.edit")}: ${t("metaCatalog.orders.title")}`}
          onClick={() => setEditing(true)}
        >
          {t("metaCatalog.action.edit")}
        </Button>
      }
    >
      {isOff && <EmptyState title={t("metaCatalog.orders.off")} text={t("metaCatalog.orders.offText")} />}
      {!isOff && <Standing catalog={catalog} />}
      {!isOff && <OrderList catalog={catalog} />}
      {isEditing && <OrdersDrawer catalog={catalog} close={() => setEditing(false)} />}
    </Section>
  )
}

function Standing({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-y-3 px-6 py-4" data-testid="orders-standing">
      <Text size="small" className="text-ui-fg-subtle" as="div">
        {t(`metaCatalog.orders.mode.${catalog.orders_mode}.label`)}
        {catalog.orders_read_at && (
          <>
            {" · "}
            {t("metaCatalog.orders.read")} <TimeAgo time={catalog.orders_read_at} />
          </>
        )}
      </Text>
      {catalog.orders_refused_at && (
        <Alert variant="warning" data-testid="orders-refused">
          {t("metaCatalog.orders.refused", { reason: catalog.orders_refused_message ?? "" })}
        </Alert>
      )}
    </div>
  )
}

function OrderList({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { data, error, refetch } = useOrders(catalog.id)
  if (!data) {
    return error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={2} />
  }
  if (data.orders.length === 0) {
    return (
      <Text size="small" className="text-ui-fg-muted px-6 py-4">
        {t("metaCatalog.orders.empty")}
      </Text>
    )
  }
  return (
    <>
      <ul className="divide-y" data-testid="orders">
        {data.orders.map((order) => (
          <OrderRow key={order.meta_order_id} catalog={catalog} order={order} />
        ))}
      </ul>
      {data.count > shownOrders && (
        <Text size="small" className="text-ui-fg-muted px-6 py-4">
          {t("metaCatalog.orders.more", { shown: format.number(shownOrders), number: format.number(data.count) })}
        </Text>
      )}
    </>
  )
}

function OrderRow({ catalog, order }: { catalog: AdminCatalog; order: AdminOrder }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const [isCancelling, setCancelling] = useState(false)
  const { word, color } = orderState(order)
  const stock = orderStock(order, catalog.orders_mode)
  const units = order.items.map(({ retailer_id, ordered_quantity }) => `${format.number(ordered_quantity)} × ${retailer_id}`)
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3 px-6 py-4" data-order={order.meta_order_id} data-state={order.state}>
      <div className="flex min-w-0 flex-col gap-y-1">
        <Text size="small" leading="compact" weight="plus" className="break-words">
          {format.list(units)}
        </Text>
        <Text size="small" leading="compact" className="text-ui-fg-muted break-words" as="div">
          {order.meta_order_id}
          {order.created_at_meta && (
            <>
              {" · "}
              <TimeAgo time={order.created_at_meta} />
            </>
          )}
          {stock && ` · ${t(`metaCatalog.orders.stock.${stock}`, { order: order.medusa_order_id ?? "" })}`}
        </Text>
        <Cancellations order={order} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <StatusBadge color={color}>{t(`metaCatalog.orders.state.${word}`)}</StatusBadge>
        {isCancellable(order) && (
          <Button size="small" variant="secondary" onClick={() => setCancelling(true)}>
            {t("metaCatalog.orders.cancel.action")}
          </Button>
        )}
      </div>
      {isCancelling && <CancelOrderDrawer catalog={catalog} order={order} close={() => setCancelling(false)} />}
    </li>
  )
}

function Cancellations({ order }: { order: AdminOrder }) {
  const { t } = useTranslation()
  return order.cancellations.map((cancellation) => (
    <Text key={cancellation.id} size="small" leading="compact" className="text-ui-fg-subtle break-words" data-cancellation={cancellation.status}>
      {t(`metaCatalog.orders.cancel.status.${cancellation.status}`)}
      {cancellation.error && `: ${cancellation.error}`}
    </Text>
  ))
}
