import { StatusBadge, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminOverlay } from "../../../api/admin/meta-catalog/overlay-types"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import { useFormatters } from "../../hooks/use-formatters"
import { feedState } from "../../lib/feed-state"
import { overlayKind } from "../../lib/overlay-form"
import { FileAddress } from "./feed-file-rows"
import { HeldSnapshot } from "./held-snapshot"
import { OverlayActions } from "./overlay-actions"
import { ScheduleText } from "./schedule-text"
import { TimeAgo } from "../time-ago"

/** One feed over the items of others: what it is for, its file, and what can be done with it. */
export function OverlayRow({ overlay, status }: { overlay: AdminOverlay; status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const { state, color } = feedState(overlay)
  const kind = overlayKind(overlay)
  return (
    <li data-overlay={kind} data-value={overlay.override_value ?? ""} data-state={state}>
      <div className="flex flex-col gap-y-2 px-6 py-4">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Text size="small" leading="compact" weight="plus">
              {t(`metaCatalog.overlays.nameOf.${kind}`, { value: overlay.override_value })}
            </Text>
            <StatusBadge color={color}>{t(`metaCatalog.feed.state.${state}`)}</StatusBadge>
          </div>
          <div className="flex flex-wrap items-center gap-2">
            <OverlayActions overlay={overlay} status={status} />
          </div>
        </div>
        <Text size="small" className="text-ui-fg-subtle break-words">
          <WhatItHolds overlay={overlay} />
        </Text>
        <FileText overlay={overlay} />
        <Text size="small" className="text-ui-fg-subtle">
          <ScheduleText schedule={overlay.schedule} next={overlay.next_fetch_at} />
        </Text>
        <Text size="small" as="div" className="text-ui-fg-subtle">
          <FileAddress url={overlay.url} />
        </Text>
        {(overlay.latest?.error ?? overlay.last_error) && (
          <Text size="small" className="text-ui-fg-error break-words" role="alert">
            {overlay.latest?.error ?? overlay.last_error}
          </Text>
        )}
      </div>
      <HeldSnapshot feed={overlay} />
    </li>
  )
}

function WhatItHolds({ overlay }: { overlay: AdminOverlay }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const kind = overlayKind(overlay)
  if (kind === "supplementary") {
    return t("metaCatalog.overlays.holds.supplementary", { columns: format.list(overlay.columns ?? []) })
  }
  const what = kind === "country" ? (overlay.currency_code ?? "").toUpperCase() : (overlay.locale ?? "")
  return t(`metaCatalog.overlays.holds.${kind}`, { what })
}

function FileText({ overlay }: { overlay: AdminOverlay }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const file = overlay.published
  return (
    <Text size="small" className="text-ui-fg-subtle">
      {file?.published_at ? (
        <>
          {t("metaCatalog.feed.built")} <TimeAgo time={file.published_at} /> ·{" "}
          {t("metaCatalog.feed.rowsText", { count: file.rows, number: format.number(file.rows) })}
        </>
      ) : (
        t("metaCatalog.overlays.notBuilt")
      )}
      {" · "}
      {t("metaCatalog.feed.fetched")}: {overlay.last_fetch ? <TimeAgo time={overlay.last_fetch.completed_at} /> : t("metaCatalog.feed.notFetchedYet")}
    </Text>
  )
}
