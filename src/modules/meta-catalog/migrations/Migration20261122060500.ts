import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/**
 * How a feed's quantities travel, a second file of the same feed at Meta for updates, and items that move between feeds. What exists
 * keeps working as it did: its file and the push both carry the quantity.
 */
export class Migration20261122060500 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_feed" drop constraint if exists "meta_catalog_feed_kind_check";`)
    this.addSql(`alter table if exists "meta_catalog_feed" add constraint "meta_catalog_feed_kind_check" check ("kind" in ('replace', 'update_only'));`)
    this.addSql(
      `alter table if exists "meta_catalog_feed" add column if not exists "strategy" text check ("strategy" in ('combined', 'fast', 'slow')) not null default 'combined', add column if not exists "main_feed_id" text null, add column if not exists "migrated_from_feed_id" text null;`
    )
    this.addSql(`drop index if exists "IDX_meta_catalog_feed_kind";`)
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_feed_strategy" ON "meta_catalog_feed" ("catalog_id", "kind", "strategy") WHERE deleted_at IS NULL;`
    )
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "slow_sell_outs_by_push" boolean not null default true;`)
    this.addSql(
      `alter table if exists "meta_catalog_item" add column if not exists "moved_from_feed_id" text null, add column if not exists "moved_at_number" integer null;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_moved" ON "meta_catalog_item" ("moved_from_feed_id") WHERE moved_from_feed_id IS NOT NULL AND deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_meta_catalog_item_moved";`)
    this.addSql(`alter table if exists "meta_catalog_item" drop column if exists "moved_from_feed_id", drop column if exists "moved_at_number";`)
    this.addSql(`alter table if exists "meta_catalog_catalog" drop column if exists "slow_sell_outs_by_push";`)
    this.addSql(`drop index if exists "IDX_meta_catalog_feed_strategy";`)
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_feed_kind" ON "meta_catalog_feed" ("catalog_id", "kind") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `alter table if exists "meta_catalog_feed" drop column if exists "strategy", drop column if exists "main_feed_id", drop column if exists "migrated_from_feed_id";`
    )
    this.addSql(`alter table if exists "meta_catalog_feed" drop constraint if exists "meta_catalog_feed_kind_check";`)
    this.addSql(`alter table if exists "meta_catalog_feed" add constraint "meta_catalog_feed_kind_check" check ("kind" in ('replace'));`)
  }
}
