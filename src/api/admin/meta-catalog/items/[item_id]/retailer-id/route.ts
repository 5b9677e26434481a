import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import { buildSoon } from "../../../../../../workflows/feeds/build-soon"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { previewSwitch, switchRetailerIdsWorkflow } from "../../../../../../workflows/feeds/retailer-ids"

const REASONS = { same: "it has that id already", too_long: "the new id is too long for Meta", duplicate: "another variant has the same SKU", taken: "another item has or had the new id" }

/** Gives one item the id that its variant would get today, by the same path as a switch of all. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const module = metaCatalog(req.scope)
  const item = await module.retrieveItem(req.params.item_id)
  const { retailer_id_scheme: scheme } = await module.retrieveCatalog(item.catalog_id)
  const plan = { catalogId: item.catalog_id, scheme, itemIds: [item.id] }
  const { samples } = await previewSwitch(req.scope, plan)
  const verdict = samples[0]?.verdict ?? "same"
  if (verdict !== "changes") {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `The id stays ${item.retailer_id}: ${REASONS[verdict]}.`)
  }
  const { result } = await switchRetailerIdsWorkflow(req.scope).run({ input: plan })
  if (result === 0) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `The id stays ${item.retailer_id}: something about the item is under way; try again when it has ended.`)
  }
  if (item.feed_id) {
    await buildSoon(req.scope, { feedId: item.feed_id, catalogId: item.catalog_id })
  }
  const { id, retailer_id, next_retailer_id } = await module.retrieveItem(item.id)
  res.json({ item: { id, retailer_id, next_retailer_id } })
}
