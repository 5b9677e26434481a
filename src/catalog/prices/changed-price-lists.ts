import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "../store/query"

/** Price lists that began or ended, and price lists that somebody edited, by id. One that did both is among the first. */
export type ChangedPriceLists = { byClock: string[]; edited: string[] }

/** An edit carries its process's time and is seen only once it is committed: what is a little older may be new. */
const LATE = "interval '1 minute'"

/**
 * Price lists whose prices may have changed after `since` and until `until`: those in force that began or ended, and those
 * that were edited or restored, which Medusa 2.21 announces with no event. An edit may be found a second time by the next
 * look.
 */
export async function readChangedPriceLists(sql: Knex, { since, until }: { since: Date; until: Date }): Promise<ChangedPriceLists> {
  const found = await query<{ id: string; is_by_clock: boolean }>(
    sql,
    `with list as (
       select id, updated_at > cast(:since as timestamptz) - ${LATE} and updated_at <= cast(:until as timestamptz) + ${LATE} as is_edited,
              status = 'active' and coalesce(
                starts_at > cast(:since as timestamptz) and starts_at <= cast(:until as timestamptz)
                or ends_at > cast(:since as timestamptz) and ends_at <= cast(:until as timestamptz), false) as is_by_clock
       from price_list where deleted_at is null)
     select id, is_by_clock from list where is_by_clock or is_edited`,
    { since: since.toISOString(), until: until.toISOString() }
  )
  return {
    byClock: found.filter((list) => list.is_by_clock).map((list) => list.id),
    edited: found.filter((list) => !list.is_by_clock).map((list) => list.id),
  }
}
