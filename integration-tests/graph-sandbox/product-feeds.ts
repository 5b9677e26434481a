import { z } from "zod"
import { nextNodeId } from "./database"
import { FeedEntity, type FeedRow } from "./entities/feed"
import { OVERRIDE_TYPES, type OverrideType } from "./entities/item"
import { badParameter } from "./errors"
import { feedNode, sourceType, supplementsOf } from "./feed-node"
import { openCatalog, openFeed, requireCatalogAdmin, type GraphRequest } from "./graph-request"
import { forgetOverlays, isOverrideKey } from "./overrides"
import { cutPage, keyset, pageParams, pagingOf } from "./paging"
import { flag, nested, nodeId, readParams } from "./params"
import { parseFields, project } from "./projection"
import { nextUploadTime, scheduleSchema, type Schedule } from "./schedules"
import type { World } from "./world"

const ENCODINGS = ["AUTODETECT", "LATIN1", "UTF8", "UTF16LE", "UTF16BE", "UTF32LE", "UTF32BE"] as const
const DELIMITERS = ["AUTODETECT", "BAR", "COMMA", "TAB", "TILDE", "SEMICOLON"] as const

const currency = z.string().refine((code) => Intl.supportedValuesOf("currency").includes(code), "must be an ISO 4217 code")

/** The guides write the word in small letters, the reference in capitals. */
const overrideType = z.string().transform((word) => word.toLowerCase()).pipe(z.enum(OVERRIDE_TYPES))

/** Parameters of both create and change; none has a default here, so a change touches only what it names (CONTRACT 5.1). */
const changeable = {
  name: z.string().min(1).optional(),
  schedule: nested(scheduleSchema).optional(),
  update_schedule: nested(scheduleSchema).optional(),
  default_currency: currency.optional(),
  deletion_enabled: flag.optional(),
  delimiter: z.enum(DELIMITERS).optional(),
  encoding: z.enum(ENCODINGS).optional(),
  quoted_fields_mode: z.enum(["autodetect", "on", "off"]).optional(),
  migrated_from_feed_id: nodeId.optional(),
}

const creatable = {
  ...changeable,
  name: z.string().min(1),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  feed_type: z.literal("PRODUCTS").optional(),
  file_name: z.string().optional(),
  ingestion_source_type: z.enum(["PRIMARY_FEED", "SUPPLEMENTARY_FEED"]).optional(),
  primary_feed_ids: nested(z.array(nodeId)).optional(),
  item_sub_type: z.string().optional(),
  override_type: overrideType.optional(),
  override_value: z.string().min(1).optional(),
  selected_override_fields: nested(z.array(z.string().min(1))).optional(),
  update_only: flag.optional(),
}

const DEFAULTS = {
  country: "US",
  default_currency: "USD",
  delimiter: "AUTODETECT",
  encoding: "AUTODETECT",
  quoted_fields_mode: "autodetect",
  feed_type: "PRODUCTS",
  ingestion_source_type: "PRIMARY_FEED",
}

/** `POST /{catalog}/product_feeds`. */
export async function createFeed(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const catalog = await openCatalog(request, request.segments[0])
  requireCatalogAdmin(request.token)
  const { name, schedule, update_schedule, deletion_enabled, locale, format, ...options } = readParams(creatable, request.params)
  const supplementary = options.ingestion_source_type === "SUPPLEMENTARY_FEED"
  if (supplementary !== (options.primary_feed_ids?.length ?? 0) > 0) {
    throw badParameter("A supplementary feed needs primary_feed_ids, and only a supplementary feed has them")
  }
  await checkPrimaryFeeds(world, catalog.id, options.primary_feed_ids ?? [])
  checkOverride({ ...options, supplementary })
  if (options.update_only !== undefined && world.settings.update_only_feeds === "refuse") {
    throw badParameter("Unknown parameter: update_only")
  }
  if (world.settings.update_only_feeds === "ignore") {
    delete options.update_only
  }
  await checkMigration(world, { catalogId: catalog.id, from: options.migrated_from_feed_id })
  const now = world.clock.now()
  const feed: FeedRow = {
    id: await nextNodeId(world.db),
    catalog_id: catalog.id,
    name,
    options: { ...DEFAULTS, ...options },
    deletion_enabled: deletion_enabled ?? true,
    schedule: schedule ?? null,
    update_schedule: update_schedule ?? null,
    next_replace_at: schedule ? nextUploadTime(schedule, now, true) : null,
    next_update_at: update_schedule ? nextUploadTime(update_schedule, now, true) : null,
    fetched: {},
    last_fetch: null,
    created_at: now,
    visible_at: new Date(now.getTime() + world.settings.feed_visible_delay_ms),
  }
  await world.db.getRepository(FeedEntity).save(feed)
  await world.schedules.plan()
  return { id: feed.id }
}

