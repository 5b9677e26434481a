import type { MedusaContainer } from "@medusajs/framework/types"
import { measureVelocityWorkflow } from "../workflows/measure-velocity"
import { metaCatalog } from "../workflows/open-catalog"

const EVERY_MS = 24 * 3_600_000

/** Measures once a day how fast the items of each catalogue sell, and at once where it was asked for. */
export default async function metaCatalogMeasureVelocity(container: MedusaContainer): Promise<void> {
  const { velocity } = metaCatalog(container)
  for (const catalogId of await velocity.takeVelocityMeasurements({ everyMs: EVERY_MS })) {
    try {
      await measureVelocityWorkflow(container).run({ input: { catalog_id: catalogId } })
    } catch (error) {
      await velocity.requestVelocity({ catalogId })
      throw error
    }
  }
}

export const config = { name: "meta-catalog-measure-velocity", schedule: "* * * * *" }
