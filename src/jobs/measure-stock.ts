import type { MedusaContainer } from "@medusajs/framework/types"
import { measureStockWorkflow } from "../workflows/measure-stock"
import { metaCatalog } from "../workflows/open-catalog"

/** Five minutes less than an hour, so that the turn of an hour's own minute never comes a moment too early. */
const EVERY_MS = 55 * 60_000

/** Measures every hour how long Meta takes to hear of a stock change, and writes the day's figures of each stock policy. */
export default async function metaCatalogMeasureStock(container: MedusaContainer): Promise<void> {
  const { latency, stockDays } = metaCatalog(container)
  await latency.measureLatencies({ everyMs: EVERY_MS })
  for (const catalogId of await stockDays.takeStockMeasurements({ everyMs: EVERY_MS })) {
    await measureStockWorkflow(container).run({ input: { catalog_id: catalogId } })
  }
}

export const config = { name: "meta-catalog-measure-stock", schedule: "7 * * * *" }
