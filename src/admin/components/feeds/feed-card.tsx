import { StatusBadge, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminFeed } from "../../../api/admin/meta-catalog/feed-types"
import { feedState, isEmptyBeside } from "../../lib/feed-state"
import { DetailRow } from "../detail-row"
import { EmptyState } from "../empty-state"
import { FeedActions } from "./feed-actions"
import { FeedDrift } from "./feed-drift"
import { FeedFileRows } from "./feed-file-rows"
import { FeedMoves } from "./feed-moves"
import { HeldSnapshot } from "./held-snapshot"
import { Section } from "../section"

/** One feed: what a person has to decide first, then its file, its updates and its address. */
export function FeedCard({ feed, status }: { feed: AdminFeed; status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const isAlone = status.feeds.length === 1
  const { state, color } = feedState(feed, isAlone)
  return (
    <Section
      title={t(`metaCatalog.feed.titleOf.${feed.strategy}`)}
      badge={
        <StatusBadge color={color} data-testid="feed-state" data-state={state} data-strategy={feed.strategy}>
          {t(`metaCatalog.feed.state.${state}`)}
        </StatusBadge>
      }
      actions={<FeedActions feed={feed} status={status} />}
    >
      {state === "empty" && <EmptyState title={t("metaCatalog.feed.state.empty")} text={t("metaCatalog.feed.emptyText")} />}
      {!isEmptyBeside(feed, isAlone) && <HeldSnapshot feed={feed} />}
      <FeedDrift feed={feed} />
      <FeedTrouble feed={feed} />
      <FeedMoves feed={feed} status={status} />
      <DetailRow label={t("metaCatalog.feedForm.strategy")}>{t(`metaCatalog.feed.quantities.${feed.strategy}`)}</DetailRow>
      {feed.update_only && <DetailRow label={t("metaCatalog.feedForm.deletions")}>{t("metaCatalog.feedForm.updateOnly")}</DetailRow>}
      <FeedFileRows feed={feed} />
    </Section>
  )
}

function FeedTrouble({ feed }: { feed: AdminFeed }) {
  const { t } = useTranslation()
  const failed = feed.latest?.status === "failed" ? (feed.latest.error ?? t("metaCatalog.feed.failedNoReason")) : null
  const messages = [...new Set([failed, feed.last_error])].filter((message) => message !== null)
  return messages.map((message) => (
    <div key={message} className="px-6 py-3" role="alert">
      <Text size="small" className="text-ui-fg-error break-words">
        {message}
      </Text>
      {failed && feed.published && (
        <Text size="small" className="text-ui-fg-subtle">
          {t("metaCatalog.feed.stillServed")}
        </Text>
      )}
    </div>
  ))
}
