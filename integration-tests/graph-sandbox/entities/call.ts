import { EntitySchema } from "typeorm"

/** One received Graph call. Secrets are taken out of `query` before it is stored. `status` is null when no reply was sent. */
export type CallRow = {
  id: string
  method: string
  path: string
  query: Record<string, string>
  status: number | null
  error_code: number | null
  error_subcode: number | null
  fault: string | null
  body_bytes: number
  received_at: Date
  duration_ms: number
}

export const CallEntity = new EntitySchema<CallRow>({
  name: "call",
  tableName: "call",
  columns: {
    id: { type: "bigint", primary: true, generated: "increment" },
    method: { type: "text" },
    path: { type: "text" },
    query: { type: "jsonb" },
    status: { type: "int", nullable: true },
    error_code: { type: "int", nullable: true },
    error_subcode: { type: "int", nullable: true },
    fault: { type: "text", nullable: true },
    body_bytes: { type: "int" },
    received_at: { type: "timestamptz" },
    duration_ms: { type: "int" },
  },
})
