import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { hasOfferedWithoutItem } from "../../catalog/store/offered-without-item"
import type { PriceCells } from "../../catalog/prices/price-cells"
import { quantityToSell } from "../../catalog/stock/quantity-to-sell"
import { streamItemFacts, type ItemFacts } from "../../catalog/stock/item-facts"
import { PRIORITY } from "../../modules/meta-catalog/push/priority"
import { adoptItems } from "../adopt/adopt-items"
import { openPriceReader } from "../catalogs/catalog-prices"
import { isSamePrice } from "./decide-batch"
import { isMassChange } from "../feeds/mass-change"
import { notifyAdmin } from "../notify"
import { openCatalog, type OpenCatalog } from "../open-catalog"

const PAGE_SIZE = 2_000

/** What one sweep found. `held`: the brake kept the items that would become unavailable from being marked. */
export type SweepResult = { items: number; marked: number; held: number }

/**
 * Recomputes every item of a catalogue and marks those that differ from what Meta was told last. It repairs whatever no
 * event told us: a missed event costs freshness, never correctness.
 */
export async function sweep(container: MedusaContainer, catalogId: string): Promise<SweepResult> {
  const result: SweepResult = { items: 0, marked: 0, held: 0 }
  const open = await openCatalog(container, catalogId)
  if (!open) {
    return result
  }
  let selling = 0
  // Held back until the whole catalogue was seen, because only then is it known whether the brake holds them.
  const becomingUnavailable: string[] = []
  const { pushes_stock: pushesStock, pushes_prices: pushesPrices, slow_sell_outs_by_push: pushesSlowSellOuts } = open.catalog
  const readPrices = pushesPrices ? await openPriceReader(container, open.sql, open.scope) : null
  // Marking one page while the next is looked at: both take about as long.
  let marking = Promise.resolve(0)
  for await (const page of streamItemFacts(open.sql, open.scope, { pageSize: PAGE_SIZE, withPrices: pushesPrices })) {
    const differing: string[] = []
    const prices = readPrices && (await readPrices(page.map((item) => item.variantId)))
    for (const item of page) {
      result.items += 1
      selling += item.isSelling ? 1 : 0
      const change = pushesStock ? (item.isSlow ? sellOutOf(item, pushesSlowSellOuts) : changeOf(item)) : null
      if (change && item.isSelling && change === "out of stock" && !item.stock.isStopped) {
        becomingUnavailable.push(item.itemId)
      } else if (change || (prices && !item.isSlow && hasPriceChanged(item, prices.get(item.variantId)))) {
        differing.push(item.itemId)
      }
    }
    result.marked += await marking
    marking = mark(open, differing)
    marking.catch(() => undefined)
  }
  result.marked += await marking
  if (open.catalog.transport === "item_node") {
    await adoptItems(open)
  } else if (await hasOfferedWithoutItem(open.sql, open.scope)) {
    await open.module.feeds.requestBuilds({ catalogIds: [catalogId], unlessBuilding: true })
  }
  if (isMassChange(await open.module.catalogs.readBrakeSettings({ catalogId }), { selling, unavailable: becomingUnavailable.length })) {
    result.held = becomingUnavailable.length
    await hold(open, { selling, unavailable: becomingUnavailable.length })
    return result
  }
  await open.module.catalogs.clearBrake({ catalogId })
  for (let start = 0; start < becomingUnavailable.length; start += PAGE_SIZE) {
    result.marked += await mark(open, becomingUnavailable.slice(start, start + PAGE_SIZE))
  }
  return result
}

/** The availability the item should have now, when Meta was told something else or what it holds is unknown; else null. */
function changeOf(item: ItemFacts): string | null {
  if (item.isDue) {
    return null
  }
  const wanted = quantityToSell(item.stock, item.policy)
  const { told } = item
  return told.quantity === wanted.quantity && told.availability === wanted.availability ? null : wanted.availability
}

/** Of an item whose changes wait for a file: that it sold out and Meta was not told, or that it can be bought again. */
function sellOutOf(item: ItemFacts, pushesSlowSellOuts: boolean): string | null {
  const change = pushesSlowSellOuts ? changeOf(item) : null
  return change === "out of stock" || item.told.availability === "out of stock" ? change : null
}

function hasPriceChanged(item: ItemFacts, wanted: PriceCells | undefined): boolean {
  return !item.isDue && wanted !== undefined && !isSamePrice(item.toldPrice, wanted)
}

async function mark(open: OpenCatalog, itemIds: string[]): Promise<number> {
  return itemIds.length > 0 ? await open.module.items.markItemsDue({ itemIds, reason: "sweep", priority: PRIORITY.sweep }) : 0
}

async function hold(open: OpenCatalog, { selling, unavailable }: { selling: number; unavailable: number }): Promise<void> {
  const isNew = await open.module.catalogs.holdBrake({ catalogId: open.catalog.id, held: { source: "sweep", selling, unavailable } })
  if (isNew) {
    const description = `${unavailable} of ${selling} selling items would become unavailable on Meta. Nothing was sent; release the change if it is meant.`
    await notifyAdmin(open.container, { title: `Meta catalogue ${open.catalog.name}: a mass change is held`, description })
  }
}

const sweepStep = createStep("meta-catalog-sweep", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await sweep(container, catalog_id))
})

/** Recomputes one catalogue and marks the differences. */
export const sweepWorkflow = createWorkflow("meta-catalog-sweep", (input: { catalog_id: string }) => {
  return new WorkflowResponse(sweepStep(input))
})
