import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { readStockFacts, type StockFacts } from "../../catalog/stock/stock-facts"
import { keepInStep } from "../pace/keep-in-step"
import { metaCatalog, scopeOf } from "../open-catalog"

/** Variants in one statement: a mark holds its rows' locks until it ends, and a push must not wait long for them. */
const MARKED_AT_ONCE = 5_000

/**
 * Marks the items of these variants due and starts the pace of their catalogues. Nothing here calls Meta, so an event
 * handler that awaits it never holds up the store.
 */
export async function markVariantsDue(
  container: MedusaContainer,
  { variantIds, reason, priority }: { variantIds: string[]; reason: string; priority: number }
): Promise<void> {
  const module = metaCatalog(container)
  for (let start = 0; start < variantIds.length; start += MARKED_AT_ONCE) {
    const part = variantIds.slice(start, start + MARKED_AT_ONCE)
    for (const { catalog_id } of await module.items.markVariantsDue({ variantIds: part, reason, priority })) {
      keepInStep(container, catalog_id, module.options.pushDelayMs)
    }
  }
}

/**
 * Asks for a build wherever one of these variants is offered but has no item yet: without it, Meta's next fetch would read
 * a file that lacks the variant. A catalogue without a feed is asked to look for it at Meta instead.
 */
export async function requestBuildsForNewVariants(container: MedusaContainer, variantIds: string[]): Promise<void> {
  if (variantIds.length === 0) {
    return
  }
  const module = metaCatalog(container)
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const catalogs = await module.listCatalogs({ state: "active" }, { take: null, order: { id: "ASC" } })
  const catalogIds: string[] = []
  for (const catalog of catalogs) {
    const isSingle = catalog.transport === "item_node"
    const unknown = await (isSingle ? module.singleItems.unlistedVariants : module.items.variantsWithoutItem)({ catalogId: catalog.id, variantIds })
    const facts = unknown.length > 0 ? await readStockFacts(sql, scopeOf(catalog), unknown) : new Map<string, StockFacts>()
    if (![...facts.values()].some(({ stock }) => stock.isOffered)) {
      continue
    }
    if (isSingle) {
      await module.catalogs.requestSweep({ catalogIds: [catalog.id] })
      keepInStep(container, catalog.id, module.options.pushDelayMs)
    } else {
      catalogIds.push(catalog.id)
    }
  }
  if (catalogIds.length > 0) {
    await module.feeds.requestBuilds({ catalogIds })
  }
}

/** Asks for a sweep of every catalogue and starts it at the pace of a push: a link, channel or location has changed. */
export async function requestSweeps(container: MedusaContainer): Promise<void> {
  const module = metaCatalog(container)
  await module.catalogs.requestSweep()
  const catalogs = await module.listCatalogs({ state: "active" }, { select: ["id"], take: null, order: { id: "ASC" } })
  for (const { id } of catalogs) {
    keepInStep(container, id, module.options.pushDelayMs)
  }
}
