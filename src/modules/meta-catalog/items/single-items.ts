import { generateEntityId } from "@medusajs/framework/utils"
import { BATCH_VALUE } from "../batches/batch-entry"
import type { BatchHold } from "../batches/batches"
import { hasRefusedPrice, LET_GO_REJECTED, REJECTED_IDS, type Rejection } from "../batches/rejections"
import { firstRow, rows, type Sql } from "../sql"
import { BACK_OFF } from "../batches/waits"

/** Variants among these whose item Meta is not known to hold, those without an item included. */
export async function unlistedVariants(sql: Sql, { catalogId, variantIds }: { catalogId: string; variantIds: string[] }): Promise<string[]> {
  const found = await rows<{ variant_id: string }>(
    sql,
    `select v.variant_id from unnest(cast(:variantIds as text[])) as v(variant_id)
     where not exists (
       select from meta_catalog_item i
       where i.catalog_id = :catalogId and i.variant_id = v.variant_id and i.listed_at is not null and i.deleted_at is null)`,
    { catalogId, variantIds }
  )
  return found.map((row) => row.variant_id)
}

/** How many items of the catalogue Meta is known to hold. */
export async function countListed(sql: Sql, { catalogId }: { catalogId: string }): Promise<number> {
  const counted = await firstRow<{ count: number }>(
    sql,
    `select count(*)::int as count from meta_catalog_item where catalog_id = :catalogId and listed_at is not null and deleted_at is null`,
    { catalogId }
  )
  return counted?.count ?? 0
}

/**
 * Meta holds these items, as a look at it or their creation has shown: they are listed, the oldest first and no more than
 * `bound` in the catalogue. What Meta holds for them is not known, so they are due.
 *
 * @returns the retailer ids that were listed now
 */
export async function listFound(
  sql: Sql,
  { catalogId, retailerIds, bound, reason }: { catalogId: string; retailerIds: string[]; bound: number; reason: string }
): Promise<string[]> {
  const listed = await rows<{ retailer_id: string }>(
    sql,
    `with chosen as (
       select i.id from meta_catalog_item i
       where i.catalog_id = :catalogId and i.retailer_id = any(:retailerIds) and i.listed_at is null and i.deleted_at is null
       order by i.created_at, i.id
       limit (select greatest(0, cast(:bound as integer) - count(*)) from meta_catalog_item l
              where l.catalog_id = :catalogId and l.listed_at is not null and l.deleted_at is null)
       for update)
     update meta_catalog_item i
     set listed_at = meta_catalog_now(), due_at = coalesce(i.due_at, meta_catalog_now()), due_reason = :reason, marked_at = meta_catalog_now(), is_ranked = false,
         acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null,
         rejected_at = null, last_error = null, discontinued_at = null, updated_at = meta_catalog_now()
     from chosen where i.id = chosen.id
     returning i.retailer_id`,
    { catalogId, retailerIds, bound, reason }
  )
  return listed.map((row) => row.retailer_id)
}

/**
 * Lets go of items whose variants are gone for good, so that others find room below the bound: only those Meta has
 * acknowledged as sold out, with nothing waiting, under way or in doubt.
 */
export async function unlistSoldOut(sql: Sql, { catalogId, itemIds }: { catalogId: string; itemIds: string[] }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_item
     set listed_at = null, updated_at = meta_catalog_now()
     where catalog_id = :catalogId and id = any(:itemIds) and listed_at is not null and deleted_at is null
       and acknowledged_availability = 'out of stock' and due_at is null and batch_id is null
       and not exists (select from meta_catalog_batch b where b.catalog_id = :catalogId and b.status = 'doubtful' and b.deleted_at is null)`,
    { catalogId, itemIds }
  )
}

/** The catalogue's first feed stands: the items that were there before it are its items, or its uploads would pass them by. */
export async function joinFeed(sql: Sql, { catalogId, feedId }: { catalogId: string; feedId: string }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_item set feed_id = :feedId, updated_at = meta_catalog_now()
     where catalog_id = :catalogId and feed_id is null and deleted_at is null`,
    { catalogId, feedId }
  )
}

/**
 * How the single calls of one batch ended, by retailer id. Entries that are named nowhere were not called and are due again at
 * once. `doubtful`: nobody knows whether Meta applied the call. `failed`: Meta did not apply it, and may later.
 */
export type SingleResults = { acknowledged: string[]; rejected: Rejection[]; doubtful: string[]; failed: string[] }

/**
 * All calls of a batch of single updates have ended. A call's answer is Meta's final word about its item (CONTRACT 4.2), so
 * the batch settles at once; what came to nothing moves to a batch of its own, doubtful where an item's call is in doubt, so
 * that each item's history says how it ended.
 */
