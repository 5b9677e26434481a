import type { MedusaContainer } from "@medusajs/framework/types"
import { metaCatalog } from "../workflows/open-catalog"

/** Asks for the nightly audit of every catalogue. */
export default async function metaCatalogRequestAudits(container: MedusaContainer): Promise<void> {
  await metaCatalog(container).audits.requestAudits()
}

export const config = { name: "meta-catalog-request-audits", schedule: "23 2 * * *" }
