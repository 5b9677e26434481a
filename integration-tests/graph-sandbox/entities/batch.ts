import { EntitySchema } from "typeorm"

export type BatchStatus = "Scheduled" | "Dispatched" | "Started" | "Finished" | "Canceled" | "Error"

export type BatchMethod = "CREATE" | "UPDATE" | "DELETE"

/** A request that passed the first check; `line` is its place in the call, counted from 1. */
export type BatchRequest = { line: number; method: BatchMethod; data: Record<string, unknown> & { id: string } }

export type BatchMessage = { line: number; id: string; message: string }

/** What a scripted fault wants this batch to end as. */
export type BatchOutcome = {
  status?: "Error" | "Canceled"
  applied_share?: number
  invalid_retailer_ids?: string[]
  errors_total_count?: number
  /** Never carried out and never named. */
  dropped_retailer_ids?: string[]
}

export type BatchRow = {
  handle: string
  catalog_id: string
  allow_upsert: boolean
  status: BatchStatus
  requests: BatchRequest[]
  request_count: number
  outcome: BatchOutcome
  received_at: Date
  due_at: Date
  finished_at: Date | null
  expires_at: Date
  errors_total_count: number
  errors: BatchMessage[]
  warnings_total_count: number
  warnings: BatchMessage[]
  ids_of_invalid_requests: string[]
}

export const BatchEntity = new EntitySchema<BatchRow>({
  name: "batch",
  tableName: "batch",
  columns: {
    handle: { type: "text", primary: true },
    catalog_id: { type: "text" },
    allow_upsert: { type: "boolean" },
    status: { type: "text" },
    requests: { type: "jsonb" },
    request_count: { type: "int" },
    outcome: { type: "jsonb" },
    received_at: { type: "timestamptz" },
    due_at: { type: "timestamptz" },
    finished_at: { type: "timestamptz", nullable: true },
    expires_at: { type: "timestamptz" },
    errors_total_count: { type: "int", default: 0 },
    errors: { type: "jsonb", default: [] },
    warnings_total_count: { type: "int", default: 0 },
    warnings: { type: "jsonb", default: [] },
    ids_of_invalid_requests: { type: "jsonb", default: [] },
  },
  indices: [{ name: "batch_catalog", columns: ["catalog_id", "received_at"] }],
})
