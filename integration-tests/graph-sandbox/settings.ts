import { z } from "zod"

const range = z.tuple([z.number().min(0), z.number().min(0)])

const quota = z.union([
  z.number().int().positive(),
  z.object({ batch: z.number().int().positive(), management: z.number().int().positive() }),
])

/** When a Graph version answers: from `released` until `ends` (null = open), both ISO dates read on the sandbox clock. */
const versionWindow = z.object({ released: z.string(), ends: z.string().nullable() })

/** Every switch of the sandbox; `DEFAULT_SETTINGS` says what each is worth when nothing is said. */
export const settingsSchema = z.strictObject({
  /** Time a batch waits before it is processed, drawn per batch, so later batches may finish first (CONTRACT 3.3). */
  batch_delay_ms: range,
  /**
   * Calls that overtake each other: of all items_batch calls since the setting was made, a `share` drawn by `seed` is held back until a later
   * one has been carried out, or until `longest_ms` have passed. The same seed and the same calls give the same order.
   */
  reorder: z
    .strictObject({ seed: z.number().int(), share: z.number().min(0).max(1), longest_ms: z.number().positive().default(60_000) })
    .nullable(),
  /** Time between the start of an upload session and the moment its file is fetched or read. */
  upload_delay_ms: range,
  /** Time between a file being complete on the sandbox's disk and its rows being applied. */
  ingest_delay_ms: range,
  /** Time an error report takes to be written. */
  report_delay_ms: range,
  /** Spelling of a batch status: "finished" or "Finished" (CONTRACT 3.4). */
  status_case: z.enum(["lower", "title"]),
  /** Ids in replies as JSON numbers instead of strings (CONTRACT 1.3). */
  numeric_ids: z.boolean(),
  /** UPDATE of an unknown item under allow_upsert=false: true drops it without a word, false reports it per item. */
  silent_drop_unknown_updates: z.boolean(),
  /** Reply of items_batch when every item is invalid: `"handles":[]`, or no such key (CONTRACT 3.2). */
  empty_handles: z.enum(["empty", "missing"]),
  /** Duplicate ids in one items_batch call: an error per item, or an error for the whole call. */
  duplicate_in_batch: z.enum(["item", "call"]),
  /** A stored item whose row in a replace file is fatal or duplicated: stays, or counts as absent (CONTRACT 6.5). */
  fatal_row_in_replace: z.enum(["keep", "delete"]),
  /** A row that names a former id: goes on as that item, or is a new one beside which the old one is deleted (unconfirmed at Meta). */
  previous_id: z.enum(["take_over", "ignore"]),
  /** An override or supplementary value whose row a replace file no longer has: stays, or goes (unconfirmed at Meta). */
  absent_override_row: z.enum(["keep", "drop"]),
  /** `update_only` when a feed is made, which the guides have and the reference has not (CONTRACT 5.1): heeded, passed over or refused. */
  update_only_feeds: z.enum(["accept", "ignore", "refuse"]),
  /** How long a new feed stays invisible to reads (CONTRACT 5.1). */
  feed_visible_delay_ms: z.number().min(0),
  handle_lifetime_ms: z.number().positive(),
  /** Rolling-hour budget per catalogue; a single number is the batch budget, and management gets a hundred times that. */
  quota_calls_per_hour: quota.nullable(),
  /** Scheduled fetches send If-None-Match / If-Modified-Since once a file has been ingested (CONTRACT 6.6). */
  conditional_fetch: z.boolean(),
  /**
   * What a scheduled fetch that was answered by 304 leaves behind: no session, a session without items, or a session that takes the file of
   * before in once more (all unconfirmed at Meta).
   */
  unchanged_fetch: z.enum(["no_session", "empty_session", "same_file"]),
  /** A transfer that breaks off: fails, or what has come counts as the file, as a report says of slow feeds (CONTRACT 6.5). */
  broken_transfer: z.enum(["refuse", "take"]),
  /** The longest a transfer may take (unconfirmed at Meta). */
  fetch_timeout_ms: z.number().positive(),
  /** Whether redirects are followed (unconfirmed at Meta). */
  follow_redirects: z.boolean(),
  /** User agent of the feed fetcher (CONTRACT 6.6). */
  user_agent: z.string().min(1),
  /** How many rows one upload error shows as samples (CONTRACT 6.3). */
  error_sample_size: z.number().int().positive(),
  /** appsecret_proof is read from the query string only (CONTRACT 1.2). */
  proof_in_query_only: z.boolean(),
  versions: z.record(z.string(), versionWindow),
  /**
   * The unfiltered item list is read by position in the order of change, so that it repeats items that change between two pages and
   * misses others (CONTRACT 4.3). Off: by id, which gives every item once.
   */
  paging_misses: z.boolean(),
  /** Whether the order edges exist. Meta took them out of every version in 2026 (CONTRACT 8.1). */
  commerce_orders: z.enum(["closed", "open"]),
  /** The code a closed order edge refuses with; Meta documents none (CONTRACT 8.1). */
  commerce_orders_closed_code: z.union([z.literal(100), z.literal(3), z.literal(12)]),
  /** Pages of orders hold half of what was asked for (CONTRACT 8.3: "pages may be short"). */
  commerce_orders_short_pages: z.boolean(),
  /**
   * How an order lowers what buyers may take: `counter` subtracts unconfirmed orders from the quantity to sell, `decrement` lowers the
   * stored quantity, which the next update overwrites. Both are told, the second in the older text (CONTRACT 8.2).
   */
  order_netting: z.enum(["counter", "decrement"]),
  error_http_status: z.number().int().min(400).max(599),
})

