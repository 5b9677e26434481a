import type { BatchMessage, BatchRequest, BatchStatus } from "./entities/batch"
import type { OrderState } from "./entities/commerce"
import type { ItemOverrides, ItemWriter } from "./entities/item"
import type { TokenState } from "./entities/token"
import type { InputMethod, UploadKind } from "./entities/upload"
import type { Fault } from "./faults"
import type { SandboxSettings } from "./settings"

export type TokenPatch = {
  catalogIds?: string[]
  permissions?: string[]
  appSecret?: string | null
  requireProof?: boolean
  admin?: boolean
  state?: TokenState
}

export type SandboxItem = {
  id: string
  retailer_id: string
  feed_id: string | null
  title: string | null
  price: string | null
  availability: string | null
  visibility: string
  quantity_to_sell_on_facebook: number | null
  /** With a supplementary feed's values over the primary's. */
  fields: Record<string, unknown>
  supplement: Record<string, unknown>
  overrides: ItemOverrides
  created_at: string
  updated_at: string
  updated_by: ItemWriter
}

export type SandboxFeed = {
  id: string
  name: string
  deletion_enabled: boolean
  options: Record<string, unknown>
  schedule: Record<string, unknown> | null
  update_schedule: Record<string, unknown> | null
  next_replace_at: string | null
  next_update_at: string | null
  last_fetch: { at: string; status: string } | null
  created_at: string
  product_count: number
}

export type SandboxUpload = {
  id: string
  kind: UploadKind
  input_method: InputMethod
  url: string | null
  filename: string | null
  start_time: string
  end_time: string | null
  failed: boolean
  num_detected_items: number
  num_persisted_items: number
  num_deleted_items: number
  num_invalid_items: number
  error_count: number
  warning_count: number
  errors: { error_type: string; severity: string; field: string | null; summary: string; description: string; total_count: number }[]
}

export type SandboxBatch = {
  handle: string
  status: BatchStatus
  allow_upsert: boolean
  request_count: number
  requests: BatchRequest[]
  received_at: string
  finished_at: string | null
  expires_at: string
  errors_total_count: number
  errors: BatchMessage[]
  warnings_total_count: number
  warnings: BatchMessage[]
  ids_of_invalid_requests: string[]
}

export type SandboxCall = {
  id: string
  method: string
  path: string
  query: Record<string, string>
  status: number | null
  error_code: number | null
  error_subcode: number | null
  fault: string | null
  body_bytes: number
  received_at: string
  duration_ms: number
}

export type SandboxOrder = {
  id: string
  state: OrderState
  created_at: string
  updated_at: string
  acknowledged_at: string | null
  merchant_order_reference: string | null
  items: { retailer_id: string; quantity: number; cancelled: number }[]
  cancellations: { by: "buyer" | "seller"; reason_code: string; restock_items: boolean; items: { retailer_id: string; quantity: number }[] }[]
}

/** Drives a running sandbox over HTTP, from any process. Every method throws an Error with the sandbox's words when it refuses. */
export class SandboxControl {
  constructor(readonly url: string) {}

  createCatalog(catalog: { id?: string; name: string; businessId?: string; currency?: string }): Promise<{ id: string }> {
    return this.send("create-catalog", catalog)
  }

  createToken(token: { token?: string; catalogIds: string[]; appSecret?: string } & Omit<TokenPatch, "catalogIds" | "appSecret">): Promise<{
    token: string
  }> {
    return this.send("create-token", token)
  }

  async updateToken(token: string, patch: TokenPatch): Promise<void> {
    await this.send("update-token", { token, ...patch })
  }

  items(catalogId: string, { retailerIds }: { retailerIds?: string[] } = {}): Promise<SandboxItem[]> {
    return this.send("items", { catalogId, retailerIds })
  }

  async item(catalogId: string, retailerId: string): Promise<SandboxItem | null> {
    const [item] = await this.items(catalogId, { retailerIds: [retailerId] })
    return item ?? null
  }

  /** What somebody in a country, or of a language such as `fr_XX`, sees of an item; null where there is none. */
  localizedItem(catalogId: string, retailerId: string, viewer: { country?: string; language?: string }): Promise<Record<string, unknown> | null> {
    return this.send("localized-item", { catalogId, retailerId, ...viewer })
  }

