import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import type { Strategy } from "../../../catalog/columns/feed-columns"
import { quantityToSell } from "../../../catalog/stock/quantity-to-sell"
import { NOT_OFFERED, readStockFacts, type StockFacts } from "../../../catalog/stock/stock-facts"
import { openPriceReader } from "../../../workflows/catalogs/catalog-prices"
import { isSamePrice } from "../../../workflows/push/decide-batch"
import { metaCatalog, scopeOf, type CatalogRow } from "../../../workflows/open-catalog"
import { readFeeds } from "./feed-state"
import { toAdminCatalog, toAdminIssue, toAdminUpload } from "./presenters"
import type { AdminIssue } from "./issue-types"
import type { AdminItemState, AdminPriceGroup, AdminProductItem, AdminProductStatus } from "./item-types"

type Variant = { id: string; title: string | null; sku: string | null }
type ItemRow = Awaited<ReturnType<ReturnType<typeof metaCatalog>["retrieveItem"]>>

/**
 * The state of a product in every catalogue. What is wanted is computed now, by the function the push uses, so the answer
 * is right even while a change waits to be sent. Variants that are gone but still have an item are included.
 */
export async function readProductStatus(container: MedusaContainer, productId: string): Promise<AdminProductStatus> {
  const module = metaCatalog(container)
  const [catalogs, items, variants, issues] = await Promise.all([
    module.listCatalogs({}, { order: { created_at: "ASC" }, take: 100 }),
    module.listItems({ product_id: productId }, { take: 5_000, order: { id: "ASC" } }),
    container
      .resolve(Modules.PRODUCT)
      .listProductVariants({ product_id: productId }, { select: ["id", "title", "sku"], order: { variant_rank: "ASC", title: "ASC", id: "ASC" }, take: 5_000 }),
    module.listIssues({ product_id: productId }, { order: { severity: "ASC", last_seen_at: "DESC" }, take: 1_000 }),
  ])
  const status = catalogs.map((catalog) =>
    readCatalogStatus(container, catalog, {
      variants,
      items: items.filter((item) => item.catalog_id === catalog.id),
      issues: issues.filter((issue) => issue.catalog_id === catalog.id).map(toAdminIssue),
    })
  )
  return { product_id: productId, catalogs: await Promise.all(status) }
}

async function readCatalogStatus(
  container: MedusaContainer,
  catalog: CatalogRow,
  { variants, items, issues }: { variants: Variant[]; items: ItemRow[]; issues: AdminIssue[] }
): Promise<AdminProductStatus["catalogs"][number]> {
  const module = metaCatalog(container)
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const gone = items.filter((item) => !variants.some((variant) => variant.id === item.variant_id))
  const all: Variant[] = [...variants, ...gone.map((item) => ({ id: item.variant_id, title: null, sku: null }))]
  const scope = scopeOf(catalog)
  const variantIds = all.map((variant) => variant.id)
  const readPrices = catalog.pushes_prices ? await openPriceReader(container, sql, scope) : null
  const [facts, prices, feeds, [upload]] = await Promise.all([
    readStockFacts(sql, scope, variantIds),
    readPrices && readPrices(variantIds),
    readFeeds(module, { catalog_id: catalog.id }),
    module.listUploads({ catalog_id: catalog.id, ended_at: { $ne: null } }, { order: { ended_at: "DESC", meta_upload_id: "DESC" }, take: 1 }),
  ])
  const { state, pause_message } = toAdminCatalog(module, catalog)
  const [feed] = feeds
  return {
    id: catalog.id,
    name: catalog.name,
    state,
    pause_message,
    feed: feed
      ? {
          built_at: feed.published?.published_at ?? null,
          fetched_at: feed.last_fetch?.completed_at ?? null,
          last_upload: upload ? toAdminUpload(upload) : null,
        }
      : null,
    items: all
      .map((variant) => {
        const item = items.find((candidate) => candidate.variant_id === variant.id)
        const strategy = feeds.find((one) => one.id === item?.feed_id)?.strategy ?? null
        return toProductItem(catalog, { variant, item, facts: facts.get(variant.id), prices, strategy })
      })
      .map((item) => ({ ...item, issues: issues.filter((issue) => issue.variant_id === item.variant_id) })),
  }
}

