import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "../store/query"
import type { RULE_SCOPES } from "./stock-policy"

/** A part of the store, named as stock rules name theirs. */
export type ItemScope = { scope: Exclude<(typeof RULE_SCOPES)[number], "catalog">; reference_id: string }

const PRODUCTS: Record<ItemScope["scope"], string> = {
  type: "select id from product where type_id = :referenceId",
  collection: "select id from product where collection_id = :referenceId",
  // A category includes those below it, as in stock rules.
  category: `select pcp.product_id from product_category_product pcp
    join product_category c on c.id = pcp.product_category_id and c.deleted_at is null and :referenceId = any(string_to_array(c.mpath, '.'))`,
  tag: "select product_id from product_tags where product_tag_id = :referenceId",
  product: "select cast(:referenceId as text)",
  variant: "select product_id from product_variant where id = :referenceId",
}

/** Ids of a catalogue's items in a part of the store. */
export async function itemsInScope(sql: Knex, { catalogId, scope: { scope, reference_id } }: { catalogId: string; scope: ItemScope }): Promise<string[]> {
  const items = await query<{ id: string }>(
    sql,
    `select i.id from meta_catalog_item i
     where i.catalog_id = :catalogId and i.deleted_at is null and i.product_id in (${PRODUCTS[scope]})
       ${scope === "variant" ? "and i.variant_id = :referenceId" : ""}
     order by i.id`,
    { catalogId, referenceId: reference_id }
  )
  return items.map((item) => item.id)
}
