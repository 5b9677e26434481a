import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { query } from "../../catalog/store/query"
import type { StockRule } from "../../catalog/stock/stock-policy"

/** A rule as a person writes it: in the place of the one that speaks of the same, or, without settings, its end. */
export type RuleChange = Omit<StockRule, "id">

/** The stored rules of a catalogue, widest scope first as they are applied within one scope. */
export async function readStockRules(sql: Knex, catalogId: string): Promise<StockRule[]> {
  const statement = `select id, scope, reference_id, settings from meta_catalog_stock_rule where catalog_id = :catalogId and deleted_at is null order by id`
  return await query<StockRule>(sql, statement, { catalogId })
}

/**
 * What the rules will be once `changes` are saved. A rule that stays in its place keeps its age, by which rules of one scope
 * are ordered, but not its id: both of it are matched at once. Pure.
 */
export function draftRules(stored: readonly StockRule[], changes: readonly RuleChange[]): StockRule[] {
  const place = ({ scope, reference_id }: RuleChange) => `${scope} ${reference_id}`
  const changed = new Map(changes.map((change) => [place(change), change]))
  const kept = stored.flatMap((rule): StockRule[] => {
    const change = changed.get(place(rule))
    return change ? [{ ...change, id: `${rule.id}_draft` }] : [rule]
  })
  const known = new Set(stored.map(place))
  const added = changes.filter((change) => !known.has(place(change))).map((change, index): StockRule => ({ ...change, id: `new_${String(index).padStart(4, "0")}_draft` }))
  return [...kept, ...added].filter((rule) => Object.keys(rule.settings).length > 0)
}
