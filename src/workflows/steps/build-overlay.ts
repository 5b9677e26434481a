import { stringify } from "csv-stringify/sync"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { cellOf, type FeedFieldName } from "../../catalog/field-table"
import { streamGoneItems } from "../../catalog/gone-items"
import type { ItemSettings } from "../../catalog/item-settings"
import { mapItem } from "../../catalog/map-item"
import { productMapper } from "../../catalog/map-product"
import { overrideCells, overrideHeader, removalCells, type OverlayCells } from "../../catalog/overlay-rows"
import { streamProductSources, type SourcePage, type VariantSource } from "../../catalog/product-sources"
import { openSnapshot } from "../../catalog/query"
import type { FileWriter } from "../../feed/file-writer"
import type { BuildCounts } from "../../feed/plausibility"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import { openPrices } from "../catalog-prices"
import { pageTranslator } from "../read-translations"
import { overlayPlan, type FeedRow, type OverlayPlan } from "../overlay-plan"
import type { CatalogRow } from "../open-catalog"

const PAGE_SIZE = 250

/** What a file that puts values over the items of other feeds is written from. */
export type OverlaySource = {
  container: MedusaContainer
  module: MetaCatalogModuleService
  sql: Knex
  catalog: CatalogRow
  feed: FeedRow
  /** The file's format; XML has no cells that are empty on purpose, so it is none. */
  format: "csv" | "tsv"
  writer: FileWriter
  heartbeat: (counts: BuildCounts) => Promise<void>
}

/** `holdReason`: nobody would want this file published unseen. */
export type WrittenOverlay = { counts: BuildCounts; massChange: { selling: number; unavailable: number }; holdReason: string | null }

/** One running build. */
type Overlay = OverlaySource & {
  plan: OverlayPlan
  settings: ItemSettings
  mapProduct: ReturnType<typeof productMapper>
  counts: BuildCounts
  massChange: { selling: number; unavailable: number }
  /** Lines that say something other than that nothing is to be seen there. */
  said: number
}

/**
 * Writes the file of a supplementary or override feed: of items that Meta is known to hold, every one with every column, because only such
 * items can be changed and an empty cell clears (CONTRACT 5.3, 7.6). It deletes no item.
 */
export async function writeOverlay(source: OverlaySource): Promise<WrittenOverlay> {
  const plan = await overlayPlan(source)
  const overlay: Overlay = { ...source, plan, settings: plan.settings, mapProduct: productMapper(plan.settings), counts: noCounts(), massChange: { selling: 0, unavailable: 0 }, said: 0 }
  const snapshot = await openSnapshot(source.sql)
  try {
    await write(overlay, [plan.override ? overrideHeader(plan.columns) : ["id", ...plan.columns]])
    const priceVariants = await openPrices(source.container, plan.scope)
    const translate = plan.override?.type === "language" ? pageTranslator(source.container, snapshot, plan.settings.locale ?? "") : null
    for await (const page of streamProductSources(snapshot, plan.scope, { pageSize: PAGE_SIZE, priceVariants, details: plan.settings.columns?.details })) {
      const listed = page.variants.filter((variant) => isWanted(variant, plan))
      const held: SourcePage = { ...page, variants: listed }
      if (translate) {
        const { page: shown, translated } = await translate(held)
        await writeOverrides(overlay, shown, (variant) => translated.has(variant.id))
      } else if (plan.override) {
        await writeOverrides(overlay, held, () => true)
      } else {
        await writeSupplement(overlay, held)
      }
      await source.heartbeat(overlay.counts)
    }
    if (plan.override) {
      for await (const gone of streamGoneItems(snapshot, [plan.scope], { pageSize: PAGE_SIZE })) {
        await writeGone(overlay, gone.get(plan.scope.catalogId) ?? [])
        await source.heartbeat(overlay.counts)
      }
    }
  } finally {
    await snapshot.rollback()
  }
  return { counts: overlay.counts, massChange: overlay.massChange, holdReason: plan.holdReason({ lines: overlay.counts.rows, said: overlay.said }) }
}

