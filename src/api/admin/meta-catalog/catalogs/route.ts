import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { connectCatalog } from "../../../../workflows/catalogs/connect-catalog"
import { metaCatalog } from "../../../../workflows/open-catalog"
import { toAdminCatalog } from "../presenters"
import { createCatalogBody, parseInput } from "../validators"

/** Every catalogue of this store, oldest first. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const [catalogs, count] = await module.listAndCountCatalogs({}, { order: { created_at: "ASC" }, take: 200 })
  res.json({ catalogs: catalogs.map((catalog) => toAdminCatalog(module, catalog)), count })
}

/**
 * Connects a Meta catalogue. Not a workflow: the token is in the input, and a workflow's input is stored.
 * The message of a refusal starts with the field it is about.
 */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const catalog = await connectCatalog(req.scope, parseInput(createCatalogBody, req.body))
  res.status(201).json({ catalog: toAdminCatalog(metaCatalog(req.scope), catalog) })
}
