/** Keys of everything this plugin caches. All share the first part, so one call can mark all of it stale. */
export const queryKeys = {
  all: ["meta-catalog"] as const,
  catalogs: ["meta-catalog", "catalogs"] as const,
  status: (catalogId: string) => ["meta-catalog", "status", catalogId] as const,
  issues: (query: object) => ["meta-catalog", "issues", query] as const,
  product: (productId: string) => ["meta-catalog", "product", productId] as const,
  history: (itemId: string) => ["meta-catalog", "history", itemId] as const,
  stockPolicy: (catalogId: string) => ["meta-catalog", "stock-policy", catalogId] as const,
  stockPreview: (catalogId: string, rules: object) => ["meta-catalog", "stock-preview", catalogId, rules] as const,
  stockMetrics: (catalogId: string) => ["meta-catalog", "stock-metrics", catalogId] as const,
  orders: (catalogId: string) => ["meta-catalog", "orders", catalogId] as const,
  categories: (catalogId: string) => ["meta-catalog", "categories", catalogId] as const,
  googleCategories: (words: string) => ["meta-catalog", "google-categories", words] as const,
  /** Below the status, so that what makes that stale makes these stale, too. */
  overlays: (catalogId: string) => ["meta-catalog", "status", catalogId, "overlays"] as const,
  retailerIds: (catalogId: string) => ["meta-catalog", "retailer-ids", catalogId] as const,
  columns: (catalogId: string, productId: string) => ["meta-catalog", "columns", catalogId, productId] as const,
  snapshots: (feedId: string, offset: number) => ["meta-catalog", "snapshots", feedId, offset] as const,
  snapshotDiff: (snapshotId: string) => ["meta-catalog", "snapshot-diff", snapshotId] as const,
  choices: (name: string) => ["meta-catalog", "choices", name] as const,
}
