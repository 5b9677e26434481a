import { Container } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { snapshotsAtOnce, useSnapshots } from "../../hooks/use-snapshots"
import { EmptyState } from "../empty-state"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { Pages } from "../pages"
import { SettingsHead } from "../settings-head"
import { SnapshotRow } from "./snapshot-row"

/** The files a feed has had, newest first. */
export function SnapshotsPage({ catalog, feedId }: { catalog: AdminCatalog; feedId: string }) {
  const { t } = useTranslation()
  const [page, setPage] = useState(0)
  const { data, error, refetch } = useSnapshots(feedId, page * snapshotsAtOnce)
  return (
    <div className="flex min-w-0 flex-col gap-y-3">
      <SettingsHead catalog={catalog} title={t("metaCatalog.files.title")} text={t("metaCatalog.files.text")} />
      <Container className="divide-y p-0">
        {!data && (error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={6} />)}
        {data?.count === 0 && <EmptyState title={t("metaCatalog.files.none")} />}
        {data && data.snapshots.length > 0 && (
          <ul className="divide-y" data-testid="snapshots">
            {data.snapshots.map((snapshot) => (
              <SnapshotRow key={snapshot.id} snapshot={snapshot} />
            ))}
          </ul>
        )}
        {data && data.count > snapshotsAtOnce && (
          <Pages count={data.count} pageSize={snapshotsAtOnce} page={page} setPage={setPage} results={t("metaCatalog.files.results")} />
        )}
      </Container>
    </div>
  )
}
