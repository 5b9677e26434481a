import { Container } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useParams } from "react-router-dom"
import { ColumnsEditor } from "../../../../../components/columns/columns-editor"
import { LoadError } from "../../../../../components/load-error"
import { LoadingRows } from "../../../../../components/loading-rows"
import { useCatalogStatus } from "../../../../../hooks/use-catalog-status"
import { useColumns } from "../../../../../hooks/use-columns"

/** Settings → Meta catalog → one catalogue → Columns: where the values of its feed come from. */
const MetaCatalogColumns = () => {
  const { id = "" } = useParams()
  const [productId, setProductId] = useState("")
  const status = useCatalogStatus(id)
  const columns = useColumns(id, productId)
  if (status.data && columns.data) {
    return <ColumnsEditor catalog={status.data.catalog} data={columns.data} chooseProduct={setProductId} />
  }
  const error = status.error ?? columns.error
  const retry = () => void Promise.all([status.refetch(), columns.refetch()])
  return <Container className="p-0">{error ? <LoadError error={error} retry={retry} /> : <LoadingRows rows={6} />}</Container>
}

function Breadcrumb() {
  const { t } = useTranslation()
  return <>{t("metaCatalog.columns.title")}</>
}

export const handle = { breadcrumb: () => <Breadcrumb /> }

export default MetaCatalogColumns
