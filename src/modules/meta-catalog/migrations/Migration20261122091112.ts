import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** What a snapshot's columns hold, and how its file differs from the one published before it. */
export class Migration20261122091112 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "meta_catalog_snapshot" add column if not exists "filled" jsonb null, add column if not exists "column_settings" jsonb null, add column if not exists "diff" jsonb null, add column if not exists "diff_heartbeat_at" timestamptz null, add column if not exists "diff_error" text null;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table if exists "meta_catalog_snapshot" drop column if exists "filled", drop column if exists "column_settings", drop column if exists "diff", drop column if exists "diff_heartbeat_at", drop column if exists "diff_error";`
    )
  }
}
