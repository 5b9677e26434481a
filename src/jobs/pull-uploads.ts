import type { MedusaContainer } from "@medusajs/framework/types"
import { keepInStep } from "../workflows/pace/keep-in-step"
import { metaCatalog } from "../workflows/open-catalog"
import { pullUploadsWorkflow } from "../workflows/uploads/pull-uploads"

/**
 * Looks at every catalogue's upload sessions, because Meta's own schedule starts some that nobody here knows of, and
 * renews the times of its next fetches.
 */
export default async function metaCatalogPullUploads(container: MedusaContainer): Promise<void> {
  const module = metaCatalog(container)
  await module.feeds.renewNextFetches()
  const catalogs = await module.listCatalogs({ state: "active" }, { select: ["id"], take: null, order: { id: "ASC" } })
  for (const { id } of catalogs) {
    await pullUploadsWorkflow(container).run({ input: { catalog_id: id } })
    keepInStep(container, id, 0)
  }
}

export const config = { name: "meta-catalog-pull-uploads", schedule: "*/2 * * * *" }
