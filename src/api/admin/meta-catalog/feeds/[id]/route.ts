import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { metaCatalog } from "../../../../../workflows/open-catalog"
import { readFeeds } from "../../feed-state"

export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const [feed] = await readFeeds(metaCatalog(req.scope), { id: req.params.id })
  if (!feed) {
    throw new MedusaError(MedusaError.Types.NOT_FOUND, `There is no feed ${req.params.id}.`)
  }
  res.json({ feed })
}
