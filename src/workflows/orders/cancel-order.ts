import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { cancelOrder, type CancelReasonCode } from "../../graph-api/commerce-orders"
import { GraphError } from "../../graph-api/graph-error"
import type { CancelledItems } from "../../modules/meta-catalog/orders/cancellations"
import { wordsOf } from "../graph-trouble"
import { keepInStep } from "../pace/keep-in-step"
import { metaCatalog, openCatalog, type OpenCatalog } from "../open-catalog"
import { judgeOrderError } from "./orders-trouble"

const TRIED_AT_ONCE = 20

/**
 * What is to be cancelled at Meta. Without `items` the whole order. `restock_items`: buyers at Meta may take the units again; leave it off
 * when they are not there. Two calls that say the same are one intent; `intent` tells apart those that are not.
 */
export type CancelMetaOrderInput = {
  catalog_id: string
  meta_order_id: string
  reason_code?: CancelReasonCode
  reason_description?: string | null
  restock_items?: boolean
  items?: CancelledItems
  intent?: string
}

/**
 * Writes the intent down and tries it at once. What is lost on the way is tried again with the same key until Meta has answered.
 *
 * @returns the id of the intent's row, whose `status` says how it stands.
 * @throws MedusaError NOT_ALLOWED while orders are off, NOT_FOUND for an order that was never read.
 */
export async function cancelAtMeta(container: MedusaContainer, input: CancelMetaOrderInput): Promise<{ id: string }> {
  const module = metaCatalog(container)
  const catalog = await module.retrieveCatalog(input.catalog_id)
  if (catalog.orders_mode === "off") {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `orders_mode: it is off for catalogue ${catalog.name}, so its orders are not known`)
  }
  const items = input.items ? [...input.items].sort((a, b) => (a.retailer_id < b.retailer_id ? -1 : 1)) : null
  const id = await module.cancellations.openCancellation({
    catalogId: catalog.id,
    metaOrderId: input.meta_order_id,
    intent: input.intent ?? JSON.stringify(items),
    items,
    reasonCode: input.reason_code ?? "OUT_OF_STOCK",
    reasonDescription: input.reason_description ?? null,
    restockItems: input.restock_items ?? false,
  })
  if (!id) {
    throw new MedusaError(MedusaError.Types.NOT_FOUND, `meta_order_id: no order ${input.meta_order_id} has been read for catalogue ${catalog.name}`)
  }
  const open = await openCatalog(container, catalog.id)
  if (open) {
    await tryCancellation(open, id)
  }
  return { id }
}

/** Tries again what was lost on the way, or could not be tried. */
export async function retryCancellations(container: MedusaContainer, catalogId: string): Promise<void> {
  const due = await metaCatalog(container).cancellations.listDueCancellations({ catalogId, limit: TRIED_AT_ONCE })
  const open = due.length > 0 ? await openCatalog(container, catalogId) : null
  for (const id of open ? due : []) {
    await tryCancellation(open as OpenCatalog, id)
  }
}

async function tryCancellation(open: OpenCatalog, cancellationId: string): Promise<void> {
  const { cancellations, options } = open.module
  const taken = await cancellations.takeCancellation({ cancellationId })
  if (!taken) {
    return
  }
  try {
    await cancelOrder(open.client, {
      orderId: taken.meta_order_id,
      reasonCode: taken.reason_code as CancelReasonCode,
      reasonDescription: taken.reason_description,
      restockItems: taken.restock_items,
      units: taken.items && taken.items.map(({ retailer_id, quantity }) => ({ retailerId: retailer_id, quantity })),
      idempotencyKey: taken.idempotency_key,
    })
  } catch (error) {
    if (!(error instanceof GraphError)) {
      throw error
    }
    const isFinal = (await judgeOrderError(open, error)) === "refused"
    await cancellations.failCancellation({ cancellationId, error: wordsOf(error), isFinal })
    return
  }
  await cancellations.endCancellation({ catalogId: open.catalog.id, cancellationId })
  keepInStep(open.container, open.catalog.id, options.pushDelayMs)
}

const cancelMetaOrderStep = createStep("meta-catalog-cancel-meta-order", async (input: CancelMetaOrderInput, { container }) => {
  return new StepResponse(await cancelAtMeta(container, input))
})

/** Cancels an order at Meta, or units of it, once per intent. The store's own order is the caller's to cancel. */
export const cancelMetaOrder = createWorkflow("meta-catalog-cancel-meta-order", (input: CancelMetaOrderInput) => {
  return new WorkflowResponse(cancelMetaOrderStep(input))
})
