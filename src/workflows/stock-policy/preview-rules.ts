import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { streamItemFacts, type ItemFacts } from "../../catalog/stock/item-facts"
import { quantityToSell, type QuantityToSell } from "../../catalog/stock/quantity-to-sell"
import { query } from "../../catalog/store/query"
import { isDecidedByStock, withheldUnits } from "../../catalog/stock/withheld-units"
import { isMassChange } from "../feeds/mass-change"
import { metaCatalog, scopeOf, type CatalogRow } from "../open-catalog"
import { checkRules, type RuleWarning } from "./check-rules"
import type { RuleChange } from "./draft-rules"

const PAGE_SIZE = 2_000
const MOST_EXAMPLES = 20

/** What a catalogue promises under one set of rules. Units are of items whose stock is counted. */
export type PromisedStock = { in_stock: number; out_of_stock: number; units: number; units_withheld: number }

/** What saving changed rules would do, over the whole catalogue as it is now. */
export type RulesPreview = {
  items: number
  changed: number
  becoming_unavailable: number
  becoming_available: number
  before: PromisedStock
  after: PromisedStock
  examples: PreviewExample[]
  warnings: RuleWarning[]
}

export type PreviewExample = { item_id: string; retailer_id: string; product_id: string; before: QuantityToSell; after: QuantityToSell }

type Example = { itemId: string; before: QuantityToSell; after: QuantityToSell; weight: number }

/**
 * Computes every item twice, by the rules as they stand and as they would be, in one pass and with the function the push uses.
 * Nothing is changed.
 *
 * @throws MedusaError as `checkRules`.
 */
export async function previewRules(container: MedusaContainer, catalog: CatalogRow, changes: RuleChange[]): Promise<RulesPreview> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const { draft, warnings } = await checkRules(container, catalog, changes)
  const none = (): PromisedStock => ({ in_stock: 0, out_of_stock: 0, units: 0, units_withheld: 0 })
  const preview = { items: 0, changed: 0, becoming_unavailable: 0, becoming_available: 0, before: none(), after: none() }
  let examples: Example[] = []
  let selling = 0
  for await (const page of streamItemFacts(sql, scopeOf(catalog), { pageSize: PAGE_SIZE, draft })) {
    for (const item of page) {
      const before = quantityToSell(item.before!.stock, item.before!.policy)
      const after = quantityToSell(item.stock, item.policy)
      preview.items += 1
      selling += item.isSelling ? 1 : 0
      count(preview.before, item, before)
      count(preview.after, item, after)
      if (before.quantity === after.quantity && before.availability === after.availability) continue
      preview.changed += 1
      const isLost = before.availability !== "out of stock" && after.availability === "out of stock"
      const isWon = before.availability === "out of stock" && after.availability !== "out of stock"
      preview.becoming_unavailable += isLost ? 1 : 0
      preview.becoming_available += isWon ? 1 : 0
      const change = Math.abs((after.quantity ?? 0) - (before.quantity ?? 0))
      examples.push({ itemId: item.itemId, before, after, weight: isLost ? 1e12 + change : change })
    }
    // What weighs most stays; a page's worth is kept at a time.
    examples = examples.sort((a, b) => b.weight - a.weight).slice(0, MOST_EXAMPLES)
  }
  const brake = await metaCatalog(container).catalogs.readBrakeSettings({ catalogId: catalog.id })
  if (isMassChange(brake, { selling, unavailable: preview.becoming_unavailable })) {
    const message = `${preview.becoming_unavailable} of ${selling} selling items would go out of stock. The change is held until a person releases it, unless it is accepted now.`
    warnings.push({ code: "mass_change", message })
  }
  return { ...preview, examples: await named(sql, examples), warnings }
}

function count(into: PromisedStock, { stock }: ItemFacts, wanted: QuantityToSell): void {
  if (wanted.availability === "out of stock") into.out_of_stock += 1
  else into.in_stock += 1
  into.units += isDecidedByStock(stock) ? (wanted.quantity ?? 0) : 0
  into.units_withheld += withheldUnits(stock, wanted)
}

async function named(sql: Knex, examples: Example[]): Promise<PreviewExample[]> {
  type Named = { id: string; retailer_id: string; product_id: string }
  const itemIds = examples.map((example) => example.itemId)
  const rows = itemIds.length > 0 ? await query<Named>(sql, "select id, retailer_id, product_id from meta_catalog_item where id = any(:itemIds)", { itemIds }) : []
  const byId = new Map(rows.map((row) => [row.id, row]))
  return examples.flatMap(({ itemId, before, after }) => {
    const item = byId.get(itemId)
    return item ? [{ item_id: itemId, retailer_id: item.retailer_id, product_id: item.product_id, before, after }] : []
  })
}
