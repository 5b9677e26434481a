import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import type { GoneItem } from "../../catalog/store/gone-items"
import type { PriceVariants } from "../../catalog/prices/prices"
import type { SourcePage } from "../../catalog/store/product-sources"
import type { CatalogScope } from "../../catalog/store/scope"
import type { StoreReader } from "../../catalog/store/store-pages"
import type { FileWriter } from "../../feed/file-writer"
import type { BuildCounts } from "../../feed/plausibility"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import type { StartedSnapshot } from "../../modules/meta-catalog/snapshots/snapshots"
import type { CatalogRow } from "../open-catalog"
import type { CompleteBuild } from "./conclude-build"

export type FeedRow = Awaited<ReturnType<MetaCatalogModuleService["retrieveFeed"]>>

/** What one feed's file is made of, and into what. */
export type SinkSource = {
  container: MedusaContainer
  module: MetaCatalogModuleService
  /** For reads outside the snapshot, and never for writes. */
  sql: Knex
  /** The one state of the database that all feeds of a run are written from. */
  snapshot: Knex.Transaction
  /** Price readers of the run: catalogues with the same context share one, which is then asked once for all. */
  pricesOf(scope: CatalogScope): Promise<PriceVariants>
  /** Digits after the dot of a currency, read once for the run. */
  decimalsOf(currencyCode: string): Promise<number>
  catalog: CatalogRow
  feed: FeedRow
  started: StartedSnapshot
  writer: FileWriter
}

/** A complete file apart from its bytes, and what is to be done once it is published. */
export type WrittenFeed = { build: Omit<CompleteBuild, "module" | "catalog" | "feedId" | "file">; follow(): Promise<void> }

/**
 * One feed in a run over the store: takes every page in, decides, writes and counts. Pages come one after the other, never two at once;
 * first those that are offered, then the items of its catalogue that no longer are.
 */
export type FeedSink = {
  readonly reader: StoreReader
  /** What was counted so far; shown while the build runs. */
  readonly counts: BuildCounts
  offered(page: SourcePage): Promise<void>
  gone(items: GoneItem[]): Promise<void>
  /** All pages were taken in. */
  finish(): Promise<WrittenFeed>
}

/** Counts before the first page. */
export function noCounts(): BuildCounts {
  return { offered: 0, gone: 0, fresh: 0, keptInvalid: 0, keptGone: 0, omitted: 0, retired: 0, leaving: 0, rows: 0 }
}
