import { readStockFacts } from "../../catalog/stock/stock-facts"
import { rankOf } from "../../modules/meta-catalog/push/priority"
import { wantedOf, type PushSettings } from "./decide-batch"
import type { OpenCatalog } from "../open-catalog"

/** Items whose facts are read in one statement. */
const PAGE_SIZE = 3_000
/** Marks that go on coming must not keep a push from its call. */
const MAX_PAGES = 100

/**
 * Gives the due items of a catalogue a rank by what they should have and what Meta is known to hold. Reads only stock: a
 * price alone is never urgent. An item that is marked again meanwhile keeps waiting for its rank.
 */
export async function rankItems(open: OpenCatalog, settings: PushSettings): Promise<void> {
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const items = await open.module.ranking.listUnranked({ catalogId: open.catalog.id, limit: PAGE_SIZE })
    if (items.length === 0) {
      return
    }
    const facts = await readStockFacts(open.sql, open.scope, items.map((item) => item.variant_id))
    const ranks = items.map((item) => ({
      id: item.id,
      marked_at: item.marked_at,
      priority: rankOf(wantedOf(item, { facts, prices: null }, settings), item),
    }))
    await open.module.ranking.recordRanks({ ranks })
    if (items.length < PAGE_SIZE) {
      return
    }
  }
}
