import { Migration } from "@medusajs/framework/mikro-orm/migrations"

const FORMATS = "('csv', 'tsv', 'rss', 'atom')"

/** Feeds in four formats. What is published stays CSV until somebody chooses another format. */
export class Migration20261122063800 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_feed" drop constraint if exists "meta_catalog_feed_format_check";`)
    this.addSql(`alter table if exists "meta_catalog_feed" add constraint "meta_catalog_feed_format_check" check ("format" in ${FORMATS});`)
    this.addSql(`alter table if exists "meta_catalog_feed" add column if not exists "published_format" text check ("published_format" in ${FORMATS}) null;`)
    this.addSql(`alter table if exists "meta_catalog_snapshot" add column if not exists "format" text check ("format" in ${FORMATS}) not null default 'csv';`)
    this.addSql(`update "meta_catalog_feed" set "published_format" = 'csv' where "published_snapshot_id" is not null;`)
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_snapshot" drop column if exists "format";`)
    this.addSql(`alter table if exists "meta_catalog_feed" drop column if exists "published_format";`)
    this.addSql(`update "meta_catalog_feed" set "format" = 'csv';`)
    this.addSql(`alter table if exists "meta_catalog_feed" drop constraint if exists "meta_catalog_feed_format_check";`)
    this.addSql(`alter table if exists "meta_catalog_feed" add constraint "meta_catalog_feed_format_check" check ("format" in ('csv'));`)
  }
}