function noCounts(): BuildCounts {
  return { offered: 0, gone: 0, fresh: 0, keptInvalid: 0, keptGone: 0, omitted: 0, retired: 0, leaving: 0, rows: 0 }
}

/** Meta takes values only for items it holds; a supplementary feed's only for those of its primary feeds. */
function isWanted({ item }: VariantSource, { primaryFeedIds }: OverlayPlan): boolean {
  return item !== null && item.listed && (primaryFeedIds === null || primaryFeedIds.has(item.feedId ?? ""))
}

async function writeSupplement(overlay: Overlay, page: SourcePage): Promise<void> {
  const lines = page.variants.map((variant) => {
    const cells = mappedCells(overlay, page, variant)
    return [variant.item!.retailerId, ...overlay.plan.columns.map((column) => cells(column))]
  })
  overlay.said += lines.length
  await take(overlay, lines, { offered: lines.length })
}

/** @param says whether there is anything to say about a variant in this place; where there no longer is, what was said is taken away. */
async function writeOverrides(overlay: Overlay, page: SourcePage, says: (variant: VariantSource) => boolean): Promise<void> {
  const { module, feed, plan } = overlay
  const { value, type } = plan.override!
  const before = await module.overlays.readOverridden({ feedId: feed.id, itemIds: page.variants.map(({ item }) => item!.id) })
  const lines: OverlayCells[] = []
  const changed: { itemId: string; isHidden: boolean }[] = []
  for (const variant of page.variants) {
    const item = variant.item!
    const known = before.get(item.id)
    if (!says(variant)) {
      if (known) lines.push(removalCells(item.retailerId, { value, columns: plan.columns }))
      continue
    }
    const { row } = mapItem(variant, overlay.mapProduct(page.products.get(variant.productId)!), overlay.settings, item.retailerId)
    const isHidden = type === "country" && row.variant.price === ""
    if (type === "country") row.variant.status = isHidden ? "archived" : "active"
    lines.push(overrideCells(row, { value, columns: plan.columns }))
    overlay.said += isHidden ? 0 : 1
    overlay.massChange.selling += known && !known.isHidden ? 1 : 0
    overlay.massChange.unavailable += known && !known.isHidden && isHidden ? 1 : 0
    if (!known || known.isHidden !== isHidden) changed.push({ itemId: item.id, isHidden })
  }
  await module.overlays.recordOverridden({ feedId: feed.id, items: changed })
  await take(overlay, lines, { offered: page.variants.length })
}

/** An item that is no longer offered shows as its own feed says, also where it was overridden. */
async function writeGone(overlay: Overlay, items: { id: string; retailerId: string; listed: boolean }[]): Promise<void> {
  const { module, feed, plan } = overlay
  const listed = items.filter((item) => item.listed)
  const before = await module.overlays.readOverridden({ feedId: feed.id, itemIds: listed.map((item) => item.id) })
  const lines = listed.filter((item) => before.has(item.id)).map((item) => removalCells(item.retailerId, { value: plan.override!.value, columns: plan.columns }))
  await take(overlay, lines, { gone: listed.length })
}

function mappedCells({ mapProduct, settings }: Overlay, page: SourcePage, variant: VariantSource): (column: FeedFieldName) => string {
  const { row } = mapItem(variant, mapProduct(page.products.get(variant.productId)!), settings, variant.item!.retailerId)
  return (column) => cellOf(row, column)
}

async function take(overlay: Overlay, lines: OverlayCells[], { offered = 0, gone = 0 }: { offered?: number; gone?: number }): Promise<void> {
  const { counts } = overlay
  counts.offered += offered
  counts.gone += gone
  counts.fresh += offered > 0 ? lines.length : 0
  counts.keptGone += offered > 0 ? 0 : lines.length
  counts.omitted += offered + gone - lines.length
  counts.rows += lines.length
  await write(overlay, lines)
}

async function write({ writer, format }: Overlay, lines: OverlayCells[]): Promise<void> {
  if (lines.length > 0) await writer.write(stringify(lines, { delimiter: format === "tsv" ? "\t" : "," }))
}
