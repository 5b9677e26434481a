import { stringify } from "csv-stringify/sync"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { streamListedItems } from "../../catalog/listed-items"
import { openSnapshot } from "../../catalog/query"
import { quantityToSell } from "../../catalog/quantity-to-sell"
import type { CatalogScope } from "../../catalog/scope"
import { readStockFacts } from "../../catalog/stock-facts"
import type { FileWriter } from "../../feed/file-writer"
import type { BuildCounts } from "../../feed/plausibility"

const PAGE_SIZE = 1_000
const COLUMNS = ["id", "availability", "quantity_to_sell_on_facebook"]

/** What a file of updates is written from. */
export type UpdatesSource = { sql: Knex; scope: CatalogScope; mainFeedId: string; writer: FileWriter; heartbeat: (counts: BuildCounts) => Promise<void> }

/**
 * Writes the stock of every item that Meta is known to hold in the main feed, by the stock policy, whether it changed or not: values
 * are absolute, and Meta refuses a file without rows (CONTRACT 6.5). `id` and what may change suffice in an update file (CONTRACT 5.2).
 */
export async function writeUpdates({ sql, scope, mainFeedId, writer, heartbeat }: UpdatesSource) {
  const counts: BuildCounts = { offered: 0, gone: 0, fresh: 0, keptInvalid: 0, keptGone: 0, omitted: 0, retired: 0, leaving: 0, rows: 0 }
  const massChange = { selling: 0, unavailable: 0 }
  const snapshot = await openSnapshot(sql)
  try {
    await writer.write(stringify([COLUMNS]))
    for await (const page of streamListedItems(snapshot, { feedId: mainFeedId, pageSize: PAGE_SIZE })) {
      const facts = await readStockFacts(snapshot, scope, page.map((item) => item.variantId))
      const lines = page.map((item) => {
        const known = facts.get(item.variantId)
        const { quantity, availability } =
          known && !item.isInvalid ? quantityToSell(known.stock, known.policy) : { quantity: 0, availability: "out of stock" as const }
        massChange.selling += item.isSelling ? 1 : 0
        massChange.unavailable += item.isSelling && !item.isMoving && availability === "out of stock" && !known?.stock.isStopped ? 1 : 0
        return [item.retailerId, availability, quantity === null ? "" : String(quantity)]
      })
      counts.offered += lines.length
      counts.fresh += lines.length
      counts.rows += lines.length
      await writer.write(stringify(lines))
      await heartbeat(counts)
    }
  } finally {
    await snapshot.rollback()
  }
  return { counts, massChange }
}
