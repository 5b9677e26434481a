import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError, Modules } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { readStockFacts } from "../../catalog/stock/stock-facts"
import { PRIORITY } from "../../modules/meta-catalog/push/priority"
import type { AskedItem } from "../../modules/meta-catalog/items/single-items"
import { CREATION_REFUSED, GONE_AT_META } from "../adopt/adoption-findings"
import { keepInStep } from "../pace/keep-in-step"
import { metaCatalog, scopeOf, type CatalogRow } from "../open-catalog"

export type SyncProductInput = { product_id: string; catalog_id?: string }

/** A variant that is not sent, and why: a stable word and the same for a person. */
export type NotSent = {
  variant_id: string
  retailer_id: string | null
  reason: "not_offered" | "invalid" | "looked_up" | "no_feed" | "not_in_feed"
  message: string
}

/** What becomes of the product in one catalogue. `waits`: why nothing is sent at present, for instance because it is paused. */
export type SyncedCatalog = { catalog_id: string; catalog_name: string; items: number; waits: string | null; not_sent: NotSent[] }

/** Every catalogue that was asked. */
export type SyncProductResult = { product_id: string; catalogs: SyncedCatalog[] }

/** The issues that keep an item from being created, which a person's wish overrules. */
const OVERRULED = [GONE_AT_META, CREATION_REFUSED]

/**
 * Sends a product now: all its listed items, whatever Meta holds or has refused, by each catalogue's own transport. Starts the
 * rounds and does not wait for them.
 *
 * @throws MedusaError NOT_FOUND for a product that neither the store nor any item knows, and for an unknown catalogue.
 */
export async function syncProduct(container: MedusaContainer, { product_id, catalog_id }: SyncProductInput): Promise<SyncProductResult> {
  const module = metaCatalog(container)
  const catalogs = catalog_id ? [await module.retrieveCatalog(catalog_id)] : await module.listCatalogs({}, { order: { created_at: "ASC" }, take: null })
  const variants = await container.resolve(Modules.PRODUCT).listProductVariants({ product_id }, { select: ["id"], order: { id: "ASC" }, take: null })
  const catalogIds = catalogs.map((catalog) => catalog.id)
  const asked = await module.singleItems.askForProduct({ productId: product_id, catalogIds, priority: PRIORITY.stock })
  if (variants.length === 0 && asked.length === 0) {
    const [product] = await container.resolve(Modules.PRODUCT).listProducts({ id: product_id }, { select: ["id"], take: 1 })
    if (!product) {
      throw new MedusaError(MedusaError.Types.NOT_FOUND, `product_id: there is no product ${product_id}`)
    }
  }
  const synced: SyncedCatalog[] = []
  for (const catalog of catalogs) {
    const items = asked.filter((item) => item.catalog_id === catalog.id)
    const listed = new Set(items.filter((item) => item.is_listed).map((item) => item.variant_id))
    const unlisted = variants.map((variant) => variant.id).filter((id) => !listed.has(id))
    synced.push({
      catalog_id: catalog.id,
      catalog_name: catalog.name,
      items: listed.size,
      waits: reasonToWait(catalog, module.options.publicUrl),
      not_sent: await followUnlisted(container, catalog, { variantIds: unlisted, items }),
    })
    keepInStep(container, catalog.id, 0)
  }
  return { product_id, catalogs: synced }
}

function reasonToWait(catalog: CatalogRow, publicUrl: string | null | undefined): string | null {
  if (catalog.public_url !== publicUrl) {
    return `The catalogue was connected under ${catalog.public_url}; say first whether the store has moved.`
  }
  return catalog.state === "paused" ? `The catalogue is paused: ${catalog.pause_message ?? catalog.pause_reason}` : null
}

/** Asks for what brings offered variants into the catalogue, and says of every variant what it waits for. */
async function followUnlisted(
  container: MedusaContainer,
  catalog: CatalogRow,
  { variantIds, items }: { variantIds: string[]; items: AskedItem[] }
): Promise<NotSent[]> {
  if (variantIds.length === 0) {
    return []
  }
  const module = metaCatalog(container)
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const facts = await readStockFacts(sql, scopeOf(catalog), variantIds)
  const offered = variantIds.filter((id) => facts.get(id)?.stock.isOffered)
  const issues = await module.listIssues({ catalog_id: catalog.id, variant_id: offered, severity: "error", source: "check" }, { take: null, order: { id: "ASC" } })
  const overruled = issues.filter((issue) => OVERRULED.includes(issue.code)).map((issue) => issue.id)
  if (overruled.length > 0) {
    await module.deleteIssues(overruled)
  }
  const route = offered.length > 0 ? await routeOf(container, catalog) : null
  return variantIds.map((variant_id): NotSent => {
    const retailer_id = items.find((item) => item.variant_id === variant_id)?.retailer_id ?? null
    const problem = issues.find((issue) => issue.variant_id === variant_id && !overruled.includes(issue.id))
    if (!offered.includes(variant_id)) {
      return { variant_id, retailer_id, reason: "not_offered", message: "It is not published in the catalogue's sales channel." }
    }
    if (problem) {
      return { variant_id, retailer_id, reason: "invalid", message: `${problem.title}: ${problem.message}` }
    }
    return { variant_id, retailer_id, ...route! }
  })
}

/** The way by which offered variants get into the catalogue, set going. */
async function routeOf(container: MedusaContainer, catalog: CatalogRow): Promise<Pick<NotSent, "reason" | "message">> {
  const module = metaCatalog(container)
  if (catalog.transport === "item_node") {
    await module.catalogs.requestSweep({ catalogIds: [catalog.id] })
    return { reason: "looked_up", message: "It is looked up at Meta now, and created there where Meta does not have it." }
  }
  const [feed] = await module.listFeeds({ catalog_id: catalog.id }, { select: ["id"], take: 1 })
  if (!feed) {
    return { reason: "no_feed", message: "The catalogue has no feed, and only a feed brings new items to Meta." }
  }
  await module.feeds.requestBuilds({ catalogIds: [catalog.id] })
  return { reason: "not_in_feed", message: "No upload has listed it yet; a build of the feed was asked for." }
}

const syncProductStep = createStep("meta-catalog-sync-product", async (input: SyncProductInput, { container }) => {
  return new StepResponse(await syncProduct(container, input))
})

/** *Sync this product now*: sends a product in every catalogue, or in one, at once. */
export const syncProductWorkflow = createWorkflow("meta-catalog-sync-product", (input: SyncProductInput) => {
  return new WorkflowResponse(syncProductStep(input))
})
