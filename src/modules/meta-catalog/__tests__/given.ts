import type { MetaCatalogModuleService } from "../service"
import type { Sql } from "../sql"

export const PUBLIC_URL = "http://store.localhost:9000"
export const WINDOW_MS = 600_000
export const OPTIONS = { encryptionKey: "k".repeat(32), graphUrl: "http://127.0.0.1:1", publicUrl: PUBLIC_URL }

/** The connection the module itself uses. */
export function sqlOf(service: MetaCatalogModuleService): Sql {
  return (service as unknown as { baseRepository_: { getFreshManager(): { getKnex(): Sql } } }).baseRepository_.getFreshManager().getKnex()
}

/** A connected catalogue with a feed. */
export async function givenCatalog(service: MetaCatalogModuleService, patch: Record<string, unknown> = {}): Promise<{ catalogId: string; feedId: string }> {
  const [catalog] = await service.createCatalogs([
    {
      name: "Kiln",
      meta_catalog_id: String(Math.floor(Math.random() * 1e12)),
      access_token_encrypted: "v1.x.x.x.x",
      public_url: PUBLIC_URL,
      sales_channel_id: "sc_1",
      currency_code: "eur",
      product_url_template: "https://shop.test/p/{handle}",
      ...patch,
    },
  ])
  const [feed] = await service.createFeeds([{ catalog_id: catalog.id, name: "feed", schedule: { interval: "DAILY" }, token: catalog.id }])
  return { catalogId: catalog.id, feedId: feed.id }
}

/** Listed items `SKU-1` … `SKU-n`, written since snapshot 1; `patch` changes all of them. */
export async function givenItems(
  service: MetaCatalogModuleService,
  { catalogId, feedId, count }: { catalogId: string; feedId: string; count: number },
  patch: Record<string, unknown> = {}
): Promise<string[]> {
  const items = await service.createItems(
    Array.from({ length: count }, (_, index) => ({
      catalog_id: catalogId,
      feed_id: feedId,
      retailer_id: `SKU-${index + 1}`,
      variant_id: `variant_${catalogId}_${index + 1}`,
      product_id: `prod_${index + 1}`,
      listed_at: new Date(),
      written_since: 1,
      ...patch,
    }))
  )
  return items.map((item) => item.id)
}

/** Moves the plugin's clock by this much from now on; everything it stores or compares follows. */
export async function moveClock(service: MetaCatalogModuleService, interval: string): Promise<void> {
  await sqlOf(service).raw(
    `create or replace function meta_catalog_now() returns timestamptz language sql stable as $$ select statement_timestamp() + interval '${interval}' $$`
  )
}
