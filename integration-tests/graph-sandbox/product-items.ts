import { z } from "zod"
import { CatalogEntity } from "./entities/catalog"
import { FeedEntity } from "./entities/feed"
import { ItemEntity, type ItemRow } from "./entities/item"
import { badParameter, GraphError, unknownObject } from "./errors"
import { openCatalog, openFeed, requireCatalogAdmin, type GraphRequest } from "./graph-request"
import { itemNode } from "./item-node"
import { deleteItems, upsertItems } from "./item-store"
import { creatable, CREATE_DEFAULTS, feedFields, writable } from "./item-write"
import { byPosition, cutByPosition, cutPage, keyset, pageParams, pagingOf, type Page, type PageRequest } from "./paging"
import { flag, nested, readParams } from "./params"
import { parseFields, project } from "./projection"
import type { World } from "./world"

/** `POST /{catalog}/products` (CONTRACT 4.2). With allow_upsert an existing retailer_id is updated, without it refused with 10800. */
export async function createItem(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const catalog = await openCatalog(request, request.segments[0])
  requireCatalogAdmin(request.token)
  const { allow_upsert, locale: _locale, format: _format, ...given } = readParams(creatable, request.params)
  if (given.image_url === undefined) {
    throw new GraphError({ code: 10801, message: '(#10801) Either "uploaded_image_id" or "image_url" must be specified.' })
  }
  const retailerId = given.retailer_id
  return world.writes.hold(catalog.id, async () => {
    const stored = await world.db.getRepository(ItemEntity).findOneBy({ catalog_id: catalog.id, retailer_id: retailerId })
    if (stored && !allow_upsert) {
      throw new GraphError({ code: 10800, message: "(#10800) Duplicate retailer_id when attempting to create a product." })
    }
    const fields = { ...(stored ? {} : CREATE_DEFAULTS), ...feedFields(given, stored?.fields ?? {}) }
    await upsertItems(world.db, {
      catalogId: catalog.id,
      writes: [{ retailer_id: retailerId, fields }],
      by: "node",
      now: world.clock.now(),
    })
    const item = await world.db.getRepository(ItemEntity).findOneByOrFail({ catalog_id: catalog.id, retailer_id: retailerId })
    return { id: item.id }
  })
}

/** `GET /{item}`. */
export async function readItem(request: GraphRequest): Promise<unknown> {
  const item = await openItem(request)
  const params = readParams({ fields: z.string().optional() }, request.params)
  return project(
    "ProductItem",
    itemNode(item, await feedName(request.world, item.feed_id)),
    parseFields(params.fields ?? "id,retailer_id,name")
  )
}

/** `POST /{item}`: any subset of the node's fields. */
export async function changeItem(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const item = await openItem(request)
  requireCatalogAdmin(request.token)
  const { locale: _locale, format: _format, ...given } = readParams(writable, request.params)
  const fields = feedFields(given, item.fields)
  if (given.retailer_id !== undefined && given.retailer_id !== item.retailer_id) {
    throw badParameter("Param retailer_id cannot be changed")
  }
  await applyChange(request, item, () =>
    upsertItems(world.db, {
      catalogId: item.catalog_id,
      writes: [{ retailer_id: item.retailer_id, fields }],
      by: "node",
      now: world.clock.now(),
    })
  )
  return { success: true }
}

/** `DELETE /{item}`. */
export async function deleteItem(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const item = await openItem(request)
  requireCatalogAdmin(request.token)
  readParams({}, request.params)
  await applyChange(request, item, () => deleteItems(world.db, item.catalog_id, [item.retailer_id]))
  return { success: true }
}

/** Carries a change out now, or later when a fault says so (apply_late). */
async function applyChange({ world, fault }: GraphRequest, item: ItemRow, change: () => Promise<void>): Promise<void> {
  const run = () => world.writes.hold(item.catalog_id, change)
  if (fault?.type !== "apply_late") {
    await run()
    return
  }
  const dueAt = new Date(world.clock.now().getTime() + fault.ms)
  world.lateCalls.queue({ name: `late change of item ${item.id}`, dueAt, run }, fault.after_calls)
}

const oneId = z.union([z.string(), z.number().int()]).transform(String)

const filterSchema = z.union([
  z.strictObject({ retailer_id: z.union([z.strictObject({ eq: z.string() }), z.strictObject({ is_any: z.array(z.string()).min(1) })]) }),
  z.strictObject({ product_item_id: z.union([z.strictObject({ eq: oneId }), z.strictObject({ is_any: z.array(oneId).min(1) })]) }),
])

