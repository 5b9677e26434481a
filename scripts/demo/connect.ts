import type { AdminCatalogStatus } from "../../src/api/admin/meta-catalog/catalog-types"
import type { AdminUpload } from "../../src/api/admin/meta-catalog/feed-types"
import type { Shop } from "./change-stock"
import { waitFor } from "./progress"

/** The catalogue and feed the demo made in the store. */
export interface Connection {
  catalogId: string
  feedId: string
}

/**
 * Connects the store to Meta's catalogue as a person does in the settings, and creates the feed.
 * @throws Error with what *Test connection* found wrong
 */
export async function connectCatalog({ api, facts, meta }: Shop): Promise<Connection> {
  const catalog = await api.createCatalog({
    name: "Example Outdoor",
    meta_catalog_id: meta.catalogId,
    access_token: meta.token,
    sales_channel_id: facts.salesChannelId,
    region_id: facts.regionIds.europe,
    country_code: "de",
    product_url_template: "https://shop.example.com/{country}/products/{handle}?variant={variant_id}",
    default_brand: "Example Outdoor",
    retailer_id_scheme: "sku",
  })
  const test = await api.testConnection(catalog.id)
  if (!test.ok) {
    const problems = test.checks.filter(({ ok }) => !ok).map(({ message }) => message)
    throw new Error(`Test connection failed: ${problems.join("; ")}`)
  }
  const feed = await api.createFeed(catalog.id)
  return { catalogId: catalog.id, feedId: feed.id }
}

/** Builds and uploads the feed, and waits until Meta's results are in the store and nothing is left to send. */
export async function uploadFirstFeed({ api }: Shop, { catalogId, feedId }: Connection): Promise<AdminUpload> {
  const where = async () => `The status says ${JSON.stringify(await api.status(catalogId)).slice(0, 2000)}`
  const feedOf = (status: AdminCatalogStatus) => status.feeds.find(({ id }) => id === feedId)
  await api.generate(feedId)
  await waitFor("the feed to be built", {
    ask: async () => feedOf(await api.status(catalogId))?.published ?? undefined,
    seconds: 60,
    detail: where,
  })
  await api.upload(feedId)
  const upload = await waitFor("Meta's results of the upload", {
    ask: async () => (await api.status(catalogId)).uploads.find(({ ingested_at }) => ingested_at !== null),
    seconds: 180,
    detail: where,
  })
  await waitFor("every listed item to be in step", {
    ask: async () => {
      const { counts } = await api.status(catalogId)
      return (counts.in_step >= counts.listed && counts.in_flight === 0 && counts.listed > 0) || undefined
    },
    seconds: 180,
    every: 250,
    detail: where,
  })
  return upload
}
