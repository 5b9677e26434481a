import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import type { AdminStockMetrics } from "../../../stock-types"
import { parseInput, stockMetricsQuery } from "../../../validators"

/** What the stock policy kept back and what it could not prevent, by day, newest first; with what it goes by. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminStockMetrics>): Promise<void> {
  const { days } = parseInput(stockMetricsQuery, req.query)
  const module = metaCatalog(req.scope)
  const catalog = await module.retrieveCatalog(req.params.id)
  const text = (time: Date | null) => time?.toISOString() ?? null
  res.json({
    days: await module.stockDays.listStockDays({ catalogId: catalog.id, days }),
    measured_at: text(catalog.stock_measured_at),
    latency: { p95_s: catalog.latency_p95_s, samples: catalog.latency_samples, measured_at: text(catalog.latency_measured_at) },
    velocity: { buckets: await module.velocity.countBuckets({ catalogId: catalog.id }), measured_at: text(catalog.velocity_measured_at) },
  })
}
