import type { MedusaContainer } from "@medusajs/framework/types"
import { checkFeedsWorkflow } from "../workflows/feeds/check-feeds"
import { metaCatalog } from "../workflows/open-catalog"

/** Reads Meta's settings of every feed back once an hour. */
export default async function metaCatalogCheckFeeds(container: MedusaContainer): Promise<void> {
  for (const { id } of await metaCatalog(container).listCatalogs({ state: "active" }, { select: ["id"], take: null, order: { id: "ASC" } })) {
    await checkFeedsWorkflow(container).run({ input: { catalog_id: id } })
  }
}

export const config = { name: "meta-catalog-check-feeds", schedule: "*/5 * * * *" }
