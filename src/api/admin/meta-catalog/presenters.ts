import { feedUrl } from "../../../modules/meta-catalog/feeds/feed-url"
import type { ItemChangeRow } from "../../../modules/meta-catalog/push/history"
import type { Budget } from "../../../modules/meta-catalog/push/budget"
import { outlook } from "../../../modules/meta-catalog/push/call-pace"
import type { MetaCatalogModuleService } from "../../../modules/meta-catalog/service"
import type { AdminBudget, AdminCatalog, AdminConnectionTest } from "./catalog-types"
import type { AdminFeed, AdminFeedFile, AdminUpload } from "./feed-types"
import type { AdminIssue } from "./issue-types"
import type { AdminItemChange } from "./item-types"
import type { AdminSnapshot } from "./snapshot-types"

type Row<Name extends "retrieveCatalog" | "retrieveFeed" | "retrieveSnapshot" | "retrieveUpload" | "retrieveIssue"> = Awaited<
  ReturnType<MetaCatalogModuleService[Name]>
>

/**
 * A catalogue without its secrets. Where this process runs under another public URL than the catalogue was connected under,
 * it reads as paused: this may be a copy of the store, and a copy must not write to the store's catalogue.
 */
export function toAdminCatalog(module: MetaCatalogModuleService, catalog: Row<"retrieveCatalog">): AdminCatalog {
  const isElsewhere = catalog.public_url !== module.options.publicUrl
  return {
    id: catalog.id,
    name: catalog.name,
    meta_catalog_id: catalog.meta_catalog_id,
    has_access_token: Boolean(catalog.access_token_encrypted),
    has_app_secret: Boolean(catalog.app_secret_encrypted),
    graph_version: catalog.graph_version,
    public_url: catalog.public_url,
    sales_channel_id: catalog.sales_channel_id,
    region_id: catalog.region_id,
    currency_code: catalog.currency_code,
    country_code: catalog.country_code,
    price_tax: catalog.price_tax,
    locale: catalog.locale,
    product_url_template: catalog.product_url_template,
    default_brand: catalog.default_brand,
    default_condition: catalog.default_condition,
    google_product_category: catalog.google_product_category,
    retailer_id_scheme: catalog.retailer_id_scheme,
    transport: catalog.transport,
    pushes_stock: catalog.pushes_stock,
    pushes_prices: catalog.pushes_prices,
    state: isElsewhere ? "paused" : catalog.state,
    pause_reason: isElsewhere ? "moved_or_copy" : catalog.pause_reason,
    pause_message: isElsewhere
      ? `This catalogue was connected under ${catalog.public_url}, but this backend runs under ${module.options.publicUrl ?? "an unknown address"}. ` +
        "Nothing is sent until a person says whether the store has moved or this is a copy."
      : catalog.pause_message,
    paused_at: text(catalog.paused_at),
    health: catalog.health as AdminConnectionTest | null,
    health_checked_at: text(catalog.health_checked_at),
    sells_on_meta: catalog.sells_on_meta,
    discontinued_months: catalog.discontinued_months,
    orders_mode: catalog.orders_mode,
    orders_owner_id: catalog.orders_owner_id,
    orders_key: catalog.orders_key,
    orders_read_at: text(catalog.orders_read_at),
    orders_refused_at: text(catalog.orders_refused_at),
    orders_refused_message: catalog.orders_refused_message,
    slow_sell_outs_by_push: catalog.slow_sell_outs_by_push,
    brake_share_percent: catalog.brake_share_percent,
    brake_minimum_items: catalog.brake_minimum_items,
    velocity_days: catalog.velocity_days,
    medium_from: catalog.medium_from,
    fast_from: catalog.fast_from,
    velocity_hysteresis_percent: catalog.velocity_hysteresis_percent,
    brake_held: catalog.brake_held as AdminCatalog["brake_held"],
    panic_since: text(catalog.panic_since),
    panic_scope: catalog.panic_scope as AdminCatalog["panic_scope"],
    created_at: text(catalog.created_at) as string,
    updated_at: text(catalog.updated_at) as string,
  }
}

/** The hour of batch calls as it stands. */
export function toAdminBudget(module: MetaCatalogModuleService, budget: Budget): AdminBudget {
  const { fitsInMs, waitMs, paceMs } = outlook(budget, "ordinary")
  const isPaused = fitsInMs > 0
  return {
    calls_per_hour: budget.callsPerHour,
    calls_last_hour: budget.callsLastHour,
    usage_percent: budget.usagePercent,
    usage_seen_at: text(budget.usageSeenAt),
    window_ms: Math.max(module.options.pushDelayMs, paceMs),
    resumes_at: isPaused ? new Date(budget.readAt.getTime() + waitMs).toISOString() : null,
    resumes_reason: isPaused ? (budget.blockedMs >= fitsInMs ? budget.blockedBy : "out_of_budget") : null,
  }
}

/** A feed with its published and newest snapshots and its last complete fetch. */
export type SeenFeed = {
  feed: Row<"retrieveFeed">
  published: Row<"retrieveSnapshot"> | null
  latest: Row<"retrieveSnapshot"> | null
  lastFetch: { completed_at: Date; user_agent: string | null } | null
}

