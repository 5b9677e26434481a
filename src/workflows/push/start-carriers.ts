import { randomUUID } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { GraphError } from "../../graph-api/graph-error"
import { startUpload } from "../../graph-api/uploads"
import type { BatchHold } from "../../modules/meta-catalog/batches/batches"
import type { CarriedItem } from "../../modules/meta-catalog/carriers/carriers"
import { heedGraphError, wordsOf } from "../graph-trouble"
import { notifyAdmin } from "../notify"
import { openCatalog, type OpenCatalog } from "../open-catalog"
import { writeCarrierFile, type CarrierFile } from "../steps/carrier-file"

/** Few enough that a round is not held up for long while the file is written. What is left follows in the next carrier. */
const ITEMS_PER_CARRIER = 10_000

/** What was posted. `lost`: without an answer; the session is looked for by the name of its file. */
export type CarrierStart = { items: number; lost: boolean }

type Feed = { id: string; metaFeedId: string }

/**
 * Sends what is new to Meta, and what no budget of batch calls is left for, as an update_only upload, where one may start now.
 * Any number of processes may run it at once; a catalogue has one carrier at a time.
 */
export async function startCarriers(container: MedusaContainer, catalogId: string): Promise<CarrierStart> {
  const result: CarrierStart = { items: 0, lost: false }
  const open = await openCatalog(container, catalogId)
  if (!open) {
    return result
  }
  const { carriers, publicUrl } = open.module
  const carriesDue = await carriers.exceedsBudget({ catalogId })
  const feeds = await open.module.listFeeds({ catalog_id: catalogId, meta_feed_id: { $ne: null } }, { take: null, order: { id: "ASC" } })
  for (const feed of feeds) {
    const { hold, items } = await carriers.claimCarrier({ feedId: feed.id, publicUrl, owner: randomUUID(), carriesDue, limit: ITEMS_PER_CARRIER })
    if (items.length > 0) {
      const start = await carry(open, { id: feed.id, metaFeedId: feed.meta_feed_id as string }, { hold, items })
      result.items += start.items
      result.lost ||= start.lost
    }
  }
  return result
}

async function carry(open: OpenCatalog, feed: Feed, { hold, items }: { hold: BatchHold; items: CarriedItem[] }): Promise<CarrierStart> {
  let file: CarrierFile | undefined
  try {
    // Read after the claim has cleared due_at: a change from here on marks the item due again.
    file = await writeCarrierFile(open, items)
    const { entries, unchanged } = file
    const isOurs = await open.module.carriers.prepareCarrier(hold, { entries, unchanged })
    return isOurs && entries.length > 0 ? await post(open, feed, { hold, file }) : { items: 0, lost: false }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    await open.module.carriers.abandonCarrier(hold.batchId, { error: `the upload could not be made: ${message}`, backOff: true })
    throw error
  } finally {
    await file?.remove()
  }
}

async function post(open: OpenCatalog, feed: Feed, { hold, file }: { hold: BatchHold; file: CarrierFile }): Promise<CarrierStart> {
  const { batchId } = hold
  const items = file.entries.length
  try {
    const { id } = await startUpload(open.client, { metaFeedId: feed.metaFeedId, updateOnly: true, file: file.toSend(`${batchId}.csv.gz`) })
    await open.module.carriers.recordCarrierSession({ batchId, feedId: feed.id, metaUploadId: id })
    open.logger.info(`[meta-catalog] ${open.catalog.name}: upload ${id} brings ${items} items to Meta`)
    return { items, lost: false }
  } catch (error) {
    if (!(error instanceof GraphError)) {
      throw error
    }
    if (error.outcome === "unknown") {
      // Left as it is: the list of sessions shows whether it began, and its lease ends when none does.
      open.logger.info(`[meta-catalog] ${open.catalog.name}: an upload of ${items} items got no answer: ${wordsOf(error)}`)
      return { items, lost: true }
    }
    await heedGraphError(open, error, "object")
    await giveUp(open, batchId, `Meta refused an upload of ${items} items: ${wordsOf(error)}`)
    return { items: 0, lost: false }
  }
}

/** The carrier failed and nothing of it stands at Meta; it is tried again, and a person is told the first time. */
export async function giveUp(open: OpenCatalog, batchId: string, reason: string): Promise<void> {
  if (await open.module.carriers.abandonCarrier(batchId, { error: reason, backOff: true })) {
    await notifyAdmin(open.container, { title: `Meta catalogue ${open.catalog.name}: an upload failed`, description: reason })
  }
}

const startCarriersStep = createStep("meta-catalog-start-carriers", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await startCarriers(container, catalog_id))
})

/** Starts the update_only uploads of one catalogue that have something to bring. */
export const startCarriersWorkflow = createWorkflow("meta-catalog-start-carriers", (input: { catalog_id: string }) => {
  return new WorkflowResponse(startCarriersStep(input))
})
