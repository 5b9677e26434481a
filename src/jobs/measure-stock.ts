import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { measureStock } from "../workflows/measures/measure-stock"
import { metaCatalog } from "../workflows/open-catalog"

/** Less than an hour, so that a job that runs a moment early still finds its turn. */
const EVERY_MS = 55 * 60_000

/** Measures every hour how long Meta takes to hear of a stock change, and writes the day's figures of each stock policy. */
export default async function metaCatalogMeasureStock(container: MedusaContainer): Promise<void> {
  const { latency, stockDays } = metaCatalog(container)
  await latency.measureLatencies({ everyMs: EVERY_MS })
  for (let catalogId = await stockDays.takeStockMeasurement({ everyMs: EVERY_MS }); catalogId; catalogId = await stockDays.takeStockMeasurement({ everyMs: EVERY_MS })) {
    try {
      await measureStock(container, catalogId)
    } catch (error) {
      container.resolve<Logger>(ContainerRegistrationKeys.LOGGER).error(`[meta-catalog] the stock figures of ${catalogId} could not be taken: ${(error as Error).message}`)
    }
  }
}

export const config = { name: "meta-catalog-measure-stock", schedule: "7 * * * *" }
