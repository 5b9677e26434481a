import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { GraphError } from "../../graph-api/graph-error"
import { checkBatch, type BatchStatus } from "../../graph-api/items-batch"
import { findItems, readItem } from "../../graph-api/product-items"
import type { PolledBatch } from "../../modules/meta-catalog/batches/batch-settlement"
import type { Rejection } from "../../modules/meta-catalog/batches/rejections"
import { heedGraphError, wordsOf } from "../graph-trouble"
import { openCatalog, type OpenCatalog } from "../open-catalog"
import { storeRejections } from "./store-rejections"

/** About a day at the longest wait between polls: Meta will not answer about this handle any more. */
const MAX_POLLS = 2_900
/** Absences confirmed one by one; beyond that an item that was not found is let go without losing its listing. */
const MAX_CONFIRMATIONS = 200

/** What one round of asking brought. */
export type SettleResult = { settled: number; running: number; acknowledged: number; rejected: number }

/**
 * Asks Meta for the state of every batch whose poll is due and settles those that have ended. Only here does a value
 * become acknowledged.
 */
export async function settleBatches(container: MedusaContainer, catalogId: string): Promise<SettleResult> {
  const result: SettleResult = { settled: 0, running: 0, acknowledged: 0, rejected: 0 }
  const open = await openCatalog(container, catalogId)
  if (!open) {
    return result
  }
  for (const batch of await open.module.batches.takePolls({ catalogId, publicUrl: open.module.publicUrl, limit: 50 })) {
    const outcome = await settleOne(open, batch)
    result.settled += outcome ? 1 : 0
    result.running += outcome ? 0 : 1
    result.acknowledged += outcome?.acknowledged ?? 0
    result.rejected += outcome?.rejected ?? 0
  }
  return result
}

type Settled = { acknowledged: number; rejected: number }

async function settleOne(open: OpenCatalog, batch: PolledBatch): Promise<Settled | null> {
  const nothing: Settled = { acknowledged: 0, rejected: 0 }
  try {
    if (batch.status === "verifying") {
      return await settleByReadingBack(open, batch)
    }
    const status = await checkBatch(open.client, { metaCatalogId: open.catalog.meta_catalog_id, handle: batch.handle ?? "" })
    if (status.status === "finished") {
      return await settleFinished(open, batch, status)
    }
    if (status.status === "running") {
      return batch.polls > MAX_POLLS ? await doubt(open, batch, "Meta never finished it") : null
    }
    // Part of a batch that broke off may stand; all of it is sent again, because values are absolute (CONTRACT 3.4).
    const error = `Meta ended the batch as ${status.status}`
    await open.module.batches.abandonBatch(batch.id, { error, backOff: true, perhapsApplied: true, from: ["sent"] })
    return nothing
  } catch (error) {
    if (!(error instanceof GraphError)) {
      throw error
    }
    // The handle is the object here: one that Meta no longer knows must not pause the catalogue.
    const verdict = await heedGraphError(open, error, "object")
    const isHopeless = verdict.class === "permanent" || batch.polls > MAX_POLLS
    return isHopeless ? await doubt(open, batch, wordsOf(error)) : null
  }
}

/** The handle has expired or is unknown: nobody can say any more what was applied. */
async function doubt(open: OpenCatalog, batch: PolledBatch, error: string): Promise<Settled> {
  await open.module.batches.doubtBatch(batch.id, { error, windowMs: open.module.options.doubtfulWindowMs })
  return { acknowledged: 0, rejected: 0 }
}

async function settleFinished(open: OpenCatalog, batch: PolledBatch, status: BatchStatus): Promise<Settled | null> {
  // Ids that are not in the batch name nobody: their errors belong to an entry we cannot tell.
  const sent = new Set(batch.values.map((entry) => entry.retailer_id))
  const named = new Map<string, string>()
  for (const id of status.invalidIds.filter((candidate) => sent.has(candidate))) {
    named.set(id, "Meta did not save this item and gave no text.")
  }
  for (const { id, message } of status.errors) {
    if (id !== null && sent.has(id)) {
      named.set(id, message)
    }
  }
  const rejected = [...named].map(([retailer_id, message]): Rejection => ({ retailer_id, message }))
  await storeRejections(open, rejected)
  if (batch.must_verify || status.errorsTotalCount > named.size) {
    const error = batch.must_verify
      ? "Meta dropped entries without naming them"
      : `Meta reports ${status.errorsTotalCount} errors and names ${named.size} items`
    await open.module.batches.verifyBatch(batch.id, { error, rejected })
    return null
  }
  return await settle(open, batch, rejected, "sent")
}

