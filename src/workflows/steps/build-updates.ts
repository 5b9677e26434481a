import { stringify } from "csv-stringify/sync"
import type { GoneItem } from "../../catalog/store/gone-items"
import type { KnownItem } from "../../catalog/store/known-items"
import type { VariantSource } from "../../catalog/store/product-sources"
import { quantityToSell } from "../../catalog/stock/quantity-to-sell"
import type { BuildCounts } from "../../feed/plausibility"
import { scopeOf } from "../open-catalog"
import { noCounts, type FeedSink, type SinkSource } from "./feed-sink"

const COLUMNS = ["id", "availability", "quantity_to_sell_on_facebook"]

type Line = [id: string, availability: string, quantity: string]

/**
 * Opens a sink for a file of updates: the stock of every item that Meta is known to hold in the main feed, by the stock policy, whether it
 * changed or not. Values are absolute, and Meta refuses a file without rows (CONTRACT 6.5). `id` and what may change suffice in an
 * update file (CONTRACT 5.2). Nothing at Meta is deleted by what it lacks, so it may shrink as it likes.
 */
export async function openUpdatesSink({ catalog, feed, started, writer, pricesOf }: SinkSource): Promise<FeedSink> {
  const scope = scopeOf(catalog)
  const counts = noCounts()
  const massChange = { selling: 0, unavailable: 0 }
  const isListed = (item: KnownItem | null) => item !== null && item.listed && item.feedId === feed.main_feed_id
  const take = async (lines: Line[], kind: keyof Pick<BuildCounts, "fresh" | "keptGone">) => {
    counts[kind] += lines.length
    counts.rows += lines.length
    if (lines.length > 0) await writer.write(stringify(lines))
  }
  await writer.write(stringify([COLUMNS]))
  return {
    reader: { scope, priceVariants: await pricesOf(scope) },
    counts,
    offered: async ({ variants }) => {
      const listed = variants.filter(({ item }) => isListed(item))
      counts.offered += listed.length
      await take(listed.map((variant) => lineOf(variant, massChange)), "fresh")
    },
    gone: async (items) => {
      const listed = items.filter(isListed)
      counts.gone += listed.length
      await take(listed.map((item) => goneLine(item, massChange)), "keptGone")
    },
    finish: async () => ({
      build: { started: { ...started, published_rows: null }, counts, massChange, partition: null, columns: null },
      follow: async () => undefined,
    }),
  }
}

function lineOf({ item, stock, policy }: VariantSource, massChange: { selling: number; unavailable: number }): Line {
  const { retailerId, isInvalid, isSelling, isMoving } = item!
  const { quantity, availability } = isInvalid ? SOLD_OUT : quantityToSell(stock, policy)
  massChange.selling += isSelling ? 1 : 0
  massChange.unavailable += isSelling && !isMoving && availability === "out of stock" && !stock.isStopped ? 1 : 0
  return [retailerId, availability, quantity === null ? "" : String(quantity)]
}

const SOLD_OUT = { quantity: 0, availability: "out of stock" } as const

function goneLine({ retailerId, isSelling, isMoving }: GoneItem, massChange: { selling: number; unavailable: number }): Line {
  massChange.selling += isSelling ? 1 : 0
  massChange.unavailable += isSelling && !isMoving ? 1 : 0
  return [retailerId, SOLD_OUT.availability, String(SOLD_OUT.quantity)]
}
