import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { measureVelocity } from "../workflows/measures/measure-velocity"
import { metaCatalog } from "../workflows/open-catalog"

const EVERY_MS = 24 * 3_600_000

/** Measures once a day how fast the items of each catalogue sell, and within a minute where what it goes by was changed. */
export default async function metaCatalogMeasureVelocity(container: MedusaContainer): Promise<void> {
  const { velocity } = metaCatalog(container)
  const failed: string[] = []
  for (let catalogId = await velocity.takeVelocityMeasurement({ everyMs: EVERY_MS }); catalogId; catalogId = await velocity.takeVelocityMeasurement({ everyMs: EVERY_MS })) {
    try {
      await measureVelocity(container, catalogId)
    } catch (error) {
      container.resolve<Logger>(ContainerRegistrationKeys.LOGGER).error(`[meta-catalog] the sales of ${catalogId} could not be measured: ${(error as Error).message}`)
      failed.push(catalogId)
    }
  }
  // Only now, because the loop would take it again at once.
  for (const catalogId of failed) {
    await velocity.requestVelocity({ catalogId })
  }
}

export const config = { name: "meta-catalog-measure-velocity", schedule: "* * * * *" }
