import { z } from "@medusajs/framework/zod"
import { isMissingObject } from "./classify-error"
import type { GraphClient } from "./client"
import { GraphError } from "./graph-error"
import { readPage, readPages, type Page } from "./pages"
import { changeReply, graphCount, graphId, graphText } from "./reply-values"

const itemReply = z.looseObject({
  id: graphId,
  retailer_id: graphText,
  name: graphText.nullish(),
  price: graphText.nullish(),
  availability: z.string().nullish(),
  quantity_to_sell_on_facebook: graphCount.nullish(),
  inventory: graphCount.nullish(),
  visibility: z.string().nullish(),
  product_feed: z.looseObject({ id: graphId, name: graphText.nullish() }).nullish(),
  image_fetch_status: z.string().nullish(),
  errors: z
    .array(
      z.looseObject({
        error_type: graphText.nullish(),
        error_priority: z.string().nullish(),
        title: z.string().nullish(),
        description: z.string().nullish(),
      })
    )
    .nullish(),
})

/**
 * An item as Meta stores it, under Meta's node names (CONTRACT 4.2). `id` is Meta's, `retailer_id` ours; the rest is there when asked for
 * and set. `price` is display text such as "£24.50": never compare it with what was sent (CONTRACT 4.3).
 */
export type ProductItem = z.infer<typeof itemReply>

/** Addresses an item by our own id: `catalog:{catalog id}:{base64url of its UTF-8 bytes}`, without padding (CONTRACT 4.1). */
export function itemPath(metaCatalogId: string, retailerId: string): string {
  return `catalog:${encodeURIComponent(metaCatalogId)}:${Buffer.from(retailerId, "utf8").toString("base64url")}`
}

/** Meta's node names to read, such as "availability"; `id` and `retailer_id` always come. */
export async function readItem(
  client: GraphClient,
  { metaCatalogId, retailerId }: { metaCatalogId: string; retailerId: string },
  fields: readonly string[]
): Promise<ProductItem | null> {
  try {
    const query = { fields: fieldList(fields) }
    return await client.request({ method: "GET", path: itemPath(metaCatalogId, retailerId), query }, itemReply)
  } catch (error) {
    if (error instanceof GraphError && isMissingObject(error)) {
      return null
    }
    throw error
  }
}

const DEFAULT_FIELDS = ["availability", "quantity_to_sell_on_facebook", "visibility"]

/**
 * One page of everything a catalogue holds, whoever put it there. `after` is the cursor of the page before, null for the first.
 *
 * Paging over this edge may repeat or miss items: it is not a dump of the catalogue (CONTRACT 4.3).
 */
export async function listItems(
  client: GraphClient,
  { metaCatalogId, after, limit, fields = DEFAULT_FIELDS }: { metaCatalogId: string; after: string | null; limit: number; fields?: readonly string[] }
): Promise<Page<ProductItem>> {
  const path = `${encodeURIComponent(metaCatalogId)}/products`
  return await readPage(client, { path, query: { fields: fieldList(fields), limit }, after }, itemReply)
}

/** A filter travels in the address, whose safe length is a few thousand characters. */
const MAX_IDS_PER_CALL = 50
const MAX_FILTER_CHARACTERS = 4000

/**
 * Looks items up by our ids and yields those Meta has, each once, in no promised order. Ids without an item are simply missing.
 *
 * The edge may miss items while paging (CONTRACT 4.3): before acting on an absence, confirm it with `readItem`.
 */
export async function* findItems(
  client: GraphClient,
  { metaCatalogId, retailerIds, fields = DEFAULT_FIELDS }: { metaCatalogId: string; retailerIds: readonly string[]; fields?: readonly string[] }
): AsyncGenerator<ProductItem, void, undefined> {
  const path = `${encodeURIComponent(metaCatalogId)}/products`
  for (const ids of idGroups(retailerIds)) {
    const seen = new Set<string>()
    const filter = JSON.stringify({ retailer_id: ids.length === 1 ? { eq: ids[0] } : { is_any: ids } })
    const query = { filter, fields: fieldList(fields), limit: 100 }
    for await (const item of readPages(client, { path, query }, itemReply)) {
      if (!seen.has(item.id)) {
        seen.add(item.id)
        yield item
      }
    }
  }
}

const createReply = z.looseObject({ id: graphId })

/**
 * Makes one item (CONTRACT 4.2); `fields` as `toNewItem` gives them. Never changes an item that is there: Meta refuses the call
 * with code 10800 then, so a lost call may be made again and may be applied late without harm.
 *
 * @returns Meta's id of the new item
 */
export async function createItem(client: GraphClient, metaCatalogId: string, fields: Record<string, unknown>): Promise<string> {
  const path = `${encodeURIComponent(metaCatalogId)}/products`
  const { id } = await client.request({ method: "POST", path, json: { ...fields, allow_upsert: false } }, createReply)
  return id
}

/**
 * Changes one item by a node call; `fields` are Meta's node names and forms (`price` in hundredths beside `currency`, CONTRACT 4.2).
 * Its plain success is Meta's final word about the item: nothing is processed later. For feed-owned items Meta asks for feed or
 * batch instead.
 */
export async function updateItem(
  client: GraphClient,
  address: { metaCatalogId: string; retailerId: string } | { metaItemId: string },
  fields: Record<string, unknown>
): Promise<void> {
  const path = "metaItemId" in address ? encodeURIComponent(address.metaItemId) : itemPath(address.metaCatalogId, address.retailerId)
  await client.request({ method: "POST", path, json: fields }, changeReply)
}

function fieldList(fields: readonly string[]): string {
  return [...new Set(["id", "retailer_id", ...fields])].join(",")
}

function* idGroups(retailerIds: readonly string[]): Generator<string[]> {
  let group: string[] = []
  let characters = 0
  for (const id of new Set(retailerIds)) {
    const length = encodeURIComponent(id).length
    if (group.length > 0 && (group.length >= MAX_IDS_PER_CALL || characters + length > MAX_FILTER_CHARACTERS)) {
      yield group
      group = []
      characters = 0
    }
    group.push(id)
    characters += length
  }
  if (group.length > 0) {
    yield group
  }
}
