import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { ITEM_EVENTS, TAX_EVENTS, type Reach } from "./event-reach"
import { markVariantsDue, requestBuildsForNewVariants, requestSweeps } from "./mark-due"
import { metaCatalog } from "../open-catalog"

/** Ids by the name of the event that named them. */
export type Heard = ReadonlyMap<string, ReadonlySet<string>>

/**
 * How long a build may wait after a price has changed. Meta's own fetches find a fresh file anyway, because a build is
 * timed before each; this one is for whoever fetches in between. A store that changes prices all day builds six times an hour.
 */
export const PRICE_BUILD_MS = 10 * 60_000

/**
 * How long a sweep may wait after prices were deleted for good. Every edit of a variant's prices does that and also makes
 * new prices, which mark the variant at once; the sweep is for those that were only deleted.
 */
export const PRICE_SWEEP_MS = 5 * 60_000

/** What a mark needs besides its variants. */
type Mark = { reason: string; priority: number }

/**
 * Marks what events may have changed: a statement or two per event name, however many ids it came with. Events are hints:
 * the push reads the truth, so an event heard twice, late or out of order changes nothing.
 */
export async function markHeard(container: MedusaContainer, heard: Heard): Promise<void> {
  const catalogs = await metaCatalog(container).listCatalogs({}, { select: ["id", "pushes_prices", "price_tax"], take: null, order: { id: "ASC" } })
  if (catalogs.length === 0) {
    return
  }
  const pricedIds = catalogs.filter((catalog) => catalog.pushes_prices).map((catalog) => catalog.id)
  const found = await resolve(container, heard)
  for (const { reason, priority, variantIds } of marksOf(found, { withPrices: pricedIds.length > 0 })) {
    await markVariantsDue(container, { variantIds, reason, priority })
  }
  if (found.needsSweep) {
    await requestSweeps(container)
  }
  if (found.lostPrices && pricedIds.length > 0) {
    await metaCatalog(container).catalogs.requestSweep({ catalogIds: pricedIds, withinMs: PRICE_SWEEP_MS })
  }
  if (found.hasTaxes) {
    const taxed = catalogs.filter((catalog) => catalog.price_tax !== "as_stored")
    await metaCatalog(container).catalogs.requestSweep({ catalogIds: taxed.filter((catalog) => catalog.pushes_prices).map(({ id }) => id), withinMs: PRICE_SWEEP_MS })
    await metaCatalog(container).feeds.requestBuilds({ catalogIds: taxed.map(({ id }) => id), withinMs: PRICE_BUILD_MS })
  }
  if (found.hasPrices) {
    await metaCatalog(container).feeds.requestBuilds({ catalogIds: catalogs.map((catalog) => catalog.id), withinMs: PRICE_BUILD_MS })
  }
  await requestBuildsForNewVariants(container, [...new Set(found.reached.filter(({ reach }) => reach.mayBeNew).flatMap(({ variantIds }) => variantIds))])
}

/** So much was heard that the ids were not kept: one look at everything instead. */
export async function markEverything(container: MedusaContainer): Promise<void> {
  const module = metaCatalog(container)
  await requestSweeps(container)
  const catalogs = await module.listCatalogs({}, { select: ["id"], take: null, order: { id: "ASC" } })
  await module.feeds.requestBuilds({ catalogIds: catalogs.map((catalog) => catalog.id), withinMs: PRICE_BUILD_MS })
}

type Reached = { event: string; reach: Reach; variantIds: string[] }

type Found = {
  reached: Reached[]
  /** An event that a sweep answers, or stock that is gone without a trace. */
  needsSweep: boolean
  hasPrices: boolean
  /** A price is gone without a trace of whose it was. */
  lostPrices: boolean
  /** A tax has changed, or whether it is in the prices. */
  hasTaxes: boolean
}

async function resolve(container: MedusaContainer, heard: Heard): Promise<Found> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const found: Found = { reached: [], needsSweep: false, hasPrices: false, lostPrices: false, hasTaxes: false }
  for (const [event, ids] of heard) {
    if (TAX_EVENTS.includes(event)) {
      found.hasTaxes = true
      continue
    }
    const reach = ITEM_EVENTS[event]
    if (!reach) {
      found.needsSweep = true
      continue
    }
    const { variantIds, someGone } = await reach.variants(sql, [...ids])
    found.reached.push({ event, reach, variantIds })
    found.hasPrices ||= reach.isPrice && (variantIds.length > 0 || someGone)
    found.lostPrices ||= reach.isPrice && someGone
    found.needsSweep ||= !reach.isPrice && someGone
  }
  return found
}

/** One mark per event name. A variant that several events name gets the most urgent one only. */
function marksOf({ reached }: Found, { withPrices }: { withPrices: boolean }): (Mark & { variantIds: string[] })[] {
  const marked = new Set<string>()
  return reached
    .filter(({ reach }) => withPrices || !reach.isPrice)
    .sort((a, b) => a.reach.priority - b.reach.priority)
    .map(({ event, reach, variantIds }) => {
      const own = variantIds.filter((id) => !marked.has(id))
      for (const id of own) {
        marked.add(id)
      }
      return { reason: event, priority: reach.priority, variantIds: own }
    })
}
