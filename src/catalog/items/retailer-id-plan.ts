import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "../store/query"
import { LONGEST_RETAILER_ID, type RetailerIdScheme } from "./retailer-id"

/**
 * What a switch of ids would do to an item: nothing (`same`), give it its new id (`changes`), or leave it as it is because the new one is
 * too long for Meta, wanted by several (`duplicate`), or another item's, present, former or planned (`taken`).
 */
export type RetailerIdVerdict = "same" | "changes" | "too_long" | "duplicate" | "taken"

export type RetailerIdEffect = { item_id: string; product_id: string; variant_id: string; from: string; to: string; verdict: RetailerIdVerdict }

export type RetailerIdEffects = { counts: Record<RetailerIdVerdict, number>; samples: RetailerIdEffect[] }

/** Which items, and what their ids are to be. */
export type RetailerIdPlan = {
  catalogId: string
  scheme: RetailerIdScheme
  /** Only these; null for all of the catalogue. */
  itemIds: string[] | null
}

/** As `oneLine` does: control characters and every run of white space are one blank. */
const BLANKS = "[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff\\ufffe\\uffff]+"

const heldByOther = (column: string) =>
  `exists (select from meta_catalog_item o where o.catalog_id = :catalogId and o.${column} = w.wanted and o.id <> w.id and o.deleted_at is null)`

/** The SKU of a deleted variant counts as well: its item is still in the file. */
const JUDGED = `
  wanting as (
    select i.id, i.feed_id, i.product_id, i.variant_id, i.retailer_id,
           case when :scheme = 'sku' then coalesce(nullif(btrim(regexp_replace(v.sku, '${BLANKS}', ' ', 'g')), ''), i.variant_id) else i.variant_id end as wanted
    from meta_catalog_item i left join product_variant v on v.id = i.variant_id
    where i.catalog_id = :catalogId and i.deleted_at is null
      and (cast(:itemIds as text[]) is null or i.id = any(:itemIds))),
  judged as (
    select w.*, case
      when w.wanted = w.retailer_id then 'same'
      when char_length(w.wanted) > ${LONGEST_RETAILER_ID} then 'too_long'
      when count(*) over (partition by w.wanted) > 1 then 'duplicate'
      when ${heldByOther("retailer_id")} or ${heldByOther("next_retailer_id")} or ${heldByOther("previous_retailer_id")} then 'taken'
      else 'changes' end as verdict
    from wanting w)`

/** What a switch would do, with samples of each verdict but `same`. Changes nothing. */
export async function readRetailerIdEffects(sql: Knex, { catalogId, scheme, itemIds }: RetailerIdPlan, samples: number): Promise<RetailerIdEffects> {
  const rows = await query<{ counts: Record<string, number> | null; samples: RetailerIdEffect[] | null }>(
    sql,
    `with ${JUDGED},
     numbered as (
       select j.*, row_number() over (partition by j.verdict order by j.retailer_id) as place from judged j where j.verdict <> 'same')
     select (select jsonb_object_agg(verdict, items) from (select verdict, count(*)::int as items from judged group by verdict) counted) as counts,
            (select jsonb_agg(jsonb_build_object('item_id', id, 'product_id', product_id, 'variant_id', variant_id, 'from', retailer_id, 'to', wanted, 'verdict', verdict)
                              order by verdict, retailer_id)
             from numbered where place <= :samples) as samples`,
    { catalogId, scheme, itemIds, samples }
  )
  return { counts: { same: 0, changes: 0, too_long: 0, duplicate: 0, taken: 0, ...rows[0].counts }, samples: rows[0].samples ?? [] }
}

/**
 * Plans the new id of every item that can have it, in one statement, and asks for builds of their feeds. With `itemIds` null the
 * catalogue's scheme changes with it, so that new variants get ids of that scheme from now on.
 *
 * Nothing is planned while an upload of single items is under way, which would bring the old ids again, nor while an earlier switch is not
 * over. Items of no feed, that move to another one or that are planned already stay as they are.
 *
 * @returns how many are planned; null where nothing may be planned now.
 */
export async function planRetailerIds(sql: Knex, { catalogId, scheme, itemIds }: RetailerIdPlan): Promise<number | null> {
  const rows = await query<{ items: number }>(
    sql,
    `with feed as (
       -- Locked, so that a build of it began before, and writes the old ids, or begins after and writes the new ones.
       select f.id, f.snapshot_number from meta_catalog_feed f
       where f.catalog_id = :catalogId and f.kind = 'replace' and f.deleted_at is null
         and not exists (select from meta_catalog_batch b
                         where b.catalog_id = :catalogId and b.transport = 'upload' and b.status in ('claimed', 'sending', 'sent') and b.deleted_at is null)
         and (cast(:itemIds as text[]) is not null
              or not exists (select from meta_catalog_item i
                             where i.catalog_id = :catalogId and i.deleted_at is null
                               and (i.next_retailer_id is not null or i.previous_retailer_id is not null and i.previous_until is null)))
       for update of f),
     ${JUDGED},
     planned as (
       update meta_catalog_item i
       set next_retailer_id = judged.wanted, next_after_number = feed.snapshot_number, updated_at = meta_catalog_now()
       from judged join feed on feed.id = judged.feed_id
       where i.id = judged.id and judged.verdict = 'changes' and i.carrier_id is null and i.moved_from_feed_id is null and i.next_retailer_id is null
         and (i.previous_retailer_id is null or i.previous_until is not null) and i.deleted_at is null
       returning i.feed_id),
     settings as (
       update meta_catalog_catalog c
       set retailer_id_switch = jsonb_build_object('from', c.retailer_id_scheme, 'to', cast(:scheme as text), 'items', (select count(*) from planned), 'started_at', meta_catalog_now()),
           retailer_id_scheme = :scheme, updated_at = meta_catalog_now()
       where c.id = :catalogId and cast(:itemIds as text[]) is null and exists (select from feed)),
     asked as (
       update meta_catalog_feed f set build_requested_at = least(f.build_requested_at, meta_catalog_now()), updated_at = meta_catalog_now()
       where f.id in (select feed_id from planned))
     select (select count(*)::int from planned) as items where exists (select from feed)`,
    { catalogId, scheme, itemIds }
  )
  return rows[0]?.items ?? null
}