/** One supplementary feed may serve several primary ones, and each of those has at most one (CONTRACT 5.3). */
async function checkPrimaryFeeds(world: World, catalogId: string, feedIds: string[]): Promise<void> {
  for (const id of feedIds) {
    const feed = await world.db.getRepository(FeedEntity).findOneBy({ id, catalog_id: catalogId })
    if (!feed || sourceType(feed) !== "PRIMARY_FEED" || feed.options.override_type !== undefined) {
      throw badParameter(`Param primary_feed_ids: there is no primary feed ${id} in this catalog`)
    }
    if ((await supplementsOf(world, feed)).length > 0) {
      throw badParameter(`Param primary_feed_ids: feed ${id} has a supplementary feed already`)
    }
  }
}

function checkOverride(given: { override_type?: OverrideType; override_value?: string; selected_override_fields?: string[]; supplementary: boolean }): void {
  if (given.override_type === undefined) {
    if (given.override_value !== undefined || given.selected_override_fields !== undefined) {
      throw badParameter("override_value and selected_override_fields need an override_type")
    }
    return
  }
  if (given.supplementary) {
    throw badParameter("A feed is either supplementary or an override feed")
  }
  if (given.override_value !== undefined && !isOverrideKey(given.override_type, given.override_value)) {
    throw badParameter(`Param override_value: ${given.override_value} is no ${given.override_type}`)
  }
}

/** A feed takes over the items of another one of its catalogue. */
async function checkMigration(world: World, { catalogId, feedId, from }: { catalogId: string; feedId?: string; from: string | undefined }): Promise<void> {
  if (from !== undefined && (from === feedId || !(await world.db.getRepository(FeedEntity).existsBy({ id: from, catalog_id: catalogId })))) {
    throw badParameter(`Param migrated_from_feed_id: there is no other feed ${from} in this catalog`)
  }
}

/** `GET /{catalog}/product_feeds`. */
export async function listFeeds(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const catalog = await openCatalog(request, request.segments[0])
  const params = readParams({ ...pageParams, fields: z.string().optional() }, request.params)
  const values: unknown[] = [catalog.id, world.clock.now()]
  const page = keyset(params, "id", (value) => `$${values.push(value)}`)
  const found = await world.db.query<FeedRow[]>(
    `SELECT * FROM feed WHERE catalog_id = $1 AND visible_at <= $2 AND ${page.where} ${page.tail}`,
    values
  )
  const cut = cutPage(found, page, params)
  const selection = parseFields(params.fields ?? "id,name")
  const data = await Promise.all(cut.rows.map((feed) => project("ProductFeed", feedNode(world, feed), selection)))
  return { data, paging: pagingOf(cut, (index) => cut.rows[index].id, request.self) }
}

/** `GET /{feed}`. */
export async function readFeed(request: GraphRequest): Promise<unknown> {
  const { feed } = await openFeed(request, request.segments[0])
  const params = readParams({ fields: z.string().optional() }, request.params)
  return project("ProductFeed", feedNode(request.world, feed), parseFields(params.fields ?? "id,name"))
}

