import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Whether prices are told as they are stored, or with or without tax. */
export class Migration20261122091048 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "meta_catalog_catalog" add column if not exists "price_tax" text check ("price_tax" in ('as_stored', 'with_tax', 'without_tax')) not null default 'as_stored';`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_catalog" drop column if exists "price_tax";`)
  }
}
