import { Container } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import { useParams } from "react-router-dom"
import { LoadError } from "../../../../../../components/load-error"
import { LoadingRows } from "../../../../../../components/loading-rows"
import { SnapshotsPage } from "../../../../../../components/feeds/snapshots-page"
import { useCatalogStatus } from "../../../../../../hooks/use-catalog-status"

/** Settings → Meta catalog → one catalogue → the files of one feed. */
const MetaCatalogFiles = () => {
  const { id = "", feed_id = "" } = useParams()
  const { data, error, refetch } = useCatalogStatus(id)
  if (data) {
    return <SnapshotsPage catalog={data.catalog} feedId={feed_id} />
  }
  return <Container className="p-0">{error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={6} />}</Container>
}

function Breadcrumb() {
  const { t } = useTranslation()
  return <>{t("metaCatalog.files.title")}</>
}

export const handle = { breadcrumb: () => <Breadcrumb /> }

export default MetaCatalogFiles
