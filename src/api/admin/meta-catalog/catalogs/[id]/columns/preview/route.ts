import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { previewColumns } from "../../../../../../../workflows/columns/preview-columns"
import { metaCatalog } from "../../../../../../../workflows/open-catalog"
import type { AdminColumnsPreview } from "../../../../column-types"
import { columnsBody } from "../../../../column-validators"
import { parseInput } from "../../../../validators"

/** What saving these sources would change, mapped over the whole catalogue. Changes nothing. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminColumnsPreview>): Promise<void> {
  const { columns } = parseInput(columnsBody, req.body)
  res.json(await previewColumns(req.scope, await metaCatalog(req.scope).retrieveCatalog(req.params.id), columns))
}
