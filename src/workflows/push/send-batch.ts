import { setTimeout as wait } from "node:timers/promises"
import { GraphError } from "../../graph-api/graph-error"
import { sendItemsBatch, type ItemsBatchReply } from "../../graph-api/items-batch"
import { percentUsed } from "../../graph-api/usage"
import type { BatchEntry } from "../../modules/meta-catalog/batches/batch-entry"
import type { BatchHold } from "../../modules/meta-catalog/batches/batches"
import type { Urgency } from "../../modules/meta-catalog/push/call-pace"
import type { Rejection } from "../../modules/meta-catalog/batches/rejections"
import { isConnectionSound } from "../catalogs/connection-sound"
import { toItemUpdate } from "./decide-batch"
import { BATCH_LIMIT, heedGraphError, wordsOf } from "../graph-trouble"
import { pauseAndNotify, type OpenCatalog } from "../open-catalog"
import { storeRejections } from "./store-rejections"

/** Whether the run may go on with the next claim. */
export type SendOutcome = "go_on" | "stop"

/** A call of the hour's budget that has been taken and may be made. */
export type TakenCall = { callId: string; urgency: Urgency }

/** One call of a push: the claimed batch itself, or a part of it after a refusal. `callId` is null until its call is taken. */
type Call = { hold: BatchHold; entries: BatchEntry[]; tries: number; search: Search; callId: string | null }

/**
 * The search for what Meta refuses in one claimed batch. `accepted` counts calls Meta took: as long as there is none, the
 * refusal may be about something else than the entries.
 */
type Search = { isWhole: boolean; callsLeft: number; accepted: number; urgency: Urgency }

const FIRST_POLL_MS = 400
const UNKNOWN_ERROR = 1
/** Two bad entries among 3000 are found in fewer calls; more would eat the hour's budget of 200 (CONTRACT 2.2). */
const CALLS_PER_SEARCH = 50

/** The first retry after code 1 comes within this time. */
const RETRY_WITHIN_MS = 2_000

/**
 * Sends one prepared batch and records what became of the call. The batch row is committed already, so whatever happens
 * to this process, its items are found again.
 */
export async function sendBatch(
  open: OpenCatalog,
  { callId, urgency }: TakenCall,
  { hold, entries }: { hold: BatchHold; entries: BatchEntry[] }
): Promise<SendOutcome> {
  return await send(open, { hold, entries, callId, tries: 1, search: { isWhole: true, callsLeft: CALLS_PER_SEARCH, accepted: 0, urgency } })
}

async function send(open: OpenCatalog, call: Call): Promise<SendOutcome> {
  const { budget, catalogs } = open.module
  const catalogId = open.catalog.id
  const callId = call.callId ?? (await budget.takeCall({ catalogId, urgency: call.search.urgency })).callId
  if (callId === null) {
    await abandon(open, call, { error: "the hour's calls are used up", backOff: false })
    return "stop"
  }
  let reply: ItemsBatchReply
  call.search.callsLeft -= 1
  try {
    reply = await sendItemsBatch(open.client, {
      metaCatalogId: open.catalog.meta_catalog_id,
      requests: call.entries.map(toItemUpdate),
      allowUpsert: false,
    })
  } catch (error) {
    if (error instanceof GraphError) {
      await noteFailedCall(open, callId, error)
      return await recordFailure(open, call, error)
    }
    await abandon(open, call, { error: "the call could not be made", backOff: true })
    throw error
  }
  call.search.accepted += 1
  await catalogs.endSlowDown({ catalogId })
  await noteUsage(open)
  await recordReply(open, call, reply)
  return "go_on"
}

/** Keeps what Meta's header said with the last reply; at most one statement per call, so at most as many as the budget has calls. */
async function noteUsage(open: OpenCatalog): Promise<void> {
  const { last } = open.usage
  open.usage.last = null
  if (last) {
    const usage = { percent: percentUsed(last), regainMinutes: last.regainAccessMinutes }
    await open.module.budget.recordUsage({ catalogId: open.catalog.id, ...usage })
  }
}

async function noteFailedCall(open: OpenCatalog, callId: string, error: GraphError): Promise<void> {
  if (error.kind === "network" && error.outcome === "not_applied") {
    await open.module.budget.returnCall({ callId })
  }
  // Another limit's header says nothing about this budget.
  if (error.code === BATCH_LIMIT) {
    await noteUsage(open)
  }
  open.usage.last = null
}

