import type { Rejection } from "../../modules/meta-catalog/batches/rejections"
import type { OpenCatalog } from "../open-catalog"

/** Keeps Meta's words about refused items where the merchant looks: at the product. */
export async function storeRejections(open: OpenCatalog, rejected: Rejection[]): Promise<void> {
  await open.module.issues.storeIssues(
    rejected.map(({ retailer_id, message }) => ({
      catalog_id: open.catalog.id,
      source: "items_batch",
      severity: "error",
      code: "items_batch_rejected",
      field: "",
      title: "Meta refused the quantity update",
      message,
      action: "Correct what Meta names. The item is sent again with its next change, or with Push now.",
      retailer_id,
    }))
  )
}
