import type { MedusaContainer } from "@medusajs/framework/types"
import { keepInStep } from "../workflows/pace/keep-in-step"
import { metaCatalog } from "../workflows/open-catalog"

/**
 * The safety net of the push: frees what dead workers left, re-asserts what a lost call may have overwritten, and sets the
 * pace of every catalogue going, so that due items move even when no event reached this process.
 */
export default async function metaCatalogKeepInStep(container: MedusaContainer): Promise<void> {
  const module = metaCatalog(container)
  await module.batches.expireLeases({ windowMs: module.options.doubtfulWindowMs })
  await module.carriers.expireCarriers({ windowMs: module.options.doubtfulWindowMs })
  await module.batches.closeDoubtful()
  const catalogs = await module.listCatalogs({ state: "active" }, { select: ["id"], take: null, order: { id: "ASC" } })
  for (const { id } of catalogs) {
    keepInStep(container, id, 0)
  }
}

export const config = { name: "meta-catalog-keep-in-step", schedule: "* * * * *" }
