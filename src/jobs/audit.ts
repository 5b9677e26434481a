import type { MedusaContainer } from "@medusajs/framework/types"
import { auditWorkflow } from "../workflows/audit/audit"
import { keepInStep } from "../workflows/pace/keep-in-step"
import { metaCatalog } from "../workflows/open-catalog"

/** One round of every audit that was asked for or is under way. */
export default async function metaCatalogAudit(container: MedusaContainer): Promise<void> {
  const { audits, options } = metaCatalog(container)
  for (const catalogId of await audits.listOpenAudits({ publicUrl: options.publicUrl ?? "" })) {
    const { result } = await auditWorkflow(container).run({ input: { catalog_id: catalogId } })
    if (result.repaired > 0) {
      keepInStep(container, catalogId, 0)
    }
  }
}

export const config = { name: "meta-catalog-audit", schedule: "* * * * *" }
