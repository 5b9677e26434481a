import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError } from "@medusajs/framework/utils"
import { query } from "../../catalog/store/query"
import { DEFAULT_STOCK_POLICY, mergeRules, type RuleScope, type StockRule } from "../../catalog/stock/stock-policy"
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

/** A push matches every rule of its catalogue: 1,000 of them take it 40 ms. */
const MOST_RULES = 5_000

/** What a person should know about rules that may be saved all the same. */
export type RuleWarning = { code: "all_on_shared_stock" | "shares_exceed" | "paused_on_shared_stock" | "mass_change"; message: string }

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
  refuseIf(draft.length > MOST_RULES, `rules: a catalogue has at most ${MOST_RULES} rules; one about a tag or a category stands for many products`)
  const sharing = await readSharing(sql, catalog)
  const conflict = shareConflict(catalog, draft, sharing)
  // What was right when it was saved may no longer be, for instance since a location was linked; other changes must still be possible.
  refuseIf(conflict !== null && largestShare(draft) > largestShare(stored), conflict ?? "")
  return { stored, draft, warnings: sharedStockWarnings(catalog, { draft, sharing, conflict }) }
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
type Sharing = { id: string; name: string; is_paused: boolean; rules: StockRule[] }

async function readSharing(sql: Knex, catalog: CatalogRow): Promise<Sharing[]> {
  const others = await query<{ id: string; name: string; is_paused: boolean }>(
    sql,
    `select c.id, c.name, c.state = 'paused' as is_paused from meta_catalog_catalog c
     where c.deleted_at is null and c.id <> :catalogId and exists (
       select from sales_channel_stock_location theirs
       join sales_channel_stock_location ours on ours.stock_location_id = theirs.stock_location_id and ours.deleted_at is null
       where theirs.sales_channel_id = c.sales_channel_id and theirs.deleted_at is null and ours.sales_channel_id = :salesChannelId)
     order by c.created_at, c.id`,
    { catalogId: catalog.id, salesChannelId: catalog.sales_channel_id }
  )
  return await Promise.all(others.map(async (other) => ({ ...other, rules: await readStockRules(sql, other.id) })))
}

/** The largest share any item may have under any combination of these rules, 0 where none is a share. */
function largestShare(rules: readonly StockRule[]): number {
  if (!rules.some((rule) => rule.settings.allocation === "share")) {
    return 0
  }
  const percents = rules.flatMap((rule) => rule.settings.share_percent ?? [])
  const isDecided = rules.every((rule) => rule.settings.allocation !== "share" || rule.settings.share_percent !== undefined)
  const ofCatalog = rules.find((rule) => rule.scope === "catalog")?.settings.share_percent
  return Math.max(...percents, isDecided ? 0 : (ofCatalog ?? DEFAULT_STOCK_POLICY.share_percent))
}

/** In words, when the shares of these rules and of the other catalogues are more than all there is. */
function shareConflict(catalog: CatalogRow, draft: StockRule[], sharing: Sharing[]): string | null {
  const others = sharing.map(({ name, rules }) => ({ name, percent: largestShare(rules) })).filter(({ percent }) => percent > 0)
  const taken = others.reduce((sum, { percent }) => sum + percent, 0)
  const own = largestShare(draft)
  const names = others.map(({ name, percent }) => `${name} ${percent} %`).join(", ")
  return own > 0 && own + taken > 100
    ? `share_percent: ${own} % is more than is left of the same stock; ${names} is given already, so at most ${Math.max(0, 100 - taken)} % is possible for ${catalog.name}`
    : null
}

function sharedStockWarnings(
  catalog: CatalogRow,
  { draft, sharing, conflict }: { draft: StockRule[]; sharing: Sharing[]; conflict: string | null }
): RuleWarning[] {
  const warnings: RuleWarning[] = conflict === null ? [] : [{ code: "shares_exceed", message: conflict }]
  const takes = draft.some(({ settings }) => settings.allocation === "share" || settings.allocation === "fixed")
  const paused = sharing.filter(({ is_paused }) => is_paused).map(({ name }) => name)
  if (takes && paused.length > 0) {
    const message = `${paused.join(", ")} draws on the same stock and is paused, so Meta goes on selling what it was told for it last.`
    warnings.push({ code: "paused_on_shared_stock", message })
  }
  const isAll = (rules: readonly StockRule[]) => mergeRules(rules.filter((rule) => rule.scope === "catalog")).allocation === "all"
  const others = sharing.filter(({ rules }) => isAll(rules)).map(({ name }) => name)
  if (!isAll(draft) || others.length === 0) {
    return warnings
  }
  const message = `${catalog.name} shows all of the stock that ${others.join(", ")} shows as well, so the same unit may be sold twice. Give each a share or a fixed quantity.`
  return [...warnings, { code: "all_on_shared_stock", message }]
}

function refuseIf(condition: boolean, message: string): void {
  if (condition) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
}
