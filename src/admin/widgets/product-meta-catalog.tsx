import { defineWidgetConfig } from "@medusajs/admin-sdk"
import type { AdminProduct, DetailWidgetProps } from "@medusajs/types"
import { Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import { Link } from "react-router-dom"
import { EmptyState } from "../components/empty-state"
import { LoadError } from "../components/load-error"
import { LoadingRows } from "../components/loading-rows"
import { ProductCatalog } from "../components/products/product-catalog"
import { Section } from "../components/section"
import { useProductStatus } from "../hooks/use-product-status"

/** On the product page: what Meta has of each variant, what the store wants it to have, and what is wrong. */
const ProductMetaCatalog = ({ data: product }: DetailWidgetProps<AdminProduct>) => {
  const { t } = useTranslation()
  return (
    <Section title={t("metaCatalog.title")} actions={<SettingsLink />}>
      <Content productId={product.id} />
    </Section>
  )
}

function Content({ productId }: { productId: string }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useProductStatus(productId)
  if (!data) {
    return error ? <LoadError error={error} retry={refetch} /> : <LoadingRows />
  }
  if (data.catalogs.length === 0) {
    return <EmptyState title={t("metaCatalog.widget.notConnected")} text={t("metaCatalog.widget.notConnectedText")} />
  }
  return data.catalogs.map((catalog) => (
    <ProductCatalog key={catalog.id} productId={data.product_id} catalog={catalog} named={data.catalogs.length > 1} />
  ))
}

function SettingsLink() {
  const { t } = useTranslation()
  return (
    <Link
      to="/settings/meta-catalog"
      className="text-ui-fg-interactive hover:text-ui-fg-interactive-hover focus-visible:shadow-borders-focus rounded outline-none"
    >
      <Text size="small" leading="compact" as="span">
        {t("metaCatalog.widget.settings")}
      </Text>
    </Link>
  )
}

export const config = defineWidgetConfig({
  zone: "product.details.after",
  id: "medusa-plugin-meta-catalog:product",
})

export default ProductMetaCatalog
