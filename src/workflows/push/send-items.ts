import { GraphError } from "../../graph-api/graph-error"
import { isMissingObject } from "../../graph-api/classify-error"
import { isNodePrice, toNodeFields } from "../../graph-api/item-fields"
import { updateItem } from "../../graph-api/product-items"
import type { BatchEntry } from "../../modules/meta-catalog/batches/batch-entry"
import type { BatchHold } from "../../modules/meta-catalog/batches/batches"
import type { SingleResults } from "../../modules/meta-catalog/items/single-items"
import { GONE } from "../adopt/adoption-findings"
import { isConnectionSound } from "../catalogs/connection-sound"
import { heedGraphError, wordsOf } from "../graph-trouble"
import type { OpenCatalog } from "../open-catalog"
import type { SendOutcome } from "./send-batch"
import { storeRejections } from "./store-rejections"

/** At most this many items are kept in step one by one: Meta advises batches above a dozen (CONTRACT 4.3). */
export const MOST_SINGLE_ITEMS = 50

/** Calls under way at once, each about another item. */
const CALLS_AT_ONCE = 4

/** One run over a batch. */
type Run = {
  open: OpenCatalog
  results: SingleResults
  missing: string[]
  /** Why the run stops, in words; null while it goes on. */
  stopped: string | null
  /** A call came to nothing that says nothing about its item. */
  hasFailed: boolean
  /** Asked once: whether refusals speak of the items and not of the connection. */
  isSound: Promise<boolean> | null
  fault: unknown
}

/**
 * Updates the items of one prepared batch by a call each and records how every call ended. A call's plain success
 * acknowledges its item; a permanent refusal rejects that item alone; a lost answer leaves that item in doubt. The batch row
 * is committed already, so whatever happens to this process, its items are found again.
 */
export async function sendItems(open: OpenCatalog, hold: BatchHold, entries: BatchEntry[]): Promise<SendOutcome> {
  const results: SingleResults = { acknowledged: [], rejected: [], doubtful: [], failed: [] }
  const run: Run = { open, results, missing: [], stopped: null, hasFailed: false, isSound: null, fault: null }
  for (let start = 0; start < entries.length && run.stopped === null; start += CALLS_AT_ONCE) {
    if (start > 0 && !(await open.module.batches.renewLease(hold))) {
      // Taken for dead: whoever took the batch doubts all of it, which covers what was called here.
      return "stop"
    }
    await Promise.all(entries.slice(start, start + CALLS_AT_ONCE).map((entry) => sendOne(run, entry)))
  }
  await record(run, hold)
  if (run.fault) {
    throw run.fault
  }
  return run.stopped === null ? "go_on" : "stop"
}

async function record({ open, results, missing, stopped, hasFailed }: Run, hold: BatchHold): Promise<void> {
  const { catalogs, issues, items, options, singleItems } = open.module
  const catalogId = open.catalog.id
  await storeRejections(open, results.rejected.filter((rejection) => !missing.includes(rejection.retailer_id)))
  await issues.storeIssues(missing.map((retailer_id) => ({ ...GONE, catalog_id: catalogId, source: "check", retailer_id })))
  await items.unlistItems({ catalogId, retailerIds: missing })
  await singleItems.settleSingles(hold, { ...results, error: stopped, windowMs: options.doubtfulWindowMs })
  await issues.removeIssuesOf({ catalogId, source: "items_batch", retailerIds: results.acknowledged })
  if (hasFailed) {
    await catalogs.slowDown({ catalogId })
  } else if (results.acknowledged.length > 0) {
    await catalogs.endSlowDown({ catalogId })
  }
}

async function sendOne(run: Run, entry: BatchEntry): Promise<void> {
  const { open, results } = run
  const retailerId = entry.retailer_id
  if (entry.price && !isNodePrice(entry.price.price)) {
    const message = `${entry.price.price} cannot be sent by single calls, which count in hundredths; items_batch takes such prices.`
    results.rejected.push({ retailer_id: retailerId, message })
    return
  }
  try {
    await updateItem(open.client, { metaCatalogId: open.catalog.meta_catalog_id, retailerId }, toNodeFields(entry))
    results.acknowledged.push(retailerId)
  } catch (error) {
    if (error instanceof GraphError) {
      await judge(run, retailerId, error)
    } else {
      results.doubtful.push(retailerId)
      run.stopped ??= "the call could not be made"
      run.fault = error
    }
  }
}

async function judge(run: Run, retailerId: string, error: GraphError): Promise<void> {
  const { open, results } = run
  const words = wordsOf(error)
  if (error.outcome === "unknown") {
    results.doubtful.push(retailerId)
    run.stopped ??= words
    run.hasFailed = true
    return
  }
  // The item is the object here: one that Meta does not know must not pause the catalogue.
  const verdict = await heedGraphError(open, error, "object")
  if (verdict.class === "permanent" && (await isSound(run))) {
    const isMissing = isMissingObject(error)
    results.rejected.push({ retailer_id: retailerId, message: isMissing ? GONE.title : words })
    if (isMissing) {
      run.missing.push(retailerId)
    }
    return
  }
  run.stopped ??= words
  if (verdict.class === "retry") {
    results.failed.push(retailerId)
    run.hasFailed = true
  }
}

/** A wrong app secret, too, is a plain code 100, and a catalogue out of reach makes every item look missing (CONTRACT 1.2). */
async function isSound(run: Run): Promise<boolean> {
  return await (run.isSound ??= isConnectionSound(run.open))
}
