import { Container, Heading, Text } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useParams } from "react-router-dom"
import type { AdminCatalogStatus } from "../../../../../api/admin/meta-catalog/catalog-types"
import { ActivityLine } from "../../../../components/activity-line"
import { AuditSection } from "../../../../components/audit-section"
import { BrakeBanner } from "../../../../components/brake-banner"
import { CategoriesSection } from "../../../../components/categories/categories-section"
import { ColumnsSection } from "../../../../components/columns/columns-section"
import { CatalogStateBadge, ConnectionSection } from "../../../../components/connection/connection-section"
import { DisconnectDialog } from "../../../../components/connection/disconnect-dialog"
import { EditDrawer } from "../../../../components/connection/edit-drawer"
import { FeedSection } from "../../../../components/feeds/feed-section"
import { IssuesSection } from "../../../../components/products/issues-section"
import { ItemsSection } from "../../../../components/products/items-section"
import { LoadError } from "../../../../components/load-error"
import { LoadingRows } from "../../../../components/loading-rows"
import { OrdersSection } from "../../../../components/orders/orders-section"
import { PanicBanner } from "../../../../components/stock/panic-banner"
import { PauseBanner } from "../../../../components/pause-banner"
import { RetailerIdsSection } from "../../../../components/retailer-ids/retailer-ids-section"
import { StockMetricsSection } from "../../../../components/stock/stock-metrics-section"
import { StockPolicySection } from "../../../../components/stock/stock-policy-section"
import { StopSelling } from "../../../../components/stock/stop-selling"
import { UploadsSection } from "../../../../components/feeds/uploads-section"
import { useCatalogStatus } from "../../../../hooks/use-catalog-status"

/** Settings → Meta catalog → one catalogue: how it stands and everything a person can do about it. */
const MetaCatalogDetail = () => {
  const { id = "" } = useParams()
  const { data, error, refetch } = useCatalogStatus(id)
  if (data) {
    return <CatalogPage status={data} />
  }
  return <Container className="p-0">{error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={6} />}</Container>
}

function CatalogPage({ status }: { status: AdminCatalogStatus }) {
  const [dialog, setDialog] = useState<"edit" | "disconnect" | null>(null)
  const { catalog } = status
  const edit = () => setDialog("edit")
  const disconnect = () => setDialog("disconnect")
  const close = () => setDialog(null)
  return (
    <div className="flex min-w-0 flex-col gap-y-3">
      <CatalogHead status={status} />
      <PauseBanner catalog={catalog} edit={edit} disconnect={disconnect} />
      <PanicBanner catalog={catalog} />
      <BrakeBanner catalog={catalog} />
      <div className="flex flex-col items-start gap-x-4 gap-y-3 xl:grid xl:grid-cols-[minmax(0,1fr)_400px]">
        <div className="flex w-full min-w-0 flex-col gap-y-3">
          <WhatHappens status={status} />
        </div>
        <div className="w-full">
          <ConnectionSection catalog={catalog} edit={edit} disconnect={disconnect} />
        </div>
      </div>
      {dialog === "edit" && <EditDrawer catalog={catalog} close={close} />}
      {dialog === "disconnect" && <DisconnectDialog catalog={catalog} close={close} />}
    </div>
  )
}

/** Before there is a feed, creating one is all there is to do, unless items are kept in step one by one. */
function WhatHappens({ status }: { status: AdminCatalogStatus }) {
  const hasFeed = status.feeds.length > 0
  if (!hasFeed && status.catalog.transport === "items_batch") {
    return <FeedSection status={status} />
  }
  return (
    <>
      <ItemsSection status={status} />
      <StockPolicySection catalog={status.catalog} />
      {hasFeed && <FeedSection status={status} />}
      {hasFeed && <UploadsSection uploads={status.uploads} />}
      <AuditSection status={status} />
      <IssuesSection status={status} />
      <StockMetricsSection catalog={status.catalog} />
      <OrdersSection catalog={status.catalog} />
      <ColumnsSection catalog={status.catalog} />
      <CategoriesSection catalog={status.catalog} />
      {hasFeed && <RetailerIdsSection catalog={status.catalog} />}
    </>
  )
}

function CatalogHead({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const { catalog } = status
  return (
    <Container className="p-0">
      <div className="flex flex-wrap items-center justify-between gap-2 px-6 py-4">
        <div className="min-w-0">
          <Heading level="h1">{catalog.name}</Heading>
          <Text size="small" className="text-ui-fg-subtle">
            {t("metaCatalog.field.meta_catalog_id")} {catalog.meta_catalog_id}
          </Text>
        </div>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <CatalogStateBadge catalog={catalog} />
          <StopSelling catalog={catalog} />
        </div>
      </div>
      <ActivityLine status={status} />
    </Container>
  )
}

function Breadcrumb({ id }: { id: string }) {
  const { data } = useCatalogStatus(id)
  return <>{data?.catalog.name ?? id}</>
}

export const handle = {
  breadcrumb: ({ params }: { params: { id?: string } }) => <Breadcrumb id={params.id ?? ""} />,
}

export default MetaCatalogDetail
