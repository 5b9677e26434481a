import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import type { PanicScope } from "../../modules/meta-catalog/stock/panic"
import { buildSoon } from "../feeds/build-soon"
import { keepInStep } from "../pace/keep-in-step"
import { metaCatalog } from "../open-catalog"

/** `items`: how many are due because of it; null when there was nothing to change. */
export type SellingChange = { items: number | null }

/** Stops selling on Meta, everything or what `scope` names: pushed at once, and every file is built anew. */
export async function stopSelling(
  container: MedusaContainer,
  { catalogId, scope }: { catalogId: string; scope: PanicScope | null }
): Promise<SellingChange> {
  const items = await metaCatalog(container).panic.stopSelling({ catalogId, scope })
  await follow(container, catalogId)
  return { items }
}

/** Ends the stop: everything is computed anew. */
export async function resumeSelling(container: MedusaContainer, { catalogId }: { catalogId: string }): Promise<SellingChange> {
  const items = await metaCatalog(container).panic.resumeSelling({ catalogId })
  await follow(container, catalogId)
  return { items }
}

async function follow(container: MedusaContainer, catalogId: string): Promise<void> {
  const module = metaCatalog(container)
  keepInStep(container, catalogId, 0)
  await module.feeds.requestBuilds({ catalogIds: [catalogId] })
  const feeds = await module.listFeeds({ catalog_id: catalogId, kind: "replace" }, { select: ["id"], take: null, order: { id: "ASC" } })
  const { public_url: publicUrl, pushes_stock: pushesStock } = await module.retrieveCatalog(catalogId, { select: ["id", "public_url", "pushes_stock"] })
  // A copy of the store builds nothing; the stop itself is kept for the day it is adopted.
  for (const feed of publicUrl === module.options.publicUrl ? feeds : []) {
    // Where the push does not own the stock, the file alone carries it, and Meta's next fetch may be a day away.
    if (!pushesStock) {
      await module.feeds.requestBuild({ feedId: feed.id, thenUpload: true })
    }
    await buildSoon(container, { feedId: feed.id, catalogId })
  }
}

const stopSellingStep = createStep(
  "meta-catalog-stop-selling",
  async ({ catalog_id, scope }: { catalog_id: string; scope: PanicScope | null }, { container }) =>
    new StepResponse(await stopSelling(container, { catalogId: catalog_id, scope }))
)

/** Stops selling one catalogue's products on Meta. */
export const stopSellingWorkflow = createWorkflow("meta-catalog-stop-selling", (input: { catalog_id: string; scope: PanicScope | null }) => {
  return new WorkflowResponse(stopSellingStep(input))
})

const resumeSellingStep = createStep("meta-catalog-resume-selling", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await resumeSelling(container, { catalogId: catalog_id }))
})

/** Lets one catalogue's products sell on Meta again. */
export const resumeSellingWorkflow = createWorkflow("meta-catalog-resume-selling", (input: { catalog_id: string }) => {
  return new WorkflowResponse(resumeSellingStep(input))
})
