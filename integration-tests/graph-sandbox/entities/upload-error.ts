import { EntitySchema } from "typeorm"

export type Severity = "fatal" | "warning"

/** One kind of problem found in one upload, with how many rows have it (CONTRACT 6.3). */
export type UploadErrorRow = {
  id: string
  upload_id: string
  ordinal: number
  error_type: string
  severity: Severity
  field: string | null
  summary: string
  description: string
  total_count: number
}

export const UploadErrorEntity = new EntitySchema<UploadErrorRow>({
  name: "upload_error",
  tableName: "upload_error",
  columns: {
    id: { type: "text", primary: true },
    upload_id: { type: "text" },
    ordinal: { type: "int" },
    error_type: { type: "text" },
    severity: { type: "text" },
    field: { type: "text", nullable: true },
    summary: { type: "text" },
    description: { type: "text" },
    total_count: { type: "int" },
  },
  uniques: [{ name: "upload_error_ordinal", columns: ["upload_id", "ordinal"] }],
})

/** One row of one file that has the problem `ordinal` of its upload. */
export type UploadErrorSampleRow = { id: string; upload_id: string; ordinal: number; row_number: number; retailer_id: string | null }

export const UploadErrorSampleEntity = new EntitySchema<UploadErrorSampleRow>({
  name: "upload_error_sample",
  tableName: "upload_error_sample",
  columns: {
    id: { type: "bigint", primary: true, generated: "increment" },
    upload_id: { type: "text" },
    ordinal: { type: "int" },
    row_number: { type: "int" },
    retailer_id: { type: "text", nullable: true },
  },
  indices: [{ name: "upload_error_sample_page", columns: ["upload_id", "ordinal", "id"] }],
})
