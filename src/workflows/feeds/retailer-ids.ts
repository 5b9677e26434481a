import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import type { RetailerIdScheme } from "../../catalog/items/retailer-id"
import { planRetailerIds, readRetailerIdEffects, type RetailerIdEffects, type RetailerIdPlan } from "../../catalog/items/retailer-id-plan"
import type { SwitchCounts } from "../../modules/meta-catalog/items/renames"
import { metaCatalog } from "../open-catalog"

const SAMPLES = 20

/** The switch a catalogue is in, or had last; `over` once nothing waits for Meta. */
export type RetailerIdSwitch = SwitchCounts & { from: RetailerIdScheme; to: RetailerIdScheme; items: number; started_at: string; over: boolean }

/** Where the items of a catalogue are on their way to other ids, planned for all of them or one by one. */
export async function readSwitch(
  container: MedusaContainer,
  catalogId: string
): Promise<{ scheme: RetailerIdScheme; counts: SwitchCounts; switch: RetailerIdSwitch | null }> {
  const module = metaCatalog(container)
  const { retailer_id_scheme: scheme, retailer_id_switch: stored } = await module.retrieveCatalog(catalogId)
  const counts = await module.renames.countSwitch({ catalogId })
  const planned = stored as unknown as Omit<RetailerIdSwitch, keyof SwitchCounts | "over"> | null
  return { scheme, counts, switch: planned && { ...planned, ...counts, over: counts.planned + counts.travelling === 0 } }
}

/** What a switch would do; nothing is changed. */
export async function previewSwitch(container: MedusaContainer, plan: RetailerIdPlan): Promise<RetailerIdEffects> {
  return await readRetailerIdEffects(container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION), plan, SAMPLES)
}

/**
 * Plans new ids for all items of a catalogue, or these. They travel with the next whole file, as `id` beside the former one as
 * `previous_id`, so that Meta keeps what it knows of an item (CONTRACT 10: ids that change without it lose their ranking).
 *
 * @returns how many items get another id.
 * @throws MedusaError where there is no whole file to bring them, or something is under way that must end first.
 */
export async function switchRetailerIds(container: MedusaContainer, plan: RetailerIdPlan): Promise<number> {
  const module = metaCatalog(container)
  const feeds = await module.listFeeds({ catalog_id: plan.catalogId, kind: "replace" }, { select: ["id", "never_deletes"], take: null })
  refuseIf(feeds.some((feed) => feed.never_deletes), "a feed of the catalogue never deletes, so items might stay at Meta under both ids")
  refuseIf(feeds.length === 0, "the catalogue has no feed, and only a whole file can tell Meta both the former id and the new one")
  const planned = await planRetailerIds(container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION), plan)
  refuseIf(planned === null, "an upload of single items or an earlier switch is under way; try again when it has ended")
  return planned!
}

/** @throws MedusaError once a file with a new id is published: Meta may have read it. Switch back then. */
export async function takeBackSwitch(container: MedusaContainer, catalogId: string): Promise<number> {
  const kept = await metaCatalog(container).renames.cancelSwitch({ catalogId })
  refuseIf(kept === null, "a file with new ids is published already, and Meta may have read it; wait until it is taken in, then switch back")
  return kept!
}

function refuseIf(isRefused: boolean, message: string): void {
  if (isRefused) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `The ids stay as they are: ${message}.`)
  }
}

const switchRetailerIdsStep = createStep("meta-catalog-switch-retailer-ids", async (plan: RetailerIdPlan, { container }) => {
  return new StepResponse(await switchRetailerIds(container, plan))
})

/** Plans new ids at Meta; the next build and upload bring them. */
export const switchRetailerIdsWorkflow = createWorkflow("meta-catalog-switch-retailer-ids", (plan: RetailerIdPlan) => {
  return new WorkflowResponse(switchRetailerIdsStep(plan))
})
