import { graphTime } from "./clock"
import type { UploadRow } from "./entities/upload"
import { reportOf } from "./error-reports"
import type { Node } from "./projection"
import { listUploadErrors } from "./upload-errors"
import type { World } from "./world"

/** An upload session's readable fields (CONTRACT 6.2, 6.4). */
export function uploadNode(world: World, upload: UploadRow): Node {
  return {
    id: upload.id,
    start_time: graphTime(upload.start_time),
    end_time: upload.end_time ? graphTime(upload.end_time) : undefined,
    input_method: upload.input_method,
    url: upload.url,
    filename: upload.filename,
    num_detected_items: upload.num_detected_items,
    num_persisted_items: upload.num_persisted_items,
    num_deleted_items: upload.num_deleted_items,
    num_invalid_items: upload.num_invalid_items,
    error_count: upload.error_count,
    warning_count: upload.warning_count,
    error_report: () => reportOf(world, upload),
    errors: async () => ({ data: await listUploadErrors(world, upload) }),
  }
}
