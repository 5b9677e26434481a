import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { toAdminItemChange } from "../../../presenters"
import type { AdminItemHistory } from "../../../item-types"
import { listItemChangesQuery, parseInput } from "../../../validators"

/** What one item was sent, when, why, and how it ended; newest first. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminItemHistory>): Promise<void> {
  const { limit, offset } = parseInput(listItemChangesQuery, req.query)
  const module = metaCatalog(req.scope)
  const item = await module.retrieveItem(req.params.item_id, { select: ["id"] })
  const { changes, count } = await module.history.listItemChanges({ itemId: item.id, limit, offset })
  res.json({ changes: changes.map(toAdminItemChange), count, limit, offset })
}