export type SandboxSettings = z.infer<typeof settingsSchema>

/** Source of the version table: CONTRACT 1.1. */
export const DEFAULT_SETTINGS: SandboxSettings = {
  batch_delay_ms: [200, 600],
  reorder: null,
  upload_delay_ms: [100, 300],
  ingest_delay_ms: [0, 0],
  report_delay_ms: [100, 300],
  status_case: "lower",
  numeric_ids: false,
  silent_drop_unknown_updates: true,
  empty_handles: "empty",
  duplicate_in_batch: "item",
  fatal_row_in_replace: "keep",
  previous_id: "take_over",
  absent_override_row: "keep",
  update_only_feeds: "accept",
  feed_visible_delay_ms: 0,
  handle_lifetime_ms: 24 * 60 * 60 * 1000,
  quota_calls_per_hour: null,
  conditional_fetch: true,
  unchanged_fetch: "no_session",
  broken_transfer: "refuse",
  fetch_timeout_ms: 10 * 60 * 1000,
  follow_redirects: false,
  user_agent: "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
  error_sample_size: 10,
  proof_in_query_only: false,
  versions: {
    "v26.0": { released: "2026-07-29", ends: null },
    "v25.0": { released: "2026-02-18", ends: "2028-07-29" },
    "v24.0": { released: "2025-10-08", ends: "2028-02-18" },
    "v23.0": { released: "2025-05-29", ends: "2027-10-08" },
    "v22.0": { released: "2025-01-21", ends: "2027-05-20" },
    "v21.0": { released: "2024-10-02", ends: "2027-01-21" },
    "v20.0": { released: "2024-05-21", ends: "2026-09-24" },
  },
  paging_misses: false,
  commerce_orders: "closed",
  commerce_orders_closed_code: 100,
  commerce_orders_short_pages: false,
  order_netting: "counter",
  error_http_status: 400,
}

/** Settings after a patch; throws a ZodError that names the key when a value is not usable. */
export function patchSettings(current: SandboxSettings, patch: unknown): SandboxSettings {
  const given = z.record(z.string(), z.unknown()).parse(patch ?? {})
  return settingsSchema.parse({ ...current, ...given })
}

/** A whole number of milliseconds drawn evenly from a range. */
export function drawDelay([low, high]: [number, number]): number {
  return Math.round(low + Math.random() * Math.max(0, high - low))
}
