import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, generateEntityId, MedusaError } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { categoryOf } from "../../catalog/categories/google-taxonomy"
import { query } from "../../catalog/store/query"
import { metaCatalog } from "../open-catalog"

export type SaveCategoryMappingsInput = {
  catalog_id: string
  /** Each category once. An id or English path of Google's taxonomy; null takes the mapping away. */
  mappings: { product_category_id: string; google_product_category: string | null }[]
}

/**
 * Saves what categories of the store are at Google, and asks for a build of the catalogue's files, which begins within a minute.
 *
 * @throws MedusaError that names the field, for a category that the store or Google does not have.
 */
export async function saveCategoryMappings(container: MedusaContainer, { catalog_id, mappings }: SaveCategoryMappingsInput): Promise<void> {
  const module = metaCatalog(container)
  const catalog = await module.retrieveCatalog(catalog_id)
  const stored = await storedCategories(container, mappings)
  const checked = mappings.map(({ product_category_id, google_product_category }, index) => {
    const field = `mappings.${index}`
    refuseUnless(stored.has(product_category_id), `${field}.product_category_id: there is no such category`)
    const google = google_product_category === null ? null : categoryOf(google_product_category)
    refuseUnless(google !== undefined, `${field}.google_product_category: must be an id or an English path of at least two levels in Google's product taxonomy`)
    return { id: generateEntityId(undefined, "mcmap"), product_category_id, google_product_category: google?.id ?? null }
  })
  await module.categoryMappings.saveCategoryMappings({ catalogId: catalog.id, mappings: checked })
  await module.feeds.requestBuilds({ catalogIds: [catalog.id] })
}

async function storedCategories(container: MedusaContainer, mappings: SaveCategoryMappingsInput["mappings"]): Promise<Set<string>> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const ids = mappings.map(({ product_category_id }) => product_category_id)
  const rows = await query<{ id: string }>(sql, `select id from product_category where id = any(:ids) and deleted_at is null`, { ids })
  return new Set(rows.map(({ id }) => id))
}

function refuseUnless(isFine: boolean, message: string): void {
  if (!isFine) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
}

const saveCategoryMappingsStep = createStep("meta-catalog-save-category-mappings", async (input: SaveCategoryMappingsInput, { container }) => {
  await saveCategoryMappings(container, input)
  return new StepResponse()
})

/** Maps categories of the store to Google's, for one catalogue. */
export const saveCategoryMappingsWorkflow = createWorkflow("meta-catalog-save-category-mappings", (input: SaveCategoryMappingsInput) => {
  return new WorkflowResponse(saveCategoryMappingsStep(input))
})
