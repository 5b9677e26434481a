import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { saveColumnsWorkflow } from "../../../../../../workflows/columns/save-columns"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import type { AdminColumns } from "../../../column-types"
import { columnsBody, columnsQuery } from "../../../column-validators"
import { readColumns } from "../../../columns"
import { parseInput } from "../../../validators"

/** Every column of Meta's data model: where its value comes from, and what it is for one item. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminColumns>): Promise<void> {
  const { product_id } = parseInput(columnsQuery, req.query)
  res.json(await readColumns(req.scope, await metaCatalog(req.scope).retrieveCatalog(req.params.id), product_id))
}

/** Saves the sources of the columns it names, and has the feeds built with them. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminColumns>): Promise<void> {
  const { product_id } = parseInput(columnsQuery, req.query)
  const { columns } = parseInput(columnsBody, req.body)
  const catalog = await metaCatalog(req.scope).retrieveCatalog(req.params.id)
  await saveColumnsWorkflow(req.scope).run({ input: { catalog_id: catalog.id, columns } })
  res.json(await readColumns(req.scope, catalog, product_id))
}
