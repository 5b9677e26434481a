import { randomUUID } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { readStockFacts } from "../../catalog/stock/stock-facts"
import type { BatchEntry } from "../../modules/meta-catalog/batches/batch-entry"
import type { BatchHold, ClaimedItem } from "../../modules/meta-catalog/batches/batches"
import { ITEMS_PER_CALL } from "../../modules/meta-catalog/push/push-plan"
import { openPriceReader, type ReadPrices } from "../catalogs/catalog-prices"
import { decideBatch, reconciled, type PushSettings } from "./decide-batch"
import { isEnding } from "../pace/ending"
import { openCatalog, type OpenCatalog } from "../open-catalog"
import { rankItems } from "./rank-items"
import { sendBatch, type SendOutcome, type TakenCall } from "./send-batch"
import { MOST_SINGLE_ITEMS, sendItems } from "./send-items"

/** What one push did. */
export type PushResult = { calls: number; sent: number; unchanged: number }

/** `sending`: the call under way. The next one is claimed, read and prepared meanwhile, but made only after it. */
type Push = {
  open: OpenCatalog
  owner: string
  settings: PushSettings
  readPrices: ReadPrices | null
  result: PushResult
  sending: Promise<SendOutcome>
}

/**
 * Claims due items, computes what each should have, and sends what differs from what Meta acknowledged, until nothing is
 * due, the hour's budget asks for a pause, or Meta asks to stop. Any number of processes may run it at once.
 */
export async function pushItems(container: MedusaContainer, catalogId: string): Promise<PushResult> {
  const result: PushResult = { calls: 0, sent: 0, unchanged: 0 }
  const open = await openCatalog(container, catalogId)
  if (!open) {
    return result
  }
  const settings = { pushesStock: open.catalog.pushes_stock, pushesSlowSellOuts: open.catalog.slow_sell_outs_by_push }
  const readPrices = open.catalog.pushes_prices ? await openPriceReader(container, open.sql, open.scope) : null
  const push: Push = { open, owner: randomUUID(), settings, readPrices, result, sending: Promise.resolve("go_on") }
  try {
    await pushAll(push)
  } finally {
    await push.sending
  }
  return result
}

async function pushAll(push: Push): Promise<void> {
  const { open, settings } = push
  const { budget, nextWork, options } = open.module
  const catalogId = open.catalog.id
  let mayRank = true
  for (;;) {
    if (isEnding(open.module)) {
      return
    }
    const next = await nextWork.nextPush({ catalogId, pushDelayMs: options.pushDelayMs, mayRank })
    if (!next || next.step.inMs > 0) {
      return
    }
    mayRank = next.step.step === "call"
    if (next.step.step === "rank") {
      await rankItems(open, settings)
      continue
    }
    if (!next.budget.isMetered) {
      if ((await claimAndSend(push, null)) === "stop") {
        return
      }
      continue
    }
    // Null: another process was faster, so what comes next is decided anew.
    const callId = await budget.takeCallAt({ catalogId, version: next.budget.version })
    if (callId !== null && (await claimAndSend(push, { ...next.step, callId })) === "stop") {
      return
    }
  }
}

/** A taken call, and how urgent an item must be to travel with it. */
type CallForItems = TakenCall & { maxPriority: number | null }

/**
 * Claims what is due and sends what differs, with a taken call of the batch bucket or, where `call` is null, item by item. A
 * call that is not needed after all is given back.
 */
async function claimAndSend(push: Push, call: CallForItems | null): Promise<SendOutcome> {
  const { open, owner, result } = push
  const { batches, budget, publicUrl } = open.module
  const limit = call ? ITEMS_PER_CALL : MOST_SINGLE_ITEMS
  const { hold, items } = await batches.claimItems({ catalogId: open.catalog.id, publicUrl, owner, limit, maxPriority: call?.maxPriority })
  let isHandedOver = false
  try {
    const entries = items.length > 0 ? await prepare(push, hold, items) : []
    if (entries.length === 0) {
      return items.length === 0 ? "stop" : "go_on"
    }
    // The call before may have taken so long that the items were given to somebody else meanwhile.
    if ((await push.sending) === "stop" || !(await batches.renewLease(hold))) {
      return "stop"
    }
    if (call) {
      await budget.renewCall(call)
    }
    isHandedOver = true
    result.calls += 1
    result.sent += entries.length
    push.sending = call ? sendBatch(open, call, { hold, entries }) : sendItems(open, hold, entries)
    // Its failure is heard where it is awaited.
    push.sending.catch(() => undefined)
    return "go_on"
  } finally {
    if (!isHandedOver) {
      // Whatever is still held was certainly not sent: its items are due as before, and the call counts for nothing.
      await batches.abandonBatch(hold.batchId, { error: "not sent", backOff: false, perhapsApplied: false, from: ["claimed", "sending"] })
      if (call) {
        await budget.returnCall(call)
      }
    }
  }
}

/** Reads what the claimed items should have and commits it. Nothing comes back where nothing differs, or the claim is lost. */
async function prepare({ open, settings, readPrices, result }: Push, hold: BatchHold, items: ClaimedItem[]): Promise<BatchEntry[]> {
  // Read after the claim has cleared due_at: a change from here on marks the item due again.
  const variantIds = items.map((item) => item.variant_id)
  const [facts, prices] = await Promise.all([readStockFacts(open.sql, open.scope, variantIds), readPrices && readPrices(variantIds)])
  const { entries, unchanged, byFile } = decideBatch(items, { facts, prices }, settings)
  result.unchanged += unchanged.length
  if (!(await open.module.batches.prepareBatch(hold, { entries, unchanged, byFile }))) {
    return []
  }
  const retailerIds = reconciled(items, unchanged)
  if (retailerIds.length > 0) {
    await open.module.issues.removeIssuesOf({ catalogId: open.catalog.id, source: "items_batch", retailerIds })
  }
  return entries
}

const pushItemsStep = createStep("meta-catalog-push-items", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await pushItems(container, catalog_id))
})

/** Sends the due items of one catalogue. */
export const pushItemsWorkflow = createWorkflow("meta-catalog-push-items", (input: { catalog_id: string }) => {
  return new WorkflowResponse(pushItemsStep(input))
})
