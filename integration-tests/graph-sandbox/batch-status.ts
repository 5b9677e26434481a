import { z } from "zod"
import { BatchEntity, type BatchRow } from "./entities/batch"
import { badParameter } from "./errors"
import { openCatalog, type GraphRequest } from "./graph-request"
import { flag, readParams } from "./params"

const shape = {
  handle: z.string().min(1),
  load_ids_of_invalid_requests: flag.default(false),
  error_priority: z.enum(["HIGH", "MEDIUM", "LOW"]).optional(),
  fields: z.string().optional(),
}

/** `GET /{catalog}/check_batch_request_status` (CONTRACT 3.4). A handle is known for its lifetime on the sandbox clock, then 100. */
export async function getBatchStatus(request: GraphRequest): Promise<unknown> {
  const { world, fault } = request
  const catalog = await openCatalog(request, request.segments[0])
  const params = readParams(shape, request.params)
  const batches = world.db.getRepository(BatchEntity)
  if (fault?.type === "expire_handle") {
    await batches.update({ handle: params.handle }, { expires_at: world.clock.now() })
  }
  const batch = await batches.findOneBy({ handle: params.handle, catalog_id: catalog.id })
  if (!batch || batch.expires_at <= world.clock.now()) {
    throw badParameter("Param handle is not a valid batch handle")
  }
  return {
    data: [
      statusOf(batch, {
        withIds: params.load_ids_of_invalid_requests,
        priority: params.error_priority,
        lower: world.settings.status_case === "lower",
      }),
    ],
  }
}

function statusOf(batch: BatchRow, { withIds, priority, lower }: { withIds: boolean; priority?: string; lower: boolean }) {
  return {
    handle: batch.handle,
    status: lower ? batch.status.toLowerCase() : batch.status,
    errors_total_count: batch.errors_total_count,
    errors: priority === undefined || priority === "HIGH" ? batch.errors : [],
    warnings_total_count: batch.warnings_total_count,
    warnings: priority === "HIGH" ? [] : batch.warnings,
    ids_of_invalid_requests: withIds ? batch.ids_of_invalid_requests : [],
  }
}