const listShape = {
  ...pageParams,
  fields: z.string().optional(),
  filter: nested(filterSchema).optional(),
  summary: flag.default(false),
}

/** `GET /{catalog}/products` and `GET /{feed}/products` (CONTRACT 4.3). */
export async function listItems(request: GraphRequest, owner: { catalog: string } | { feed: string }): Promise<unknown> {
  const { world } = request
  const [column, ownerId] =
    "catalog" in owner
      ? ["catalog_id", (await openCatalog(request, owner.catalog)).id]
      : ["feed_id", (await openFeed(request, owner.feed)).feed.id]
  const params = readParams(listShape, request.params)
  const values: unknown[] = [ownerId]
  const bind = (value: unknown) => `$${values.push(value)}`
  const where = `${column} = $1 AND ${filterSql(params.filter, bind)}`
  const total = params.summary ? await countItems(world, where, [...values]) : null
  const { cut, keyOf } = await readRows(world, { where, values, bind, params, misses: world.settings.paging_misses && !params.filter })
  const selection = parseFields(params.fields ?? "id,retailer_id,name")
  const names = new Map<string | null, string | null>()
  for (const feedId of new Set(cut.rows.map((item) => item.feed_id))) {
    names.set(feedId, await feedName(world, feedId))
  }
  const data = await Promise.all(cut.rows.map((item) => project("ProductItem", itemNode(item, names.get(item.feed_id) ?? null), selection)))
  return {
    data,
    paging: pagingOf(cut, keyOf, request.self),
    ...(total === null ? {} : { summary: { total_count: total } }),
  }
}

type RowQuery = {
  where: string
  values: unknown[]
  bind: (value: unknown) => string
  params: PageRequest
  /** By position in the order of change instead of by id (see the setting `paging_misses`). */
  misses: boolean
}

async function readRows(world: World, { where, values, bind, params, misses }: RowQuery): Promise<{ cut: Page<ItemRow>; keyOf: (index: number) => string }> {
  if (misses) {
    const page = byPosition(params, "updated_at, id")
    const cut = cutByPosition(await world.db.query<ItemRow[]>(`SELECT * FROM item WHERE ${where} ${page.tail}`, values), page)
    return { cut, keyOf: (index) => String(page.skipped + index + 1) }
  }
  const page = keyset(params, "id", bind)
  const cut = cutPage(await world.db.query<ItemRow[]>(`SELECT * FROM item WHERE ${where} AND ${page.where} ${page.tail}`, values), page, params)
  return { cut, keyOf: (index) => cut.rows[index].id }
}

function filterSql(filter: z.output<typeof filterSchema> | undefined, bind: (value: unknown) => string): string {
  if (!filter) {
    return "true"
  }
  const [column, condition] =
    "retailer_id" in filter ? (["retailer_id", filter.retailer_id] as const) : (["id", filter.product_item_id] as const)
  return `${column} = ANY(${bind("eq" in condition ? [condition.eq] : condition.is_any)}::text[])`
}

async function countItems(world: World, where: string, values: unknown[]): Promise<number> {
  const [{ count }] = await world.db.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM item WHERE ${where}`, values)
  return count
}

/** The item a path names, by node id or as `catalog:{id}:{base64url(retailer_id)}` with or without padding (CONTRACT 4.1). */
export async function openItem(request: GraphRequest): Promise<ItemRow> {
  const [name] = request.segments
  const items = request.world.db.getRepository(ItemEntity)
  const own = /^catalog:(\d+):([A-Za-z0-9_-]+)(={0,2})$/.exec(name)
  if (own && (own[3] === "" || (own[2].length + own[3].length) % 4 === 0)) {
    const retailerId = Buffer.from(own[2], "base64url").toString("utf8")
    await openCatalog(request, own[1])
    const item = await items.findOneBy({ catalog_id: own[1], retailer_id: retailerId })
    if (item) {
      return item
    }
    throw unknownObject(request.method, name)
  }
  const item = await items.findOneBy({ id: name })
  if (!item || !(await request.world.db.getRepository(CatalogEntity).existsBy({ id: item.catalog_id }))) {
    throw unknownObject(request.method, name)
  }
  await openCatalog(request, item.catalog_id)
  return item
}

async function feedName(world: World, feedId: string | null): Promise<string | null> {
  return feedId === null ? null : ((await world.db.getRepository(FeedEntity).findOneBy({ id: feedId }))?.name ?? null)
}
