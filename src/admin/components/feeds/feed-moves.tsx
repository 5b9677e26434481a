import { Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminFeed } from "../../../api/admin/meta-catalog/feed-types"
import { useFormatters } from "../../hooks/use-formatters"
import { DetailRow } from "../detail-row"

/** Items on their way into a feed, until Meta lists them. Nothing is shown where there are none. */
export function FeedMoves({ feed, status }: { feed: AdminFeed; status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { leaving = 0, unlisted = 0 } = status.moving.find(({ feed_id }) => feed_id === feed.id) ?? {}
  const isMigrating = status.feeds.some(({ id }) => id === feed.migrated_from_feed_id)
  const lines = [
    leaving > 0 && t("metaCatalog.move.leaving", { count: leaving, number: format.number(leaving) }),
    unlisted > 0 && t("metaCatalog.move.unlisted", { count: unlisted, number: format.number(unlisted) }),
    isMigrating && t("metaCatalog.move.migrating"),
  ].filter((line) => line !== false)
  if (lines.length === 0) {
    return null
  }
  return (
    <DetailRow label={t("metaCatalog.move.onTheirWay")}>
      <span className="flex flex-col gap-y-1" data-testid="feed-moves" data-leaving={leaving} data-unlisted={unlisted} aria-live="polite">
        {lines.map((line) => (
          <Text key={line} size="small" leading="compact" as="span">
            {line}
          </Text>
        ))}
      </span>
    </DetailRow>
  )
}
