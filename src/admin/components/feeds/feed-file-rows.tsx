import { Copy } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import type { AdminFeed } from "../../../api/admin/meta-catalog/feed-types"
import { useFormatters } from "../../hooks/use-formatters"
import { formatNames } from "../../lib/feed-form"
import { DetailRow } from "../detail-row"
import { ScheduleText } from "./schedule-text"
import { TimeAgo } from "../time-ago"

/** A feed's file, the file of its updates, and where Meta fetches them. */
export function FeedFileRows({ feed }: { feed: AdminFeed }) {
  return (
    <>
      <FileRows feed={feed} />
      <UpdatesRow feed={feed} />
      <AddressRows feed={feed} />
    </>
  )
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
        <span data-testid="feed-schedule">
          <ScheduleText schedule={feed.schedule} next={feed.next_fetch_at} />
        </span>
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
          <ScheduleText schedule={updates.schedule} next={updates.next_fetch_at} />
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

/** An address with a way to copy it. */
export function FileAddress({ url, testId }: { url: string; testId?: string }) {
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