async function recordReply(open: OpenCatalog, call: Call, { handle, validation }: ItemsBatchReply): Promise<void> {
  const sent = new Set(call.entries.map((entry) => entry.retailer_id))
  const rejected: Rejection[] = []
  const unnamed: string[] = []
  for (const { retailerId, errors } of validation) {
    if (errors.length > 0 && retailerId !== null && sent.has(retailerId)) {
      rejected.push({ retailer_id: retailerId, message: errors.join(" ") })
    } else {
      unnamed.push(...errors)
    }
  }
  await storeRejections(open, rejected)
  if (handle !== null) {
    // What was dropped without a name never enters the batch, so its good end would speak for nothing.
    await open.module.batches.recordSent(call.hold, { handle, rejected, mustVerify: unnamed.length > 0, pollAfterMs: FIRST_POLL_MS })
    return
  }
  await abandon(open, call, { error: unnamed.join(" ") || "Meta took nothing and named no reason", backOff: true, rejected, perhapsApplied: true })
}

async function recordFailure(open: OpenCatalog, call: Call, error: GraphError): Promise<SendOutcome> {
  const words = wordsOf(error)
  if (error.outcome === "unknown") {
    await open.module.batches.doubtBatch(call.hold.batchId, { error: words, windowMs: open.module.options.doubtfulWindowMs })
    await open.module.catalogs.slowDown({ catalogId: open.catalog.id })
    return "stop"
  }
  const verdict = await heedGraphError(open, error)
  // Code 1 may mean "too much at once": the same call once more, then smaller ones (CONTRACT 1.4).
  if (verdict.class === "retry" && error.code === UNKNOWN_ERROR && call.search.callsLeft > 0) {
    if (call.tries === 1) {
      await wait(Math.random() * RETRY_WITHIN_MS)
      return (await open.module.batches.renewLease(call.hold)) ? await send(open, { ...call, callId: null, tries: 2 }) : "stop"
    }
    if (call.entries.length > 1) {
      return await sendHalves(open, call, 2)
    }
  }
  if (verdict.class === "permanent") {
    return await searchCulprit(open, call, words)
  }
  // Where other calls passed, the trouble is this item's alone; else it is the whole catalogue's, whose wait has full jitter.
  const isItemsOwn = verdict.class === "retry" && call.entries.length === 1 && call.search.accepted > 0
  await abandon(open, call, { error: words, backOff: isItemsOwn })
  if (isItemsOwn) {
    return "go_on"
  }
  if (verdict.class === "retry") {
    await open.module.catalogs.slowDown({ catalogId: open.catalog.id })
  }
  return "stop"
}

/** A call that will never pass as it is: halves until the culprit stands alone, unless the refusal speaks for more than the entries. */
async function searchCulprit(open: OpenCatalog, call: Call, words: string): Promise<SendOutcome> {
  if (call.search.isWhole && !(await isConnectionSound(open))) {
    await abandon(open, call, { error: words, backOff: false })
    return "stop"
  }
  if (call.entries.length === 1) {
    // Alone in its claim, or beside calls that Meta took: the entry is what Meta refuses.
    const isCulprit = call.search.isWhole || call.search.accepted > 0
    const rejected = isCulprit ? call.entries.map(({ retailer_id }) => ({ retailer_id, message: words })) : []
    await storeRejections(open, rejected)
    await abandon(open, call, { error: words, backOff: true, rejected })
    return "go_on"
  }
  if (call.search.callsLeft > 0) {
    return await sendHalves(open, call, 1)
  }
  await abandon(open, call, { error: words, backOff: true })
  if (call.search.accepted === 0) {
    const message = `Meta refuses every quantity update, whatever the item: ${words}`
    await pauseAndNotify(open.container, { catalog: open.catalog, reason: "calls_refused", message })
  }
  return "stop"
}

async function sendHalves(open: OpenCatalog, { hold, entries, search }: Call, tries: number): Promise<SendOutcome> {
  const middle = Math.ceil(entries.length / 2)
  const halves: [BatchEntry[], BatchEntry[]] = [entries.slice(0, middle), entries.slice(middle)]
  const holds = await open.module.batches.splitBatch(hold, halves)
  search.isWhole = false
  let outcome: SendOutcome = "go_on"
  for (const [position, half] of holds.entries()) {
    const call: Call = { hold: half, entries: halves[position], callId: null, tries, search }
    if (outcome === "stop") {
      await abandon(open, call, { error: "not sent: the call before it failed", backOff: false })
    } else if (await open.module.batches.beginHalf(half)) {
      outcome = await send(open, call)
    }
  }
  return outcome
}

async function abandon(
  open: OpenCatalog,
  { hold }: Call,
  { error, backOff, rejected = [], perhapsApplied = false }: { error: string; backOff: boolean; rejected?: Rejection[]; perhapsApplied?: boolean }
): Promise<void> {
  await open.module.batches.abandonBatch(hold.batchId, { error, backOff, perhapsApplied, rejected, from: ["claimed", "sending"] })
}
