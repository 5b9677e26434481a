import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** What Meta's own settings of a feed are where they differ from ours, and when its last fetch was due. */
export class Migration20261122091300 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "meta_catalog_feed" add column if not exists "fetch_due_at" timestamptz null, add column if not exists "settings_read_at" timestamptz null, add column if not exists "schedule_at_meta" jsonb null, add column if not exists "drift" jsonb null, add column if not exists "drift_seen_at" timestamptz null;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table if exists "meta_catalog_feed" drop column if exists "fetch_due_at", drop column if exists "settings_read_at", drop column if exists "schedule_at_meta", drop column if exists "drift", drop column if exists "drift_seen_at";`
    )
  }
}
