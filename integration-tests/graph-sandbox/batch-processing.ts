import { BatchEntity, type BatchMessage, type BatchRequest, type BatchRow } from "./entities/batch"
import { FIELD_RULES, REQUIRED_FIELDS, visibilityOf } from "./field-rules"
import { deleteItems, storedFields, upsertItems, type ItemWrite } from "./item-store"
import type { Problem } from "./problems"
import { checkField, checkTogether, missingFields } from "./row-validation"
import type { World } from "./world"

/** How many messages the status shows as a sample; the counts are totals (CONTRACT 3.4). */
const MESSAGE_SAMPLE = 25

/** Lets a stored batch be processed when it is due, or once `afterCalls` later changes were applied. */
export function queueBatch(world: World, batch: Pick<BatchRow, "handle" | "due_at">, afterCalls?: number): void {
  world.lateCalls.queue({ name: `batch ${batch.handle}`, dueAt: batch.due_at, run: () => processBatch(world, batch.handle) }, afterCalls)
}

/** Holds a batch back so that a later one overtakes it (setting `reorder`); see `Overtaking`. */
export function holdBatch(world: World, { handle }: Pick<BatchRow, "handle">): void {
  world.overtaking.hold({ name: `batch ${handle}`, run: () => processBatch(world, handle) })
}

/** Carries a batch out and records what became of each request. Does nothing for a batch that is gone or done. */
async function processBatch(world: World, handle: string): Promise<void> {
  const batches = world.db.getRepository(BatchEntity)
  const batch = await batches.findOneBy({ handle })
  if (!batch || batch.finished_at) {
    return
  }
  await batches.update({ handle }, { status: "Started" })
  await world.writes.hold(batch.catalog_id, async () => {
    const result = await applyBatch(world, batch)
    await batches.update(
      { handle },
      {
        status: batch.outcome.status ?? "Finished",
        finished_at: world.clock.now(),
        errors_total_count: batch.outcome.errors_total_count ?? result.errors.length,
        errors: result.errors.slice(0, MESSAGE_SAMPLE),
        warnings_total_count: result.warnings.length,
        warnings: result.warnings.slice(0, MESSAGE_SAMPLE),
        ids_of_invalid_requests: [...new Set(result.errors.map((error) => error.id))],
      }
    )
  })
  world.overtaking.passed()
}

type Result = { errors: BatchMessage[]; warnings: BatchMessage[] }

async function applyBatch(world: World, batch: BatchRow): Promise<Result> {
  const requests = requestsToApply(batch)
  const stored = await storedFields(
    world.db,
    batch.catalog_id,
    requests.map((request) => request.data.id)
  )
  const failing = new Set(batch.outcome.invalid_retailer_ids)
  const dropped = new Set(batch.outcome.dropped_retailer_ids)
  const result: Result = { errors: [], warnings: [] }
  const writes: ItemWrite[] = []
  const deletions: string[] = []
  for (const request of requests) {
    const id = request.data.id
    if (dropped.has(id)) {
      continue
    }
    if (failing.has(id)) {
      result.errors.push({ line: request.line, id, message: "Missing or Incorrect Data: the item was not saved" })
    } else if (request.method === "DELETE") {
      deletions.push(id)
    } else {
      const fields = decide(request, { stored: stored.get(id), allowUpsert: batch.allow_upsert, world, result })
      if (fields) {
        writes.push({ retailer_id: id, fields })
      }
    }
  }
  await world.db.transaction(async (manager) => {
    await upsertItems(manager, { catalogId: batch.catalog_id, writes, by: "batch", now: world.clock.now() })
    await deleteItems(manager, batch.catalog_id, deletions)
  })
  return result
}

function requestsToApply(batch: BatchRow): BatchRequest[] {
  if (!batch.outcome.status) {
    return batch.requests
  }
  return batch.requests.slice(0, Math.floor(batch.requests.length * (batch.outcome.applied_share ?? 0)))
}

type Circumstances = { stored: Record<string, unknown> | undefined; allowUpsert: boolean; world: World; result: Result }

/** The fields a CREATE or UPDATE writes, or null when it is not carried out; problems go into the result. */
function decide(request: BatchRequest, { stored, allowUpsert, world, result }: Circumstances): Record<string, unknown> | null {
  const { line } = request
  const id = request.data.id
  if (!allowUpsert && (request.method === "UPDATE") === (stored === undefined)) {
    const silent = request.method === "UPDATE" && world.settings.silent_drop_unknown_updates
    if (!silent) {
      const message = request.method === "UPDATE" ? "Item Not Found: there is no item with this id" : "Duplicate Item: the id is taken"
      result.errors.push({ line, id, message })
    }
    return null
  }
  const { fields, problems } = readData(request.data)
  const merged = dropNulls({ ...stored, ...fields })
  const before = merged.sale_price
  const remarks: Problem[] = []
  checkTogether(merged, remarks)
  problems.push(...remarks.filter((remark) => remark.field !== null && Object.hasOwn(fields, remark.field)))
  if (before !== undefined && merged.sale_price === undefined) {
    fields.sale_price = null
  }
  const refused = problems.filter((problem) => problem.severity === "fatal").map((problem) => problem.field)
  const lacking = stored ? REQUIRED_FIELDS.filter((field) => fields[field] === null) : missingFields(merged)
  const missing = lacking.filter((field) => !refused.includes(field))
  for (const field of missing) {
    result.errors.push({ line, id, message: `A required field is missing: ${field}: every item needs a value for it` })
  }
  for (const problem of problems) {
    const list = problem.severity === "fatal" ? result.errors : result.warnings
    list.push({ line, id, message: `${problem.summary}: ${problem.description}` })
  }
  return missing.length > 0 || problems.some((problem) => problem.severity === "fatal") ? null : fields
}

/** Checks the values of a request. An empty text clears its field (CONTRACT 3.1). */
function readData(data: BatchRequest["data"]): { fields: Record<string, unknown>; problems: Problem[] } {
  const row = { fields: {} as Record<string, unknown>, problems: [] as Problem[] }
  for (const [name, value] of Object.entries(data)) {
    if (name === "id") {
      continue
    }
    const field = name === "status" ? "visibility" : name
    if (value === "" || value === null) {
      row.fields[field] = null
    } else if (Object.hasOwn(FIELD_RULES, field)) {
      checkField(row, field, name === "status" && typeof value === "string" ? visibilityOf(value) : value, {
        kind: "batch",
        defaultCurrency: null,
      })
    }
  }
  return row
}

function dropNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