async function settle(open: OpenCatalog, batch: PolledBatch, rejected: Rejection[], from: "sent" | "verifying"): Promise<Settled> {
  const settled = await open.module.batches.settleBatch(batch.id, { rejected, from })
  const acknowledged = settled?.acknowledged ?? []
  await open.module.issues.removeIssuesOf({ catalogId: open.catalog.id, source: "items_batch", retailerIds: acknowledged })
  return { acknowledged: acknowledged.length, rejected: rejected.length }
}

/**
 * Meta reported more errors than it named, so every item of the batch is read back: it counts as acknowledged only where
 * Meta holds exactly what was sent. An item that is not there is no longer listed.
 */
async function settleByReadingBack(open: OpenCatalog, batch: PolledBatch): Promise<Settled> {
  const waiting = await open.module.batches.waitingIn(batch.id)
  const entries = batch.values.filter((entry) => waiting.has(entry.retailer_id))
  const metaCatalogId = open.catalog.meta_catalog_id
  const found = new Map<string, { quantity: number | null; availability: string | null }>()
  const retailerIds = entries.map((entry) => entry.retailer_id)
  for await (const item of findItems(open.client, { metaCatalogId, retailerIds })) {
    found.set(item.retailer_id ?? "", toPair(item))
  }
  const rejected: Rejection[] = []
  const missing: string[] = []
  let confirmations = 0
  for (const entry of entries) {
    const isConfirmable = !found.has(entry.retailer_id) && (confirmations += 1) <= MAX_CONFIRMATIONS
    const pair = found.get(entry.retailer_id) ?? (isConfirmable ? await confirmAbsence(open, entry.retailer_id) : UNCONFIRMED)
    if (pair === null) {
      missing.push(entry.retailer_id)
      rejected.push({ retailer_id: entry.retailer_id, message: "Meta does not have this item." })
    } else if (entry.availability === null) {
      // Prices read back as display text and prove nothing (CONTRACT 4.3).
      rejected.push({ retailer_id: entry.retailer_id, message: "Meta reported errors without naming the items, and a price cannot be read back to see whether it was taken." })
    } else if (pair.quantity !== entry.quantity || pair.availability !== entry.availability) {
      rejected.push({ retailer_id: entry.retailer_id, message: "Meta reported errors without naming the items, and this item does not hold what was sent." })
    }
  }
  await storeRejections(open, rejected)
  await open.module.items.unlistItems({ catalogId: open.catalog.id, retailerIds: missing })
  return await settle(open, batch, rejected, "verifying")
}

/** Equal to no pair that is ever sent. */
const UNCONFIRMED = { quantity: null, availability: null }

async function confirmAbsence(open: OpenCatalog, retailerId: string): Promise<ReturnType<typeof toPair> | null> {
  const address = { metaCatalogId: open.catalog.meta_catalog_id, retailerId }
  const item = await readItem(open.client, address, ["availability", "quantity_to_sell_on_facebook"])
  return item && toPair(item)
}

function toPair(item: { quantity_to_sell_on_facebook?: unknown; availability?: unknown }): { quantity: number | null; availability: string | null } {
  const quantity = item.quantity_to_sell_on_facebook
  return {
    quantity: quantity === null || quantity === undefined ? null : Number(quantity),
    availability: typeof item.availability === "string" ? item.availability : null,
  }
}

const settleBatchesStep = createStep("meta-catalog-settle-batches", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await settleBatches(container, catalog_id))
})

/** Follows the handles of one catalogue's batches to their end. */
export const settleBatchesWorkflow = createWorkflow("meta-catalog-settle-batches", (input: { catalog_id: string }) => {
  return new WorkflowResponse(settleBatchesStep(input))
})
