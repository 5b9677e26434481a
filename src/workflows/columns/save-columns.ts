import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, generateEntityId } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import type { ColumnSource } from "../../catalog/columns/column-source"
import { metaCatalog } from "../open-catalog"
import { draftColumns } from "./draft-columns"

export type SaveColumnsInput = {
  catalog_id: string
  /** Sources by Meta's name of the column; null puts the built-in source back, an empty list empties the column. */
  columns: Record<string, ColumnSource[] | null>
}

/**
 * Saves where a catalogue's columns take their values from, and asks for a build of its files, which begins within a minute and finds the
 * issues anew.
 *
 * @throws MedusaError that names the column, as `draftColumns`.
 */
export async function saveColumns(container: MedusaContainer, { catalog_id, columns }: SaveColumnsInput): Promise<void> {
  const module = metaCatalog(container)
  const catalog = await module.retrieveCatalog(catalog_id)
  await draftColumns({ sql: container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION), module }, catalog, columns)
  const rows = Object.entries(columns).map(([field, source]) => ({ id: generateEntityId(undefined, "mccol"), field, source }))
  await module.columns.saveColumns({ catalogId: catalog.id, columns: rows })
  await module.feeds.requestBuilds({ catalogIds: [catalog.id] })
}

const saveColumnsStep = createStep("meta-catalog-save-columns", async (input: SaveColumnsInput, { container }) => {
  await saveColumns(container, input)
  return new StepResponse()
})

/** Sets where columns of one catalogue take their values from. */
export const saveColumnsWorkflow = createWorkflow("meta-catalog-save-columns", (input: SaveColumnsInput) => {
  return new WorkflowResponse(saveColumnsStep(input))
})