/** `POST /{feed}`. A schedule given replaces the old one; deletion_enabled cannot be switched off once on. */
export async function changeFeed(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const { feed } = await openFeed(request, request.segments[0])
  const { name, schedule, update_schedule, deletion_enabled, locale, format, ...options } = readParams(changeable, request.params)
  if (feed.deletion_enabled && deletion_enabled === false) {
    throw badParameter("deletion_enabled cannot be switched off once it is on")
  }
  await checkMigration(world, { catalogId: feed.catalog_id, feedId: feed.id, from: options.migrated_from_feed_id })
  await saveSchedules(world, feed, { schedule, update_schedule })
  await world.db.query(
    "UPDATE feed SET name = coalesce($2, name), deletion_enabled = coalesce($3, deletion_enabled), options = options || $4::jsonb WHERE id = $1",
    [feed.id, name ?? null, deletion_enabled ?? null, JSON.stringify(options)]
  )
  return { success: true }
}

async function saveSchedules(world: World, feed: FeedRow, given: { schedule?: Schedule; update_schedule?: Schedule }): Promise<void> {
  const now = world.clock.now()
  const feeds = world.db.getRepository(FeedEntity)
  if (given.schedule) {
    await feeds.update({ id: feed.id }, { schedule: given.schedule, next_replace_at: nextUploadTime(given.schedule, now, true) })
  }
  if (given.update_schedule) {
    await feeds.update(
      { id: feed.id },
      { update_schedule: given.update_schedule, next_update_at: nextUploadTime(given.update_schedule, now, true) }
    )
  }
  await world.schedules.plan()
}

/** `DELETE /{feed}`: its items, uploads and reports go with it; what a supplementary or override feed put over items, too. */
export async function deleteFeed(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const { feed } = await openFeed(request, request.segments[0])
  readParams({}, request.params)
  await world.writes.hold(feed.catalog_id, () =>
    world.db.transaction(async (manager) => {
      await forgetOverlays(manager, feed)
      await manager.query("DELETE FROM item WHERE feed_id = $1", [feed.id])
      await manager.query("DELETE FROM upload_error_sample WHERE upload_id IN (SELECT id FROM upload WHERE feed_id = $1)", [feed.id])
      await manager.query("DELETE FROM upload_error WHERE upload_id IN (SELECT id FROM upload WHERE feed_id = $1)", [feed.id])
      await manager.query("DELETE FROM upload WHERE feed_id = $1", [feed.id])
      await manager.query("DELETE FROM feed WHERE id = $1", [feed.id])
    })
  )
  return { success: true }
}

/** `GET /{feed}/upload_schedules`. */
export async function listSchedules(request: GraphRequest): Promise<unknown> {
  const { feed } = await openFeed(request, request.segments[0])
  readParams({ fields: z.string().optional() }, request.params)
  const node = feedNode(request.world, feed)
  return { data: [node.schedule, node.update_schedule].filter((schedule) => schedule !== undefined) }
}

/** `POST /{feed}/upload_schedules`: sets the replace schedule (CONTRACT 5.1). */
export async function addSchedule(request: GraphRequest): Promise<unknown> {
  const { feed } = await openFeed(request, request.segments[0])
  const { upload_schedule } = readParams({ upload_schedule: nested(scheduleSchema) }, request.params)
  await saveSchedules(request.world, feed, { schedule: upload_schedule })
  return { id: feed.id }
}

/** `GET /{catalog}/data_sources`. */
export async function listDataSources(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const catalog = await openCatalog(request, request.segments[0])
  const params = readParams(
    { ...pageParams, fields: z.string().optional(), ingestion_source_type: z.enum(["PRIMARY", "SUPPLEMENTARY", "ALL"]).default("ALL") },
    request.params
  )
  const feeds = await world.db.getRepository(FeedEntity).find({ where: { catalog_id: catalog.id }, order: { id: "ASC" } })
  const wanted = feeds.filter((feed) => params.ingestion_source_type === "ALL" || sourceType(feed).startsWith(params.ingestion_source_type))
  return {
    data: wanted.map((feed) => ({
      id: feed.id,
      name: feed.name,
      ingestion_source_type: sourceType(feed).toLowerCase(),
      upload_type: "feed",
    })),
  }
}
