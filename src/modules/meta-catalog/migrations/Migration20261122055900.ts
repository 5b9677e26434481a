import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** How long an item that is no longer offered stays in the feed, and how many of a snapshot's items were past that. */
export class Migration20261122055900 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "discontinued_months" integer not null default 6;`)
    this.addSql(`alter table if exists "meta_catalog_snapshot" add column if not exists "retired" integer not null default 0;`)
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_snapshot" drop column if exists "retired";`)
    this.addSql(`alter table if exists "meta_catalog_catalog" drop column if exists "discontinued_months";`)
  }
}
