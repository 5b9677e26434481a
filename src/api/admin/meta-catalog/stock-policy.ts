import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { query } from "../../../catalog/store/query"
import { mergeRules, type RuleScope } from "../../../catalog/stock/stock-policy"
import { checkRules } from "../../../workflows/stock-policy/check-rules"
import { readStockRules } from "../../../workflows/stock-policy/draft-rules"
import type { RulesPreview } from "../../../workflows/stock-policy/preview-rules"
import type { CatalogRow } from "../../../workflows/open-catalog"
import type { AdminStockPolicy, AdminStockPreview } from "./stock-types"

/** The rules of a catalogue with the names of what they speak of. */
export async function readStockPolicy(container: MedusaContainer, catalog: CatalogRow): Promise<AdminStockPolicy> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const rules = await readStockRules(sql, catalog.id)
  const [names, { warnings }] = await Promise.all([namesOf(sql, rules), checkRules(container, catalog, [])])
  return {
    settings: mergeRules(rules.filter((rule) => rule.scope === "catalog")),
    rules: rules.map((rule) => ({ ...rule, name: rule.scope === "catalog" ? catalog.name : (names.get(rule.reference_id) ?? null) })),
    warnings,
  }
}

/** A preview with the titles of its products. */
export async function toAdminStockPreview(container: MedusaContainer, preview: RulesPreview): Promise<AdminStockPreview> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const titles = await namesOf(sql, preview.examples.map(({ product_id }) => ({ scope: "product", reference_id: product_id })))
  return { ...preview, examples: preview.examples.map((example) => ({ ...example, product_title: titles.get(example.product_id) ?? null })) }
}

/** Ids are unique over all tables, because each carries its entity's prefix. */
async function namesOf(sql: Knex, references: { scope: RuleScope; reference_id: string }[]): Promise<Map<string, string>> {
  const ids = [...new Set(references.map(({ reference_id }) => reference_id))]
  const rows = await query<{ id: string; name: string }>(
    sql,
    `select id, value as name from product_type where id = any(:ids) and deleted_at is null
     union all select id, title from product_collection where id = any(:ids) and deleted_at is null
     union all select id, name from product_category where id = any(:ids) and deleted_at is null
     union all select id, value from product_tag where id = any(:ids) and deleted_at is null
     union all select id, title from product where id = any(:ids) and deleted_at is null
     union all select v.id, p.title || ' – ' || v.title from product_variant v join product p on p.id = v.product_id where v.id = any(:ids) and v.deleted_at is null`,
    { ids }
  )
  return new Map(rows.map((row) => [row.id, row.name]))
}
