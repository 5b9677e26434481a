import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { itemsInScope, type ItemScope } from "../../../../../../catalog/stock/items-in-scope"
import { moveItemsWorkflow } from "../../../../../../workflows/feeds/move-items"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import type { AdminMove } from "../../../feed-types"
import { moveItemsBody, parseInput } from "../../../validators"

const DELETED =
  "Each moved item leaves its feed's file, so Meta deletes it, with its product tags and its ranking, and makes it anew from the other feed's file. " +
  "Nothing is sent for it in between, which takes two uploads."
const MIGRATED = "Meta takes the items over to the other feed with its next upload; they keep their tags and their ranking. The feed they left ends then."

/** Moves items to another feed of the catalogue, by a person's explicit word only. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse<AdminMove>): Promise<void> {
  const { confirm, scopes, ...named } = parseInput(moveItemsBody, req.body)
  const catalog = await metaCatalog(req.scope).retrieveCatalog(req.params.id)
  const input = scopes ? { ...named, item_ids: await itemsInParts(req, { catalogId: catalog.id, parts: scopes }) } : named
  const { result } = await moveItemsWorkflow(req.scope).run({ input: { catalog_id: catalog.id, ...input } })
  res.status(202).json({ ...result, consequence: input.from_feed_id ? MIGRATED : DELETED })
}

/** Each item once, though it may be in several of the parts. */
async function itemsInParts(req: AuthenticatedMedusaRequest, { catalogId, parts }: { catalogId: string; parts: ItemScope[] }): Promise<string[]> {
  const sql = req.scope.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  const found = new Set<string>()
  for (const scope of parts) {
    for (const id of await itemsInScope(sql, { catalogId, scope })) {
      found.add(id)
    }
  }
  return [...found]
}
