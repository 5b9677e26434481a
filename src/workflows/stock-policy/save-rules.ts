import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import type { MedusaContainer } from "@medusajs/framework/types"
import { generateEntityId } from "@medusajs/framework/utils"
import { keepInStep } from "../pace/keep-in-step"
import { metaCatalog } from "../open-catalog"
import { checkRules, type RuleWarning } from "./check-rules"
import type { RuleChange } from "./draft-rules"
import { parseRules } from "./rule-schema"

/** Long enough for the sweep that follows, short enough that a later mistake is held again. */
const RELEASED_MINUTES = 15

export type SaveRulesInput = { catalog_id: string; rules: RuleChange[]; accept_mass_change?: boolean }

/**
 * Saves stock rules and has every item computed anew, in every catalogue, since what one is promised the others lose.
 *
 * @returns what a person should know of the rules as they stand now.
 * @throws MedusaError as `checkRules`.
 */
export async function saveRules(container: MedusaContainer, { catalog_id, accept_mass_change, ...input }: SaveRulesInput): Promise<RuleWarning[]> {
  const module = metaCatalog(container)
  const catalog = await module.retrieveCatalog(catalog_id)
  const rules = parseRules(input.rules)
  const { warnings } = await checkRules(container, catalog, rules)
  // One id with their places behind it: ids of one moment have no order, and of two rules of a scope the later stands.
  const id = generateEntityId(undefined, "mcrule")
  await module.stockRules.saveStockRules({
    catalogId: catalog.id,
    rules: rules.map((rule, place) => ({ ...rule, id: `${id}${String(place).padStart(4, "0")}` })),
    releasedMinutes: accept_mass_change ? RELEASED_MINUTES : 0,
  })
  for (const { id } of await module.listCatalogs({ state: "active" }, { select: ["id"], take: null })) {
    keepInStep(container, id, 0)
  }
  return warnings
}

const saveRulesStep = createStep("meta-catalog-save-stock-rules", async (input: SaveRulesInput, { container }) => {
  return new StepResponse(await saveRules(container, input))
})

/** Changes the stock rules of one catalogue. */
export const saveStockRulesWorkflow = createWorkflow("meta-catalog-save-stock-rules", (input: SaveRulesInput) => {
  return new WorkflowResponse(saveRulesStep(input))
})
