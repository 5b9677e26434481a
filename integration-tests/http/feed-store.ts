import { gunzipSync } from "node:zlib"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { IFileModuleService, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { parse } from "csv-parse/sync"
import type { ServedFile } from "../../src/modules/meta-catalog/feeds/served-files"
import type { MetaCatalogModuleService } from "../../src/modules/meta-catalog/service"
import { buildFeed, type BuildResult } from "../../src/workflows/steps/build-feed"
import { metaCatalog } from "../../src/workflows/open-catalog"
import type { StoreFacts } from "../store/seed-store"

/** The file a feed serves, as its route looks it up; undefined while there is none. */
export async function servedFile(module: MetaCatalogModuleService, feedId: string): Promise<ServedFile | undefined> {
  return (await module.fetches.findServed({ id: feedId }))?.file ?? undefined
}

/** One row of a feed file by column. */
export type Row = Record<string, string>

/** A seeded store with a catalogue and its feed, not yet built; nothing of it is known to Meta. */
export class FeedStore {
  /** Held on to, because the last files are deleted after the store was shut down. */
  readonly files: IFileModuleService
  private firstFile: string | undefined

  constructor(
    readonly container: MedusaContainer,
    readonly facts: StoreFacts,
    readonly catalogId: string,
    readonly feedId: string
  ) {
    this.files = container.resolve<IFileModuleService>(Modules.FILE)
  }

  static async make(container: MedusaContainer, facts: StoreFacts): Promise<FeedStore> {
    const module = metaCatalog(container)
    const catalog = await module.createCatalogs({
      name: "Shop",
      meta_catalog_id: "1000000001",
      access_token_encrypted: "not read by a build",
      public_url: "https://shop.example",
      sales_channel_id: facts.salesChannelId,
      currency_code: "eur",
      region_id: facts.regionIds.europe,
      country_code: "de",
      product_url_template: "https://shop.example/{country}/products/{handle}?variant={variant_id}",
      default_brand: "Kiln",
    })
    const feed = await module.createFeeds({ catalog_id: catalog.id, name: "Shop", schedule: { interval: "DAILY" }, token: "the-token-of-the-feed" })
    return new FeedStore(container, facts, catalog.id, feed.id)
  }

  get module(): MetaCatalogModuleService {
    return metaCatalog(this.container)
  }

  get sql(): Knex {
    return this.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  }

  async build(): Promise<BuildResult> {
    return await buildFeed(this.container, this.feedId)
  }

  /** Builds and reads back what is served then. */
  async rebuilt(): Promise<Map<string, Row>> {
    const { status } = await this.build()
    if (status !== "ready") throw new Error(`the build ended ${status}`)
    return await this.servedRows()
  }

  /** Rows of the served file by id; a repeated id is an error, because Meta would drop every row of it. */
  async servedRows(): Promise<Map<string, Row>> {
    const snapshot = await servedFile(this.module, this.feedId)
    const rows: Row[] = parse(gunzipSync(await this.files.getAsBuffer(snapshot!.file_key)), { columns: true })
    const byId = new Map(rows.map((row) => [row.id, row]))
    if (byId.size !== rows.length) throw new Error("an id comes twice")
    return byId
  }

  async rowOf(variantId: string): Promise<Row | undefined> {
    const item = await this.itemOf(variantId)
    return item && (await this.servedRows()).get(item.retailer_id)
  }

  async itemOf(variantId: string) {
    const [item] = await this.module.listItems({ catalog_id: this.catalogId, variant_id: variantId }, { take: 1 })
    return item
  }

  async snapshots() {
    return await this.module.listSnapshots({ feed_id: this.feedId }, { order: { number: "ASC" }, take: 100 })
  }

  /** Codes of the issues of a variant. */
  async issuesOf(variantId: string): Promise<string[]> {
    const issues = await this.module.listIssues({ variant_id: variantId }, { take: 50 })
    return issues.map((issue) => issue.code).sort()
  }

  /** As after an ingested upload and a settled push: Meta holds every item, as it is now. */
  async listAll(): Promise<void> {
    await this.sql.raw(
      `update meta_catalog_item set listed_at = now(), acknowledged_quantity = 5, acknowledged_availability = 'in stock', due_at = null, batch_id = null
       where catalog_id = ?`,
      [this.catalogId]
    )
  }

  /** Deletes what a test left in the store of files; the first file is part of the state every test begins in. */
  async deleteFilesButFirst(): Promise<void> {
    const [first, ...others] = await this.snapshots()
    this.firstFile ??= first.file_key ?? undefined
    const keys = others.flatMap((snapshot) => snapshot.file_key ?? [])
    if (keys.length > 0) await this.files.deleteFiles(keys)
  }

  /** Deletes the file every test began with. */
  async deleteFirstFile(): Promise<void> {
    if (this.firstFile) await this.files.deleteFiles([this.firstFile])
  }
}
