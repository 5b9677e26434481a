import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { saveCategoryMappingsWorkflow } from "../../../../../../workflows/catalogs/save-category-mappings"
import { readCategories } from "../../../categories"
import { saveCategoryMappingsBody } from "../../../category-validators"
import type { AdminCategories } from "../../../category-types"
import { parseInput } from "../../../validators"

/** The store's categories with what each is in Google's product taxonomy, and a suggestion where a merchant has not said. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminCategories>): Promise<void> {
  const catalog = await metaCatalog(req.scope).retrieveCatalog(req.params.id)
  res.json({ categories: await readCategories(req.scope, catalog.id) })
}

/** Saves mappings, each in the place of the one for the same category, and has the feed built with them. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminCategories>): Promise<void> {
  const { mappings } = parseInput(saveCategoryMappingsBody, req.body)
  const catalog = await metaCatalog(req.scope).retrieveCatalog(req.params.id)
  await saveCategoryMappingsWorkflow(req.scope).run({ input: { catalog_id: catalog.id, mappings } })
  res.json({ categories: await readCategories(req.scope, catalog.id) })
}
