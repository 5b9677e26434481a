import type { Client } from "pg"

/** Two batches that held one item at the same time, though neither was doubtful then. */
export interface Overlap {
  item_id: string
  first: string
  second: string
}

/**
 * Compares every two batches of the store that sent the same item: from its claim until it settled, or until nobody knew any
 * more what became of it, a batch has the item to itself. That nobody knows is written when the window begins, which
 * `windowMs` is the length of.
 */
export async function overlaps(sql: Client, { windowMs }: { windowMs: number }): Promise<Overlap[]> {
  const { rows } = await sql.query(
    `with held as (
       select b.id, value->>'item_id' as item_id, b.created_at as begun,
              coalesce(b.doubtful_until - make_interval(secs => $1 / 1000.0), b.settled_at, 'infinity') as ended
       from meta_catalog_batch b, jsonb_array_elements(b.values) as value
       where b.status <> 'released')
     select a.item_id, a.id as first, b.id as second
     from held a join held b on b.item_id = a.item_id and b.id <> a.id and (b.begun, b.id) > (a.begun, a.id) and b.begun < a.ended`,
    [windowMs],
  )
  return rows as Overlap[]
}

/** Items of calls the sandbox took that no batch of the store accounts for: a call without a batch committed before it. */
export async function unaccounted(sql: Client, calls: { handle: string; retailerIds: string[] }[]): Promise<string[]> {
  const { rows } = await sql.query(
    `select b.handle, b.doubtful_until is not null as was_doubtful, coalesce(array_agg(value->>'retailer_id'), '{}') as ids
     from meta_catalog_batch b, jsonb_array_elements(b.values) as value
     where b.handle is not null or b.doubtful_until is not null group by b.id`,
  )
  const batches = rows as { handle: string | null; was_doubtful: boolean; ids: string[] }[]
  return calls.flatMap(({ handle, retailerIds }) => {
    const possible = batches.filter((batch) => batch.handle === handle || (batch.handle === null && batch.was_doubtful))
    const fits = possible.some(({ ids }) => ids.length === retailerIds.length && retailerIds.every((id) => ids.includes(id)))
    return fits ? [] : [`${retailerIds.length} items under ${handle}`]
  })
}
