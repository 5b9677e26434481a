import { PRIORITY } from "../push/priority"
import { firstRow, type Sql } from "../sql"

/** What a stop names; a product belongs to it that any of the lists names. */
export type PanicScope = { product_ids?: string[]; collection_ids?: string[]; category_ids?: string[]; type_ids?: string[]; tag_ids?: string[] }

/**
 * A person stops selling on Meta, everything or what the scope names: from now on the policy gives 0 for it, in pushes and in files
 * alike. Every item is due, the most urgent first; the push drops those it does not concern. The brake has no say.
 *
 * @returns how many items are due because of it, or null when the catalogue is gone.
 */
export async function stopSelling(sql: Sql, { catalogId, scope }: { catalogId: string; scope: PanicScope | null }): Promise<number | null> {
  const stopped = await firstRow<{ items: number }>(
    sql,
    `with stopped as (
       update meta_catalog_catalog
       set panic_since = coalesce(panic_since, meta_catalog_now()), panic_scope = cast(:scope as jsonb), updated_at = meta_catalog_now()
       where id = :catalogId and deleted_at is null returning id),
     ${markAllDue("stopped")}
     select (select count(*)::int from marked) as items from stopped`,
    { catalogId, scope: scope === null ? null : JSON.stringify(scope), reason: "selling was stopped", priority: PRIORITY.sellOut }
  )
  return stopped?.items ?? null
}

/**
 * Selling goes on: the policy gives what the stock says again, and every item is due.
 *
 * @returns how many items are due because of it, or null when nothing was stopped.
 */
export async function resumeSelling(sql: Sql, { catalogId }: { catalogId: string }): Promise<number | null> {
  const resumed = await firstRow<{ items: number }>(
    sql,
    `with resumed as (
       update meta_catalog_catalog set panic_since = null, panic_scope = null, updated_at = meta_catalog_now()
       where id = :catalogId and panic_since is not null and deleted_at is null returning id),
     ${markAllDue("resumed")}
     select (select count(*)::int from marked) as items from resumed`,
    { catalogId, reason: "selling was resumed", priority: PRIORITY.restock }
  )
  return resumed?.items ?? null
}

function markAllDue(catalog: string): string {
  return `
    marked as (
      update meta_catalog_item i
      set due_at = least(i.due_at, meta_catalog_now()), marked_at = meta_catalog_now(), due_reason = :reason,
          priority = case when i.due_at is null then cast(:priority as integer) else least(i.priority, :priority) end,
          is_ranked = false, updated_at = meta_catalog_now()
      from ${catalog} where i.catalog_id = ${catalog}.id and i.deleted_at is null
      returning i.id)`
}
