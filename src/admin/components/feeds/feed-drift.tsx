import { Alert, Button, Text, toast } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminFeed } from "../../../api/admin/meta-catalog/feed-types"
import { useAdoptSchedule, useRestoreSchedule } from "../../hooks/use-catalog-status"
import { useFormatters } from "../../hooks/use-formatters"
import { errorText } from "../../lib/api-error"
import { canAdopt } from "../../lib/feed-state"

/** Where Meta's settings of a feed are not what it was told, with a way to have either side's. */
export function FeedDrift({ feed }: { feed: AdminFeed }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const restore = useRestoreSchedule(feed)
  const adopt = useAdoptSchedule(feed)
  if (feed.drift.length === 0) {
    return null
  }
  const kind = feed.drift[0].field === "feed" ? "gone" : "differs"
  const report = (message: string) => ({ onSuccess: () => toast.success(message), onError: (error: Error) => toast.error(errorText(error)) })
  return (
    <div className="px-6 py-4" data-testid="feed-drift">
      <Alert variant={kind === "gone" ? "error" : "warning"} role="alert">
        <div className="flex min-w-0 flex-col items-start gap-y-3">
          <div>
            <Text size="small" weight="plus">
              {t(`metaCatalog.drift.${kind}.title`)}
            </Text>
            <Text size="small" className="text-ui-fg-subtle">
              {t(`metaCatalog.drift.${kind}.text`)}{" "}
              {feed.drift_seen_at && t("metaCatalog.drift.seen", { time: format.time(feed.drift_seen_at) })}
            </Text>
          </div>
          {kind === "differs" && <Differences drift={feed.drift} />}
          <div className="flex flex-wrap gap-2">
            <Button
              size="small"
              variant="secondary"
              isLoading={restore.isPending}
              disabled={adopt.isPending}
              onClick={() => restore.mutate(undefined, report(t("metaCatalog.drift.restored")))}
            >
              {t(`metaCatalog.drift.${kind}.restore`)}
            </Button>
            {canAdopt(feed) && (
              <Button
                size="small"
                variant="secondary"
                isLoading={adopt.isPending}
                disabled={restore.isPending}
                onClick={() => adopt.mutate(undefined, report(t("metaCatalog.drift.adopted")))}
              >
                {t("metaCatalog.drift.adopt")}
              </Button>
            )}
          </div>
        </div>
      </Alert>
    </div>
  )
}

/** One line for each setting, under Meta's own name for it. */
function Differences({ drift }: Pick<AdminFeed, "drift">) {
  const { t } = useTranslation()
  const word = (value: AdminFeed["drift"][number]["ours"]) => (value === null ? t("metaCatalog.general.none") : String(value))
  return (
    <ul className="flex min-w-0 flex-col gap-y-1">
      {drift.map(({ field, ours, metas }) => (
        <li key={field} className="txt-small break-words" data-field={field}>
          <code className="text-ui-fg-base">{field}</code>: {t("metaCatalog.drift.ours", { value: word(ours) })} · {t("metaCatalog.drift.metas", { value: word(metas) })}
        </li>
      ))}
    </ul>
  )
}
