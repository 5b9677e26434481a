import { Alert, Button, Text, toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminFeed } from "../../../api/admin/meta-catalog/feed-types"
import { useReleaseFeed } from "../../hooks/use-catalog-status"
import { useFormatters } from "../../hooks/use-formatters"
import { errorText } from "../../lib/api-error"
import { SnapshotDiff } from "./snapshot-diff"

/** A new file that looked wrong and waits for a person's word; the older one is served meanwhile. */
export function HeldSnapshot({ feed }: { feed: Pick<AdminFeed, "id" | "catalog_id" | "latest" | "published"> }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const release = useReleaseFeed(feed)
  const [isOpen, setOpen] = useState(false)
  const held = feed.latest?.status === "held" ? feed.latest : null
  if (!held) {
    return null
  }

  function publish() {
    release.mutate(undefined, {
      onSuccess: () => toast.success(t("metaCatalog.toast.released")),
      onError: (error) => toast.error(errorText(error)),
    })
  }

  return (
    <div className="px-6 py-4">
      <Alert variant="warning" role="alert">
        <div className="flex min-w-0 flex-col items-start gap-y-2">
          <Text size="small" weight="plus">
            {t("metaCatalog.held.title")}
          </Text>
          {held.hold_reason && <Text size="small">{held.hold_reason}</Text>}
          <Text size="small" className="text-ui-fg-subtle">
            {t("metaCatalog.held.text", {
              rows: format.number(held.rows),
              served: feed.published ? format.number(feed.published.rows) : format.number(0),
            })}
          </Text>
          <div className="flex flex-wrap gap-2">
            <Button size="small" variant="secondary" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {t("metaCatalog.diff.open")}
            </Button>
            <Button size="small" variant="secondary" onClick={publish} isLoading={release.isPending}>
              {t("metaCatalog.action.release")}
            </Button>
          </div>
          {isOpen && <SnapshotDiff snapshotId={held.id} number={held.number} />}
        </div>
      </Alert>
    </div>
  )
}
