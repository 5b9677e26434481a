import { generateEntityId } from "@medusajs/framework/utils"
import { firstRow, rows, type Sql } from "./sql"

/** Who found the problem; each source replaces only its own findings. */
export type IssueSource = "check" | "feed_upload" | "items_batch" | "audit" | "catalog"

/** A finding about one item (or, with an empty retailer id, about the whole catalogue). */
export type IssueInput = {
  catalog_id: string
  source: IssueSource
  severity: "error" | "warning"
  code: string
  cause?: string
  field?: string
  title: string
  message: string
  action?: string | null
  retailer_id?: string
  product_id?: string | null
  variant_id?: string | null
  upload_id?: string | null
}

/**
 * Stores findings set-based: a known one is touched, a new one added. Product and variant are filled from the item that has
 * the retailer id, or had it before, where the finder does not know them.
 */
export async function storeIssues(sql: Sql, issues: IssueInput[]): Promise<void> {
  if (issues.length === 0) {
    return
  }
  const input = issues.map((issue) => ({ ...issue, id: generateEntityId(undefined, "mciss") }))
  await rows(
    sql,
    `insert into meta_catalog_issue
       (id, catalog_id, source, severity, code, cause, field, title, message, action, retailer_id, product_id, variant_id, upload_id,
        first_seen_at, last_seen_at, created_at, updated_at)
     select distinct on (n.catalog_id, n.source, coalesce(n.retailer_id, ''), n.code, coalesce(n.cause, ''), coalesce(n.field, ''))
            n.id, n.catalog_id, n.source, n.severity, n.code, coalesce(n.cause, ''), coalesce(n.field, ''), n.title, n.message, n.action, coalesce(n.retailer_id, ''),
            coalesce(n.product_id, i.product_id, former.product_id), coalesce(n.variant_id, i.variant_id, former.variant_id), n.upload_id,
            meta_catalog_now(), meta_catalog_now(), meta_catalog_now(), meta_catalog_now()
     from jsonb_to_recordset(cast(:input as jsonb)) as n(
       id text, catalog_id text, source text, severity text, code text, cause text, field text, title text, message text, action text,
       retailer_id text, product_id text, variant_id text, upload_id text)
     left join meta_catalog_item i on i.catalog_id = n.catalog_id and i.retailer_id = n.retailer_id and i.deleted_at is null
     left join meta_catalog_item former on former.catalog_id = n.catalog_id and former.previous_retailer_id = n.retailer_id and former.deleted_at is null
     order by n.catalog_id, n.source, coalesce(n.retailer_id, ''), n.code, coalesce(n.cause, ''), coalesce(n.field, ''), n.severity
     on conflict (catalog_id, source, retailer_id, code, cause, field) where deleted_at is null do update
     set severity = excluded.severity, title = excluded.title, message = excluded.message, action = excluded.action,
         product_id = excluded.product_id, variant_id = excluded.variant_id, upload_id = excluded.upload_id,
         last_seen_at = excluded.last_seen_at, updated_at = excluded.updated_at`,
    { input: JSON.stringify(input) }
  )
}

/**
 * Removes what a source no longer finds: its issues last seen before `before` (database time, see `databaseNow`). With `feedId` only
 * those of that feed's items, and others once they are a day old: another feed's build looks for them.
 */
export async function removeStaleIssues(
  sql: Sql,
  { catalogId, source, before, feedId }: { catalogId: string; source: IssueSource; before: Date; feedId?: string }
): Promise<void> {
  await rows(
    sql,
    `delete from meta_catalog_issue x
     where x.catalog_id = :catalogId and x.source = :source and x.last_seen_at < :before
       and (cast(:feedId as text) is null
            or exists (select from meta_catalog_item i
                       where i.catalog_id = x.catalog_id and i.retailer_id = x.retailer_id and i.feed_id = :feedId and i.deleted_at is null)
            or x.last_seen_at < meta_catalog_now() - interval '1 day')`,
    { catalogId, source, before, feedId: feedId ?? null }
  )
}

/** Removes a source's issues about these retailer ids, because a later answer of Meta's was good. */
export async function removeIssuesOf(
  sql: Sql,
  { catalogId, source, retailerIds }: { catalogId: string; source: IssueSource; retailerIds: string[] }
): Promise<void> {
  await rows(
    sql,
    `delete from meta_catalog_issue where catalog_id = :catalogId and source = :source and retailer_id = any(:retailerIds)`,
    { catalogId, source, retailerIds }
  )
}

/** Removes what the catalogue itself was found to have, by its code and cause. */
export async function removeCatalogIssue(sql: Sql, { catalogId, code, cause }: { catalogId: string; code: string; cause: string }): Promise<void> {
  await rows(sql, `delete from meta_catalog_issue where catalog_id = :catalogId and source = 'catalog' and code = :code and cause = :cause`, { catalogId, code, cause })
}

/** The plugin's clock. */
export async function databaseNow(sql: Sql): Promise<Date> {
  const row = await firstRow<{ now: Date }>(sql, "select meta_catalog_now() as now")
  return new Date(row!.now)
}

/** Removes what earlier uploads of a feed reported and the last one did not. */
export async function removeStaleUploadIssues(sql: Sql, { feedId, before }: { feedId: string; before: Date }): Promise<void> {
  await rows(
    sql,
    `delete from meta_catalog_issue i using meta_catalog_upload u
     where u.feed_id = :feedId and i.upload_id = u.id and i.source = 'feed_upload' and i.last_seen_at < :before`,
    { feedId, before }
  )
}
