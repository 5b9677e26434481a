import { z } from "@medusajs/framework/zod"
import type { GraphClient } from "./client"
import { isMissingObject } from "./classify-error"
import { GraphError } from "./graph-error"
import { readPages } from "./pages"
import { changeReply, graphCount, graphId, graphText, graphTime } from "./reply-values"

/**
 * When and from where Meta fetches a feed (CONTRACT 5.2). Hours are Pacific time unless `timezone` (an IANA name) is given.
 * `username` and `password` are Basic credentials for `url`. At most once an hour.
 */
export type FeedSchedule = {
  interval: "HOURLY" | "DAILY" | "WEEKLY" | "MONTHLY"
  interval_count?: number
  hour?: number
  minute?: number
  timezone?: string
  day_of_week?: "SUNDAY" | "MONDAY" | "TUESDAY" | "WEDNESDAY" | "THURSDAY" | "FRIDAY" | "SATURDAY"
  day_of_month?: number
  url: string
  username?: string
  password?: string
}

/** What may be set when a feed is made and changed later (CONTRACT 5.1). */
export type FeedSettings = {
  name?: string
  /** Fetches of the whole catalogue: items missing from the file are deleted from the feed. */
  schedule?: FeedSchedule
  /** Fetches of changes: items missing from the file stay. */
  updateSchedule?: FeedSchedule
  defaultCurrency?: string
  /** The feed whose items move over in this one's first session. */
  migratedFromFeedId?: string
  /** Cannot be switched off once on. */
  deletionEnabled?: boolean
  encoding?: "AUTODETECT" | "LATIN1" | "UTF8" | "UTF16LE" | "UTF16BE" | "UTF32LE" | "UTF32BE"
  delimiter?: "AUTODETECT" | "BAR" | "COMMA" | "TAB" | "TILDE" | "SEMICOLON"
  quotedFieldsMode?: "autodetect" | "on" | "off"
}

/** What a feed is, which is said when it is made and cannot be changed (CONTRACT 5.1). */
export type FeedKind = {
  /** A supplementary feed puts values over the items of its primary feeds and has none of its own (CONTRACT 5.3). */
  primaryFeedIds?: string[]
  /** An override feed holds values for a country or a language, such as `GB` or `fr_XX` (CONTRACT 7.6). */
  override?: { type: "country" | "language"; value: string; fields?: string[] }
  /** No fetch deletes what a file lacks. In the guides and not in the reference, so Meta may refuse it or pass it over. */
  updateOnly?: boolean
}

/** A feed as Meta reports it. Null where Meta says nothing. */
export type MetaFeed = {
  id: string
  name: string | null
  country: string | null
  defaultCurrency: string | null
  deletionEnabled: boolean | null
  encoding: string | null
  delimiter: string | null
  quotedFieldsMode: string | null
  productCount: number | null
  createdAt: Date | null
  ingestionSourceType: string | null
  overrideType: string | null
  primaryFeedIds: string[]
  schedule: MetaFeedSchedule | null
  updateSchedule: MetaFeedSchedule | null
}

/** A schedule as read back; the password never is. */
export type MetaFeedSchedule = {
  id: string | null
  interval: string | null
  intervalCount: number | null
  hour: number | null
  minute: number | null
  timezone: string | null
  dayOfWeek: string | null
  dayOfMonth: number | null
  url: string | null
  username: string | null
}

const SCHEDULE_FIELDS = "{id,interval,interval_count,hour,minute,timezone,day_of_week,day_of_month,url,username}"
const FEED_FIELDS = [
  "id,name,country,created_time,default_currency,deletion_enabled,encoding,delimiter,quoted_fields_mode,product_count",
  "ingestion_source_type,override_type,primary_feeds",
  `schedule${SCHEDULE_FIELDS}`,
  `update_schedule${SCHEDULE_FIELDS}`,
].join(",")

const scheduleReply = z
  .looseObject({
    id: graphId.nullish(),
    interval: z.string().nullish(),
    interval_count: graphCount.nullish(),
    hour: graphCount.nullish(),
    minute: graphCount.nullish(),
    timezone: z.string().nullish(),
    day_of_week: z.string().nullish(),
    day_of_month: graphCount.nullish(),
    url: z.string().nullish(),
    username: z.string().nullish(),
  })
  .transform(
    (schedule): MetaFeedSchedule => ({
      id: schedule.id ?? null,
      interval: schedule.interval ?? null,
      intervalCount: schedule.interval_count ?? null,
      hour: schedule.hour ?? null,
      minute: schedule.minute ?? null,
      timezone: schedule.timezone ?? null,
      dayOfWeek: schedule.day_of_week ?? null,
      dayOfMonth: schedule.day_of_month ?? null,
      url: schedule.url ?? null,
      username: schedule.username ?? null,
    })
  )

const feedWithId = z.looseObject({ id: graphId })

/** The reference calls it a list of texts; as an edge it is a list of nodes under `data`. */
const primaryFeedsReply = z
  .union([z.looseObject({ data: z.array(feedWithId) }), z.array(z.union([graphId, feedWithId]))])
  .transform((feeds) => (Array.isArray(feeds) ? feeds : feeds.data).map((feed) => (typeof feed === "object" ? feed.id : feed)))

