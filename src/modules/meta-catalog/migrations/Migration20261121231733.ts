import { Migration } from "@medusajs/framework/mikro-orm/migrations";

export class Migration20261121231733 extends Migration {

  override async up(): Promise<void> {
    // The plugin's one clock. Every time the plugin stores or compares comes from here, so a test moves all of it by
    // replacing this function. Stable within a statement, which also lets indexes answer `due_at <= meta_catalog_now()`.
    this.addSql(`create or replace function meta_catalog_now() returns timestamptz language sql stable as 'select statement_timestamp()';`)

    this.addSql(`alter table if exists "meta_catalog_feed" drop constraint if exists "meta_catalog_feed_token_unique";`);
    this.addSql(`create table if not exists "meta_catalog_catalog" ("id" text not null, "name" text not null, "meta_catalog_id" text not null, "access_token_encrypted" text not null, "app_secret_encrypted" text null, "graph_version" text not null default 'v26.0', "public_url" text not null, "sales_channel_id" text not null, "region_id" text null, "currency_code" text not null, "country_code" text null, "locale" text null, "product_url_template" text not null, "default_brand" text null, "default_condition" text check ("default_condition" in ('new', 'refurbished', 'used')) not null default 'new', "google_product_category" text null, "retailer_id_scheme" text check ("retailer_id_scheme" in ('sku', 'variant_id')) not null default 'sku', "state" text check ("state" in ('active', 'paused')) not null default 'active', "pause_reason" text null, "pause_message" text null, "paused_at" timestamptz null, "throttled_until" timestamptz null, "quiet_until" timestamptz null, "failed_calls" integer not null default 0, "health" jsonb null, "health_checked_at" timestamptz null, "sweep_requested_at" timestamptz null, "swept_at" timestamptz null, "brake_share_percent" integer not null default 30, "brake_minimum_items" integer not null default 50, "brake_held" jsonb null, "brake_released_until" timestamptz null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_catalog_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_catalog_deleted_at" ON "meta_catalog_catalog" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_catalog_meta_id" ON "meta_catalog_catalog" ("meta_catalog_id") WHERE deleted_at IS NULL;`);

    this.addSql(`create table if not exists "meta_catalog_batch" ("id" text not null, "catalog_id" text not null, "status" text check ("status" in ('claimed', 'sending', 'sent', 'verifying', 'doubtful', 'settled', 'released')) not null, "owner" text not null, "lease_until" timestamptz not null, "values" jsonb not null, "item_count" integer not null default 0, "must_verify" boolean not null default false, "handle" text null, "posted_at" timestamptz null, "poll_at" timestamptz null, "polls" integer not null default 0, "doubtful_until" timestamptz null, "acknowledged_count" integer not null default 0, "rejected_count" integer not null default 0, "error" text null, "settled_at" timestamptz null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_batch_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_batch_deleted_at" ON "meta_catalog_batch" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_batch_poll" ON "meta_catalog_batch" ("catalog_id", "poll_at") WHERE status IN ('sent','verifying') AND deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_batch_open" ON "meta_catalog_batch" ("catalog_id", "status") WHERE status IN ('claimed','sending','doubtful') AND deleted_at IS NULL;`);

    this.addSql(`create table if not exists "meta_catalog_feed" ("id" text not null, "catalog_id" text not null, "kind" text check ("kind" in ('replace')) not null default 'replace', "name" text not null, "meta_feed_id" text null, "format" text check ("format" in ('csv')) not null default 'csv', "schedule" jsonb not null, "next_fetch_at" timestamptz null, "token" text not null, "previous_token" text null, "previous_token_until" timestamptz null, "basic_username" text null, "basic_password_encrypted" text null, "published_snapshot_id" text null, "snapshot_number" integer not null default 0, "build_requested_at" timestamptz null, "upload_requested_at" timestamptz null, "uploads_read_at" timestamptz null, "meta_stale_since" timestamptz null, "last_error" text null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_feed_pkey" primary key ("id"));`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_feed_kind" ON "meta_catalog_feed" ("catalog_id", "kind") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_feed_catalog_id" ON "meta_catalog_feed" ("catalog_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_feed_token_unique" ON "meta_catalog_feed" ("token") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_feed_deleted_at" ON "meta_catalog_feed" ("deleted_at") WHERE deleted_at IS NULL;`);

    this.addSql(`create table if not exists "meta_catalog_fetch" ("id" text not null, "feed_id" text not null, "snapshot_id" text not null, "named_snapshot" boolean not null default false, "completed_at" timestamptz not null, "user_agent" text null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_fetch_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_fetch_deleted_at" ON "meta_catalog_fetch" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_fetch_feed" ON "meta_catalog_fetch" ("feed_id", "completed_at") WHERE deleted_at IS NULL;`);

    this.addSql(`create table if not exists "meta_catalog_issue" ("id" text not null, "catalog_id" text not null, "source" text check ("source" in ('check', 'feed_upload', 'items_batch', 'audit', 'catalog')) not null, "severity" text check ("severity" in ('error', 'warning')) not null, "code" text not null, "cause" text not null default '', "field" text not null default '', "title" text not null, "message" text not null, "action" text null, "retailer_id" text not null default '', "product_id" text null, "variant_id" text null, "upload_id" text null, "first_seen_at" timestamptz not null, "last_seen_at" timestamptz not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_issue_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_issue_deleted_at" ON "meta_catalog_issue" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_issue_identity" ON "meta_catalog_issue" ("catalog_id", "source", "retailer_id", "code", "cause", "field") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_issue_product" ON "meta_catalog_issue" ("product_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_issue_catalog" ON "meta_catalog_issue" ("catalog_id", "severity", "last_seen_at") WHERE deleted_at IS NULL;`);

    this.addSql(`create table if not exists "meta_catalog_item" ("id" text not null, "catalog_id" text not null, "feed_id" text null, "retailer_id" text not null, "variant_id" text not null, "product_id" text not null, "listed_at" timestamptz null, "written_since" integer null, "omitted_since" integer null, "due_at" timestamptz null, "due_reason" text null, "priority" integer not null default 100, "marked_at" timestamptz null, "batch_id" text null, "reassert" boolean not null default false, "wanted_quantity" integer null, "wanted_availability" text null, "wanted_at" timestamptz null, "sent_quantity" integer null, "sent_availability" text null, "sent_at" timestamptz null, "acknowledged_quantity" integer null, "acknowledged_availability" text null, "acknowledged_at" timestamptz null, "rejected_at" timestamptz null, "attempts" integer not null default 0, "last_error" text null, "invalid_since" timestamptz null, "discontinued_at" timestamptz null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_item_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_deleted_at" ON "meta_catalog_item" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_item_retailer" ON "meta_catalog_item" ("catalog_id", "retailer_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_item_variant" ON "meta_catalog_item" ("catalog_id", "variant_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_variant_id" ON "meta_catalog_item" ("variant_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_product_id" ON "meta_catalog_item" ("product_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_claim" ON "meta_catalog_item" ("catalog_id", "priority", "due_at") WHERE due_at IS NOT NULL AND batch_id IS NULL AND listed_at IS NOT NULL AND deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_due" ON "meta_catalog_item" ("catalog_id", "due_at") WHERE due_at IS NOT NULL AND batch_id IS NULL AND listed_at IS NOT NULL AND deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_batch" ON "meta_catalog_item" ("batch_id") WHERE batch_id IS NOT NULL AND deleted_at IS NULL;`);

    this.addSql(`create table if not exists "meta_catalog_item_row" ("item_id" text not null, "cells" jsonb not null, "hash" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_item_row_pkey" primary key ("item_id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_row_deleted_at" ON "meta_catalog_item_row" ("deleted_at") WHERE deleted_at IS NULL;`);

    this.addSql(`create table if not exists "meta_catalog_snapshot" ("id" text not null, "feed_id" text not null, "number" integer not null, "status" text check ("status" in ('building', 'held', 'ready', 'superseded', 'failed')) not null, "file_key" text null, "sha256" text null, "scanned" integer not null default 0, "rows" integer not null default 0, "omitted" integer not null default 0, "kept" integer not null default 0, "bytes" numeric null, "plain_bytes" numeric null, "hold_reason" text null, "error" text null, "started_at" timestamptz not null, "first_read_at" timestamptz null, "heartbeat_at" timestamptz not null, "finished_at" timestamptz null, "published_at" timestamptz null, "raw_bytes" jsonb null, "raw_plain_bytes" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_snapshot_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_snapshot_deleted_at" ON "meta_catalog_snapshot" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_snapshot_number" ON "meta_catalog_snapshot" ("feed_id", "number") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_snapshot_building" ON "meta_catalog_snapshot" ("feed_id") WHERE status = 'building' AND deleted_at IS NULL;`);

    this.addSql(`create table if not exists "meta_catalog_upload" ("id" text not null, "catalog_id" text not null, "feed_id" text not null, "meta_upload_id" text not null, "snapshot_id" text null, "snapshot_tie" text check ("snapshot_tie" in ('named', 'fetch', 'assumed')) null, "input_method" text null, "started_at" timestamptz null, "ended_at" timestamptz null, "detected" integer null, "persisted" integer null, "deleted" integer null, "invalid" integer null, "error_count" integer null, "warning_count" integer null, "report_status" text null, "ingested_at" timestamptz null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_upload_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_upload_deleted_at" ON "meta_catalog_upload" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_upload_meta_id" ON "meta_catalog_upload" ("meta_upload_id") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_upload_feed" ON "meta_catalog_upload" ("feed_id", "started_at") WHERE deleted_at IS NULL;`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop function if exists meta_catalog_now();`)
    this.addSql(`drop table if exists "meta_catalog_catalog" cascade;`);

    this.addSql(`drop table if exists "meta_catalog_batch" cascade;`);

    this.addSql(`drop table if exists "meta_catalog_feed" cascade;`);

    this.addSql(`drop table if exists "meta_catalog_fetch" cascade;`);

    this.addSql(`drop table if exists "meta_catalog_issue" cascade;`);

    this.addSql(`drop table if exists "meta_catalog_item" cascade;`);

    this.addSql(`drop table if exists "meta_catalog_item_row" cascade;`);

    this.addSql(`drop table if exists "meta_catalog_snapshot" cascade;`);

    this.addSql(`drop table if exists "meta_catalog_upload" cascade;`);
  }

}
