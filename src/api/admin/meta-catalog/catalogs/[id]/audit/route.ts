import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { metaCatalog } from "../../../../../../workflows/open-catalog"

/** Asks for an audit, which begins within a minute and goes on in rounds; `GET …/status` shows how far it has come. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const catalog = await module.retrieveCatalog(req.params.id)
  await module.audits.requestAudits({ catalogIds: [catalog.id] })
  res.status(202).json({ id: catalog.id, status: "accepted" })
}
