import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { PREVIOUS_ID_DAYS } from "../../../../../../modules/meta-catalog/items/renames"
import { buildSoon } from "../../../../../../workflows/feeds/build-soon"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { previewSwitch, readSwitch, switchRetailerIdsWorkflow, takeBackSwitch } from "../../../../../../workflows/feeds/retailer-ids"
import { switchRetailerIdsBody, type AdminRetailerIds } from "../../../retailer-id-types"
import { parseInput } from "../../../validators"

/** The scheme of a catalogue's ids, and where its items are on the way to other ones. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  res.json({ retailer_ids: await read(req) })
}

/** Switches the ids of all items to another scheme, or only says what that would do. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const { id } = await metaCatalog(req.scope).retrieveCatalog(req.params.id, { select: ["id"] })
  const { scheme, dry_run } = parseInput(switchRetailerIdsBody, req.body)
  const plan = { catalogId: id, scheme, itemIds: null }
  if (dry_run) {
    res.json({ effects: await previewSwitch(req.scope, plan) })
    return
  }
  await switchRetailerIdsWorkflow(req.scope).run({ input: plan })
  await buildAll(req)
  res.json({ retailer_ids: await read(req) })
}

/** Takes a switch back whose new ids are in no published file yet. */
export async function DELETE(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const { id } = await metaCatalog(req.scope).retrieveCatalog(req.params.id, { select: ["id"] })
  await takeBackSwitch(req.scope, id)
  await buildAll(req)
  res.json({ retailer_ids: await read(req) })
}

async function read(req: AuthenticatedMedusaRequest): Promise<AdminRetailerIds> {
  return { ...(await readSwitch(req.scope, req.params.id)), previous_id_days: PREVIOUS_ID_DAYS }
}

async function buildAll(req: AuthenticatedMedusaRequest): Promise<void> {
  for (const { id } of await metaCatalog(req.scope).listFeeds({ catalog_id: req.params.id, kind: "replace" }, { select: ["id"], take: null })) {
    await buildSoon(req.scope, { feedId: id, catalogId: req.params.id })
  }
}
