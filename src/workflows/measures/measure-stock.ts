import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { streamItemFacts } from "../../catalog/stock/item-facts"
import { quantityToSell } from "../../catalog/stock/quantity-to-sell"
import { withheldUnits } from "../../catalog/stock/withheld-units"
import type { WithheldStock } from "../../modules/meta-catalog/stock/stock-days"
import { metaCatalog, scopeOf } from "../open-catalog"

const PAGE_SIZE = 2_000

/**
 * Adds up what a catalogue keeps back at present and writes the figures of its day. Reads the store alone, so it also runs for a
 * paused catalogue. May run at any time and several times at once: the last one stands.
 *
 * @returns null when the catalogue is gone.
 */
export async function measureStock(container: MedusaContainer, catalogId: string): Promise<WithheldStock | null> {
  const module = metaCatalog(container)
  const [catalog] = await module.listCatalogs({ id: catalogId }, { take: 1 })
  if (!catalog) {
    return null
  }
  const withheld: WithheldStock = { unitsWithheld: 0, itemsShort: 0 }
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  for await (const page of streamItemFacts(sql, scopeOf(catalog), { pageSize: PAGE_SIZE })) {
    for (const { stock, policy } of page) {
      const wanted = quantityToSell(stock, policy)
      const units = withheldUnits(stock, wanted)
      withheld.unitsWithheld += units
      withheld.itemsShort += units > 0 && wanted.availability === "out of stock" ? 1 : 0
    }
  }
  await module.stockDays.writeStockDays({ catalogId, withheld })
  return withheld
}

const measureStockStep = createStep("meta-catalog-measure-stock", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await measureStock(container, catalog_id))
})

/** Writes the day's figures of one catalogue's stock policy. */
export const measureStockWorkflow = createWorkflow("meta-catalog-measure-stock", (input: { catalog_id: string }) => {
  return new WorkflowResponse(measureStockStep(input))
})
