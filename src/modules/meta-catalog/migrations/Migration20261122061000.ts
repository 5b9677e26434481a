import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Orders at Meta, what is booked of them, and intents to cancel them. */
export class Migration20261122061000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "meta_catalog_order" ("id" text not null, "catalog_id" text not null, "meta_order_id" text not null, "state" text not null default 'UNREAD', "created_at_meta" timestamptz null, "updated_at_meta" timestamptz null, "acknowledged_at" timestamptz null, "seen_at" timestamptz null, "booked_at" timestamptz null, "medusa_order_id" text null, "told_at" timestamptz null, "late_notified_at" timestamptz null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_order_pkey" primary key ("id"));`
    )
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_order_deleted_at" ON "meta_catalog_order" ("deleted_at") WHERE deleted_at IS NULL;`)
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_order_meta_id" ON "meta_catalog_order" ("catalog_id", "meta_order_id") WHERE deleted_at IS NULL;`)
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_order_pending" ON "meta_catalog_order" ("catalog_id") WHERE booked_at IS NULL AND state IN ('FB_PROCESSING', 'CREATED') AND deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_order_untold" ON "meta_catalog_order" ("catalog_id") WHERE booked_at IS NOT NULL AND told_at IS NULL AND deleted_at IS NULL;`
    )
    this.addSql(
      `create table if not exists "meta_catalog_order_item" ("id" text not null, "order_id" text not null, "retailer_id" text not null, "quantity" integer not null, "ordered_quantity" integer not null, "cancelled_quantity" integer not null default 0, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_order_item_pkey" primary key ("id"));`
    )
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_order_item_deleted_at" ON "meta_catalog_order_item" ("deleted_at") WHERE deleted_at IS NULL;`)
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_order_item_retailer" ON "meta_catalog_order_item" ("order_id", "retailer_id") WHERE deleted_at IS NULL;`)
    this.addSql(
      `create table if not exists "meta_catalog_cancellation" ("id" text not null, "catalog_id" text not null, "order_id" text not null, "meta_order_id" text not null, "intent" text not null, "idempotency_key" text not null, "items" jsonb null, "reason_code" text not null, "reason_description" text null, "restock_items" boolean not null default false, "status" text check ("status" in ('waiting', 'sending', 'done', 'refused')) not null default 'waiting', "error" text null, "attempts" integer not null default 0, "due_at" timestamptz null, "done_at" timestamptz null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_cancellation_pkey" primary key ("id"));`
    )
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_cancellation_deleted_at" ON "meta_catalog_cancellation" ("deleted_at") WHERE deleted_at IS NULL;`)
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_cancellation_intent" ON "meta_catalog_cancellation" ("order_id", "intent") WHERE status <> 'refused' AND deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_cancellation_open" ON "meta_catalog_cancellation" ("catalog_id", "due_at") WHERE status IN ('waiting', 'sending') AND deleted_at IS NULL;`
    )
    this.addSql(
      `alter table if exists "meta_catalog_catalog" add column if not exists "orders_mode" text check ("orders_mode" in ('off', 'seller', 'platform')) not null default 'off', add column if not exists "orders_owner_id" text null, add column if not exists "orders_key" text not null default 'meta_order_id', add column if not exists "orders_read_at" timestamptz null, add column if not exists "orders_read_until" timestamptz null, add column if not exists "orders_checked_at" timestamptz null, add column if not exists "orders_refused_at" timestamptz null, add column if not exists "orders_refused_message" text null;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table if exists "meta_catalog_catalog" drop column if exists "orders_mode", drop column if exists "orders_owner_id", drop column if exists "orders_key", drop column if exists "orders_read_at", drop column if exists "orders_read_until", drop column if exists "orders_checked_at", drop column if exists "orders_refused_at", drop column if exists "orders_refused_message";`
    )
    this.addSql(`drop table if exists "meta_catalog_cancellation" cascade;`)
    this.addSql(`drop table if exists "meta_catalog_order_item" cascade;`)
    this.addSql(`drop table if exists "meta_catalog_order" cascade;`)
  }
}
