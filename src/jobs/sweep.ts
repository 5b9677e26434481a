import type { MedusaContainer } from "@medusajs/framework/types"
import { keepInStep } from "../workflows/keep-in-step"
import { metaCatalog } from "../workflows/open-catalog"
import { sweepWorkflow } from "../workflows/sweep"

const EVERY_MS = 15 * 60_000

/** Sweeps the catalogues for which it was asked, and every other one each quarter of an hour. */
export default async function metaCatalogSweep(container: MedusaContainer): Promise<void> {
  const { catalogs, options } = metaCatalog(container)
  for (const catalogId of await catalogs.takeSweeps({ publicUrl: options.publicUrl ?? "", everyMs: EVERY_MS })) {
    await sweepWorkflow(container).run({ input: { catalog_id: catalogId } })
    keepInStep(container, catalogId, 0)
  }
}

export const config = { name: "meta-catalog-sweep", schedule: "* * * * *" }
