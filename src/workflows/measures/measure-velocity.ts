import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { streamItemRates, type ItemRate } from "../../catalog/stock/units-sold"
import { bucketOf, type VelocityLimits } from "../../catalog/stock/velocity"
import type { MeasuredVelocity } from "../../modules/meta-catalog/stock/velocity"
import { keepInStep } from "../pace/keep-in-step"
import { metaCatalog } from "../open-catalog"

const PAGE_SIZE = 2_000

/** What one measurement found. `moved`: items that came into another bucket, a part of `changed`. */
export type VelocityResult = { items: number; changed: number; moved: number }

/**
 * Measures how fast every item of a catalogue sells, from the store's own orders, and writes what changed. Where anything did, a
 * sweep is asked for and not the items marked: a bucket's threshold can make many items unavailable at once, and only a sweep asks the
 * brake. May run at any time and several times at once.
 *
 * @returns nothing found when the catalogue is gone.
 */
export async function measureVelocity(container: MedusaContainer, catalogId: string): Promise<VelocityResult> {
  const module = metaCatalog(container)
  const result: VelocityResult = { items: 0, changed: 0, moved: 0 }
  const [catalog] = await module.listCatalogs({ id: catalogId }, { take: 1 })
  if (!catalog) {
    return result
  }
  const limits = { mediumFrom: catalog.medium_from, fastFrom: catalog.fast_from, hysteresisPercent: catalog.velocity_hysteresis_percent }
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  for await (const page of streamItemRates(sql, { catalogId, days: catalog.velocity_days, pageSize: PAGE_SIZE })) {
    const written = page.flatMap((item) => changeOf(item, limits))
    result.items += page.length
    result.changed += written.filter(({ isChanged }) => isChanged).length
    result.moved += written.filter(({ isMoved }) => isMoved).length
    if (written.length > 0) {
      await module.velocity.writeVelocities({ velocities: written.map(({ velocity }) => velocity) })
    }
  }
  if (result.changed > 0) {
    await module.catalogs.requestSweep({ catalogIds: [catalogId] })
    keepInStep(container, catalogId, module.options.pushDelayMs)
  }
  return result
}

function changeOf({ itemId, unitsPerDay, before }: ItemRate, limits: VelocityLimits): { velocity: MeasuredVelocity; isChanged: boolean; isMoved: boolean }[] {
  const bucket = bucketOf(unitsPerDay, before.isMeasured ? before.bucket : null, limits)
  const isMoved = bucket !== before.bucket
  const velocity = { item_id: itemId, units_per_day: unitsPerDay, velocity_bucket: bucket }
  const isChanged = isMoved || unitsPerDay !== before.unitsPerDay
  // Written down once even where nothing changed, because hysteresis begins with the first measurement.
  return isChanged || !before.isMeasured ? [{ velocity, isChanged, isMoved }] : []
}

const measureVelocityStep = createStep("meta-catalog-measure-velocity", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await measureVelocity(container, catalog_id))
})

/** Measures the sales velocity of one catalogue's items. */
export const measureVelocityWorkflow = createWorkflow("meta-catalog-measure-velocity", (input: { catalog_id: string }) => {
  return new WorkflowResponse(measureVelocityStep(input))
})
