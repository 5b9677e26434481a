import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "../store/query"

/** One option of a variant with the ids its translations are kept under. */
export type IdentifiedOption = { optionId: string; title: string; valueId: string; value: string }

type OptionRow = { variant_id: string; option_id: string; title: string; value_id: string; value: string }

/** The options of these variants, in order of title as in the feed, by variant. */
export async function readIdentifiedOptions(sql: Knex, variantIds: string[]): Promise<Map<string, IdentifiedOption[]>> {
  const rows = await query<OptionRow>(
    sql,
    `select pvo.variant_id, o.id as option_id, o.title, ov.id as value_id, ov.value
     from product_variant_option pvo
     join product_option_value ov on ov.id = pvo.option_value_id and ov.deleted_at is null
     join product_option o on o.id = ov.option_id and o.deleted_at is null
     where pvo.variant_id = any(:variantIds)
     order by pvo.variant_id, o.title, ov.value`,
    { variantIds }
  )
  const options = new Map<string, IdentifiedOption[]>()
  for (const row of rows) {
    const list = options.get(row.variant_id) ?? []
    list.push({ optionId: row.option_id, title: row.title, valueId: row.value_id, value: row.value })
    options.set(row.variant_id, list)
  }
  return options
}
