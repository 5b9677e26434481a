import { randomBytes } from "node:crypto"
import { z } from "zod"
import { holdBatch, queueBatch } from "./batch-processing"
import { BatchEntity, type BatchOutcome, type BatchRequest, type BatchRow } from "./entities/batch"
import { badParameter } from "./errors"
import { FIELD_RULES, REQUIRED_FIELDS } from "./field-rules"
import type { FaultAction } from "./faults"
import { openCatalog, requireCatalogAdmin, type GraphRequest } from "./graph-request"
import { parsePrice } from "./prices"
import { flag, nested, readParams, uint } from "./params"
import { drawDelay } from "./settings"

/** Limits of one call (CONTRACT 3.1). */
const MAX_REQUESTS = 5000
const MAX_PAYLOAD_BYTES = 28 * 1024 * 1024

const ITEM_SUB_TYPES = [
  "APPLIANCES",
  "BABY_FEEDING",
  "BABY_TRANSPORT",
  "BEAUTY",
  "BEDDING",
  "CAMERAS",
  "CELL_PHONES_AND_SMART_WATCHES",
  "CLEANING_SUPPLIES",
  "CLOTHING",
  "CLOTHING_ACCESSORIES",
  "COMPUTERS_AND_TABLETS",
  "DIAPERING_AND_POTTY_TRAINING",
  "ELECTRONICS_ACCESSORIES",
  "FURNITURE",
  "HEALTH",
  "HOME_GOODS",
  "JEWELRY",
  "NURSERY",
  "PRINTERS_AND_SCANNERS",
  "PROJECTORS",
  "SHOES_AND_FOOTWEAR",
  "SOFTWARE",
  "TOYS",
  "TVS_AND_MONITORS",
  "VIDEO_GAME_CONSOLES_AND_VIDEO_GAMES",
  "WATCHES",
] as const

const oneRequest = z.strictObject({
  method: z.enum(["CREATE", "UPDATE", "DELETE"]),
  data: z.record(z.string(), z.unknown()).optional(),
  /** Belongs to the retired /batch edge: the request is read, but has no id (CONTRACT 3.1). */
  retailer_id: z.unknown().optional(),
})

const shape = {
  item_type: z.literal("PRODUCT_ITEM"),
  requests: nested(z.array(oneRequest)),
  allow_upsert: flag.default(true),
  item_sub_type: z.enum(ITEM_SUB_TYPES).optional(),
  version: uint.optional(),
}

type Message = { message: string }
type Validation = { retailer_id?: string; errors?: Message[]; warnings?: Message[] }

/** `POST /{catalog}/items_batch`: checks what can be checked at once, stores the rest and answers with a handle (CONTRACT 3.1, 3.2). */
export async function postItemsBatch(request: GraphRequest): Promise<unknown> {
  const { world, fault } = request
  const catalog = await openCatalog(request, request.segments[0], "catalog_batch")
  requireCatalogAdmin(request.token)
  if (request.bodyBytes > MAX_PAYLOAD_BYTES) {
    throw badParameter(`The payload has ${request.bodyBytes} bytes; at most ${MAX_PAYLOAD_BYTES} are allowed`)
  }
  const params = readParams(shape, request.params)
  if (params.requests.length === 0 || params.requests.length > MAX_REQUESTS) {
    throw badParameter(`Param requests must hold between 1 and ${MAX_REQUESTS} requests, not ${params.requests.length}`)
  }
  const { accepted, validation } = sortOut(params.requests)
  if (world.settings.duplicate_in_batch === "call" && validation.some(isDuplicate)) {
    throw badParameter("Duplicate retailer_id in batch api call")
  }
  const status = validation.length > 0 ? { validation_status: validation } : {}
  if (accepted.length === 0) {
    return world.settings.empty_handles === "empty" ? { handles: [], ...status } : status
  }
  const now = world.clock.now()
  const batch: BatchRow = {
    handle: `Ac${randomBytes(18).toString("base64url")}`,
    catalog_id: catalog.id,
    allow_upsert: params.allow_upsert,
    status: "Scheduled",
    requests: accepted,
    request_count: accepted.length,
    outcome: outcomeOf(fault, accepted),
    received_at: now,
    due_at: new Date(now.getTime() + (fault?.type === "apply_late" ? fault.ms : drawDelay(world.settings.batch_delay_ms))),
    finished_at: null,
    expires_at: fault?.type === "expire_handle" ? now : new Date(now.getTime() + world.settings.handle_lifetime_ms),
    errors_total_count: 0,
    errors: [],
    warnings_total_count: 0,
    warnings: [],
    ids_of_invalid_requests: [],
  }
  await world.db.getRepository(BatchEntity).save(batch)
  if (fault?.type === "apply_late" || !world.overtaking.isHeld()) {
    queueBatch(world, batch, fault?.type === "apply_late" ? fault.after_calls : undefined)
  } else {
    holdBatch(world, batch)
  }
  return fault?.type === "missing_handle" ? status : { handles: [batch.handle], ...status }
}

