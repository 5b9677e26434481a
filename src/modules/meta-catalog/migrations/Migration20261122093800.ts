import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** The id an item is to have at Meta, and the one it had before. */
export class Migration20261122093800 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "retailer_id_switch" jsonb null;`)
    this.addSql(
      `alter table if exists "meta_catalog_item" add column if not exists "next_retailer_id" text null, add column if not exists "next_after_number" integer null, add column if not exists "previous_retailer_id" text null, add column if not exists "previous_until" timestamptz null;`
    )
    this.addSql(
      `create unique index if not exists "IDX_meta_catalog_item_next" on "meta_catalog_item" ("catalog_id", "next_retailer_id") where next_retailer_id IS NOT NULL AND deleted_at IS NULL;`
    )
    this.addSql(
      `create index if not exists "IDX_meta_catalog_item_previous" on "meta_catalog_item" ("catalog_id", "previous_retailer_id") where previous_retailer_id IS NOT NULL AND deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_meta_catalog_item_next";`)
    this.addSql(`drop index if exists "IDX_meta_catalog_item_previous";`)
    this.addSql(
      `alter table if exists "meta_catalog_item" drop column if exists "next_retailer_id", drop column if exists "next_after_number", drop column if exists "previous_retailer_id", drop column if exists "previous_until";`
    )
    this.addSql(`alter table if exists "meta_catalog_catalog" drop column if exists "retailer_id_switch";`)
  }
}
