import { randomUUID } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { DEFAULT_STOCK_POLICY } from "../catalog/quantity-to-sell"
import { readStockFacts } from "../catalog/stock-facts"
import { openPriceReader } from "./catalog-prices"
import { decideBatch } from "./decide-batch"
import { openCatalog } from "./open-catalog"
import { sendBatch } from "./send-batch"

/** Meta takes 5000 items in a call and advises fewer than 3000 (CONTRACT 3.1). */
const ITEMS_PER_CALL = 2999

/** What one push did. */
export type PushResult = { calls: number; sent: number; unchanged: number }

/**
 * Claims due items, computes what each should have, and sends what differs from what Meta acknowledged, until nothing is
 * due or Meta asks to stop. Any number of processes may run it at once.
 */
export async function pushItems(container: MedusaContainer, catalogId: string): Promise<PushResult> {
  const result: PushResult = { calls: 0, sent: 0, unchanged: 0 }
  const open = await openCatalog(container, catalogId)
  if (!open) {
    return result
  }
  const { batches, publicUrl } = open.module
  const owner = randomUUID()
  const settings = { pushesStock: open.catalog.pushes_stock, policy: DEFAULT_STOCK_POLICY }
  const readPrices = open.catalog.pushes_prices ? await openPriceReader(container, open.sql, open.scope) : null
  for (;;) {
    const { hold, items } = await batches.claimItems({ catalogId, publicUrl, owner, limit: ITEMS_PER_CALL })
    if (items.length === 0) {
      return result
    }
    // Read after the claim has cleared due_at: a change from here on marks the item due again.
    const variantIds = items.map((item) => item.variant_id)
    const [facts, prices] = await Promise.all([readStockFacts(open.sql, open.scope, variantIds), readPrices && readPrices(variantIds)])
    const { entries, unchanged } = decideBatch(items, { facts, prices }, settings)
    result.unchanged += unchanged.length
    if ((await batches.prepareBatch(hold, { entries, unchanged })) && entries.length > 0) {
      result.calls += 1
      result.sent += entries.length
      if ((await sendBatch(open, hold, entries)) === "stop") {
        return result
      }
    }
  }
}

const pushItemsStep = createStep("meta-catalog-push-items", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await pushItems(container, catalog_id))
})

/** Sends the due items of one catalogue. */
export const pushItemsWorkflow = createWorkflow("meta-catalog-push-items", (input: { catalog_id: string }) => {
  return new WorkflowResponse(pushItemsStep(input))
})