const feedReply = z
  .looseObject({
    id: graphId,
    name: graphText.nullish(),
    country: z.string().nullish(),
    default_currency: z.string().nullish(),
    deletion_enabled: z.boolean().nullish(),
    encoding: z.string().nullish(),
    delimiter: z.string().nullish(),
    quoted_fields_mode: z.string().nullish(),
    product_count: graphCount.nullish(),
    created_time: graphTime.nullish(),
    ingestion_source_type: z.string().nullish(),
    override_type: z.string().nullish(),
    primary_feeds: primaryFeedsReply.nullish(),
    schedule: scheduleReply.nullish(),
    update_schedule: scheduleReply.nullish(),
  })
  .transform(
    (feed): MetaFeed => ({
      id: feed.id,
      name: feed.name ?? null,
      country: feed.country ?? null,
      defaultCurrency: feed.default_currency ?? null,
      deletionEnabled: feed.deletion_enabled ?? null,
      encoding: feed.encoding ?? null,
      delimiter: feed.delimiter ?? null,
      quotedFieldsMode: feed.quoted_fields_mode ?? null,
      productCount: feed.product_count ?? null,
      createdAt: feed.created_time ?? null,
      ingestionSourceType: feed.ingestion_source_type?.toLowerCase() ?? null,
      overrideType: feed.override_type?.toLowerCase() ?? null,
      primaryFeedIds: feed.primary_feeds ?? [],
      schedule: feed.schedule ?? null,
      updateSchedule: feed.update_schedule ?? null,
    })
  )

/** What Meta objected to although it made the feed. */
export type FeedObjection = { subcode: number | null; attribute: string | null; message: string }

const createReply = z.looseObject({
  id: graphId,
  errors: z
    .array(
      z
        .looseObject({ error_subcode: graphCount.nullish(), invalid_attribute: z.string().nullish(), error_message: z.string().nullish() })
        .transform(
          (error): FeedObjection => ({
            subcode: error.error_subcode ?? null,
            attribute: error.invalid_attribute ?? null,
            message: error.error_message ?? "",
          })
        )
    )
    .nullish(),
})

/**
 * Makes a feed. Not idempotent: after an unknown outcome look the feed up by name first (`listFeeds`). A new feed may not be readable for
 * some seconds (CONTRACT 5.1). `objections` are settings Meta did not accept beside the feed it made.
 */
export async function createFeed(
  client: GraphClient,
  { metaCatalogId, country, primaryFeedIds, override, updateOnly, ...settings }: FeedSettings & FeedKind & { metaCatalogId: string; name: string; country?: string }
): Promise<{ id: string; objections: FeedObjection[] }> {
  const path = `${encodeURIComponent(metaCatalogId)}/product_feeds`
  const json = {
    ...feedBody(settings),
    country,
    ...(primaryFeedIds && { ingestion_source_type: "SUPPLEMENTARY_FEED", primary_feed_ids: primaryFeedIds }),
    ...(override && { override_type: override.type, override_value: override.value, selected_override_fields: override.fields }),
    ...(updateOnly && { update_only: true }),
  }
  const reply = await client.request({ method: "POST", path, json, secrets: secretsOf(settings) }, createReply)
  return { id: reply.id, objections: reply.errors ?? [] }
}

/** Every feed of a catalogue. */
export function listFeeds(client: GraphClient, { metaCatalogId }: { metaCatalogId: string }): AsyncGenerator<MetaFeed, void, undefined> {
  return readPages(client, { path: `${encodeURIComponent(metaCatalogId)}/product_feeds`, query: { fields: FEED_FIELDS, limit: 100 } }, feedReply)
}

/** The feed, or null when Meta says it does not exist or cannot be seen (100/33): gone, or too new to be read. */
export async function readFeed(client: GraphClient, { metaFeedId }: { metaFeedId: string }): Promise<MetaFeed | null> {
  try {
    return await client.request({ method: "GET", path: encodeURIComponent(metaFeedId), query: { fields: FEED_FIELDS } }, feedReply)
  } catch (error) {
    if (error instanceof GraphError && isMissingObject(error)) {
      return null
    }
    throw error
  }
}

/** Changes what is given and leaves the rest. */
export async function updateFeed(
  client: GraphClient,
  { metaFeedId, ...settings }: FeedSettings & { metaFeedId: string }
): Promise<void> {
  const path = encodeURIComponent(metaFeedId)
  await client.request({ method: "POST", path, json: feedBody(settings), secrets: secretsOf(settings) }, changeReply)
}

/** Deletes the feed and with it its items; ads that show them stop. An absent feed is an error 100/33. */
export async function deleteFeed(client: GraphClient, { metaFeedId }: { metaFeedId: string }): Promise<void> {
  await client.request({ method: "DELETE", path: encodeURIComponent(metaFeedId) }, changeReply)
}

/** Entries left undefined are absent from the JSON. */
function feedBody(settings: FeedSettings): Record<string, unknown> {
  return {
    name: settings.name,
    schedule: settings.schedule,
    update_schedule: settings.updateSchedule,
    migrated_from_feed_id: settings.migratedFromFeedId,
    default_currency: settings.defaultCurrency,
    deletion_enabled: settings.deletionEnabled,
    encoding: settings.encoding,
    delimiter: settings.delimiter,
    quoted_fields_mode: settings.quotedFieldsMode,
  }
}

/** The feed's address holds its secret path, so no message may repeat it. */
function secretsOf(settings: FeedSettings): string[] {
  return [settings.schedule, settings.updateSchedule].flatMap((schedule) =>
    schedule ? [schedule.url, schedule.password ?? ""] : []
  )
}
