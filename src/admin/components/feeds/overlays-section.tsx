import { Button } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import { useOverlays } from "../../hooks/use-overlays"
import { EmptyState } from "../empty-state"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { OverlayDrawer } from "./overlay-drawer"
import { OverlayRow } from "./overlay-row"
import { Section } from "../section"

/** Feeds that put values over the items of others: prices of a country, texts of a language, further columns. */
export function OverlaysSection({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useOverlays(status.catalog.id)
  const [isOpen, setOpen] = useState(false)
  return (
    <Section
      title={t("metaCatalog.overlays.title")}
      actions={
        <Button size="small" variant="secondary" onClick={() => setOpen(true)}>
          {t("metaCatalog.overlays.add")}
        </Button>
      }
    >
      {!data && (error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={1} />)}
      {data?.length === 0 && <EmptyState title={t("metaCatalog.overlays.none")} text={t("metaCatalog.overlays.text")} />}
      {data && data.length > 0 && (
        <ul className="divide-y" data-testid="overlays">
          {data.map((overlay) => (
            <OverlayRow key={overlay.id} overlay={overlay} status={status} />
          ))}
        </ul>
      )}
      {isOpen && <OverlayDrawer status={status} close={() => setOpen(false)} />}
    </Section>
  )
}
