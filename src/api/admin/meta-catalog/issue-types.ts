/** One problem of one item, or of the catalogue where no product is named; it goes when it is solved. `action` is what a person can do. */
export type AdminIssue = {
  id: string
  catalog_id: string
  source: "check" | "feed_upload" | "items_batch" | "audit" | "catalog"
  severity: "error" | "warning"
  code: string
  field: string
  title: string
  message: string
  action: string | null
  retailer_id: string
  product_id: string | null
  variant_id: string | null
  first_seen_at: string
  last_seen_at: string
}
