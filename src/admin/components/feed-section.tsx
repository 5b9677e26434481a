import { Copy, StatusBadge, Text } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus, AdminFeed } from "../../api/admin/meta-catalog/types"
import { useFormatters } from "../hooks/use-formatters"
import { formatNames } from "../lib/feed-form"
import { feedState, isEmptyBeside } from "../lib/feed-state"
import { CreateFeed } from "./create-feed"
import { DetailRow } from "./detail-row"
import { EmptyState } from "./empty-state"
import { FeedActions } from "./feed-actions"
import { FeedMoves } from "./feed-moves"
import { HeldSnapshot } from "./held-snapshot"
import { SecondFeed } from "./second-feed"
import { Section } from "./section"
import { TimeAgo } from "./time-ago"

/** The feeds of a catalogue, one section each; an invitation to create one while there is none. */
export function FeedSection({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  if (status.feeds.length === 0) {
    return (
      <Section title={t("metaCatalog.feed.titleOf.combined")}>
        <CreateFeed catalog={status.catalog} feeds={status.feeds} strategy="combined" />
      </Section>
    )
  }
  return (
    <>
      {status.feeds.map((feed) => (
        <FeedCard key={feed.id} feed={feed} status={status} />
      ))}
      <SecondFeed status={status} />
    </>
  )
}

function FeedCard({ feed, status }: { feed: AdminFeed; status: AdminCatalogStatus }) {
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
      <FeedTrouble feed={feed} />
      <FeedMoves feed={feed} status={status} />
      <DetailRow label={t("metaCatalog.feedForm.strategy")}>{t(`metaCatalog.feed.quantities.${feed.strategy}`)}</DetailRow>
      <FileRows feed={feed} />
      <UpdatesRow feed={feed} />
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
      <DetailRow label={t("metaCatalog.feedForm.format")}>
        {formatNames[feed.format]}
        {feed.published_format &&
          feed.published_format !== feed.format &&
          ` · ${t("metaCatalog.feed.stillFormat", { format: formatNames[feed.published_format] })}`}
      </DetailRow>
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

/** The file of Meta's update schedule; only a slow or combined feed has one. */
function UpdatesRow({ feed }: { feed: AdminFeed }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { updates } = feed
  if (!updates) {
    return feed.strategy === "combined" ? <DetailRow label={t("metaCatalog.feed.updates")}>{t("metaCatalog.feed.noUpdates")}</DetailRow> : null
  }
  const rows = updates.published?.rows
  return (
    <DetailRow label={t("metaCatalog.feed.updates")}>
      <span className="flex flex-col gap-y-1" data-testid="feed-updates" data-rows={rows}>
        <span>
          <ScheduleText schedule={updates.schedule} />
        </span>
        <span>
          {updates.published?.published_at ? (
            <>
              {t("metaCatalog.feed.built")} <TimeAgo time={updates.published.published_at} />
              {rows !== undefined && ` · ${t("metaCatalog.feed.rowsText", { count: rows, number: format.number(rows) })}`}
            </>
          ) : (
            t("metaCatalog.feed.updatesNotBuilt")
          )}
        </span>
        <span>
          {t("metaCatalog.feed.fetched")}: <FetchedText fetch={updates.last_fetch} />
        </span>
        {(updates.latest?.error ?? updates.last_error) && (
          <span className="text-ui-fg-error" role="alert">
            {updates.latest?.error ?? updates.last_error}
          </span>
        )}
        <FileAddress url={updates.url} />
      </span>
    </DetailRow>
  )
}

function FileAddress({ url, testId }: { url: string; testId?: string }) {
  const { t } = useTranslation()
  return (
    <span className="flex items-start gap-x-2">
      <span className="min-w-0 break-all" data-testid={testId}>
        {url}
      </span>
      <Copy content={url} className="text-ui-fg-muted shrink-0" aria-label={t("metaCatalog.action.copyUrl")} />
    </span>
  )
}

function AddressRows({ feed }: { feed: AdminFeed }) {
  const { t } = useTranslation()
  return (
    <>
      <DetailRow label={t("metaCatalog.feed.url")}>
        <FileAddress url={feed.url} testId="feed-url" />
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