function toProductItem(
  catalog: CatalogRow,
  { variant, item, facts, prices, strategy }: { variant: Variant; item?: ItemRow; facts?: StockFacts; prices: Map<string, AdminPriceGroup> | null; strategy: Strategy | null }
): AdminProductItem {
  const wanted = facts ? quantityToSell(item?.invalid_since ? NOT_OFFERED : facts.stock, facts.policy) : { quantity: 0, availability: "out of stock", trace: [] }
  const acknowledged =
    item?.acknowledged_availability && item.acknowledged_at
      ? { quantity: item.acknowledged_quantity, availability: item.acknowledged_availability, at: new Date(item.acknowledged_at).toISOString() }
      : null
  return {
    catalog_id: catalog.id,
    catalog_name: catalog.name,
    item_id: item?.id ?? null,
    variant_id: variant.id,
    variant_title: variant.title,
    sku: variant.sku,
    retailer_id: item?.retailer_id ?? null,
    strategy,
    moves: Boolean(item?.moved_from_feed_id),
    state: strategy === "slow" && wanted.availability !== "out of stock" ? stateByFile(item) : stateOf(item, { ...(catalog.pushes_stock ? wanted : null), price: prices?.get(variant.id) ?? null }),
    wanted: { quantity: wanted.quantity, availability: wanted.availability },
    why: item?.invalid_since ? [{ rule: "invalid", change: 0, quantity: 0, by: {} }] : wanted.trace,
    sent:
      item?.sent_availability && item.sent_at
        ? { quantity: item.sent_quantity, availability: item.sent_availability, at: new Date(item.sent_at).toISOString() }
        : null,
    acknowledged,
    price: prices && {
      wanted: prices.get(variant.id) ?? null,
      sent: (item?.sent_price ?? null) as AdminPriceGroup | null,
      acknowledged: (item?.acknowledged_price ?? null) as AdminPriceGroup | null,
    },
    pending_since: item?.due_at ? new Date(item.due_at).toISOString() : null,
    pending_reason: item?.due_at ? item.due_reason : null,
    last_error: item?.last_error ?? null,
    discontinued_at: item?.discontinued_at ? new Date(item.discontinued_at).toISOString() : null,
    issues: [],
  }
}

/** A group that is missing from `wanted` is not the push's, or has nothing that could be sent. */
type Wanted = { quantity?: number | null; availability?: string; price: AdminPriceGroup | null }

/** What can be bought travels by file in a slow feed: nothing that waits there has to be told of. */
function stateByFile(item: ItemRow | undefined): AdminItemState {
  return item?.due_at || !item?.listed_at || item.batch_id || item.carrier_id ? stateOf(item, { price: null, availability: "" }) : "in_step"
}

function stateOf(item: ItemRow | undefined, wanted: Wanted): AdminItemState {
  if (!item?.listed_at) {
    return "not_in_feed"
  }
  if (item.batch_id || item.carrier_id) {
    return "in_flight"
  }
  if (item.rejected_at && !item.due_at) {
    return "rejected"
  }
  const hasStock =
    wanted.availability === undefined || (item.acknowledged_availability === wanted.availability && item.acknowledged_quantity === wanted.quantity)
  const hasPrice = wanted.price === null || isSamePrice(item.acknowledged_price as AdminPriceGroup | null, wanted.price)
  // Meta took the stock alone after it had refused the price.
  const isPriceRefused = !hasPrice && !item.due_at && isSamePrice(item.sent_price as AdminPriceGroup | null, wanted.price)
  return hasStock && hasPrice ? "in_step" : hasStock && isPriceRefused ? "rejected" : "waiting"
}