  /** Puts items into a catalogue unchecked; a row holds `id` and fields under their feed names, as stored. */
  async putItems(catalogId: string, rows: ({ id: string } & Record<string, unknown>)[]): Promise<void> {
    await this.send("put-items", { catalogId, rows })
  }

  feeds(catalogId: string): Promise<SandboxFeed[]> {
    return this.send("feeds", { catalogId })
  }

  uploads(feedId: string): Promise<SandboxUpload[]> {
    return this.send("uploads", { feedId })
  }

  batches(catalogId: string): Promise<SandboxBatch[]> {
    return this.send("batches", { catalogId })
  }

  /** Received Graph calls, oldest first; `path` is a PostgreSQL regular expression, `since` an ISO time. */
  calls(filter: { path?: string; since?: string; method?: string } = {}): Promise<SandboxCall[]> {
    return this.send("calls", filter)
  }

  settings(): Promise<SandboxSettings> {
    return this.send("settings")
  }

  setSettings(patch: Partial<SandboxSettings>): Promise<SandboxSettings> {
    return this.send("set-settings", patch)
  }

  /** Replaces the script. */
  async setFaults(faults: Fault[]): Promise<void> {
    await this.send("set-faults", { faults })
  }

  async clearFaults(): Promise<void> {
    await this.send("clear-faults")
  }

  clock(): Promise<{ now: string }> {
    return this.send("clock")
  }

  /** `wait`: resolves only when everything that became due by it has been done. */
  advanceClock(ms: number, { wait = false }: { wait?: boolean } = {}): Promise<{ now: string }> {
    return this.send("advance-clock", { ms, wait })
  }

  setClock(now: string): Promise<{ now: string }> {
    return this.send("set-clock", { now })
  }

  /** Processes all that is pending: batches, uploads, reports, late calls, due schedules. Resolves when nothing is left. */
  async settle(): Promise<void> {
    await this.send("settle")
  }

  /** Does what the feed's schedule would do, and waits for its end. Null when the server answered 304 and that leaves no session. */
  fetchFeedNow(feedId: string, kind: "replace" | "update"): Promise<{ upload_id: string | null }> {
    return this.send("fetch-feed-now", { feedId, kind })
  }

  /** A shop of the catalogue; its id is the `cms_id` of the order edges. */
  createMerchant(merchant: { catalogId: string; hasApp?: boolean }): Promise<{ id: string }> {
    return this.send("create-merchant", merchant)
  }

  /** A buyer orders; refused when Meta would not sell that many. The order starts as FB_PROCESSING. */
  placeOrder(merchantId: string, items: { retailer_id: string; quantity: number }[]): Promise<{ id: string }> {
    return this.send("place-order", { merchantId, items })
  }

  /** Moves an order to its next state. */
  advanceOrder(orderId: string): Promise<{ state: OrderState }> {
    return this.send("advance-order", { orderId })
  }

  /** An order that is being processed comes to nothing and is gone. */
  async dropOrder(orderId: string): Promise<void> {
    await this.send("drop-order", { orderId })
  }

  /** Without items the whole order. */
  async cancelOrderAsBuyer(orderId: string, items?: { retailer_id: string; quantity: number }[]): Promise<void> {
    await this.send("cancel-order-as-buyer", { orderId, items })
  }

  orders(merchantId: string): Promise<SandboxOrder[]> {
    return this.send("orders", { merchantId })
  }

  /** What buyers may take of each item, by retailer id; Meta shows it nowhere. */
  availableUnits(catalogId: string): Promise<Record<string, number | null>> {
    return this.send("available-units", { catalogId })
  }

  /** Empties everything: rows, faults, quotas; settings and clock go back to their start. */
  async reset(): Promise<void> {
    await this.send("reset")
  }

  private async send<T>(command: string, body: unknown = {}): Promise<T> {
    const response = await fetch(`${this.url}/sandbox/${command}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    })
    const reply = (await response.json()) as { result?: T; error?: string }
    if (!response.ok) {
      throw new Error(`Graph sandbox, ${command}: ${reply.error ?? response.status}`)
    }
    return reply.result as T
  }
}