export async function settleSingles(
  sql: Sql,
  { batchId, owner }: BatchHold,
  { acknowledged, rejected, doubtful, failed, error, windowMs }: SingleResults & { error: string | null; windowMs: number }
): Promise<void> {
  const settledIds = [...acknowledged, ...rejected.map((rejection) => rejection.retailer_id)]
  await rows(
    sql,
    `with before as (
       select id, catalog_id, lease_until, values from meta_catalog_batch
       where id = :batchId and owner = :owner and status = 'sending' for update),
     entry as (
       select e.value as entry, e.value->>'retailer_id' as retailer_id, e.value->>'item_id' as item_id
       from before, jsonb_array_elements(before.values) as e(value)),
     rest as (
       insert into meta_catalog_batch
         (id, catalog_id, transport, status, owner, lease_until, values, item_count, error, doubtful_until, settled_at, created_at, updated_at)
       select :restId, before.catalog_id, 'item_node', case when :isDoubtful then 'doubtful' else 'settled' end, :owner, before.lease_until,
              coalesce((select jsonb_agg(entry) from entry where retailer_id = any(:doubtful)), '[]'::jsonb),
              (select count(*) from entry where retailer_id <> all(:settledIds)), :error,
              case when :isDoubtful then meta_catalog_now() + make_interval(secs => cast(:windowMs as float) / 1000) end,
              case when not :isDoubtful then meta_catalog_now() end, meta_catalog_now(), meta_catalog_now()
       from before where exists (select from entry where retailer_id <> all(:settledIds))
       returning id),
     history as (
       update meta_catalog_item_change h set batch_id = rest.id
       from rest, entry where h.batch_id = :batchId and h.item_id = entry.item_id and entry.retailer_id <> all(:settledIds)),
     b as (
       update meta_catalog_batch batch
       set status = case when cardinality(cast(:settledIds as text[])) > 0 then 'settled' else 'released' end,
           settled_at = meta_catalog_now(), item_count = cardinality(cast(:settledIds as text[])),
           acknowledged_count = cardinality(cast(:acknowledged as text[])),
           rejected_count = :count, rejected = ${REJECTED_IDS}, updated_at = meta_catalog_now()
       from before where batch.id = before.id
       returning batch.id, before.values),
     ${LET_GO_REJECTED},
     told as (
       update meta_catalog_item i
       set batch_id = null, attempts = 0, rejected_at = case when ${hasRefusedPrice("v")} then i.rejected_at end,
           last_error = case when ${hasRefusedPrice("v")} then i.last_error end,
           acknowledged_quantity = case when i.reassert then null when v.availability is null then i.acknowledged_quantity else v.quantity end,
           acknowledged_availability = case when i.reassert then null else coalesce(v.availability, i.acknowledged_availability) end,
           acknowledged_price = case when i.reassert then null else coalesce(v.price, i.acknowledged_price) end,
           acknowledged_at = meta_catalog_now(),
           due_at = case when i.reassert then coalesce(i.due_at, meta_catalog_now()) else i.due_at end,
           reassert = false, updated_at = meta_catalog_now()
       from b, jsonb_to_recordset(b.values) as ${BATCH_VALUE}
       where i.id = v.item_id and i.batch_id is not distinct from b.id and v.retailer_id = any(:acknowledged))
     update meta_catalog_item i
     set batch_id = null, reassert = false, last_error = :error, updated_at = meta_catalog_now(),
         attempts = i.attempts + case when i.retailer_id = any(:failed) then 1 else 0 end,
         acknowledged_quantity = case when i.reassert or i.retailer_id = any(:doubtful) then null else i.acknowledged_quantity end,
         acknowledged_availability = case when i.reassert or i.retailer_id = any(:doubtful) then null else i.acknowledged_availability end,
         acknowledged_price = case when i.reassert or i.retailer_id = any(:doubtful) then null else i.acknowledged_price end,
         due_at = case when i.retailer_id = any(:failed) then meta_catalog_now() + ${BACK_OFF} else coalesce(i.due_at, meta_catalog_now()) end
     from b where i.batch_id = b.id and i.deleted_at is null and i.retailer_id <> all(:settledIds)`,
    {
      batchId,
      owner,
      restId: generateEntityId(undefined, "mcbatch"),
      acknowledged,
      rejected: JSON.stringify(rejected),
      count: rejected.length,
      settledIds,
      doubtful,
      isDoubtful: doubtful.length > 0,
      failed,
      error,
      windowMs,
    }
  )
}

/** An item a person asked to be sent: listed ones are due, the others cannot be sent. */
export type AskedItem = { item_id: string; catalog_id: string; retailer_id: string; variant_id: string; is_listed: boolean }

/**
 * A person asks for a product now: all its listed items are due first of all, also what Meta refused, and what Meta holds
 * counts as unknown, so that they are really sent. An item in flight is sent again after its batch.
 */
export async function askForProduct(
  sql: Sql,
  { productId, catalogIds, priority }: { productId: string; catalogIds: string[]; priority: number }
): Promise<AskedItem[]> {
  return await rows<AskedItem>(
    sql,
    `with asked as (
       update meta_catalog_item i
       set due_at = least(i.due_at, meta_catalog_now()), marked_at = meta_catalog_now(), due_reason = 'sync now',
           priority = least(case when i.due_at is null then 100 else i.priority end, cast(:priority as integer)), is_ranked = false,
           rejected_at = null, attempts = 0, reassert = i.batch_id is not null,
           acknowledged_quantity = null, acknowledged_availability = null, acknowledged_price = null, updated_at = meta_catalog_now()
       where i.product_id = :productId and i.catalog_id = any(:catalogIds) and i.listed_at is not null and i.deleted_at is null
       returning i.id)
     select i.id as item_id, i.catalog_id, i.retailer_id, i.variant_id, i.id in (select id from asked) as is_listed
     from meta_catalog_item i
     where i.product_id = :productId and i.catalog_id = any(:catalogIds) and i.deleted_at is null
     order by i.catalog_id, i.retailer_id`,
    { productId, catalogIds, priority }
  )
}
