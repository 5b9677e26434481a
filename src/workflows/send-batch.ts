import { setTimeout as wait } from "node:timers/promises"
import { GraphError } from "../graph-api/graph-error"
import { sendItemsBatch, type ItemsBatchReply } from "../graph-api/items-batch"
import { testConnection } from "../graph-api/test-connection"
import type { BatchEntry, BatchHold, Rejection } from "../modules/meta-catalog/batches"
import { toItemUpdate } from "./decide-batch"
import { heedGraphError, wordsOf } from "./graph-trouble"
import { pauseAndNotify, type OpenCatalog } from "./open-catalog"

/** Whether the run may go on with the next claim. */
export type SendOutcome = "go_on" | "stop"

const FIRST_POLL_MS = 400
const UNKNOWN_ERROR = 1

/**
 * Sends one prepared batch and records what became of the call. The batch row is committed already, so whatever happens
 * to this process, its items are found again.
 */
export async function sendBatch(open: OpenCatalog, hold: BatchHold, entries: BatchEntry[], tries = 1): Promise<SendOutcome> {
  let reply: ItemsBatchReply
  try {
    reply = await sendItemsBatch(open.client, {
      metaCatalogId: open.catalog.meta_catalog_id,
      requests: entries.map(toItemUpdate),
      allowUpsert: false,
    })
  } catch (error) {
    if (error instanceof GraphError) {
      return await recordFailure(open, { hold, entries, tries }, error)
    }
    await open.module.batches.abandonBatch(hold.batchId, {
      error: "the call could not be made",
      backOff: true,
      perhapsApplied: false,
      from: ["sending"],
    })
    throw error
  }
  await recordReply(open, { hold, entries }, reply)
  return "go_on"
}

async function recordReply(
  open: OpenCatalog,
  { hold, entries }: { hold: BatchHold; entries: BatchEntry[] },
  { handle, validation }: ItemsBatchReply
): Promise<void> {
  const sent = new Set(entries.map((entry) => entry.retailer_id))
  const rejected = validation.flatMap(({ retailerId, errors }): Rejection[] =>
    retailerId !== null && errors.length > 0 && sent.has(retailerId) ? [{ retailer_id: retailerId, message: errors.join(" ") }] : []
  )
  await storeRejections(open, rejected)
  if (handle !== null) {
    await open.module.batches.recordSent(hold, { handle, rejected, pollAfterMs: FIRST_POLL_MS })
    return
  }
  // Nothing was taken. An entry without a retailer id speaks for items it does not name: those are tried again later.
  const unnamed = validation.filter(({ retailerId }) => retailerId === null).flatMap(({ errors }) => errors)
  const error = unnamed.join(" ") || "Meta took nothing and named no reason"
  await open.module.batches.abandonBatch(hold.batchId, { error, backOff: true, perhapsApplied: false, rejected, from: ["sending"] })
}

async function recordFailure(
  open: OpenCatalog,
  { hold, entries, tries }: { hold: BatchHold; entries: BatchEntry[]; tries: number },
  error: GraphError
): Promise<SendOutcome> {
  const { batches } = open.module
  const words = wordsOf(error)
  if (error.outcome === "unknown") {
    await batches.doubtBatch(hold.batchId, { error: words, windowMs: open.module.options.doubtfulWindowMs })
    return "stop"
  }
  const verdict = await heedGraphError(open, error)
  const abandon = (backOff: boolean, rejected: Rejection[] = []) =>
    batches.abandonBatch(hold.batchId, { error: words, backOff, perhapsApplied: false, rejected, from: ["sending"] })

  // Code 1 may mean "too much at once": the same call once more, then smaller ones (CONTRACT 1.4).
  if (verdict.class === "retry" && error.code === UNKNOWN_ERROR) {
    if (tries === 1) {
      await wait(500 + Math.random() * 1_000)
      return (await batches.renewLease(hold)) ? await sendBatch(open, hold, entries, 2) : "stop"
    }
    if (entries.length > 1) {
      return await sendHalves(open, hold, entries, 2)
    }
  }
  if (verdict.class === "permanent") {
    if (entries.length > 1) {
      if (await isConnectionSound(open)) {
        return await sendHalves(open, hold, entries, 1)
      }
      await abandon(false)
      return "stop"
    }
    const rejected = entries.map(({ retailer_id }) => ({ retailer_id, message: words }))
    await storeRejections(open, rejected)
    await abandon(false, rejected)
    return "go_on"
  }
  await abandon(verdict.class === "retry" || verdict.class === "unknown_outcome")
  return "stop"
}

/**
 * A refusal that looks like a bad entry may speak about the connection: a wrong app secret, too, is a plain code 100
 * (CONTRACT 1.2). Asking costs a few calls of the other quota; halving down to single items would cost hundreds of this one.
 */
async function isConnectionSound(open: OpenCatalog): Promise<boolean> {
  const report = await testConnection(open.client, { metaCatalogId: open.catalog.meta_catalog_id })
  const failed = report.checks.find((check) => check.ok === false)
  if (failed) {
    await pauseAndNotify(open.container, { catalog: open.catalog, reason: failed.code, message: failed.message })
  }
  return !failed
}

async function sendHalves(open: OpenCatalog, hold: BatchHold, entries: BatchEntry[], tries: number): Promise<SendOutcome> {
  const middle = Math.ceil(entries.length / 2)
  const halves: [BatchEntry[], BatchEntry[]] = [entries.slice(0, middle), entries.slice(middle)]
  const holds = await open.module.batches.splitBatch(hold, halves)
  let outcome: SendOutcome = "go_on"
  for (const [position, half] of holds.entries()) {
    if (outcome === "stop") {
      await open.module.batches.abandonBatch(half.batchId, {
        error: "not sent: the call before it failed",
        backOff: false,
        perhapsApplied: false,
        from: ["sending"],
      })
    } else if (await open.module.batches.renewLease(half)) {
      outcome = await sendBatch(open, half, halves[position], tries)
    }
  }
  return outcome
}

/** Keeps Meta's words about refused items where the merchant looks: at the product. */
export async function storeRejections(open: OpenCatalog, rejected: Rejection[]): Promise<void> {
  await open.module.issues.storeIssues(
    rejected.map(({ retailer_id, message }) => ({
      catalog_id: open.catalog.id,
      source: "items_batch",
      severity: "error",
      code: "items_batch_rejected",
      field: "",
      title: "Meta refused the quantity update",
      message,
      action: "Correct what Meta names; the item is sent again with its next change, or with Sync now.",
      retailer_id,
    }))
  )
}
