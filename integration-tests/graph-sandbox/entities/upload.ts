import { EntitySchema } from "typeorm"

export type UploadKind = "replace" | "update"

export type InputMethod = "Manual Upload" | "Server Fetch" | "User initiated server fetch"

/** One upload session (CONTRACT 6.2). It runs until `end_time` is set. */
export type UploadRow = {
  id: string
  feed_id: string
  catalog_id: string
  kind: UploadKind
  input_method: InputMethod
  url: string | null
  filename: string | null
  start_time: Date
  end_time: Date | null
  failed: boolean
  num_detected_items: number
  num_persisted_items: number
  num_deleted_items: number
  num_invalid_items: number
  error_count: number
  warning_count: number
  report_requested_at: Date | null
  report_ready_at: Date | null
  report_key: string | null
}

export const UploadEntity = new EntitySchema<UploadRow>({
  name: "upload",
  tableName: "upload",
  columns: {
    id: { type: "text", primary: true },
    feed_id: { type: "text" },
    catalog_id: { type: "text" },
    kind: { type: "text" },
    input_method: { type: "text" },
    url: { type: "text", nullable: true },
    filename: { type: "text", nullable: true },
    start_time: { type: "timestamptz" },
    end_time: { type: "timestamptz", nullable: true },
    failed: { type: "boolean", default: false },
    num_detected_items: { type: "int", default: 0 },
    num_persisted_items: { type: "int", default: 0 },
    num_deleted_items: { type: "int", default: 0 },
    num_invalid_items: { type: "int", default: 0 },
    error_count: { type: "int", default: 0 },
    warning_count: { type: "int", default: 0 },
    report_requested_at: { type: "timestamptz", nullable: true },
    report_ready_at: { type: "timestamptz", nullable: true },
    report_key: { type: "text", nullable: true },
  },
  indices: [{ name: "upload_feed", columns: ["feed_id"] }],
})
