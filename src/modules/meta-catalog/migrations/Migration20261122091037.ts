import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Fetches that were answered by 304 are noted, because the session that follows rests on the file the client has. */
export class Migration20261122091037 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_fetch" add column if not exists "not_modified" boolean not null default false;`)
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_fetch" drop column if exists "not_modified";`)
  }
}