/** @param updates the feed's file of updates, where it has one */
export function toAdminFeed(module: MetaCatalogModuleService, seen: SeenFeed, updates: SeenFeed | null): AdminFeed {
  const { feed } = seen
  return {
    id: feed.id,
    catalog_id: feed.catalog_id,
    kind: "replace",
    update_only: feed.never_deletes,
    strategy: feed.strategy,
    name: feed.name,
    meta_feed_id: feed.meta_feed_id,
    migrated_from_feed_id: feed.migrated_from_feed_id,
    format: feed.format,
    published_format: feed.published_format,
    schedule: feed.schedule as AdminFeed["schedule"],
    next_fetch_at: text(feed.next_fetch_at),
    drift: (feed.drift ?? []) as unknown as AdminFeed["drift"],
    drift_seen_at: text(feed.drift_seen_at),
    settings_read_at: text(feed.settings_read_at),
    basic_username: feed.basic_username,
    has_basic_password: Boolean(feed.basic_password_encrypted),
    build_requested_at: text(feed.build_requested_at),
    upload_requested_at: text(feed.upload_requested_at ?? feed.update_upload_requested_at),
    ...toAdminFile(module, seen),
    updates: updates && { id: updates.feed.id, schedule: updates.feed.schedule as AdminFeed["schedule"], next_fetch_at: text(updates.feed.next_fetch_at), ...toAdminFile(module, updates) },
  }
}

/** What is known of a file Meta fetches. */
export function toAdminFile(module: MetaCatalogModuleService, { feed, published, latest, lastFetch }: SeenFeed): AdminFeedFile {
  return {
    url: feedUrl(module.options.publicUrl ?? "", feed),
    last_error: feed.last_error,
    published: published && toAdminSnapshot(published),
    latest: latest && latest.id !== published?.id ? toAdminSnapshot(latest) : null,
    last_fetch: lastFetch && { completed_at: text(lastFetch.completed_at) as string, user_agent: lastFetch.user_agent },
  }
}

function toAdminSnapshot(snapshot: Row<"retrieveSnapshot">): AdminSnapshot {
  return {
    id: snapshot.id,
    number: snapshot.number,
    status: snapshot.status,
    scanned: snapshot.scanned,
    rows: snapshot.rows,
    omitted: snapshot.omitted,
    kept: snapshot.kept,
    retired: snapshot.retired,
    bytes: snapshot.bytes === null ? null : Number(snapshot.bytes),
    started_at: text(snapshot.started_at) as string,
    finished_at: text(snapshot.finished_at),
    published_at: text(snapshot.published_at),
    build_seconds: buildSeconds(snapshot),
    hold_reason: snapshot.hold_reason,
    error: snapshot.error,
  }
}

/** How long a build took, to the tenth of a second; null while it runs. */
export function buildSeconds({ started_at, finished_at }: { started_at: Date | string; finished_at: Date | string | null }): number | null {
  return finished_at ? Math.round((new Date(finished_at).getTime() - new Date(started_at).getTime()) / 100) / 10 : null
}

export function toAdminUpload(upload: Row<"retrieveUpload">): AdminUpload {
  return {
    id: upload.id,
    meta_upload_id: upload.meta_upload_id,
    feed_id: upload.feed_id,
    snapshot_id: upload.snapshot_id,
    update_only: upload.update_only,
    input_method: upload.input_method,
    started_at: text(upload.started_at),
    ended_at: text(upload.ended_at),
    detected: upload.detected,
    persisted: upload.persisted,
    deleted: upload.deleted,
    invalid: upload.invalid,
    error_count: upload.error_count,
    warning_count: upload.warning_count,
    report_status: upload.report_status,
    ingested_at: text(upload.ingested_at),
  }
}

export function toAdminIssue(issue: Row<"retrieveIssue">): AdminIssue {
  return {
    id: issue.id,
    catalog_id: issue.catalog_id,
    source: issue.source,
    severity: issue.severity,
    code: issue.code,
    field: issue.field,
    title: issue.title,
    message: issue.message,
    action: issue.action,
    retailer_id: issue.retailer_id,
    product_id: issue.product_id,
    variant_id: issue.variant_id,
    first_seen_at: text(issue.first_seen_at) as string,
    last_seen_at: text(issue.last_seen_at) as string,
  }
}

export function toAdminItemChange(change: ItemChangeRow): AdminItemChange {
  return {
    reason: change.reason,
    pending_since: text(change.due_at),
    sent_at: text(change.sent_at) as string,
    stock: change.availability === null ? null : { quantity: change.quantity, availability: change.availability },
    price: change.price,
    stock_before: change.before_availability === null ? null : { quantity: change.before_quantity, availability: change.before_availability },
    price_before: change.before_price,
    outcome: change.outcome,
    settled_at: text(change.settled_at),
    error: change.error,
  }
}

function text(time: Date | string | null | undefined): string | null {
  return time ? new Date(time).toISOString() : null
}
