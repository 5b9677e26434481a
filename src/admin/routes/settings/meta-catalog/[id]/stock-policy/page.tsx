import { Container } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import { useParams } from "react-router-dom"
import { LoadError } from "../../../../../components/load-error"
import { LoadingRows } from "../../../../../components/loading-rows"
import { StockPolicyEditor } from "../../../../../components/stock/stock-policy-editor"
import { useCatalogStatus } from "../../../../../hooks/use-catalog-status"
import { useStockPolicy } from "../../../../../hooks/use-stock-policy"

/** Settings → Meta catalog → one catalogue → Stock policy: what the store may promise on Meta. */
const MetaCatalogStockPolicy = () => {
  const { id = "" } = useParams()
  const status = useCatalogStatus(id)
  const policy = useStockPolicy(id)
  if (status.data && policy.data) {
    return <StockPolicyEditor catalog={status.data.catalog} policy={policy.data} />
  }
  const error = status.error ?? policy.error
  const retry = () => void Promise.all([status.refetch(), policy.refetch()])
  return <Container className="p-0">{error ? <LoadError error={error} retry={retry} /> : <LoadingRows rows={6} />}</Container>
}

function Breadcrumb() {
  const { t } = useTranslation()
  return <>{t("metaCatalog.stock.title")}</>
}

export const handle = { breadcrumb: () => <Breadcrumb /> }

export default MetaCatalogStockPolicy
