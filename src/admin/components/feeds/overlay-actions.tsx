import { CloudArrowUp, CogSixTooth, DocumentText, EllipsisHorizontal, Trash } from "@medusajs/icons"
import { Button, DropdownMenu, IconButton, toast, usePrompt } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Link } from "react-router-dom"
import type { AdminOverlay } from "../../../api/admin/meta-catalog/overlay-types"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import { useGenerateFeed } from "../../hooks/use-catalog-status"
import { useDeleteOverlay } from "../../hooks/use-overlays"
import { errorText } from "../../lib/api-error"
import { feedState } from "../../lib/feed-state"
import { overlayKind } from "../../lib/overlay-form"
import { OverlayDrawer } from "./overlay-drawer"
import { UploadDrawer } from "./upload-drawer"

/** What can be done with a feed over the items of others. */
export function OverlayActions({ overlay, status }: { overlay: AdminOverlay; status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const [dialog, setDialog] = useState<"settings" | "upload" | null>(null)
  const generate = useGenerateFeed(overlay)
  const remove = useRemove(overlay)
  const close = () => setDialog(null)
  const items = [
    { icon: <CogSixTooth />, text: t("metaCatalog.action.feedSettings"), run: () => setDialog("settings") },
    { icon: <CloudArrowUp />, text: t("metaCatalog.upload.open"), run: () => setDialog("upload") },
    { icon: <Trash />, text: t("metaCatalog.overlays.remove"), run: remove },
  ]
  return (
    <>
      <Button
        size="small"
        variant="secondary"
        isLoading={generate.isPending}
        disabled={["building", "queued"].includes(feedState(overlay).state)}
        onClick={() =>
          generate.mutate(undefined, {
            onSuccess: () => toast.info(t("metaCatalog.toast.generateStarted")),
            onError: (error) => toast.error(errorText(error)),
          })
        }
      >
        {t("metaCatalog.action.generate")}
      </Button>
      <DropdownMenu>
        <DropdownMenu.Trigger asChild>
          <IconButton size="small" variant="transparent" aria-label={t("metaCatalog.action.more")}>
            <EllipsisHorizontal />
          </IconButton>
        </DropdownMenu.Trigger>
        <DropdownMenu.Content>
          <DropdownMenu.Item className="flex items-center gap-x-2" asChild>
            <Link to={`/settings/meta-catalog/${overlay.catalog_id}/files/${overlay.id}`}>
              <DocumentText className="text-ui-fg-subtle" />
              {t("metaCatalog.files.open")}
            </Link>
          </DropdownMenu.Item>
          {items.map(({ icon, text, run }) => (
            <DropdownMenu.Item key={text} className="flex items-center gap-x-2" onClick={run}>
              <span className="text-ui-fg-subtle">{icon}</span>
              {text}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu>
      {dialog === "settings" && <OverlayDrawer overlay={overlay} status={status} close={close} />}
      {dialog === "upload" && <UploadDrawer feed={overlay} canDelete={false} close={close} />}
    </>
  )
}

/** Asks before such a feed goes, because what it says goes with it at Meta. */
function useRemove(overlay: AdminOverlay) {
  const { t } = useTranslation()
  const prompt = usePrompt()
  const remove = useDeleteOverlay(overlay)
  return async () => {
    const kind = overlayKind(overlay)
    const sure = await prompt({
      title: t("metaCatalog.overlays.ask.title", { name: t(`metaCatalog.overlays.nameOf.${kind}`, { value: overlay.override_value }) }),
      description: t(`metaCatalog.overlays.ask.${kind}`),
      confirmText: t("metaCatalog.overlays.remove"),
      cancelText: t("metaCatalog.action.cancel"),
      variant: "danger",
    })
    if (sure) {
      remove.mutate(undefined, {
        onSuccess: () => toast.success(t("metaCatalog.overlays.removed")),
        onError: (error) => toast.error(errorText(error)),
      })
    }
  }
}
