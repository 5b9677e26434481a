import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** When Meta may be told that a feed's items come over to another, and since when it has been. */
export class Migration20261122073200 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "meta_catalog_feed" add column if not exists "migrated_after_number" integer null, add column if not exists "migration_told_at" timestamptz null;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_feed" drop column if exists "migrated_after_number", drop column if exists "migration_told_at";`)
  }
}
