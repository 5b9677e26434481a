import { Migration } from "@medusajs/framework/mikro-orm/migrations";

export class Migration20261122022457 extends Migration {

  override async up(): Promise<void> {
    this.addSql(`create table if not exists "meta_catalog_call" ("id" text not null, "catalog_id" text not null, "made_at" timestamptz not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_call_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_call_deleted_at" ON "meta_catalog_call" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_call_made" ON "meta_catalog_call" ("catalog_id", "made_at") WHERE deleted_at IS NULL;`);

    this.addSql(`create table if not exists "meta_catalog_item_change" ("batch_id" text not null, "item_id" text not null, "catalog_id" text not null, "reason" text null, "due_at" timestamptz null, "sent_at" timestamptz not null, "quantity" integer null, "availability" text null, "price" jsonb null, "before_quantity" integer null, "before_availability" text null, "before_price" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_item_change_pkey" primary key ("batch_id", "item_id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_change_deleted_at" ON "meta_catalog_item_change" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_change_item" ON "meta_catalog_item_change" ("item_id", "sent_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_change_sent" ON "meta_catalog_item_change" ("sent_at") WHERE deleted_at IS NULL;`);

    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "pushes_stock" boolean not null default true, add column if not exists "pushes_prices" boolean not null default false, add column if not exists "prices_checked_at" timestamptz null, add column if not exists "transport" text check ("transport" in ('items_batch', 'item_node')) not null default 'items_batch', add column if not exists "calls_per_hour" integer not null default 200, add column if not exists "usage_percent" integer null, add column if not exists "usage_seen_at" timestamptz null, add column if not exists "panic_since" timestamptz null, add column if not exists "panic_scope" jsonb null, add column if not exists "sells_on_meta" boolean not null default false, add column if not exists "audit_requested_at" timestamptz null, add column if not exists "audited_at" timestamptz null, add column if not exists "audit" jsonb null, add column if not exists "audit_run" jsonb null;`);

    this.addSql(`alter table if exists "meta_catalog_batch" add column if not exists "transport" text check ("transport" in ('items_batch', 'item_node', 'upload')) not null default 'items_batch', add column if not exists "rejected" jsonb null;`);

    this.addSql(`alter table if exists "meta_catalog_item" add column if not exists "is_ranked" boolean not null default false, add column if not exists "carrier_id" text null, add column if not exists "wanted_price" jsonb null, add column if not exists "wanted_reason" text null, add column if not exists "sent_price" jsonb null, add column if not exists "acknowledged_price" jsonb null;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_carrier" ON "meta_catalog_item" ("carrier_id") WHERE carrier_id IS NOT NULL AND deleted_at IS NULL;`);

    this.addSql(`alter table if exists "meta_catalog_upload" add column if not exists "update_only" boolean not null default false, add column if not exists "batch_id" text null;`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "meta_catalog_call" cascade;`);

    this.addSql(`drop table if exists "meta_catalog_item_change" cascade;`);

    this.addSql(`alter table if exists "meta_catalog_catalog" drop column if exists "pushes_stock", drop column if exists "pushes_prices", drop column if exists "prices_checked_at", drop column if exists "transport", drop column if exists "calls_per_hour", drop column if exists "usage_percent", drop column if exists "usage_seen_at", drop column if exists "panic_since", drop column if exists "panic_scope", drop column if exists "sells_on_meta", drop column if exists "audit_requested_at", drop column if exists "audited_at", drop column if exists "audit", drop column if exists "audit_run";`);

    this.addSql(`alter table if exists "meta_catalog_batch" drop column if exists "transport", drop column if exists "rejected";`);

    this.addSql(`drop index if exists "IDX_meta_catalog_item_carrier";`);
    this.addSql(`alter table if exists "meta_catalog_item" drop column if exists "is_ranked", drop column if exists "carrier_id", drop column if exists "wanted_price", drop column if exists "wanted_reason", drop column if exists "sent_price", drop column if exists "acknowledged_price";`);

    this.addSql(`alter table if exists "meta_catalog_upload" drop column if exists "update_only", drop column if exists "batch_id";`);
  }

}
