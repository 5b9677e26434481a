import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { Budget } from "../../../../../../modules/meta-catalog/push/budget"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { toAdminAudit } from "../../../audit-state"
import { readFeeds, readMoves } from "../../../feed-state"
import { toAdminBudget, toAdminCatalog, toAdminUpload } from "../../../presenters"
import type { AdminCatalogStatus } from "../../../catalog-types"

/** Everything the settings page shows at a glance. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminCatalogStatus>): Promise<void> {
  const module = metaCatalog(req.scope)
  const catalog = await module.retrieveCatalog(req.params.id)
  const [feeds, uploads, counted, issues, budget] = await Promise.all([
    readFeeds(module, { catalog_id: catalog.id }),
    module.listUploads({ catalog_id: catalog.id }, { order: { started_at: "DESC", meta_upload_id: "DESC" }, take: 10 }),
    module.overview.countItems({ catalogId: catalog.id }),
    module.overview.countIssues({ catalogId: catalog.id }),
    module.budget.readBudget({ catalogId: catalog.id }),
  ])
  const { pending_since, ...counts } = counted
  res.json({
    catalog: toAdminCatalog(module, catalog),
    feeds,
    uploads: uploads.map(toAdminUpload),
    counts,
    issues,
    moving: await readMoves(module, { catalogId: catalog.id, feedIds: feeds.map((feed) => feed.id) }),
    pending_since: pending_since && new Date(pending_since).toISOString(),
    budget: toAdminBudget(module, budget as Budget),
    throttled_until: catalog.throttled_until && new Date(catalog.throttled_until).toISOString(),
    swept_at: catalog.swept_at && new Date(catalog.swept_at).toISOString(),
    audit: toAdminAudit(catalog),
  })
}
