import { ArrowLongRight, ArrowPath, CloudArrowUp, CogSixTooth, DocumentText, EllipsisHorizontal } from "@medusajs/icons"
import { Button, DropdownMenu, IconButton, toast, usePrompt } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Link } from "react-router-dom"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminFeed } from "../../../api/admin/meta-catalog/feed-types"
import { useGenerateFeed, useRotateFeedToken, useUploadFeed } from "../../hooks/use-catalog-status"
import { errorText } from "../../lib/api-error"
import { FeedDrawer } from "./feed-drawer"
import { MoveItems } from "./move-items"
import { UploadDrawer } from "./upload-drawer"

export type FeedActionsProps = { feed: AdminFeed; status: AdminCatalogStatus }

/** Regenerate, upload now and the rarer commands of one feed. Progress is read from the status, not kept here. */
export function FeedActions({ feed, status }: FeedActionsProps) {
  const { t } = useTranslation()
  const generate = useGenerateFeed(feed)
  const upload = useUploadFeed(feed)
  const building = feed.build_requested_at !== null || feed.latest?.status === "building"
  const uploading = feed.upload_requested_at !== null

  function report(message: string) {
    return { onSuccess: () => toast.info(t(message)), onError: (error: Error) => toast.error(errorText(error)) }
  }

  return (
    <>
      <Button
        size="small"
        variant="secondary"
        isLoading={generate.isPending}
        disabled={building}
        onClick={() => generate.mutate(undefined, report("metaCatalog.toast.generateStarted"))}
      >
        {t("metaCatalog.action.generate")}
      </Button>
      <Button
        size="small"
        variant="secondary"
        isLoading={upload.isPending}
        disabled={uploading}
        onClick={() => upload.mutate(undefined, report("metaCatalog.toast.uploadStarted"))}
      >
        {t("metaCatalog.action.upload")}
      </Button>
      <MoreActions feed={feed} status={status} />
    </>
  )
}

function MoreActions({ feed, status }: FeedActionsProps) {
  const { t } = useTranslation()
  const [dialog, setDialog] = useState<"settings" | "move" | "upload" | null>(null)
  const close = () => setDialog(null)
  const other = status.feeds.find(({ id }) => id !== feed.id)
  const prompt = usePrompt()
  const rotate = useRotateFeedToken(feed)

  async function rotateToken() {
    const sure = await prompt({
      title: t("metaCatalog.rotate.title"),
      description: t("metaCatalog.rotate.text"),
      confirmText: t("metaCatalog.rotate.confirm"),
      cancelText: t("metaCatalog.action.cancel"),
      variant: "confirmation",
    })
    if (sure) {
      rotate.mutate(undefined, {
        onSuccess: () => toast.success(t("metaCatalog.toast.rotated")),
        onError: (error) => toast.error(errorText(error)),
      })
    }
  }

  return (
    <>
      <DropdownMenu>
        <DropdownMenu.Trigger asChild>
          <IconButton size="small" variant="transparent" aria-label={t("metaCatalog.action.more")}>
            <EllipsisHorizontal />
          </IconButton>
        </DropdownMenu.Trigger>
        <DropdownMenu.Content>
          <DropdownMenu.Item className="flex items-center gap-x-2" onClick={() => setDialog("settings")}>
            <CogSixTooth className="text-ui-fg-subtle" />
            {t("metaCatalog.action.feedSettings")}
          </DropdownMenu.Item>
          <DropdownMenu.Item className="flex items-center gap-x-2" onClick={() => setDialog("upload")}>
            <CloudArrowUp className="text-ui-fg-subtle" />
            {t("metaCatalog.upload.open")}
          </DropdownMenu.Item>
          <DropdownMenu.Item className="flex items-center gap-x-2" asChild>
            <Link to={`/settings/meta-catalog/${feed.catalog_id}/files/${feed.id}`}>
              <DocumentText className="text-ui-fg-subtle" />
              {t("metaCatalog.files.open")}
            </Link>
          </DropdownMenu.Item>
          {other && (
            <DropdownMenu.Item className="flex items-center gap-x-2" onClick={() => setDialog("move")}>
              <ArrowLongRight className="text-ui-fg-subtle" />
              {t("metaCatalog.action.moveItems")}
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Item className="flex items-center gap-x-2" onClick={rotateToken}>
            <ArrowPath className="text-ui-fg-subtle" />
            {t("metaCatalog.action.rotate")}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu>
      {dialog === "settings" && <FeedDrawer feed={feed} status={status} close={close} />}
      {dialog === "upload" && <UploadDrawer feed={feed} canDelete={!feed.update_only} close={close} />}
      {dialog === "move" && other && <MoveItems from={feed} to={other} close={close} />}
    </>
  )
}
