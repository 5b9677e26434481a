import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError } from "@medusajs/framework/utils"
import { query } from "../../catalog/query"
import { mergeRules, type RuleScope, type StockRule } from "../../catalog/stock-policy"
import type { CatalogRow } from "../open-catalog"
import { draftRules, readStockRules, type RuleChange } from "./draft-rules"

const TABLES: Record<Exclude<RuleScope, "catalog">, string> = {
  type: "product_type",
  collection: "product_collection",
  category: "product_category",
  tag: "product_tag",
  product: "product",
  variant: "product_variant",
}

/** What a person should know about rules that may be saved all the same. */
export type RuleWarning = { code: "all_on_shared_stock" | "mass_change"; message: string }

/**
 * Checks changed rules against the store and against the other catalogues that draw on the same stock locations: their shares
 * together may take no more than all there is.
 *
 * @returns the rules as they will be, and what a person should know.
 * @throws MedusaError whose message starts with the field it is about.
 */
export async function checkRules(
  container: MedusaContainer,
  catalog: CatalogRow,
  changes: RuleChange[]
): Promise<{ stored: StockRule[]; draft: StockRule[]; warnings: RuleWarning[] }> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  changes.forEach((change, index) => {
    const isSaidTwice = changes.findIndex((other) => other.scope === change.scope && other.reference_id === change.reference_id) !== index
    refuseIf(isSaidTwice, `rules.${index}: there are two rules about the same ${change.scope}`)
  })
  await checkReferences(sql, changes)
  await checkLocations(sql, catalog, changes)
  const stored = await readStockRules(sql, catalog.id)
  const draft = draftRules(stored, changes)
  const sharing = await readSharing(sql, catalog)
  checkShares(catalog, draft, sharing)
  return { stored, draft, warnings: sharedStockWarnings(catalog, draft, sharing) }
}

async function checkReferences(sql: Knex, changes: RuleChange[]): Promise<void> {
  for (const [scope, table] of Object.entries(TABLES)) {
    const ids = changes.filter((change) => change.scope === scope && Object.keys(change.settings).length > 0).map((change) => change.reference_id)
    const found = ids.length > 0 ? await query<{ id: string }>(sql, `select id from ${table} where id = any(:ids) and deleted_at is null`, { ids }) : []
    const known = new Set(found.map((row) => row.id))
    const index = changes.findIndex((change) => change.scope === scope && ids.includes(change.reference_id) && !known.has(change.reference_id))
    refuseIf(index >= 0, `rules.${index}.reference_id: there is no ${scope} ${changes[index]?.reference_id}`)
  }
}

async function checkLocations(sql: Knex, catalog: CatalogRow, changes: RuleChange[]): Promise<void> {
  const ofChannel = new Set(await locationsOf(sql, catalog.sales_channel_id))
  changes.forEach((change, index) => {
    const foreign = change.settings.location_ids?.find((id) => !ofChannel.has(id))
    refuseIf(foreign !== undefined, `rules.${index}.settings.location_ids: ${foreign} is no stock location of the catalogue's sales channel`)
  })
}

async function locationsOf(sql: Knex, salesChannelId: string): Promise<string[]> {
  const statement = `select stock_location_id as id from sales_channel_stock_location where sales_channel_id = :salesChannelId and deleted_at is null`
  return (await query<{ id: string }>(sql, statement, { salesChannelId })).map((row) => row.id)
}

/** Another catalogue whose sales channel is served from a location of ours. */
type Sharing = { id: string; name: string; rules: StockRule[] }

async function readSharing(sql: Knex, catalog: CatalogRow): Promise<Sharing[]> {
  const others = await query<{ id: string; name: string }>(
    sql,
    `select c.id, c.name from meta_catalog_catalog c
     where c.deleted_at is null and c.id <> :catalogId and exists (
       select from sales_channel_stock_location theirs
       join sales_channel_stock_location ours on ours.stock_location_id = theirs.stock_location_id and ours.deleted_at is null
       where theirs.sales_channel_id = c.sales_channel_id and theirs.deleted_at is null and ours.sales_channel_id = :salesChannelId)
     order by c.created_at, c.id`,
    { catalogId: catalog.id, salesChannelId: catalog.sales_channel_id }
  )
  return await Promise.all(others.map(async (other) => ({ ...other, rules: await readStockRules(sql, other.id) })))
}

/** The largest share any item may have under these rules, 0 where none is a share. */
function largestShare(rules: readonly StockRule[]): number {
  const ofCatalog = rules.filter((rule) => rule.scope === "catalog")
  const policies = [mergeRules(ofCatalog), ...rules.map((rule) => mergeRules([...ofCatalog, rule]))]
  return Math.max(0, ...policies.map((policy) => (policy.allocation === "share" ? policy.share_percent : 0)))
}

function checkShares(catalog: CatalogRow, draft: StockRule[], sharing: Sharing[]): void {
  const others = sharing.map(({ name, rules }) => ({ name, percent: largestShare(rules) })).filter(({ percent }) => percent > 0)
  const taken = others.reduce((sum, { percent }) => sum + percent, 0)
  const own = largestShare(draft)
  const names = others.map(({ name, percent }) => `${name} ${percent} %`).join(", ")
  refuseIf(
    own > 0 && own + taken > 100,
    `share_percent: ${own} % is more than is left of the same stock; ${names} is given already, so at most ${Math.max(0, 100 - taken)} % is possible for ${catalog.name}`
  )
}

function sharedStockWarnings(catalog: CatalogRow, draft: StockRule[], sharing: Sharing[]): RuleWarning[] {
  const isAll = (rules: readonly StockRule[]) => mergeRules(rules.filter((rule) => rule.scope === "catalog")).allocation === "all"
  const others = sharing.filter(({ rules }) => isAll(rules)).map(({ name }) => name)
  if (!isAll(draft) || others.length === 0) {
    return []
  }
  const message = `${catalog.name} shows all of the stock that ${others.join(", ")} shows as well, so the same unit may be sold twice. Give each a share or a fixed quantity.`
  return [{ code: "all_on_shared_stock", message }]
}

function refuseIf(condition: boolean, message: string): void {
  if (condition) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
}
