import type { MedusaContainer } from "@medusajs/framework/types"
import type { MetaCatalogModuleService } from "../modules/meta-catalog/service"
import { keepInStep } from "../workflows/pace/keep-in-step"
import { metaCatalog } from "../workflows/open-catalog"
import { sweepWorkflow } from "../workflows/push/sweep"

const EVERY_MS = 15 * 60_000

/** Processes, as their only module instance, whose first minute has passed. */
const begun = new WeakSet<MetaCatalogModuleService>()

/**
 * Sweeps the catalogues for which it was asked, and every other one each quarter of an hour. A process that has just started
 * sweeps them all: the one before it may have died with changes it had heard of and not yet marked.
 */
export default async function metaCatalogSweep(container: MedusaContainer): Promise<void> {
  const module = metaCatalog(container)
  const everyMs = begun.has(module) ? EVERY_MS : 0
  begun.add(module)
  for (const catalogId of await module.catalogs.takeSweeps({ publicUrl: module.options.publicUrl ?? "", everyMs })) {
    await sweepWorkflow(container).run({ input: { catalog_id: catalogId } })
    keepInStep(container, catalogId, 0)
  }
}

export const config = { name: "meta-catalog-sweep", schedule: "* * * * *" }
