import { defineRouteConfig } from "@medusajs/admin-sdk"
import { Meta } from "@medusajs/icons"
import { Button, Container, Text } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Link } from "react-router-dom"
import type { AdminCatalog } from "../../../../api/admin/meta-catalog/catalog-types"
import { CatalogStateBadge } from "../../../components/connection/connection-section"
import { ConnectModal } from "../../../components/connection/connect-modal"
import { EmptyState } from "../../../components/empty-state"
import { LoadError } from "../../../components/load-error"
import { LoadingRows } from "../../../components/loading-rows"
import { PageTitle } from "../../../components/page-title"
import { Section } from "../../../components/section"
import { useCatalogs } from "../../../hooks/use-catalogs"

/** Settings → Meta catalog: the catalogues this store feeds. */
const MetaCatalogSettings = () => {
  const { t } = useTranslation()
  const [connecting, setConnecting] = useState(false)
  const connect = (
    <Button size="small" onClick={() => setConnecting(true)}>
      {t("metaCatalog.action.connectCatalog")}
    </Button>
  )
  return (
    <>
      <CatalogList connect={connect} />
      {connecting && <ConnectModal close={() => setConnecting(false)} />}
    </>
  )
}

function CatalogList({ connect }: { connect: React.ReactNode }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useCatalogs()
  if (data?.catalogs.length === 0) {
    return <FirstSteps connect={connect} />
  }
  return (
    <Section title={t("metaCatalog.title")} actions={data && connect}>
      {error && <LoadError error={error} retry={refetch} />}
      {!data && !error && <LoadingRows />}
      {data && (
        <ul className="divide-y">
          {data.catalogs.map((catalog) => (
            <CatalogRow key={catalog.id} catalog={catalog} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function CatalogRow({ catalog }: { catalog: AdminCatalog }) {
  return (
    <li>
      <Link
        to={`/settings/meta-catalog/${catalog.id}`}
        className="hover:bg-ui-bg-base-hover focus-visible:bg-ui-bg-base-hover flex flex-wrap items-center justify-between gap-2 px-6 py-4 outline-none"
      >
        <div className="min-w-0">
          <Text size="small" leading="compact" weight="plus">
            {catalog.name}
          </Text>
          <Text size="small" leading="compact" className="text-ui-fg-subtle break-words">
            {catalog.pause_message ?? catalog.meta_catalog_id}
          </Text>
        </div>
        <CatalogStateBadge catalog={catalog} />
      </Link>
    </li>
  )
}

function FirstSteps({ connect }: { connect: React.ReactNode }) {
  const { t } = useTranslation()
  const steps = ["token", "connect", "feed"] as const
  return (
    <Container className="p-0">
      <PageTitle>{t("metaCatalog.title")}</PageTitle>
      <EmptyState title={t("metaCatalog.empty.title")} text={t("metaCatalog.empty.text")}>
        <ol className="text-ui-fg-subtle txt-small flex max-w-[440px] list-decimal flex-col gap-y-1 pl-5 text-left">
          {steps.map((step) => (
            <li key={step}>{t(`metaCatalog.empty.step.${step}`)}</li>
          ))}
        </ol>
        {connect}
      </EmptyState>
    </Container>
  )
}

function Breadcrumb() {
  const { t } = useTranslation()
  return <>{t("metaCatalog.title")}</>
}

export const handle = { breadcrumb: () => <Breadcrumb /> }

export const config = defineRouteConfig({
  label: "metaCatalog.title",
  translationNs: "translation",
  icon: Meta,
})

export default MetaCatalogSettings
