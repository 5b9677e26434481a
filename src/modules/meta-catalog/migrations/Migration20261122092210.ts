import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Feeds that put values over the items of others, feeds that delete nothing at Meta, and one-time uploads that delete nothing. */
export class Migration20261122092210 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_feed" drop constraint if exists "meta_catalog_feed_kind_check";`)
    this.addSql(
      `alter table if exists "meta_catalog_feed" add constraint "meta_catalog_feed_kind_check" check ("kind" in ('replace', 'update_only', 'supplementary', 'override'));`
    )
    this.addSql(
      `alter table if exists "meta_catalog_feed" add column if not exists "never_deletes" boolean not null default false, add column if not exists "override_type" text check ("override_type" in ('country', 'language')) null, add column if not exists "override_value" text null, add column if not exists "region_id" text null, add column if not exists "currency_code" text null, add column if not exists "locale" text null, add column if not exists "primary_feed_ids" jsonb null, add column if not exists "columns" jsonb null, add column if not exists "update_upload_requested_at" timestamptz null, add column if not exists "upload_as_file" boolean not null default false;`
    )
    this.addSql(`drop index if exists "IDX_meta_catalog_feed_strategy";`)
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_feed_strategy" ON "meta_catalog_feed" ("catalog_id", "kind", "strategy") WHERE kind IN ('replace', 'update_only') AND deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_feed_override" ON "meta_catalog_feed" ("catalog_id", "override_type", "override_value") WHERE override_type IS NOT NULL AND deleted_at IS NULL;`
    )
    this.addSql(
      `create table if not exists "meta_catalog_overridden_item" ("id" text not null, "feed_id" text not null, "item_id" text not null, "is_hidden" boolean not null default false, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_overridden_item_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_overridden_item_deleted_at" ON "meta_catalog_overridden_item" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_overridden_item_feed" ON "meta_catalog_overridden_item" ("feed_id", "item_id") WHERE deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "meta_catalog_overridden_item" cascade;`)
    this.addSql(`drop index if exists "IDX_meta_catalog_feed_override";`)
    this.addSql(`delete from "meta_catalog_feed" where "kind" in ('supplementary', 'override');`)
    this.addSql(`drop index if exists "IDX_meta_catalog_feed_strategy";`)
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_feed_strategy" ON "meta_catalog_feed" ("catalog_id", "kind", "strategy") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `alter table if exists "meta_catalog_feed" drop column if exists "never_deletes", drop column if exists "override_type", drop column if exists "override_value", drop column if exists "region_id", drop column if exists "currency_code", drop column if exists "locale", drop column if exists "primary_feed_ids", drop column if exists "columns", drop column if exists "update_upload_requested_at", drop column if exists "upload_as_file";`
    )
    this.addSql(`alter table if exists "meta_catalog_feed" drop constraint if exists "meta_catalog_feed_kind_check";`)
    this.addSql(
      `alter table if exists "meta_catalog_feed" add constraint "meta_catalog_feed_kind_check" check ("kind" in ('replace', 'update_only'));`
    )
  }
}
