import type { BatchRow } from "./entities/batch"
import type { CallRow } from "./entities/call"
import type { FeedRow } from "./entities/feed"
import { shownFields, type ItemRow } from "./entities/item"
import type { UploadRow } from "./entities/upload"
import { displayPrice } from "./prices"
import type { Schedule } from "./schedules"
import type { World } from "./world"

export type PageRequest = { catalogId: string | null; query: string; page: number }

export type PageItem = Pick<
  ItemRow,
  "retailer_id" | "title" | "availability" | "quantity_to_sell_on_facebook" | "visibility" | "updated_at" | "updated_by"
> & {
  price?: string
  sale_price?: string
  /** Countries and languages with values of their own. */
  overrides: string[]
}

export type PageUpload = UploadRow & { problems: { severity: string; summary: string; total_count: number }[] }

export type PageFeed = {
  id: string
  name: string
  items: number
  /** What it is where it is no plain feed, for instance `country override`. */
  kind: string | null
  last_fetch: FeedRow["last_fetch"]
  schedules: { kind: string; words: string; url: string; next: Date | null }[]
  uploads: PageUpload[]
}

export type PageData = {
  catalogs: { id: string; name: string; items: number; feeds: number }[]
  catalogId: string | null
  query: string
  page: number
  pages: number
  total: number
  items: PageItem[]
  feeds: PageFeed[]
  batches: Pick<
    BatchRow,
    "handle" | "status" | "request_count" | "errors_total_count" | "warnings_total_count" | "received_at" | "finished_at"
  >[]
  calls: CallRow[]
}

const ITEMS_PER_PAGE = 25

/** Everything one view of the human page shows. An unknown catalogue falls back to the newest. */
export async function readPage(world: World, request: PageRequest): Promise<PageData> {
  const { db } = world
  const catalogs = await db.query<PageData["catalogs"]>(
    `SELECT id, name, (SELECT count(*)::int FROM item WHERE catalog_id = catalog.id) AS items,
       (SELECT count(*)::int FROM feed WHERE catalog_id = catalog.id) AS feeds
     FROM catalog ORDER BY created_at DESC, id LIMIT 12`
  )
  const catalogId = catalogs.find((catalog) => catalog.id === request.catalogId)?.id ?? catalogs[0]?.id ?? null
  const items = await readItems(world, { ...request, catalogId })
  return {
    catalogs,
    catalogId,
    query: request.query,
    ...items,
    feeds: await readFeeds(world, catalogId),
    batches: await db.query(
      `SELECT handle, status, request_count, errors_total_count, warnings_total_count, received_at, finished_at
       FROM batch WHERE catalog_id = $1 ORDER BY received_at DESC LIMIT 12`,
      [catalogId]
    ),
    calls: await db.query("SELECT * FROM call ORDER BY id DESC LIMIT 25"),
  }
}

async function readItems(world: World, { catalogId, query, page }: PageRequest) {
  const pattern = `%${query.replace(/[\\%_]/g, "\\$&")}%`
  const where = "catalog_id = $1 AND (retailer_id ILIKE $2 OR title ILIKE $2)"
  const [{ total }] = await world.db.query<{ total: number }[]>(`SELECT count(*)::int AS total FROM item WHERE ${where}`, [
    catalogId,
    pattern,
  ])
  const pages = Math.max(1, Math.ceil(total / ITEMS_PER_PAGE))
  const shown = Math.min(page, pages)
  const rows = await world.db.query<ItemRow[]>(
    `SELECT * FROM item WHERE ${where} ORDER BY retailer_id LIMIT ${ITEMS_PER_PAGE} OFFSET ${(shown - 1) * ITEMS_PER_PAGE}`,
    [catalogId, pattern]
  )
  const items: PageItem[] = rows.map((row) => ({
    ...row,
    price: displayPrice(shownFields(row).price),
    sale_price: displayPrice(shownFields(row).sale_price),
    overrides: Object.values(row.overrides).flatMap((entries) => Object.keys(entries)).sort(),
  }))
  return { items, page: shown, pages, total }
}

async function readFeeds(world: World, catalogId: string | null): Promise<PageFeed[]> {
  const feeds = await world.db.query<(FeedRow & { items: number })[]>(
    "SELECT feed.*, (SELECT count(*)::int FROM item WHERE feed_id = feed.id) AS items FROM feed WHERE catalog_id = $1 ORDER BY id",
    [catalogId]
  )
  return Promise.all(
    feeds.map(async (feed) => ({
      id: feed.id,
      name: feed.name,
      items: feed.items,
      kind: kindOf(feed),
      last_fetch: feed.last_fetch,
      schedules: [
        scheduleView("Replace", feed.schedule, feed.next_replace_at),
        scheduleView("Update", feed.update_schedule, feed.next_update_at),
      ].filter((view) => view !== null),
      uploads: await world.db.query<PageUpload[]>(
        `SELECT upload.*, (SELECT coalesce(jsonb_agg(jsonb_build_object('severity', severity, 'summary', summary, 'total_count', total_count)
           ORDER BY severity, total_count DESC), '[]') FROM upload_error WHERE upload_id = upload.id) AS problems
         FROM upload WHERE feed_id = $1 ORDER BY start_time DESC, id DESC LIMIT 6`,
        [feed.id]
      ),
    }))
  )
}

function kindOf({ options }: FeedRow): string | null {
  if (options.override_type !== undefined) {
    return `${String(options.override_type).replaceAll("_", " ")} override${options.override_value === undefined ? "" : ` ${String(options.override_value)}`}`
  }
  if (options.ingestion_source_type === "SUPPLEMENTARY_FEED") {
    return `supplementary to ${(options.primary_feed_ids as string[]).join(", ")}`
  }
  return options.update_only === true ? "update only" : null
}

function scheduleView(kind: string, schedule: Schedule | null, next: Date | null) {
  if (!schedule) {
    return null
  }
  const at = `${String(schedule.hour ?? 0).padStart(2, "0")}:${String(schedule.minute ?? 0).padStart(2, "0")}`
  const day = schedule.day_of_week ?? (schedule.day_of_month === undefined ? "" : `day ${schedule.day_of_month}`)
  const words =
    schedule.interval === "HOURLY" ? "hourly" : `${schedule.interval.toLowerCase()} ${day} at ${at} ${schedule.timezone ?? "Pacific time"}`
  return { kind, words: words.replace(/ +/g, " "), url: schedule.url, next }
}
