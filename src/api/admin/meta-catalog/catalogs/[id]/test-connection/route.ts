import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { SecretUnreadable } from "../../../../../../modules/meta-catalog/secrets"
import { retestCatalog } from "../../../../../../workflows/connect-catalog"
import { keepInStep } from "../../../../../../workflows/keep-in-step"
import { metaCatalog } from "../../../../../../workflows/open-catalog"

/** Tests the stored connection; a paused catalogue resumes when everything works. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const catalog = await metaCatalog(req.scope).retrieveCatalog(req.params.id)
  try {
    const test = await retestCatalog(req.scope, catalog)
    keepInStep(req.scope, catalog.id, 0)
    res.json({ test })
  } catch (error) {
    if (error instanceof SecretUnreadable) {
      throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `access_token: the stored token cannot be read: ${error.message} Enter it again.`)
    }
    throw error
  }
}
