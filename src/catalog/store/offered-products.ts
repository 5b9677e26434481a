import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { preparedCells } from "./query"

/** Ids of products that are offered in some channels, and in which. */
export type OfferedProduct = { id: string; channelIds: ReadonlySet<string> }

/** Ids are short, so many are read at a time. */
const IDS_AT_ONCE = 2_000

/**
 * Streams the published products of any of these channels in order of their ids. Products nobody offers are passed over, however
 * many follow each other.
 *
 * @param variantIds only products of these variants
 */
export async function* streamOfferedProducts(
  snapshot: Knex.Transaction,
  { channelIds, variantIds }: { channelIds: readonly string[]; variantIds?: readonly string[] }
): AsyncGenerator<OfferedProduct> {
  const sets = new Map<string, ReadonlySet<string>>()
  const statement = `
    with part as materialized (
      select p.id from product p
      where p.id > :after and p.status = 'published' and p.deleted_at is null
        ${variantIds ? "and p.id = any(array(select product_id from product_variant where id = any(:variantIds)))" : ""}
      order by p.id limit ${IDS_AT_ONCE}),
    offered as (
      select psc.product_id, string_agg(distinct psc.sales_channel_id, ' ') as channels from product_sales_channel psc
      where psc.product_id = any(array(select id from part)) and psc.sales_channel_id = any(:channelIds) and psc.deleted_at is null
      group by psc.product_id)
    select part.id, offered.channels from part left join offered on offered.product_id = part.id order by part.id`
  const name = `meta_catalog_offered_products${variantIds ? "_part" : ""}`
  for (let after = ""; ; ) {
    const bindings = { after, channelIds, ...(variantIds ? { variantIds } : {}) }
    const rows = (await preparedCells(snapshot, { name, statement, bindings })) as [id: string, channels: string | null][]
    for (const [id, channels] of rows) {
      if (channels === null) continue
      let channelSet = sets.get(channels)
      if (!channelSet) sets.set(channels, (channelSet = new Set(channels.split(" "))))
      yield { id, channelIds: channelSet }
    }
    if (rows.length < IDS_AT_ONCE) return
    after = rows[rows.length - 1][0]
  }
}
