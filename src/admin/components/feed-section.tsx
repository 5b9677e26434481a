import { Copy, StatusBadge, Text } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus, AdminFeed } from "../../api/admin/meta-catalog/types"
import { useFormatters } from "../hooks/use-formatters"
import { feedState } from "../lib/feed-state"
import { CreateFeed } from "./create-feed"
import { DetailRow } from "./detail-row"
import { FeedActions } from "./feed-actions"
import { HeldSnapshot } from "./held-snapshot"
import { Section } from "./section"
import { TimeAgo } from "./time-ago"

/** The feed of a catalogue; an invitation to create it while there is none. */
export function FeedSection({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  if (status.feeds.length === 0) {
    return (
      <Section title={t("metaCatalog.feed.title")}>
        <CreateFeed catalog={status.catalog} />
      </Section>
    )
  }
  return status.feeds.map((feed) => <FeedCard key={feed.id} feed={feed} />)
}

function FeedCard({ feed }: { feed: AdminFeed }) {
  const { t } = useTranslation()
  const { state, color } = feedState(feed)
  return (
    <Section
      title={t("metaCatalog.feed.title")}
      badge={
        <StatusBadge color={color} data-testid="feed-state" data-state={state}>
          {t(`metaCatalog.feed.state.${state}`)}
        </StatusBadge>
      }
      actions={<FeedActions feed={feed} />}
    >
      <HeldSnapshot feed={feed} />
      <FeedTrouble feed={feed} />
      <FileRows feed={feed} />
      <AddressRows feed={feed} />
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

function FileRows({ feed }: { feed: AdminFeed }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const file = feed.published
  return (
    <>
      <DetailRow label={t("metaCatalog.feed.built")}>
        {file?.published_at ? <TimeAgo time={file.published_at} /> : t("metaCatalog.feed.notBuiltYet")}
      </DetailRow>
      {file && (
        <DetailRow label={t("metaCatalog.feed.rows")}>
          <span data-testid="feed-rows" data-rows={file.rows} data-snapshot={file.id}>
            {t("metaCatalog.feed.rowsText", { count: file.rows, number: format.number(file.rows) })}
          </span>
          {file.omitted > 0 && ` · ${t("metaCatalog.feed.omitted", { count: file.omitted, number: format.number(file.omitted) })}`}
          {file.kept > 0 && ` · ${t("metaCatalog.feed.kept", { count: file.kept, number: format.number(file.kept) })}`}
          {file.bytes !== null && ` · ${format.bytes(file.bytes)}`}
        </DetailRow>
      )}
      <DetailRow label={t("metaCatalog.feed.fetched")}>
        <FetchedText fetch={feed.last_fetch} />
      </DetailRow>
      <DetailRow label={t("metaCatalog.feed.schedule")}>
        <ScheduleText schedule={feed.schedule} />
      </DetailRow>
    </>
  )
}

function FetchedText({ fetch }: { fetch: AdminFeed["last_fetch"] }): ReactNode {
  const { t } = useTranslation()
  if (!fetch) {
    return t("metaCatalog.feed.notFetchedYet")
  }
  return (
    <>
      <TimeAgo time={fetch.completed_at} />
      {fetch.user_agent && <span className="text-ui-fg-muted">{` · ${fetch.user_agent}`}</span>}
    </>
  )
}

function ScheduleText({ schedule }: { schedule: AdminFeed["schedule"] }): ReactNode {
  const { t } = useTranslation()
  const minute = String(schedule.minute ?? 0).padStart(2, "0")
  const hour = schedule.hour === undefined ? null : String(schedule.hour).padStart(2, "0")
  const every = t(`metaCatalog.schedule.${schedule.interval.toLowerCase()}`, {
    count: schedule.interval_count ?? 1,
    defaultValue: schedule.interval,
  })
  if (hour === null) {
    return `${every}, ${t("metaCatalog.schedule.atMinute", { minute })}`
  }
  return `${every}, ${t("metaCatalog.schedule.at", { time: `${hour}:${minute}`, zone: schedule.timezone ?? "America/Los_Angeles" })}`
}

function AddressRows({ feed }: { feed: AdminFeed }) {
  const { t } = useTranslation()
  return (
    <>
      <DetailRow label={t("metaCatalog.feed.url")}>
        <span className="flex items-start gap-x-2">
          <span className="min-w-0 break-all" data-testid="feed-url">
            {feed.url}
          </span>
          <Copy content={feed.url} className="text-ui-fg-muted shrink-0" aria-label={t("metaCatalog.action.copyUrl")} />
        </span>
      </DetailRow>
      <DetailRow label={t("metaCatalog.feed.basic")}>
        {feed.basic_username
          ? t("metaCatalog.feed.basicUser", { user: feed.basic_username })
          : t("metaCatalog.feed.basicOff")}
      </DetailRow>
      <DetailRow label={t("metaCatalog.feed.metaFeedId")}>{feed.meta_feed_id ?? t("metaCatalog.feed.notAtMeta")}</DetailRow>
    </>
  )
}
