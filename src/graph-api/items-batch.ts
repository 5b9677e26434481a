import { z } from "@medusajs/framework/zod"
import type { GraphCall, GraphClient } from "./client"
import { GraphError } from "./graph-error"
import { graphCount, graphText } from "./reply-values"

/** Meta's bounds of one call (CONTRACT 3.1); fewer than 3000 items are advised. */
export const MAX_ITEMS_PER_BATCH = 5000
const MAX_BYTES_PER_BATCH = 28_000_000

/** One change. `data.id` is the retailer id; a DELETE carries nothing else, an UPDATE only what changes (CONTRACT 3.1). */
export type ItemUpdate = { method: "UPDATE" | "DELETE" | "CREATE"; data: { id: string } & Record<string, unknown> }

/** What Meta says about one item at once. `retailerId` is null where an entry speaks for no named item. */
export type ItemValidation = { retailerId: string | null; errors: string[]; warnings: string[] }

/**
 * Items with errors in `validation` were dropped, the others wait behind the handle. `handle` is null when nothing was taken; at
 * least one error then says why, and an item no error names is in doubt.
 */
export type ItemsBatchReply = { handle: string | null; validation: ItemValidation[] }

/** Texts of problems: objects with a message by contract, bare strings tolerated. */
const messages = z
  .array(z.union([z.string(), z.looseObject({ message: z.string() }).transform((entry) => entry.message)]))
  .nullish()
  .transform((texts) => texts ?? [])

const validationEntry = z
  .looseObject({ retailer_id: graphText.nullish(), errors: messages, warnings: messages })
  .transform((entry): ItemValidation => ({ retailerId: entry.retailer_id || null, errors: entry.errors, warnings: entry.warnings }))

const batchReply = z
  .looseObject({ handles: z.array(graphText).nullish(), validation_status: z.array(validationEntry).nullish() })
  .transform((reply): ItemsBatchReply => ({ handle: reply.handles?.[0] || null, validation: reply.validation_status ?? [] }))
  // Without handle and without a reason the changes may well have been taken.
  .refine(({ handle, validation }) => handle || validation.some(({ errors }) => errors.length > 0), "neither a handle nor an error")

/**
 * Hands changes to Meta for later, unordered processing (CONTRACT 3). A reply says only what was taken, never what was applied: follow the
 * handle with `checkBatch`. `handles` may hold one string, be empty or be absent; the last two both give
 * `handle: null` when an item's error explains it, and an unknown outcome when nothing does.
 *
 * Throws RangeError, before anything is sent, for an empty or oversized call, a missing id or an id that occurs twice (Meta drops such items
 * or the whole call). Throws GraphError; with `outcome: "unknown"` the changes may still be applied, even late.
 */
export async function sendItemsBatch(
  client: GraphClient,
  { metaCatalogId, requests, allowUpsert }: { metaCatalogId: string; requests: ItemUpdate[]; allowUpsert: boolean }
): Promise<ItemsBatchReply> {
  assertSendable(requests)
  const json = { item_type: "PRODUCT_ITEM", allow_upsert: allowUpsert, requests }
  return client.request({ method: "POST", path: `${encodeURIComponent(metaCatalogId)}/items_batch`, json }, batchReply)
}

/** Whether a call draws on the batch bucket; asking for a batch's status does not (CONTRACT 2.2, 3.4). */
export function isBatchCall({ path }: Pick<GraphCall, "path">): boolean {
  return path.endsWith("/items_batch")
}

function assertSendable(requests: ItemUpdate[]): void {
  if (requests.length === 0 || requests.length > MAX_ITEMS_PER_BATCH) {
    throw new RangeError(`A batch takes 1 to ${MAX_ITEMS_PER_BATCH} items, not ${requests.length}.`)
  }
  const seen = new Set<string>()
  for (const { data } of requests) {
    if (!data.id) {
      throw new RangeError("A batch request has no id.")
    }
    if (seen.has(data.id)) {
      throw new RangeError(`Item ${data.id} occurs twice in one batch; merge its changes first.`)
    }
    seen.add(data.id)
  }
  const bytes = Buffer.byteLength(JSON.stringify(requests))
  if (bytes >= MAX_BYTES_PER_BATCH) {
    throw new RangeError(`A batch takes less than ${MAX_BYTES_PER_BATCH} bytes, not ${bytes}.`)
  }
}

/** A row of a batch's sample of errors. `line` counts from 1 (inferred, CONTRACT 3.4). */
export type BatchProblem = { line: number | null; id: string | null; message: string }

/**
 * State of a batch. `errors` is a sample, `errorsTotalCount` the total; `invalidIds` are the retailer ids that were not saved. Judge by count
 * and ids: samples have been seen under the wrong heading. "error" may have applied a part, "canceled" nothing.
 */
export type BatchStatus = {
  status: "running" | "finished" | "canceled" | "error"
  errorsTotalCount: number
  errors: BatchProblem[]
  warningsTotalCount: number
  warnings: BatchProblem[]
  invalidIds: string[]
}

const FINAL_STATUSES: Record<string, BatchStatus["status"]> = {
  finished: "finished",
  canceled: "canceled",
  cancelled: "canceled",
  error: "error",
}

const problems = z
  .array(
    z
      .looseObject({ line: graphCount.nullish(), id: graphText.nullish(), message: z.string().nullish() })
      .transform((row): BatchProblem => ({ line: row.line ?? null, id: row.id || null, message: row.message ?? "" }))
  )
  .nullish()
  .transform((rows) => rows ?? [])

const statusEntry = z
  .looseObject({
    handle: graphText.nullish(),
    status: z.string(),
    errors_total_count: graphCount.nullish(),
    errors: problems,
    warnings_total_count: graphCount.nullish(),
    warnings: problems,
    ids_of_invalid_requests: z.array(graphText).nullish(),
  })
  .transform((entry): BatchStatus & { handle: string | null } => {
    const invalidIds = entry.ids_of_invalid_requests ?? []
    return {
      handle: entry.handle ?? null,
      // Scheduled, Dispatched, Started, and any word Meta may add: not final, so still running. Case differs between texts and samples.
      status: FINAL_STATUSES[entry.status.toLowerCase()] ?? "running",
      errorsTotalCount: entry.errors_total_count ?? Math.max(entry.errors.length, invalidIds.length),
      errors: entry.errors,
      warningsTotalCount: entry.warnings_total_count ?? entry.warnings.length,
      warnings: entry.warnings,
      invalidIds,
    }
  })

const statusReply = z.looseObject({ data: z.array(statusEntry) })

/**
 * Asks how far a batch is (CONTRACT 3.4). An expired or unknown handle is Meta's code 100.
 * Throws GraphError, also when the reply says nothing about this handle.
 */
export async function checkBatch(
  client: GraphClient,
  { metaCatalogId, handle }: { metaCatalogId: string; handle: string }
): Promise<BatchStatus> {
  const path = `${encodeURIComponent(metaCatalogId)}/check_batch_request_status`
  // Without this flag Meta leaves the list of invalid ids empty.
  const query = { handle, load_ids_of_invalid_requests: true }
  const { data } = await client.request({ method: "GET", path, query }, statusReply)
  const entry = data.find((candidate) => candidate.handle === handle) ?? data.find((candidate) => candidate.handle === null)
  if (!entry) {
    throw new GraphError(`GET ${path} says nothing about the batch asked for`, { kind: "unreadable", outcome: "not_applied" })
  }
  const { handle: _handle, ...status } = entry
  return status
}