function outcomeOf(fault: FaultAction | null, accepted: BatchRequest[]): BatchOutcome {
  if (fault?.type === "batch_status") {
    return { status: fault.status, applied_share: fault.applied_share }
  }
  if (fault?.type === "partial_failure") {
    return { invalid_retailer_ids: fault.retailer_ids, errors_total_count: fault.errors_total_count }
  }
  if (fault?.type === "silent_drop") {
    const dropped = accepted.slice(0, Math.max(1, Math.floor(accepted.length * fault.share))).map(({ data }) => data.id)
    return { dropped_retailer_ids: dropped, errors_total_count: fault.told === "count" ? dropped.length : 0 }
  }
  return {}
}

const DUPLICATE = "Duplicate retailer_id in batch api call - "

function isDuplicate(entry: Validation): boolean {
  return entry.errors?.some((error) => error.message.startsWith(DUPLICATE)) ?? false
}

/** Splits a call into requests that go on and what `validation_status` says. All requests that share an id are dropped. */
function sortOut(requests: z.output<typeof oneRequest>[]): { accepted: BatchRequest[]; validation: Validation[] } {
  const times = new Map<unknown, number>()
  for (const { data } of requests) {
    times.set(data?.id, (times.get(data?.id) ?? 0) + 1)
  }
  const accepted: BatchRequest[] = []
  const validation: Validation[] = []
  const reported = new Set<string>()
  requests.forEach(({ method, data }, index) => {
    const id = data?.id
    if (data === undefined || typeof id !== "string" || id === "") {
      validation.push({ errors: [{ message: `${DUPLICATE}.` }] })
      return
    }
    if ((times.get(id) ?? 0) > 1) {
      if (!reported.has(id)) {
        reported.add(id)
        validation.push({ retailer_id: id, errors: [{ message: `${DUPLICATE}${id}.` }] })
      }
      return
    }
    const { known, warnings } = dropUnknownFields(id, data, method)
    const errors = refusals(method, id, known)
    if (errors.length > 0 || warnings.length > 0) {
      validation.push({ retailer_id: id, errors, ...(warnings.length > 0 ? { warnings } : {}) })
    }
    if (errors.length === 0) {
      accepted.push({ line: index + 1, method, data: { ...known, id } })
    }
  })
  return { accepted, validation }
}

function dropUnknownFields(id: string, data: Record<string, unknown>, method: BatchRequest["method"]) {
  const known: Record<string, unknown> = {}
  const warnings: Message[] = []
  for (const [name, value] of Object.entries(data)) {
    const field = name === "status" ? "visibility" : name
    const recognised = Object.hasOwn(FIELD_RULES, field) && FIELD_RULES[field].batch !== false && (method !== "DELETE" || name === "id")
    if (recognised) {
      known[name] = value
    } else {
      warnings.push({
        message: `Unrecognised field: A request for item ${id} contains unrecognised field: '${name}'`,
      })
    }
  }
  return { known, warnings }
}

/** What is refused before a handle is given: an id too long, a price that is none, a CREATE without a required field. */
function refusals(method: BatchRequest["method"], id: string, data: Record<string, unknown>): Message[] {
  if (id.length > 100) {
    return [{ message: `Invalid value: Value passed at position 0 (id=${id}) is invalid: "The id has more than 100 characters"` }]
  }
  if (method === "DELETE") {
    return []
  }
  if (
    data.price !== undefined &&
    data.price !== "" &&
    (typeof data.price !== "string" || typeof parsePrice(data.price, null) === "string")
  ) {
    return [{ message: "The price information under  is invalid. Review for more details" }]
  }
  if (method === "UPDATE") {
    return []
  }
  const image = Array.isArray(data.image) && data.image.length > 0
  const missing = REQUIRED_FIELDS.filter((field) => (data[field] === undefined || data[field] === "") && !(field === "image_link" && image))
  return missing.map((field) => ({
    message:
      `Invalid value: Value passed at position 0 (id=${id}) is invalid: ` +
      `"You cannot create a EntProductItem without required field ${field[0].toUpperCase()}${field.slice(1)}"`,
  }))
}
