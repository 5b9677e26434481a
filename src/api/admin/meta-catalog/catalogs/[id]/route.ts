import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { changeCatalog } from "../../../../../workflows/catalogs/connect-catalog"
import { deleteCatalog } from "../../../../../workflows/catalogs/delete-catalog"
import { keepInStep } from "../../../../../workflows/pace/keep-in-step"
import { metaCatalog } from "../../../../../workflows/open-catalog"
import { toAdminCatalog } from "../../presenters"
import { deleteCatalogBody, parseInput, updateCatalogBody } from "../../validators"

export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  res.json({ catalog: toAdminCatalog(module, await module.retrieveCatalog(req.params.id)) })
}

/** Changes settings; a new token or app secret is tried at Meta before it is saved. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const catalog = await module.retrieveCatalog(req.params.id)
  const changed = await changeCatalog(req.scope, catalog, parseInput(updateCatalogBody, req.body))
  keepInStep(req.scope, catalog.id, 0)
  res.json({ catalog: toAdminCatalog(module, changed) })
}

/** Disconnects here. The feed at Meta is deleted only with `delete_at_meta` and the typed Meta catalogue id. */
export async function DELETE(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const input = parseInput(deleteCatalogBody, { ...req.query, ...(req.body as object | undefined) })
  const catalog = await metaCatalog(req.scope).retrieveCatalog(req.params.id)
  await deleteCatalog(req.scope, catalog, { deleteAtMeta: input.delete_at_meta, confirmedId: input.confirm_meta_catalog_id })
  res.json({ id: catalog.id, object: "meta_catalog", deleted: true })
}
