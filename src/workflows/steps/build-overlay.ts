import { stringify } from "csv-stringify/sync"
import { readColumnSettings } from "../../catalog/columns/column-settings"
import { cellOf, type FeedRow } from "../../catalog/columns/field-table"
import type { ItemSettings } from "../../catalog/items/item-settings"
import { mapItem } from "../../catalog/items/map-item"
import { productMapper } from "../../catalog/items/map-product"
import { overrideCells, overrideHeader, removalCells, type OverlayCells } from "../../catalog/items/overlay-rows"
import type { SourcePage, VariantSource } from "../../catalog/store/product-sources"
import type { BuildCounts } from "../../feed/plausibility"
import { pageTranslator } from "../feeds/read-translations"
import { overlayPlan, type OverlayPlan } from "../feeds/overlay-plan"
import { noCounts, type FeedSink, type SinkSource } from "./feed-sink"

/** One running build. */
type Overlay = SinkSource & {
  /** XML has no cells that are empty on purpose, so such a file is never one. */
  format: "csv" | "tsv"
  plan: OverlayPlan
  settings: ItemSettings
  mapProduct: ReturnType<typeof productMapper>
  counts: BuildCounts
  massChange: { selling: number; unavailable: number }
  /** In how many lines each column of a supplementary feed has a value. */
  filled: Record<string, number>
  columnSettings: Record<string, string>
  /** Lines that say something other than that nothing is to be seen there. */
  said: number
  /** Why the store's own code failed, by the first item it failed for; null where it did not. */
  hookFailure: string | null
}

/**
 * Opens the sink of a supplementary or override feed: of items that Meta is known to hold, every one with every column, because only such
 * items can be changed and an empty cell clears (CONTRACT 5.3, 7.6). It adds and deletes no item, so its file may shrink as it likes.
 */
export async function openOverlaySink(source: SinkSource): Promise<FeedSink> {
  const plan = await overlayPlan(source)
  const { settings, scope } = plan
  const format = source.started.format === "tsv" ? "tsv" : "csv"
  const mapProduct = productMapper(settings)
  const filled = Object.fromEntries(plan.columns.map((column) => [column, 0]))
  const columnSettings = await readColumnSettings(source.snapshot, source.catalog, source.feed.id)
  const overlay: Overlay = { ...source, format, plan, settings, mapProduct, counts: noCounts(), massChange: { selling: 0, unavailable: 0 }, filled, columnSettings, said: 0, hookFailure: null }
  const translate = plan.override?.type === "language" ? pageTranslator(source.container, source.snapshot, settings.locale ?? "") : null
  await write(overlay, [plan.override ? overrideHeader(plan.columns) : ["id", ...plan.columns]])
  return {
    reader: { scope, priceVariants: await source.pricesOf(scope), details: settings.columns?.details },
    counts: overlay.counts,
    offered: async (page) => {
      const held: SourcePage = { ...page, variants: page.variants.filter((variant) => isWanted(variant, plan)) }
      if (translate) {
        const { page: shown, translated } = await translate(held)
        await writeOverrides(overlay, shown, (variant) => translated.has(variant.id))
      } else if (plan.override) {
        await writeOverrides(overlay, held, () => true)
      } else {
        await writeSupplement(overlay, held)
      }
    },
    gone: async (items) => {
      if (plan.override) await writeGone(overlay, items)
    },
    finish: async () => {
      const { counts, massChange, said, hookFailure } = overlay
      const holdReason = hookFailure ?? plan.holdReason({ lines: counts.rows, said })
      const started = { ...source.started, published_rows: null }
      // Of an override nothing need be said in a place any more; a supplementary feed's empty cells clear what Meta shows.
      const columns = plan.override ? null : { filled, settings: columnSettings }
      return { build: { started, counts, massChange, holdReason, partition: null, columns }, follow: async () => undefined }
    },
  }
}

/** Meta takes values only for items it holds; a supplementary feed's only for those of its primary feeds. */
function isWanted({ item }: VariantSource, { primaryFeedIds }: OverlayPlan): boolean {
  return item !== null && item.listed && (primaryFeedIds === null || primaryFeedIds.has(item.feedId ?? ""))
}

async function writeSupplement(overlay: Overlay, page: SourcePage): Promise<void> {
  const lines = page.variants.map((variant) => {
    const row = mappedRow(overlay, page, variant)
    const values = overlay.plan.columns.map((column) => cellOf(row, column))
    for (const [index, column] of overlay.plan.columns.entries()) overlay.filled[column] += values[index] === "" ? 0 : 1
    return [variant.item!.retailerId, ...values]
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
    const row = mappedRow(overlay, page, variant)
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

/** A row without what the store's own code would have said is no row of such a feed: an empty cell clears, and no last valid row is kept of it. */
function mappedRow(overlay: Overlay, page: SourcePage, variant: VariantSource): FeedRow {
  const { retailerId } = variant.item!
  const { row, losses } = mapItem(variant, overlay.mapProduct(page.products.get(variant.productId)!), overlay.settings, retailerId)
  const failed = losses.find((loss) => loss.kind === "hook_failed")
  if (failed) overlay.hookFailure ??= `mapItem failed for ${retailerId} (${failed.reason}), so it is not known what the file has to say of it.`
  return row
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
