import { Badge, Button, StatusBadge, Text } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { useRegions, useSalesChannels } from "../../hooks/use-store-choices"
import { ChecksList } from "./checks-list"
import { DetailRow } from "../detail-row"
import { Section } from "../section"
import { TestButton } from "./test-button"
import { TimeAgo } from "../time-ago"

export type ConnectionSectionProps = {
  catalog: AdminCatalog
  edit: () => void
  disconnect: () => void
}

/** The stored connection and what the last *Test connection* found. */
export function ConnectionSection({ catalog, edit, disconnect }: ConnectionSectionProps) {
  const { t } = useTranslation()
  return (
    <Section
      title={t("metaCatalog.connection.title")}
      actions={
        <>
          <TestButton catalog={catalog} />
          <Button size="small" variant="secondary" onClick={edit}>
            {t("metaCatalog.action.edit")}
          </Button>
          <Button size="small" variant="transparent" onClick={disconnect}>
            {t("metaCatalog.action.disconnect")}
          </Button>
        </>
      }
    >
      <HealthRow catalog={catalog} />
      <ConnectionValues catalog={catalog} />
    </Section>
  )
}

/** Active or paused, in one word, and whether a person has stopped selling. */
export function CatalogStateBadge({ catalog }: { catalog: Pick<AdminCatalog, "state" | "panic_since" | "panic_scope"> }) {
  const { t } = useTranslation()
  return (
    <span className="flex flex-wrap items-center gap-2">
      {catalog.panic_since && (
        <StatusBadge color="red">{t(catalog.panic_scope ? "metaCatalog.catalogState.partStopped" : "metaCatalog.catalogState.stopped")}</StatusBadge>
      )}
      <StatusBadge color={catalog.state === "active" ? "green" : "red"}>{t(`metaCatalog.catalogState.${catalog.state}`)}</StatusBadge>
    </span>
  )
}

function HealthRow({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-y-3 px-6 py-4">
      <Text size="small" className="text-ui-fg-muted" as="div">
        {catalog.health_checked_at ? (
          <>
            {t("metaCatalog.connection.checked")} <TimeAgo time={catalog.health_checked_at} />
          </>
        ) : (
          t("metaCatalog.connection.neverChecked")
        )}
      </Text>
      <div aria-live="polite">{catalog.health && <ChecksList test={catalog.health} />}</div>
    </div>
  )
}

function ConnectionValues({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const yesOrNo = (is: boolean) => t(is ? "metaCatalog.general.yes" : "metaCatalog.general.no")
  const values: [string, ReactNode][] = [
    ["meta_catalog_id", catalog.meta_catalog_id],
    ["access_token", t(catalog.has_access_token ? "metaCatalog.connection.stored" : "metaCatalog.connection.notStored")],
    ["app_secret", t(catalog.has_app_secret ? "metaCatalog.connection.stored" : "metaCatalog.connection.notStored")],
    ["graph_version", catalog.graph_version],
    ["sales_channel_id", <SalesChannelName key="channel" id={catalog.sales_channel_id} />],
    ["prices", <PricesOf key="prices" catalog={catalog} />],
    ["country_code", catalog.country_code?.toUpperCase() ?? t("metaCatalog.general.none")],
    ["price_tax", t(`metaCatalog.priceTax.${catalog.price_tax}`)],
    ["product_url_template", catalog.product_url_template],
    ["default_brand", catalog.default_brand ?? t("metaCatalog.general.none")],
    ["retailer_id_scheme", t(`metaCatalog.retailerIdScheme.${catalog.retailer_id_scheme}`)],
    ["transport", t(`metaCatalog.transport.${catalog.transport}`)],
    ["pushes_stock", yesOrNo(catalog.pushes_stock)],
    ["pushes_prices", yesOrNo(catalog.pushes_prices)],
    ["sells_on_meta", yesOrNo(catalog.sells_on_meta)],
    ["public_url", catalog.public_url],
  ]
  return values.map(([field, value]) => (
    <DetailRow key={field} label={t(`metaCatalog.field.${field}`)}>
      {value}
    </DetailRow>
  ))
}

function SalesChannelName({ id }: { id: string }) {
  const { data } = useSalesChannels()
  return data && (data.sales_channels.find((channel) => channel.id === id)?.name ?? id)
}

function PricesOf({ catalog }: { catalog: AdminCatalog }) {
  const { data } = useRegions()
  const region = data?.regions.find((candidate) => candidate.id === catalog.region_id)
  return (
    <span className="flex flex-wrap items-center gap-2">
      {catalog.region_id && data && <span>{region?.name ?? catalog.region_id}</span>}
      <Badge size="2xsmall" className="uppercase">
        {catalog.currency_code}
      </Badge>
    </span>
  )
}
