import { AT_REST, FEED_STATES, LONG_LISTED, UNSEEN } from "./audit-conditions"
import { firstRow, rows, type Sql } from "../sql"

/** An item at Meta, as a page shows it. */
export type PageItem = { retailer_id: string; quantity: number | null; availability: string | null; visibility: string | null; feed_id: string | null }

/** An item at Meta that does not simply agree, beside what our table says of it; the item's columns are null where we have none. */
export type ComparedItem = PageItem & {
  item_id: string | null
  wanted_quantity: number | null
  wanted_availability: string | null
  acknowledged_quantity: number | null
  acknowledged_availability: string | null
  wanted_visibility: "published" | "staging" | null
  is_listed: boolean
  is_written: boolean
  is_at_rest: boolean
}

/**
 * Compares one page of what Meta holds with our items in one statement. Ids this audit has seen already are left out.
 *
 * @returns how many items agree, and all others with what has to be known to judge them.
 */
export async function comparePage(sql: Sql, { catalogId, page }: { catalogId: string; page: PageItem[] }): Promise<{ agree: number; differing: ComparedItem[] }> {
  const compared = await firstRow<{ agree: number; differing: ComparedItem[] }>(
    sql,
    `with page as (
       select distinct on (p.retailer_id) p.*
       from jsonb_to_recordset(cast(:page as jsonb)) as p(retailer_id text, quantity bigint, availability text, visibility text, feed_id text)
       where not exists (select from meta_catalog_audited_item a where a.catalog_id = :catalogId and a.retailer_id = p.retailer_id)
       order by p.retailer_id),
     ${FEED_STATES},
     found as (
       select page.*, i.id as item_id, i.wanted_quantity, i.wanted_availability, i.acknowledged_quantity, i.acknowledged_availability,
              case when feed.is_current and (i.discontinued_at is null or i.discontinued_at <= feed.file_finished_at)
                   then case when i.discontinued_at is null then 'published' else 'staging' end end as wanted_visibility,
              i.listed_at is not null as is_listed,
              i.written_since is not null and (i.omitted_since is null or i.omitted_since < i.written_since) as is_written,
              i.id is not null and ${AT_REST} as is_at_rest,
              page.feed_id is null or page.feed_id in (select meta_feed_id from feed) as is_ours
       from page
       left join meta_catalog_item i on i.catalog_id = :catalogId and i.retailer_id = page.retailer_id and i.deleted_at is null
       left join feed on feed.id = i.feed_id),
     judged as (
       select found.*,
              coalesce(is_ours and is_listed and is_at_rest and acknowledged_availability is not null
              and (wanted_quantity is null or acknowledged_quantity is null
                   or quantity is not distinct from wanted_quantity and quantity is not distinct from acknowledged_quantity)
              and availability is not distinct from wanted_availability and availability = acknowledged_availability
              and (wanted_visibility is null or coalesce(visibility, 'published') = wanted_visibility), false) as agrees
       from found)
     select count(*) filter (where agrees)::int as agree,
            coalesce(jsonb_agg(to_jsonb(judged) - 'agrees' - 'is_ours') filter (where not agrees), '[]') as differing
     from judged`,
    { catalogId, page: JSON.stringify(page) }
  )
  return compared as { agree: number; differing: ComparedItem[] }
}

/** Listed items at rest that the running audit has not seen, by retailer id. */
export async function listAbsent(sql: Sql, { catalogId, limit }: { catalogId: string; limit: number }): Promise<string[]> {
  const absent = await rows<{ retailer_id: string }>(
    sql,
    `with ${FEED_STATES}
     select i.retailer_id from meta_catalog_item i left join feed on feed.id = i.feed_id
     where ${UNSEEN} and ${LONG_LISTED} and ${AT_REST}
     order by i.retailer_id limit :limit`,
    { catalogId, limit }
  )
  return absent.map((row) => row.retailer_id)
}
