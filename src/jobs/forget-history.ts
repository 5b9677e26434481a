import type { MedusaContainer } from "@medusajs/framework/types"
import { metaCatalog } from "../workflows/open-catalog"

/** Deletes ended batches, fetches, sessions and snapshot rows that nothing needs any more. */
export default async function metaCatalogForgetHistory(container: MedusaContainer): Promise<void> {
  const { options, retention } = metaCatalog(container)
  await retention.forgetHistory({ historyDays: options.historyDays })
}

export const config = { name: "meta-catalog-forget-history", schedule: "17 3 * * *" }
